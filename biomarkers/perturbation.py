"""Jitter and shimmer: how much neighbouring cycles differ in length and in strength. Ratios, 0.01 = 1 %.

Definitions as in Praat (local, ppq5; period factor 1.3, amplitude factor 1.6), over matched periods inside voiced
stretches. Noise moves the marks and reads as jitter; the part that the measured unlikeness of the cycles explains is
taken out, in quadrature, so that a breathy voice is not called an irregular one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biomarkers.audio import Vector
from biomarkers.limits import AMPLITUDE_FACTOR_MAX, PERIOD_FACTOR_MAX
from biomarkers.periods import Mask, Periods

#: Mean absolute value of a standard normal variable, squared: turns variances into squared mean differences.
_MEAN_ABS_SQUARED = 2 / np.pi
#: One mark's noise enters T(i) - T(i-1) as n - 2n' + n'': 1 + 4 + 1 times its variance.
_LOCAL_NOISE_WEIGHT = 6.0
#: ... and T(i) - mean of five around it as (n - n') - (n'' - n''')/5: 2 + 2/25 times.
_PPQ5_NOISE_WEIGHT = 2.08
_WILD = 10.0
_RESTART = 6.0  #: normally distributed steps exceed six times their median once in 20,000


@dataclass(frozen=True, slots=True)
class Perturbation:
    """Ratios; None where no two cycles could be compared. `raw_jitter_local_ratio` still holds the noise's part."""

    periods: int
    jitter_local_ratio: float | None
    jitter_ppq5_ratio: float | None
    shimmer_local_ratio: float | None
    raw_jitter_local_ratio: float | None


def measure(periods: Periods) -> Perturbation:
    """Jitter and shimmer over all pairs of cycles given."""
    if not len(periods):
        return Perturbation(0, None, None, None, None)
    mean_s = float(periods.period_s.mean())
    noise_s2 = _typical_noise(periods.timing_noise_s2)
    steps = _steps(periods)
    deviations = _deviations_from_five(periods)
    raw = float(steps.mean()) if len(steps) else None
    ppq5 = float(deviations.mean()) if len(deviations) else None
    return Perturbation(
        periods=len(periods),
        jitter_local_ratio=_without_noise(raw, _LOCAL_NOISE_WEIGHT * noise_s2, mean_s),
        jitter_ppq5_ratio=_without_noise(ppq5, _PPQ5_NOISE_WEIGHT * noise_s2, mean_s),
        shimmer_local_ratio=_shimmer(periods),
        raw_jitter_local_ratio=None if raw is None else raw / mean_s,
    )


def _typical_noise(variances_s2: Vector) -> float:
    """Mean of the variances, single wild pairs kept from ruling it."""
    return float(np.minimum(variances_s2, _WILD * np.median(variances_s2)).mean())


def _without_noise(mean_difference_s: float | None, noise_s2: float, mean_s: float) -> float | None:
    if mean_difference_s is None:
        return None
    return float(np.sqrt(max(mean_difference_s**2 - _MEAN_ABS_SQUARED * noise_s2, 0.0)) / mean_s)


def _alike(first: Vector, second: Vector, factor: float) -> Mask:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = first / second
        return np.asarray((ratio < factor) & (ratio > 1 / factor))


def _cycle_to_cycle(periods: Periods) -> tuple[Vector, Mask]:
    """|T(i) - T(i-1)|, s, and which of them are steps of one uninterrupted vibration.

    Praat's period factor, and besides not many times the usual step: the folds' restart after a consonant is none.
    """
    before, after = periods.period_s[:-1], periods.period_s[1:]
    steps = np.abs(after - before)
    valid = periods.follows[1:] & _alike(before, after, PERIOD_FACTOR_MAX)
    if valid.any():
        valid &= steps <= _RESTART * np.median(steps[valid])
    return steps, valid


def _steps(periods: Periods) -> Vector:
    steps, valid = _cycle_to_cycle(periods)
    return steps[valid]


def _deviations_from_five(periods: Periods) -> Vector:
    """|T(i) - mean of T(i-2) .. T(i+2)| wherever five periods follow each other and are alike, s."""
    if len(periods) < 5:
        return np.zeros(0)
    _, joined = _cycle_to_cycle(periods)
    five = np.lib.stride_tricks.sliding_window_view(joined, 4).all(axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(periods.period_s, 5)[five]
    return np.asarray(np.abs(windows[:, 2] - windows.mean(axis=1)))


def _shimmer(periods: Periods) -> float | None:
    """Mean |A(i) - A(i+1)| over mean A, of pairs whose ratio is below the amplitude factor."""
    valid = _alike(periods.amplitude, periods.next_amplitude, AMPLITUDE_FACTOR_MAX)
    if not valid.any():
        return None
    first, second = periods.amplitude[valid], periods.next_amplitude[valid]
    return float(np.abs(first - second).mean() / ((first + second) / 2).mean())
