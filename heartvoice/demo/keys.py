"""Throw-away keys for the demo and the tests, kept in a file that nobody else can read.

They protect invented patients only: without a complete environment of its own no other process starts.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

NOBODY = "127.0.0.1:9"


def generated_keys() -> dict[str, str]:
    """Return a fresh value for every secret setting."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEY": _key(),
        "PHI_KEYS": f"demo1:{_key()}",
        "PHI_INDEX_KEY": _key(),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "OPENAI_API_KEY": "demo-" + secrets.token_urlsafe(24),
        "METRICS_TOKEN": secrets.token_urlsafe(24),
    }


def nowhere() -> dict[str, str]:
    """Return a complete environment whose peers and servers are addresses on this machine that nobody answers."""
    return {
        **generated_keys(),
        "DATABASE_URL": f"postgres://nobody@{NOBODY}/none",
        "REDIS_URL": f"redis://{NOBODY}/0",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "TWILIO_FROM_NUMBER": "+12015550198",
        "TWILIO_API_BASE": f"http://{NOBODY}",
        "OPENAI_REALTIME_URL": f"ws://{NOBODY}/v1/realtime",
        "ELEVENLABS_BASE_URL": f"http://{NOBODY}",
        "NURSE_LINE_NUMBER": "+12015550199",
        "VOICE_PROVIDER": "auto",
    }


def stored_keys(path: Path) -> dict[str, str]:
    """Return the keys in `path` (lines NAME=value), making the file or the missing ones first."""
    kept = _read(path) if path.exists() else {}
    keys = {name: kept.get(name, value) for name, value in generated_keys().items()}
    if keys != kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        # Its mode is set before anything is in it; the rename makes it whole or not there at all.
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in keys.items())
        fresh.replace(path)
    return keys


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _read(path: Path) -> dict[str, str]:
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, separator, value in pairs if separator and value}
