"""Fundamental frequency by Praat's autocorrelation method, in two passes.

The first pass searches wide and coarsely; the quartiles of what it finds, put in the right octave, give the range of
the second (De Looze & Hirst, Speech Prosody 2008; method: Boersma, IFA Proceedings 17, 1993). The tracker needs no
energy at F0 itself, so it works on a line that passes nothing below 300 Hz.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import parselmouth
from numpy.typing import NDArray

from biomarkers.audio import Samples, Vector
from biomarkers.limits import (
    OCTAVE_MARGIN,
    PITCH_HIGHEST_CEILING_HZ,
    PITCH_LOWEST_FLOOR_HZ,
    PITCH_SEARCH_HZ,
    RATE_HZ,
)

Sex = Literal["f", "m", "unknown"]

_SEARCH_STEP_S = 0.02
_SEARCH_FRAMES = 400  #: of a block: more say nothing new about its range
TRACK_STEP_S = 0.01
_SILENCE_THRESHOLD = 0.01  #: of the block's peak; what counts as speech is decided by level, not here
#: Praat's default of 0.01 lets a noisy voice fall to half its F0; the octave is checked afterwards instead.
_SEARCH_OCTAVE_COST = 0.04
_TRACK_OCTAVE_COST = 0.03
_CANDIDATES = 5  #: of a frame: Praat's 15 find the same path
_FRAMES_MAX = 500
FRAMES_MIN = 10  #: of the search, 0.2 s: fewer say nothing
_PERIOD_FACTORS = (1 / 3, 1 / 2, 1.0, 2.0, 3.0)
_THIRD_PERIOD, _HALF_PERIOD, _OWN = 0, 1, 2
_FALL_WIDTH = 0.2
_FALL_MARGIN = 0.12


@dataclass(frozen=True, slots=True)
class PitchRange:
    """Where the second pass looks, in Hz."""

    floor_hz: float
    ceiling_hz: float


@dataclass(frozen=True, slots=True)
class Found:
    """A sample of the voiced frames of the first pass.

    `correlations` has one row per frame: the normalised correlation of the waveform with itself a third, half, one,
    two and three times the period found later.
    """

    times_s: Vector
    hz: Vector
    correlations: Vector

    @staticmethod
    def nothing() -> Found:
        return Found(np.zeros(0), np.zeros(0), np.zeros((0, len(_PERIOD_FACTORS))))

    @staticmethod
    def joined(parts: Sequence[Found], keep: Sequence[NDArray[np.bool_]]) -> Found:
        """The frames of several blocks as one, those marked in `keep` only."""
        return Found(
            np.concatenate([part.times_s[k] for part, k in zip(parts, keep, strict=True)]),
            np.concatenate([part.hz[k] for part, k in zip(parts, keep, strict=True)]),
            np.concatenate([part.correlations[k] for part, k in zip(parts, keep, strict=True)]),
        )


@dataclass(frozen=True, slots=True)
class PitchTrack:
    """F0 of one block every 10 ms: time (s from the block's start) and Hz, 0 where unvoiced."""

    times_s: Vector
    hz: Vector
    praat: parselmouth.Pitch

    @property
    def voiced_hz(self) -> Vector:
        return self.hz[self.hz > 0]


def search(samples: Samples | Vector, sound: parselmouth.Sound, sex: Sex = "unknown") -> Found:
    """Voiced frames of a wide search, 20 ms apart, farther in a long block. `sound` holds `samples`."""
    floor, ceiling = PITCH_SEARCH_HZ[sex]
    step_s = max(_SEARCH_STEP_S, sound.duration / _SEARCH_FRAMES)
    if sound.duration < 3.0 / floor + step_s:
        return Found.nothing()
    pitch = sound.to_pitch_ac(
        time_step=step_s,
        pitch_floor=floor,
        pitch_ceiling=ceiling,
        silence_threshold=_SILENCE_THRESHOLD,
        octave_cost=_SEARCH_OCTAVE_COST,
        max_number_of_candidates=_CANDIDATES,
    )
    hz = pitch.selected_array["frequency"]
    return _with_correlations(samples, pitch.xs()[hz > 0], hz[hz > 0])


def _with_correlations(samples: Samples | Vector, times_s: Vector, hz: Vector) -> Found:
    """At most `_FRAMES_MAX` of the frames found, each with its correlations; frames near the ends are left out."""
    if not len(hz):
        return Found.nothing()
    every = max(1, len(hz) // _FRAMES_MAX)
    times_s, hz = times_s[::every], hz[::every]
    period, centre = RATE_HZ / hz, times_s * RATE_HZ
    width = int(np.ceil(1.5 * period.max()))
    reach = width / 2 + _PERIOD_FACTORS[-1] / 2 * period + 2
    inside = (centre > reach) & (centre < len(samples) - reach)
    period, centre = period[inside], centre[inside]
    columns = [_correlation(samples, centre, period * factor, width) for factor in _PERIOD_FACTORS]
    return Found(times_s[inside], hz[inside], np.stack(columns, axis=1))


def range_from(found: Found) -> PitchRange | None:
    """The range of the second pass: three quarters of the lower quartile to 1.6 times the upper one.

    None without enough frames, or when they lie where no voice does.
    """
    if len(found.hz) < FRAMES_MIN:
        return None
    low, high = np.percentile(_in_one_octave(found) * _octave_factor(found), [25, 75])
    floor = max(PITCH_LOWEST_FLOOR_HZ, 0.75 * float(low))
    ceiling = max(1.6 * float(high), 2.2 * floor)
    ceiling = min(ceiling, PITCH_HIGHEST_CEILING_HZ)
    return PitchRange(floor, ceiling) if floor < 0.8 * ceiling else None


def track(sound: parselmouth.Sound, within: PitchRange) -> PitchTrack | None:
    """F0 every 10 ms inside the range; None when the block is too short to hold three periods of the floor."""
    if sound.duration < 3.0 / within.floor_hz + TRACK_STEP_S:
        return None
    praat = sound.to_pitch_ac(
        time_step=TRACK_STEP_S,
        pitch_floor=within.floor_hz,
        pitch_ceiling=within.ceiling_hz,
        silence_threshold=_SILENCE_THRESHOLD,
        octave_cost=_TRACK_OCTAVE_COST,
        max_number_of_candidates=_CANDIDATES,
    )
    return PitchTrack(np.asarray(praat.xs()), praat.selected_array["frequency"], praat)


def _in_one_octave(found: Found) -> Vector:
    """The F0 found, with frames that fell to half or a third of the others' put back where they correlate as well."""
    hz = found.hz.copy()
    upper = float(np.percentile(hz, 75))
    for column, factor in ((_HALF_PERIOD, 2.0), (_THIRD_PERIOD, 3.0)):
        low = np.abs(hz * factor / upper - 1) < _FALL_WIDTH
        if (
            low.any()
            and found.correlations[low, column].mean() > found.correlations[low, _OWN].mean() - _FALL_MARGIN
        ):
            hz[low] *= factor
    return hz


def _octave_factor(found: Found) -> float:
    """What all F0 found must be multiplied with to be in the right octave (1/3, 1/2, 1, 2 or 3).

    A voice taken an octave too low correlates as well at half its period; one taken an octave too high correlates
    better at twice.
    """
    mean = found.correlations.mean(axis=0)
    best = float(mean.max())
    if best <= 0:
        return 1.0
    shortest = int(np.argmax(mean >= best - OCTAVE_MARGIN))
    return 1.0 / _PERIOD_FACTORS[shortest]


def _correlation(samples: Samples | Vector, centre: Vector, lag: Vector, width: int) -> Vector:
    """Normalised correlation of `width` samples with those `lag` (fractional) later, both around `centre`."""
    offsets = np.arange(width)
    left = np.round(centre - lag / 2 - width / 2).astype(np.intp)[:, None] + offsets
    whole = np.floor(lag).astype(np.intp)[:, None]
    part = lag[:, None] - whole
    first = samples[left]
    second = samples[left + whole] * (1 - part) + samples[left + whole + 1] * part
    energy = np.einsum("ij,ij->i", first, first) * np.einsum("ij,ij->i", second, second)
    return np.asarray(np.einsum("ij,ij->i", first, second) / np.sqrt(energy + 1e-20), np.float64)
