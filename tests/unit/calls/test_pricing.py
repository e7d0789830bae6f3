"""A call's bill is the vendor's own arithmetic."""

from decimal import Decimal

import pytest

from calls.events import Usage
from calls.pricing import minutes_cost, prices, response_cost, transcription_cost


def test_cached_tokens_are_a_part_of_the_input_and_cheaper() -> None:
    usage = Usage(
        text_in=3_000, text_in_cached=2_000, audio_in=600, audio_in_cached=100, text_out=50, audio_out=400
    )
    expected = (
        1_000 * 4 + 2_000 * Decimal("0.4") + 500 * 32 + 100 * Decimal("0.4") + 50 * 24 + 400 * 64
    ) / 1_000_000
    assert response_cost(usage, "gpt-realtime-2.1") == expected


def test_a_minute_of_each_voice_costs_what_the_vendor_says() -> None:
    assert response_cost(Usage(audio_in=600), "gpt-realtime-2.1") == Decimal("0.0192")
    assert response_cost(Usage(audio_out=1_200), "gpt-realtime-2.1") == Decimal("0.0768")


def test_the_mini_is_cheaper_in_every_kind() -> None:
    full, mini = prices().model("gpt-realtime-2.1"), prices().model("gpt-realtime-2.1-mini")
    assert all(
        getattr(mini, kind) < getattr(full, kind) for kind in ("text_in", "audio_in", "text_out", "audio_out")
    )


def test_an_unknown_model_is_billed_as_the_dearest() -> None:
    usage = Usage(audio_out=1_000_000)
    assert response_cost(usage, "gpt-next") == 64


def test_transcription_is_billed_by_time_however_it_is_counted() -> None:
    assert transcription_cost(Usage(seconds=60), "gpt-transcribe") == Decimal("0.0045")
    assert transcription_cost(Usage(audio_in=600), "gpt-transcribe") == Decimal("0.0045")


@pytest.mark.parametrize(("seconds", "cost"), [(0, "0"), (90, "0.12")])
def test_an_agents_provider_is_billed_by_the_minute(seconds: float, cost: str) -> None:
    assert minutes_cost(seconds, "elevenlabs") == Decimal(cost)
