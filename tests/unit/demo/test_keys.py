"""Keys for the demo and the tests: valid, private, and the same at the next start."""

from __future__ import annotations

import stat
from pathlib import Path

from heartvoice.config import load
from heartvoice.demo.keys import generated_keys, stored_keys


def test_generated_keys_complete_a_configuration() -> None:
    addresses = {
        "DATABASE_URL": "postgres://localhost/x",
        "REDIS_URL": "redis://localhost/0",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "TWILIO_API_BASE": "http://127.0.0.1:1",
        "TWILIO_FROM_NUMBER": "+12015550198",
    }
    assert load({**generated_keys(), **addresses}).is_rehearsal


def test_no_two_keys_are_equal_and_no_two_calls_give_the_same() -> None:
    first, second = generated_keys(), generated_keys()
    values = [*first.values(), *second.values()]
    assert len(set(values)) == len(values)


def test_stored_keys_are_read_again_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "demo" / "keys.env"
    first = stored_keys(path)
    assert stored_keys(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_is_missing_is_added_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "keys.env"
    path.write_text("SECRET_KEY=as it was\n")
    keys = stored_keys(path)
    assert keys["SECRET_KEY"] == "as it was"
    assert keys["PHI_KEYS"]
    assert stored_keys(path) == keys
