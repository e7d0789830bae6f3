"""What is usual for a patient, and how far a call lies from it. Pure.

Arrays end in the features of TRACKED, in its order; NaN is "not measurable". Leading axes are free, so that the same
code scores one call and simulates thousands of patients. z is positive towards worse.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from biomarkers.change_limits import (
    BASELINE_CALLS,
    BASELINE_CALLS_LEAST,
    BASELINE_DAYS_LEAST,
    BASELINE_PATIENCE_DAYS,
    CORRELATION,
    MAD_TO_SD,
    MEDIAN_ERROR,
    PRIOR_CALLS,
    TRACKED,
    WEIGHT_MIN,
    Z_MOST,
)

Array = NDArray[np.float64]

NAMES = tuple(feature.name for feature in TRACKED)
WEIGHTS: Array = np.array([feature.weight for feature in TRACKED])
SPREADS: Array = np.array([feature.spread for feature in TRACKED])
DIRECTIONS: Array = np.array([float(feature.direction) for feature in TRACKED])


@dataclass(frozen=True, slots=True)
class Usual:
    """Centre and spread of values over calls; `n` counts the calls that had the value. Shapes are equal."""

    median: Array
    mad: Array
    spread: Array
    n: Array


@dataclass(frozen=True, slots=True)
class Baseline:
    """A patient's own usual values, and the baseline calls as z (calls, features): any subset can be composed anew."""

    usual: Usual
    calls_z: Array


def vector(features: Mapping[str, float | None]) -> Array:
    """The tracked features of a call, shape (features,)."""
    return np.array(
        [np.nan if (value := features.get(name)) is None else value for name in NAMES], np.float64
    )


def usual(values: Array, prior_spread: Array | float) -> Usual:
    """Over the calls in the first-to-last axis: values (..., calls, k) to (..., k).

    The spread is the robust SD drawn towards `prior_spread` (shrinkage: 14 calls alone would raise about twice
    as many false alarms), widened by the error of the median. Without any value it is the prior, the median NaN.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all-NaN: the answer is NaN, as wanted
        median = np.nanmedian(values, axis=-2)
        mad = np.nanmedian(np.abs(values - median[..., None, :]), axis=-2)
    n = np.sum(~np.isnan(values), axis=-2).astype(np.float64)
    own = np.nan_to_num(MAD_TO_SD * mad)
    variance = (PRIOR_CALLS * np.square(prior_spread) + n * own**2) / (PRIOR_CALLS + n)
    spread = np.sqrt(variance * (1 + MEDIAN_ERROR / np.maximum(n, 1)))
    return Usual(median, mad, spread, n)


def z_scores(values: Array, own: Usual) -> Array:
    """Distance of each value from the patient's usual, in spreads, worse is positive, clipped at ±3."""
    z: Array = DIRECTIONS * np.clip((values - own.median) / own.spread, -Z_MOST, Z_MOST)
    return z


def make_baseline(calls: Array) -> Baseline:
    """The baseline of calls (..., calls, features). A feature with fewer than 8 values has no median: not tracked."""
    own = usual(calls, SPREADS)
    known = own.n >= min(BASELINE_CALLS_LEAST, calls.shape[-2])
    own = Usual(np.where(known, own.median, np.nan), own.mad, own.spread, own.n)
    spread_out = Usual(own.median[..., None, :], own.mad, own.spread[..., None, :], own.n)
    return Baseline(own, z_scores(calls, spread_out))


def composite(z: Array) -> Array:
    """Weighted mean of the z that are there, (..., features) to (...); NaN with less than half of the weight."""
    there = ~np.isnan(z)
    weight = np.sum(WEIGHTS * there, axis=-1)
    total = np.sum(WEIGHTS * np.where(there, z, 0.0), axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight >= WEIGHT_MIN - 1e-9, total / weight, np.nan)


def composite_usual(there: NDArray[np.bool_], baseline: Baseline) -> Usual:
    """What the composite of exactly these features is on the baseline calls; shapes as `there` without its last axis."""
    base = composite(np.where(there[..., None, :], baseline.calls_z, np.nan))
    weight = WEIGHTS * there
    alone, all_together = np.sum(weight**2, axis=-1), np.sum(weight, axis=-1) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        prior = np.sqrt((1 - CORRELATION) * alone / all_together + CORRELATION)
    prior = np.nan_to_num(prior, nan=1.0)
    own = usual(base[..., None], prior[..., None])
    return Usual(own.median[..., 0], own.mad[..., 0], own.spread[..., 0], own.n[..., 0])


def composite_z(z: Array, own: Usual) -> Array:
    """The composite of a call, (..., features) to (...), in spreads of what `composite_usual` says of its features."""
    standard: Array = np.clip((composite(z) - own.median) / own.spread, -Z_MOST, Z_MOST)
    return standard


def calls_enough(times: Sequence[datetime]) -> int:
    """How many of these usable calls (oldest first) make a baseline now; 0 while there are too few.

    The first 14 over at least 10 days; after five weeks of waiting, 8 are enough.
    """
    for count in range(BASELINE_CALLS_LEAST, len(times) + 1):
        span = times[count - 1] - times[0]
        if span < timedelta(days=BASELINE_DAYS_LEAST):
            continue
        if count >= BASELINE_CALLS or span >= timedelta(days=BASELINE_PATIENCE_DAYS):
            return count
    return 0
