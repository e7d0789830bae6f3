"""The demo never reaches what is real, whatever the developer's shell holds."""

from __future__ import annotations

from heartvoice.config import load
from heartvoice.demo.environment import Ports, demo_environment
from heartvoice.demo.keys import generated_keys

PORTS = Ports(web=8000, agent=9001, phone=9002)
REAL = {
    "TWILIO_ACCOUNT_SID": "AC" + "f" * 32,
    "TWILIO_AUTH_TOKEN": "real",
    "TWILIO_API_BASE": "https://api.twilio.com",
    "TWILIO_MESSAGING_SERVICE_SID": "MGreal",
    "OPENAI_API_KEY": "sk-real",
    "ELEVENLABS_API_KEY": "real",
    "EMAIL_URL": "smtp://mail.example.org",
    "PATH": "/usr/bin",
}
SERVERS = {"DATABASE_URL": "postgres://127.0.0.1/demo", "REDIS_URL": "redis://127.0.0.1/0"}


def test_a_developers_accounts_do_not_enter_the_demo() -> None:
    env = demo_environment(generated_keys(), PORTS, inherited=REAL)
    assert not set(REAL.values()) & set(env.values()) - {"/usr/bin"}
    assert not any(name.startswith("ELEVENLABS_") for name in env)
    assert env["PATH"] == "/usr/bin"


def test_the_demo_is_a_complete_and_valid_configuration_that_can_ring_no_telephone() -> None:
    config = load(demo_environment(generated_keys(), PORTS, inherited=REAL) | SERVERS)
    assert config.is_rehearsal
    assert config.public_url == "http://127.0.0.1:8000"
    assert config.openai_realtime_url == "ws://127.0.0.1:9001/v1/realtime"
    assert config.twilio_api_base == "http://127.0.0.1:9002"
    assert config.softphone_enabled
