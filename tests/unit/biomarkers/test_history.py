"""A call is judged by the baseline that held when it was made, on its own line, and an ended baseline judges no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from biomarkers.baseline import DIRECTIONS, NAMES, SPREADS, Array
from biomarkers.channels import channel_labels
from biomarkers.history import Charted, Frozen, PastCall, baseline_calls, baseline_of, charted

START = datetime(2026, 1, 5, 15, tzinfo=UTC)


def fit(seed: int, worse: float = 0.0, noise: float = 0.5) -> Array:
    random = np.random.default_rng(seed)
    return np.asarray(
        20 * SPREADS + SPREADS * (worse * DIRECTIONS + noise * random.standard_normal(len(NAMES)))
    )


def on(day: float, worse: float = 0.0, channel: str = "default", **others: object) -> PastCall:
    return PastCall(START + timedelta(days=day), channel, fit(round(10 * day), worse), **others)  # type: ignore[arg-type]


def frozen(calls: list[PastCall], channel: str = "default", until: datetime | None = None) -> Frozen:
    made = baseline_calls(calls, channel, None, None)
    return Frozen(channel, made[-1].at, until, baseline_of(made))


def outside(found: list[Charted]) -> list[bool]:
    return [one.is_outside for one in found]


def test_before_the_baseline_nothing_is_judged() -> None:
    calls = [on(day) for day in range(20)]
    found = charted(calls, [frozen(calls)], [])
    assert [one.composite is None for one in found] == [True] * 14 + [False] * 6
    assert [one.cusum is None for one in found] == [True] * 14 + [False] * 6


def test_without_any_baseline_nothing_is_judged() -> None:
    assert [one.composite for one in charted([on(0), on(1)], [], [])] == [None, None]
    assert charted([], [], []) == []


def test_a_lasting_change_is_found_and_a_usual_year_is_not() -> None:
    usual = [on(day) for day in range(60)]
    assert not any(outside(charted(usual, [frozen(usual)], [])))
    changed = [*usual[:20], *(on(day, worse=2.0) for day in range(20, 30))]
    assert any(outside(charted(changed, [frozen(changed)], [])))


def test_a_better_voice_is_never_outside() -> None:
    calls = [*(on(day) for day in range(14)), *(on(day, worse=-3.0) for day in range(14, 40))]
    assert not any(outside(charted(calls, [frozen(calls)], [])))


def test_an_acknowledgement_begins_the_chart_anew() -> None:
    calls = [*(on(day) for day in range(14)), *(on(day, worse=3.0) for day in range(14, 24))]
    noted = calls[20].at + timedelta(hours=3)
    found = charted(calls, [frozen(calls)], [noted])
    assert found[20].is_outside
    assert not found[21].is_outside
    assert (found[21].cusum or 0) < (found[20].cusum or 0)
    assert found[23].is_outside


def test_untypical_calls_make_no_baseline() -> None:
    calls = [on(day, is_typical=day % 2 == 0) for day in range(30)]
    made = baseline_calls(calls, "default", None, None)
    assert [call.at.day for call in made] == [call.at.day for call in calls[::2]][:14]


def test_a_baseline_is_of_one_channel_and_of_one_time() -> None:
    calls = [on(day, channel="channel-2" if day % 2 else "default") for day in range(60)]
    since = START + timedelta(days=20)
    made = baseline_calls(calls, "channel-2", since, None)
    assert len(made) == 14
    assert all(call.channel == "channel-2" and call.at >= since for call in made)
    assert baseline_calls(calls, "channel-2", since, since + timedelta(days=9)) == []


def test_a_new_channel_is_judged_by_timing_alone_until_it_has_its_own_baseline() -> None:
    first = [on(day) for day in range(14)]
    second = [on(day, channel="channel-2") for day in range(14, 40)]
    calls = [*first, *second]
    timing = {"pause_ratio", "mean_phrase_s", "speech_rate"}
    found = charted(calls, [frozen(first)], [])
    assert {name for name, z in zip(NAMES, found[20].z, strict=True) if not np.isnan(z)} == timing
    assert found[20].composite is not None
    own = charted(calls, [frozen(first), frozen(second, "channel-2")], [])
    assert not np.isnan(own[-1].z).any()
    assert np.isnan(own[20].z).any()


def test_an_ended_baseline_judges_no_more_and_its_chart_is_forgotten() -> None:
    calls = [*(on(day) for day in range(14)), *(on(day, worse=2.5) for day in range(14, 60))]
    ended = calls[30].at
    before = frozen(calls, until=ended)
    again = baseline_calls(calls, "default", ended, None)
    after = Frozen("default", again[-1].at, None, baseline_of(again))
    found = charted(calls, [before, after], [])
    assert found[29].is_outside
    assert [one.composite is None for one in found[30:44]] == [True] * 14
    assert not any(outside(found[30:]))
    assert (found[44].cusum or 0) < 2


def test_a_feature_that_is_not_fit_has_no_z() -> None:
    calls = [on(day) for day in range(15)]
    calls[14].fit[NAMES.index("hnr")] = np.nan
    found = charted(calls, [frozen(calls)], [])
    assert np.isnan(found[14].z[NAMES.index("hnr")])
    assert found[14].composite is not None


@pytest.mark.parametrize(
    ("levels", "labels"),
    [
        pytest.param([], "", id="no calls"),
        pytest.param([1.0, 2.0, -3.0], "ddd", id="one line"),
        pytest.param([1.0, 8.0, 1.5, 7.0], "d2d2", id="two lines, back and forth"),
        pytest.param([1.0, 1.0, 7.0, 7.1], "ddd2", id="six decibels are the same line"),
        pytest.param([None, 1.0, None, 9.0, None], "ddd22", id="an unknown level stays on the line before"),
        pytest.param([0.0, 10.0, 20.0, 1.0], "d23d", id="three lines"),
    ],
)
def test_calls_are_told_apart_by_their_line(levels: list[float | None], labels: str) -> None:
    names = {"d": "default", "2": "channel-2", "3": "channel-3"}
    assert channel_labels(levels) == [names[label] for label in labels]


def test_a_line_does_not_creep_away() -> None:
    """After 14 calls its level is settled, so that a slow drift ends in a new channel instead of a new normal."""
    labels = channel_labels([0.5 * call for call in range(40)])
    assert labels[0] == "default"
    assert labels[-1] != "default"
