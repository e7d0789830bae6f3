"""The chart finds a lasting change, keeps quiet without one, and is not moved by one bad call."""

from __future__ import annotations

import numpy as np
import pytest

from biomarkers.change import Point, Scored, chart, families
from biomarkers.change_limits import CUSUM_LIMIT, CUSUM_MOST, CUSUM_SLACK, TRACKED
from tests.support.voice_histories import World, detection


def outside(*z: float, **others: int) -> list[bool]:
    return [point.is_outside for point in chart([Scored(value, **others) for value in z])]


def test_the_sum_follows_its_definition() -> None:
    points = chart([Scored(2.0), Scored(-3.0), Scored(1.0)])
    assert [point.cusum for point in points] == pytest.approx([1.25, 0.0, 0.25])


def test_usual_calls_stay_inside() -> None:
    assert not any(outside(*[0.7] * 50))


def test_a_lasting_change_is_outside() -> None:
    # Each call adds 2 - 0.75; the fifth passes 6.
    assert outside(*[2.0] * 5) == [False, False, False, False, True]


def test_the_limit_itself_is_inside() -> None:
    [*_, last] = chart([Scored(CUSUM_SLACK + CUSUM_LIMIT / 4)] * 4)
    assert last == Point(CUSUM_LIMIT, False)


def test_one_bad_call_alone_is_never_outside() -> None:
    assert not any(outside(0.0, 0.0, 3.0, 0.0, 0.0))
    creeping = [1.0] * 20  # a sum near the limit, but no call above 1
    assert not any(outside(*creeping, 3.0))
    assert outside(*creeping, 3.0, 3.0)[-1]


def test_the_sum_is_bounded_so_that_a_recovery_shows() -> None:
    points = chart([Scored(3.0)] * 40 + [Scored(-1.0)] * 8)
    assert max(point.cusum for point in points) == CUSUM_MOST
    assert points[-1].cusum == 0.0


def test_an_acknowledged_alarm_begins_the_chart_anew() -> None:
    after = chart([Scored(2.0)] * 6 + [Scored(2.0, begins=True)] + [Scored(2.0)] * 4)
    assert after[5].is_outside
    assert after[6] == Point(1.25, False)
    assert [point.is_outside for point in after[7:]] == [False, False, False, True]


def test_two_confounders_hold_an_alarm_back_for_one_call() -> None:
    points = chart([Scored(2.0)] * 4 + [Scored(2.0, confounders=2)] * 3)
    assert [(point.is_outside, point.is_held) for point in points[4:]] == [
        (False, True),
        (True, False),
        (False, True),
    ]
    assert outside(*[2.0] * 5, confounders=1)[-1]


def test_the_families_that_moved_are_told_apart() -> None:
    z = np.array([2.0 if feature.family == "timing" else np.nan for feature in TRACKED])
    z[[feature.name for feature in TRACKED].index("f0_median")] = -1.0
    assert families(z) == pytest.approx({"timing": 2.0, "pitch": -1.0})


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(World(), id="heavy tails and correlated days"),
        pytest.param(World(tails=3.0, bad_calls=0.05, seed=7), id="very heavy tails, 5 % bad calls"),
        pytest.param(World(day_to_day=0.5, seed=8), id="strongly correlated days"),
        pytest.param(World(together=0.5, differ=0.5, seed=9), id="features move together, patients differ"),
    ],
)
def test_changes_are_found_and_false_alarms_are_rare(world: World) -> None:
    """The limits are those the design promises: per patient-year at three calls a week, and within 14 calls."""
    found = detection(world)
    assert found.false_alarms_a_year <= 2.0
    assert found.found_1_step >= 0.75
    assert found.found_1_5_steps >= 0.95
