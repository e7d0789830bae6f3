"""The project's settings for the test run: throw-away keys, peers on this machine, a fast password hash.

Only DATABASE_URL and REDIS_URL are taken from outside, so that no test sees a real key or rings a real phone.
Processes that tests start inherit the same environment.
"""

import os
from urllib.parse import urlsplit, urlunsplit

from heartvoice.demo.keys import generated_keys

NO_DATABASE = "postgres://nobody@127.0.0.1:9/none"
NO_REDIS = "redis://127.0.0.1:9/0"
NO_PEER = "127.0.0.1:9"


def _test_environment() -> dict[str, str]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    redis = urlsplit(os.environ.get("REDIS_URL") or NO_REDIS)
    return {
        **generated_keys(),
        "DATABASE_URL": os.environ.get("DATABASE_URL") or NO_DATABASE,
        # A database of its own for each parallel worker; 0 is left to whoever else uses the server.
        "REDIS_URL": urlunsplit(redis._replace(path=f"/{int(worker) + 1}")),
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "testserver",
        "TWILIO_FROM_NUMBER": "+12015550198",
        "TWILIO_API_BASE": f"http://{NO_PEER}",
        "OPENAI_REALTIME_URL": f"ws://{NO_PEER}/v1/realtime",
        "ELEVENLABS_BASE_URL": f"http://{NO_PEER}",
        "NURSE_LINE_NUMBER": "+12015550199",
        "VOICE_PROVIDER": "auto",
    }


for _name in [name for name in os.environ if name.startswith(("TWILIO_", "OPENAI_", "ELEVENLABS_"))]:
    del os.environ[_name]
os.environ.update(_test_environment())
HAVE_SERVERS = os.environ["DATABASE_URL"] != NO_DATABASE and ":9/" not in os.environ["REDIS_URL"]

from heartvoice.settings import *  # noqa: E402, F403 -- after the environment it reads

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
