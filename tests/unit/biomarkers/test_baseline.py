"""A patient's usual values are robust, drawn towards what is known of voices, and never invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from biomarkers.baseline import (
    DIRECTIONS,
    NAMES,
    SPREADS,
    WEIGHTS,
    Array,
    calls_enough,
    composite,
    composite_usual,
    composite_z,
    make_baseline,
    usual,
    vector,
    z_scores,
)
from biomarkers.change_limits import BASELINE_CALLS

START = datetime(2026, 1, 5, 15, tzinfo=UTC)


def calls(count: int = BASELINE_CALLS, seed: int = 1, spread: float = 1.0) -> Array:
    random = np.random.default_rng(seed)
    return np.asarray(20 * SPREADS + spread * SPREADS * random.standard_normal((count, len(NAMES))))


def times(*days: float) -> list[datetime]:
    return [START + timedelta(days=day) for day in days]


def test_the_weights_are_those_of_the_whole_voice() -> None:
    assert pytest.approx(1.0) == WEIGHTS.sum()


def test_a_vector_has_no_number_for_what_was_not_measured() -> None:
    found = vector({"pause_ratio": 0.2, "hnr": None, "something else": 3.0})
    assert found[NAMES.index("pause_ratio")] == 0.2
    assert np.isnan(found).sum() == len(NAMES) - 1


def test_centre_and_spread_are_median_and_mad() -> None:
    own = usual(np.array([[1.0], [2.0], [3.0], [4.0], [100.0]]), 1.0)
    assert (own.median[0], own.mad[0], own.n[0]) == (3.0, 1.0, 5.0)


def test_the_spread_is_shrunk_and_widened_as_published() -> None:
    own = usual(np.array([[1.0], [2.0], [3.0], [4.0], [100.0]]), 0.5)
    shrunk = (6 * 0.5**2 + 5 * 1.4826**2) / 11
    assert own.spread[0] == pytest.approx(np.sqrt(shrunk * (1 + 1.57 / 5)))


def test_one_wild_call_hardly_moves_the_baseline() -> None:
    clean, wild = calls(), calls()
    wild[3] *= 100
    assert np.abs(usual(wild, SPREADS).median - usual(clean, SPREADS).median).max() < SPREADS.max()
    assert np.all(usual(wild, SPREADS).spread < 1.5 * usual(clean, SPREADS).spread)


def test_equal_calls_still_have_a_spread() -> None:
    own = make_baseline(np.tile(20 * SPREADS, (BASELINE_CALLS, 1))).usual
    assert np.all(own.spread > 0.4 * SPREADS)


def test_z_is_positive_towards_worse_and_clipped() -> None:
    own = make_baseline(calls()).usual
    worse = own.median + 1.5 * DIRECTIONS * own.spread
    assert z_scores(worse, own) == pytest.approx(np.full(len(NAMES), 1.5))
    assert z_scores(own.median - 50 * DIRECTIONS * own.spread, own) == pytest.approx(
        np.full(len(NAMES), -3.0)
    )


def test_a_feature_with_fewer_than_eight_values_is_not_tracked() -> None:
    known = calls()
    hnr = NAMES.index("hnr")
    known[:7, hnr] = np.nan
    baseline = make_baseline(known)
    assert np.isnan(z_scores(known[-1], baseline.usual)[hnr])
    known[6, hnr] = 20 * SPREADS[hnr]
    assert not np.isnan(z_scores(known[-1], make_baseline(known).usual)[hnr])


def test_the_composite_weighs_what_is_there() -> None:
    z = np.full(len(NAMES), np.nan)
    z[[NAMES.index(name) for name in ("pause_ratio", "mean_phrase_s", "speech_rate")]] = [2.0, 1.0, 0.0]
    assert composite(z) == pytest.approx((0.20 * 2 + 0.15 * 1) / 0.50)


def test_less_than_half_of_the_weight_says_nothing() -> None:
    z = np.full(len(NAMES), 2.0)
    z[[NAMES.index(name) for name in ("pause_ratio", "mean_phrase_s", "speech_rate", "cpps")]] = np.nan
    assert np.isnan(composite(z))


def test_the_composite_is_standardised_on_the_same_features_of_the_baseline_calls() -> None:
    baseline = make_baseline(calls(200, spread=1.0))
    for left_out in ([], ["hnr", "cpps", "shimmer", "jitter_ppq5"]):
        z = baseline.calls_z.copy()
        z[:, [NAMES.index(name) for name in left_out]] = np.nan
        there = ~np.isnan(z[0])
        scores = np.array([composite_z(one, composite_usual(there, baseline)) for one in z])
        assert np.median(scores) == pytest.approx(0, abs=1e-9)
        assert 0.8 < scores.std() < 1.2


def test_thousands_of_patients_are_scored_like_one() -> None:
    many = np.stack([calls(seed=seed) for seed in range(5)])
    together = make_baseline(many)
    for one in range(5):
        alone = make_baseline(many[one])
        assert together.usual.spread[one] == pytest.approx(alone.usual.spread)
        assert together.calls_z[one] == pytest.approx(alone.calls_z)


@pytest.mark.parametrize(
    ("days", "count"),
    [
        pytest.param([], 0, id="none"),
        pytest.param(range(13), 0, id="thirteen are too few"),
        pytest.param(range(14), 14, id="fourteen"),
        pytest.param(range(40), 14, id="the first fourteen stay the baseline"),
        pytest.param([0.5 * day for day in range(14)], 0, id="fourteen within a week"),
        pytest.param([0.5 * day for day in range(21)], 21, id="until ten days are covered"),
        pytest.param([5 * day for day in range(7)], 0, id="seven are too few, however long it took"),
        pytest.param([5 * day for day in range(8)], 8, id="eight after five weeks"),
        pytest.param([4 * day for day in range(9)], 0, id="nine before five weeks"),
        pytest.param([4 * day for day in range(10)], 10, id="ten after five weeks"),
    ],
)
def test_a_baseline_is_made_of_the_first_calls(days: list[float], count: int) -> None:
    assert calls_enough(times(*days)) == count


def test_later_calls_never_change_which_calls_made_the_baseline() -> None:
    random = np.random.default_rng(3)
    days = np.cumsum(random.exponential(3.0, 60))
    made = [calls_enough(times(*days[:count])) for count in range(61)]
    assert len({count for count in made if count}) == 1
