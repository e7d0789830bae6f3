"""What every call shares is loaded before the first call, and wrong files are noticed then."""

from __future__ import annotations

import pytest

from calls import warmup
from calls.checkin import load_protocol
from calls.instructions import load_prompts


def test_the_first_call_finds_texts_and_protocol_in_memory() -> None:
    warmup.warm_up()
    before = load_protocol.cache_info().misses, load_prompts.cache_info().misses
    load_protocol()
    load_prompts()
    assert (load_protocol.cache_info().misses, load_prompts.cache_info().misses) == before


def test_a_file_that_does_not_fit_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("checkin-1: two questions have one id")

    monkeypatch.setattr(warmup, "load_protocol", broken)
    with pytest.raises(ValueError, match="one id"):
        warmup.warm_up()
