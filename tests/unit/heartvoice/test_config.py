"""The environment is checked as a whole, and no message quotes a value."""

from __future__ import annotations

import base64
import os
from decimal import Decimal

import pytest

from heartvoice.config import ConfigError, load


def key(seed: int) -> str:
    return base64.urlsafe_b64encode(bytes([seed]) * 32).decode()


def environment(**changes: str | None) -> dict[str, str]:
    base = {
        "SECRET_KEY": "s" * 48,
        "FIELD_ENCRYPTION_KEY": key(1),
        "PHI_KEYS": f"k1:{key(2)}",
        "PHI_INDEX_KEY": key(3),
        "DATABASE_URL": "postgres://app@db/heartvoice",
        "REDIS_URL": "redis://cache:6379/0",
        "PUBLIC_URL": "https://clinic.example.org",
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_AUTH_TOKEN": "t" * 32,
        "TWILIO_FROM_NUMBER": "+12015550100",
        "NURSE_LINE_NUMBER": "+12015550101",
        "OPENAI_API_KEY": "sk-test",
    }
    merged = {**base, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def test_a_complete_environment_loads_with_the_documented_defaults() -> None:
    config = load(environment())
    assert config.openai_realtime_model == "gpt-realtime-2.1"
    assert config.openai_voice == "marin"
    assert config.retention_days == 2555
    assert config.drain_seconds == 120
    assert config.max_live_calls == 150
    assert config.monthly_budget_usd == Decimal(2000)
    assert config.require_mfa and not config.softphone_enabled and not config.is_rehearsal


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        load({})
    for name in (
        "SECRET_KEY", "FIELD_ENCRYPTION_KEY", "PHI_KEYS", "PHI_INDEX_KEY", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL",
        "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM_NUMBER", "NURSE_LINE_NUMBER", "OPENAI_API_KEY",
    ):  # fmt: skip
        assert f"{name} is missing" in str(error.value)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"OPENAI_VOICE": "nova"}, "OPENAI_VOICE"),
        ({"VOICE_PROVIDER": "parrot"}, "VOICE_PROVIDER"),
        ({"VAD_THRESHOLD": "2"}, "VAD_THRESHOLD"),
        ({"VAD_SILENCE_MS": "50"}, "VAD_SILENCE_MS"),
        ({"NOISE_REDUCTION": "loud"}, "NOISE_REDUCTION"),
        ({"PUBLIC_URL": "http://clinic.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "clinic.example.org"}, "PUBLIC_URL"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"MONTHLY_BUDGET_USD": "-5"}, "MONTHLY_BUDGET_USD"),
        ({"MONTHLY_BUDGET_USD": "NaN"}, "MONTHLY_BUDGET_USD"),
        ({"RETENTION_DAYS": "0"}, "RETENTION_DAYS"),
        ({"TWILIO_FROM_NUMBER": "call me"}, "TWILIO_FROM_NUMBER"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"FIELD_ENCRYPTION_KEY": "not-a-key"}, "FIELD_ENCRYPTION_KEY"),
        ({"REQUIRE_MFA": "perhaps"}, "REQUIRE_MFA"),
        ({"PHI_INDEX_KEY": key(1)}, "must all differ"),
        ({"VOICE_PROVIDER": "elevenlabs"}, "ELEVENLABS_API_KEY"),
    ],
)
def test_an_invalid_setting_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load(environment(**changes))


def test_no_message_quotes_a_secret() -> None:
    with pytest.raises(ConfigError) as error:
        load(environment(SECRET_KEY="hunter2", FIELD_ENCRYPTION_KEY="hunter3", TWILIO_FROM_NUMBER="hunter4"))
    assert "hunter" not in str(error.value)


def test_a_stand_in_on_this_machine_is_a_rehearsal() -> None:
    config = load(
        environment(
            TWILIO_API_BASE="http://127.0.0.1:9",
            OPENAI_API_KEY=None,
            OPENAI_REALTIME_URL="ws://127.0.0.1:8",
            NURSE_LINE_NUMBER=None,
        )
    )
    assert config.is_rehearsal and config.softphone_enabled and not config.require_mfa


def test_settings_print_one_line_and_stop(tmp_path: object) -> None:
    import subprocess
    import sys

    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--check"],
        env=bare,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 78
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.strip()]) == 1
    assert "SECRET_KEY is missing" in done.stderr
