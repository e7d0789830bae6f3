"""What a whole check-in is billed for by the stand-in, on a simulated clock (tests/bench/cost prints the table)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import pytest

from calls.estimate import estimate
from tests.bench.cost.__main__ import BARS, OURS, STORIES, cost_of
from tests.bench.cost.call import Cost, Way


@lru_cache
def held(way: Way, stories: int = 0) -> Cost:
    return cost_of(way, stories=stories)


@pytest.mark.parametrize("model", BARS)
def test_a_six_minute_check_in_stays_under_its_bar(model: str) -> None:
    cost = held(OURS)
    assert 5.5 < cost.minutes < 6.5
    assert cost.usd(model) <= Decimal(str(BARS[model]))


def test_nothing_that_we_send_breaks_the_cached_prefix() -> None:
    assert held(OURS).cached_share > 0.9
    assert held(Way("rewritten", notes_in_instructions=True)).cached_share < held(OURS).cached_share - 0.05


def test_a_tight_history_is_dearer_than_ours_in_a_long_call() -> None:
    tight = Way("tight", history_tokens=8_000, history_kept=0.8)
    model = "gpt-realtime-2.1"
    assert held(tight, STORIES).usd(model) > Decimal("1.2") * held(OURS, STORIES).usd(model)


@pytest.mark.parametrize("is_cached", [True, False])
def test_the_estimate_is_near_the_bill(is_cached: bool) -> None:
    cost = held(OURS if is_cached else Way("not cached", caches=False))
    model = "gpt-realtime-2.1"
    items = estimate(cost.minutes, model, is_cached=is_cached)
    foretold = sum((item.usd for item in items if item.name != "telephone"), Decimal(0))
    assert foretold == pytest.approx(cost.usd(model), rel=Decimal("0.15"))
