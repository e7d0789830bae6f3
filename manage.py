#!/usr/bin/env python
"""Django's entry. Commands that touch no patient data run without any configuration."""

import os
import secrets
import sys

SELF_CONTAINED = {
    "analyse_audio", "scan_phrases", "check", "help", "makemigrations", "collectstatic", "makemessages",
    "compilemessages", "spectacular", "demo", "call", "servers", "estimate_cost",
}  # fmt: skip


def give_throwaway_settings(env: dict[str, str]) -> None:
    """Fill what is missing so that a self-contained command can start; nothing it makes outlives the process."""
    from base64 import urlsafe_b64encode

    def key() -> str:
        return urlsafe_b64encode(secrets.token_bytes(32)).decode()

    for name, value in {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEY": key(),
        "PHI_KEYS": f"throwaway:{key()}",
        "PHI_INDEX_KEY": key(),
        "DATABASE_URL": "sqlite://:memory:",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_FROM_NUMBER": "+12015550199",
        "TWILIO_API_BASE": "http://127.0.0.1:1",
        "OPENAI_REALTIME_URL": "ws://127.0.0.1:1/v1/realtime",
    }.items():
        env.setdefault(name, value)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heartvoice.settings")
    if (sys.argv[1] if len(sys.argv) > 1 else "help") in SELF_CONTAINED:
        give_throwaway_settings(os.environ)  # type: ignore[arg-type]
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
