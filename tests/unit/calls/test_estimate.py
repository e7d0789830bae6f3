"""The estimate is built from the same prices as the bill."""

from __future__ import annotations

from decimal import Decimal

import pytest

from calls.estimate import estimate

MODEL = "gpt-realtime-2.1"


def total(minutes: float, model: str = MODEL, *, is_cached: bool = True) -> Decimal:
    items = estimate(minutes, model, is_cached=is_cached)
    return sum((item.usd for item in items if item.name != "telephone"), Decimal(0))


def test_six_minutes_with_the_cache_stay_near_the_published_figures() -> None:
    assert Decimal("0.30") < total(6) < Decimal("0.60")
    assert total(6, "gpt-realtime-2.1-mini") < Decimal("0.20")


def test_the_cache_is_worth_most_of_a_call() -> None:
    assert total(6, is_cached=False) > 3 * total(6)


@pytest.mark.parametrize("minutes", [1, 3, 6, 12])
def test_a_longer_call_costs_more_than_in_proportion_without_a_cache(minutes: float) -> None:
    assert total(2 * minutes, is_cached=False) > 2 * total(minutes, is_cached=False)


def test_what_maya_says_is_the_price_of_her_audio() -> None:
    spoken = next(item.usd for item in estimate(6, MODEL) if item.name == "what Maya says")
    assert abs(spoken - Decimal(6 * 600) * 64 / 1_000_000) < Decimal("0.02")
