"""The demo's settings: its own keys, the stand-ins on this machine, and nothing of the developer's accounts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from heartvoice.demo.servers.postgres import HOST, free_port
from heartvoice.demo.staff import telephones

FOREIGN = ("TWILIO_", "OPENAI_", "ELEVENLABS_", "SMTP_", "EMAIL_")
CLINIC_NUMBER = "+18005550150"
NURSE_LINE = "+18005550151"
"""Both from the range that is set aside for fiction, and no demo patient's."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo's processes listen on the loopback interface."""

    web: int
    agent: int
    phone: int

    @property
    def web_url(self) -> str:
        return f"http://{HOST}:{self.web}"

    @property
    def phone_url(self) -> str:
        return f"http://{HOST}:{self.phone}"

    @property
    def agent_url(self) -> str:
        return f"ws://{HOST}:{self.agent}/v1/realtime"


def chosen_ports(web: int | None) -> Ports:
    """Return the wanted web port and free ones for the rest."""
    return Ports(web=web or free_port(), agent=free_port(), phone=free_port())


def demo_environment(
    keys: Mapping[str, str], ports: Ports, *, inherited: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment of every demo process, but for the servers' URLs.

    What is inherited and could reach a real telephone, voice provider or mail server is left out.
    """
    own = {
        name: value
        for name, value in (os.environ if inherited is None else inherited).items()
        if not name.startswith(FOREIGN)
    }
    return {
        **own,
        **keys,
        "DJANGO_SETTINGS_MODULE": "heartvoice.settings",
        "PUBLIC_URL": ports.web_url,
        "ALLOWED_HOSTS": "localhost",
        "TRUSTED_PROXIES": "0",
        "TWILIO_API_BASE": ports.phone_url,
        "TWILIO_FROM_NUMBER": CLINIC_NUMBER,
        "NURSE_LINE_NUMBER": NURSE_LINE,
        "OPENAI_REALTIME_URL": ports.agent_url,
        "VOICE_PROVIDER": "auto",
        "VAD_SILENCE_MS": "500",  # the simulated patients do not search for words; real ones get the default
        "PHONE_STAFF": telephones(),
        "SOFTPHONE_ENABLED": "true",
        "REQUIRE_MFA": "false",
        "PYTHONUNBUFFERED": "1",
    }


def project_root() -> Path:
    """Return the folder that holds manage.py."""
    return Path(__file__).resolve().parents[2]
