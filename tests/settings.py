"""The project's settings for the test run: throw-away keys, peers on this machine, a fast password hash.

Only DATABASE_URL and REDIS_URL are taken from outside, so that no test sees a real key or rings a real phone.
Processes that tests start inherit the same environment.
"""

import os
from urllib.parse import urlsplit

from heartvoice.demo.keys import NOBODY, nowhere

FOREIGN = ("TWILIO_", "OPENAI_", "ELEVENLABS_")


def _test_environment() -> dict[str, str]:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    env = nowhere() | given | {"ALLOWED_HOSTS": "testserver"}
    # A database of its own for each parallel worker; 0 is left to whoever else uses the server.
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    env["REDIS_URL"] = urlsplit(env["REDIS_URL"])._replace(path=f"/{worker + 1}").geturl()
    return env


for _name in [name for name in os.environ if name.startswith(FOREIGN)]:
    del os.environ[_name]
os.environ.update(_test_environment())
HAVE_SERVERS = not any(NOBODY in os.environ[name] for name in ("DATABASE_URL", "REDIS_URL"))

from heartvoice.settings import *  # noqa: E402, F403 -- after the environment it reads

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
