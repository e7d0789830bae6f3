"""Jitter and shimmer: how much neighbouring cycles differ in length and in strength. Ratios, 0.01 = 1 %.

Definitions as in Praat (local, ppq5; period factor 1.3, amplitude factor 1.6), over matched periods inside voiced
stretches. Noise moves the marks and reads as jitter; the part that the measured unlikeness of the cycles explains is
taken out, in quadrature, so that a breathy voice is not called an irregular one. In a clean recording the times are
those of the damped cycles, which the ringing of the vocal tract does not smooth.
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
_DAMPED_TRUST_DB = (13.0, 16.0)
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
    raw = _jitter(periods, periods.period_s, periods.timing_noise_s2)
    dry = _jitter(periods, periods.damped_period_s, periods.damped_noise_s2)
    trust = _trust(periods.damped_correlation)
    steps, valid = _cycle_to_cycle(periods, periods.period_s)
    return Perturbation(
        periods=len(periods),
        jitter_local_ratio=_blend(raw[0], dry[0], trust),
        jitter_ppq5_ratio=_blend(raw[1], dry[1], trust),
        shimmer_local_ratio=_shimmer(periods),
        raw_jitter_local_ratio=float(steps[valid].mean() / periods.period_s.mean()) if valid.any() else None,
    )


def _jitter(periods: Periods, period_s: Vector, noise_s2: Vector) -> tuple[float | None, float | None]:
    """Local and ppq5 jitter of periods, without the part that is noise."""
    steps, valid = _cycle_to_cycle(periods, period_s)
    deviations = _deviations_from_five(period_s, valid)
    variance, mean_s = _typical_noise(noise_s2), float(period_s.mean())
    return (
        _without_noise(steps[valid], _LOCAL_NOISE_WEIGHT * variance, mean_s),
        _without_noise(deviations, _PPQ5_NOISE_WEIGHT * variance, mean_s),
    )


def _trust(damped_correlation: Vector) -> float:
    """0: the damped cycles are lost in noise; 1: they match well, and their times are the better ones."""
    mean = float(np.clip(damped_correlation.mean(), 1e-3, 1 - 1e-6))
    low, high = _DAMPED_TRUST_DB
    return float(np.clip((10 * np.log10(mean / (1 - mean)) - low) / (high - low), 0, 1))


def _blend(raw: float | None, dry: float | None, trust: float) -> float | None:
    if raw is None or dry is None:
        return raw
    return float(np.sqrt((1 - trust) * raw**2 + trust * dry**2))


def _typical_noise(variances_s2: Vector) -> float:
    """Mean of the variances, single wild pairs kept from ruling it."""
    return float(np.minimum(variances_s2, _WILD * np.median(variances_s2)).mean())


def _without_noise(differences_s: Vector, noise_s2: float, mean_s: float) -> float | None:
    """Mean difference over the mean period once the noise's share is taken out in quadrature."""
    if not len(differences_s):
        return None
    return float(np.sqrt(max(differences_s.mean() ** 2 - _MEAN_ABS_SQUARED * noise_s2, 0.0)) / mean_s)


def _alike(first: Vector, second: Vector, factor: float) -> Mask:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = first / second
        return np.asarray((ratio < factor) & (ratio > 1 / factor))


def _cycle_to_cycle(periods: Periods, period_s: Vector) -> tuple[Vector, Mask]:
    """|T(i) - T(i-1)|, s, and which of them are steps of one uninterrupted vibration.

    Praat's period factor, and besides not many times the usual step: the folds' restart after a consonant is none.
    """
    steps = np.abs(np.diff(period_s))
    valid = periods.follows[1:] & _alike(period_s[:-1], period_s[1:], PERIOD_FACTOR_MAX)
    if valid.any():
        valid &= steps <= _RESTART * np.median(steps[valid])
    return steps, valid


def _deviations_from_five(period_s: Vector, joined: Mask) -> Vector:
    """|T(i) - mean of T(i-2) .. T(i+2)| wherever five periods follow each other and are alike, s."""
    if len(period_s) < 5:
        return np.zeros(0)
    five = np.lib.stride_tricks.sliding_window_view(joined, 4).all(axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(period_s, 5)[five]
    return np.asarray(np.abs(windows[:, 2] - windows.mean(axis=1)))


def _shimmer(periods: Periods) -> float | None:
    """Mean |A(i) - A(i+1)| over mean A, of pairs whose ratio is below the amplitude factor."""
    valid = _alike(periods.amplitude, periods.next_amplitude, AMPLITUDE_FACTOR_MAX)
    if not valid.any():
        return None
    first, second = periods.amplitude[valid], periods.next_amplitude[valid]
    return float(np.abs(first - second).mean() / ((first + second) / 2).mean())
