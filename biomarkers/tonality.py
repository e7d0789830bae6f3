"""Dial tones, key tones and music, told from voices.

Speech never holds a pitch: in recorded prompts of four languages not one 128 ms frame had an F0 that stayed within a
third of a semitone, while tones and music hold it for a tenth to all of the time. Only a sustained vowel holds it too,
and then its spectrum is one full row of harmonics, which a tone does not have, on one note, which music does not keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from biomarkers.audio import Samples, Vector
from biomarkers.limits import RATE_HZ
from biomarkers.pitch import TRACK_STEP_S, PitchTrack
from biomarkers.spectra import BIN_HZ, HOP, TAPER, WINDOW, frame_centres_s

_LOBE = 3  #: bins to either side of a line that belong to it
_STEADY_SEMITONES = 0.35
_STEADY_TRACK_FRAMES = 6  #: to either side of a frame's centre
_LINE_OVER_VALLEY_DB = 6.0
_LINE_OVER_NOISE_DB = 8.0  #: over the typical valley, which chance peaks of noise do not reach
_LINE_UNDER_TOP_DB = 36.0
_HIGHEST_HZ = 3400.0
_LOUD_UNDER_PEAK_DB = 20.0
_PURE_SHARE = 0.95  #: of a frame's power in its two strongest lines
_HELD_LINE_HZ = 1.5
_FEW_LINES_RATIO = 0.15

_FLAT_STEP_SEMITONES = 0.03
_MACHINE_STEP_SEMITONES = 0.003  #: no folds vibrate so evenly
_CLEAN_HNR_DB = 20.0
_MUDDY_HNR_DB = 10.0
_NOTE_MIN_FRAMES = 8
_NOTE_SEMITONES = 0.15

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lines:
    """Spectral lines of frames of 128 ms. lines and lines_ratio count the harmonics that stand out of a pitched frame."""

    power: Vector
    pure: Mask  #: two lines hold nearly all of the frame
    top_hz: Vector
    steady: Mask  #: the pitch stays within a third of a semitone
    lines: Vector
    lines_ratio: Vector

    @staticmethod
    def joined(parts: Sequence[Lines]) -> Lines:
        return Lines(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Lines)))

    @property
    def full_row(self) -> Mask:
        """Frames with the harmonics of a voice: at least three and not only here and there, or F0 and its octave.

        The latter is all that a high, closed vowel has.
        """
        enough = self.lines_ratio >= _FEW_LINES_RATIO
        return np.asarray(enough & (self.lines >= 2))


def lines_of(samples: Samples | Vector, spectra: Vector, track: PitchTrack | None) -> Lines:
    """The lines of one block, given its `frame_spectra`, and the rows of harmonics of its steady and its pure frames."""
    count = len(spectra)
    top_hz, share = _two_strongest(spectra)
    pure = share >= _PURE_SHARE
    lines, ratio = np.zeros(count), np.zeros(count)
    f0, steady = _pitched(frame_centres_s(count), track)
    looked_at = -2
    for index in np.flatnonzero((f0 > 0) & (steady | pure)).tolist():
        if index == looked_at + 1:  # half of it is the same sound
            lines[index], ratio[index] = lines[looked_at], ratio[looked_at]
            continue
        looked_at = index
        lines[index], ratio[index] = _row_of_harmonics(samples[index * HOP : index * HOP + WINDOW], f0[index])
    return Lines(spectra.sum(axis=1), pure, top_hz, steady, lines, ratio)


def _two_strongest(spectra: Vector) -> tuple[Vector, Vector]:
    """Frequency of each frame's strongest line, and the share of its power in the two strongest."""
    if not len(spectra):
        return np.zeros(0), np.zeros(0)
    left, row = spectra.copy(), np.arange(len(spectra))
    top_hz = _refined(spectra, left.argmax(axis=1)) * BIN_HZ
    held = np.zeros(len(left))
    for _ in range(2):
        peak = left.argmax(axis=1)
        for step in range(-_LOBE, _LOBE + 1):
            at = np.clip(peak + step, 0, left.shape[1] - 1)
            held += left[row, at]
            left[row, at] = 0
    return top_hz, held / np.maximum(spectra.sum(axis=1), 1e-20)


def _refined(spectra: Vector, peak: NDArray[np.intp]) -> Vector:
    """Bins of the peaks, as the top of a parabola through the logarithms of three bins."""
    at = np.clip(peak, 1, spectra.shape[1] - 2)
    row = np.arange(len(spectra))
    before, top, after = (np.log(spectra[row, at + step] + 1e-20) for step in (-1, 0, 1))
    return np.asarray(
        at + np.clip(0.5 * (before - after) / np.minimum(before - 2 * top + after, -1e-9), -1, 1)
    )


def _pitched(centres_s: Vector, track: PitchTrack | None) -> tuple[Vector, Mask]:
    """F0 of the frames that are voiced all around their centre (else 0), and in which of them it is steady."""
    count = len(centres_s)
    if track is None or len(track.hz) <= 2 * _STEADY_TRACK_FRAMES:
        return np.zeros(count), np.zeros(count, bool)
    around = np.lib.stride_tricks.sliding_window_view(track.hz, 2 * _STEADY_TRACK_FRAMES)
    at = np.searchsorted(track.times_s, centres_s) - _STEADY_TRACK_FRAMES
    own = around[np.clip(at, 0, len(around) - 1)]
    lowest, highest = own.min(axis=1), own.max(axis=1)
    voiced = lowest > 0
    steady = voiced & (highest <= lowest * 2 ** (_STEADY_SEMITONES / 12))
    return np.where(voiced, np.median(own, axis=1), 0.0), steady


def _row_of_harmonics(frame: Samples | Vector, f0_hz: float) -> tuple[float, float]:
    """How many harmonics of `f0_hz` stand out of a frame, and which share of those that the line can carry."""
    size = 4 * WINDOW
    level = 10 * np.log10(np.abs(np.fft.rfft(frame * TAPER, size)) ** 2 + 1e-12)
    number = np.arange(1, int(_HIGHEST_HZ / f0_hz) + 1, dtype=np.float64)
    if len(number) < 2:
        return float(len(number)), 0.0
    apart = f0_hz * size / RATE_HZ
    peaks = _highest(level, number * apart, 3 + 0.003 * number * apart)
    valleys = _highest(
        level, (np.arange(len(number) + 1, dtype=np.float64) + 0.5) * apart, np.full(len(number) + 1, 2.0)
    )
    valley = np.minimum(valleys[:-1], valleys[1:])
    floor = max(float(np.median(valleys)) + _LINE_OVER_NOISE_DB, float(peaks.max()) - _LINE_UNDER_TOP_DB)
    there = (peaks - valley > _LINE_OVER_VALLEY_DB) & (peaks > floor)
    if there.sum() == 2 and not there[:2].all():
        return 0.0, 0.0  # two lines that are not F0 and its octave: a pair of tones
    return float(there.sum()), float(there.mean())


def _highest(level: Vector, centre: Vector, reach: Vector) -> Vector:
    """The highest level within `reach` bins of each centre."""
    first = np.clip(np.round(centre - reach).astype(np.intp), 0, len(level) - 1)
    last = np.clip(np.round(centre + reach).astype(np.intp) + 1, first + 1, len(level) - 1)
    return np.asarray(np.maximum.reduceat(level, np.stack([first, last], axis=1).ravel())[::2])


def tone_ratio(lines: Lines) -> float:
    """Share of the loud frames that are a tone: one or two lines, held, and no row of harmonics to explain them."""
    if not len(lines.power):
        return 0.0
    loud = lines.power > np.percentile(lines.power, 95) * 10 ** (-_LOUD_UNDER_PEAK_DB / 10)
    held = lines.pure & ~lines.steady & _is_held(lines.top_hz)
    tonal = (lines.steady | held) & ~lines.full_row
    return float((loud & tonal).sum() / max(loud.sum(), 1))


def _is_held(top_hz: Vector) -> Mask:
    """Whether the strongest line stays where it was in the frame before or after."""
    same = np.abs(np.diff(top_hz, prepend=-np.inf, append=np.inf)) < _HELD_LINE_HZ
    return np.asarray(same[:-1] | same[1:])


def is_music(hz: Vector, hnr_db: float | None) -> bool:
    """Whether an F0 track (Hz every 10 ms, 0 unvoiced) is an instrument's, not a voice's.

    `hnr_db` is what the cycles say. A voice that holds its pitch is clean, and what it holds lies on no scale; several
    notes at once look unclean although each of them is perfectly steady.
    """
    voiced = hz > 0
    both = voiced[1:] & voiced[:-1]
    if both.sum() < 1 / TRACK_STEP_S:
        return False
    semitones = 12 * np.log2(np.where(voiced, hz, 1.0))
    steps = np.abs(np.diff(semitones))[both]
    flat = float((steps < _FLAT_STEP_SEMITONES).mean())
    spread = float(np.divide(*np.percentile(hz[voiced], [95, 5])))
    scale = _scale(semitones, voiced)
    is_machine = float(np.median(steps)) < _MACHINE_STEP_SEMITONES
    if scale.notes >= 10 and scale.levels >= 6 and scale.share >= 0.35 and spread >= 1.8:
        return True  # over an octave in held steps
    if hnr_db is None or hnr_db >= _CLEAN_HNR_DB:
        several = scale.notes >= 6 and scale.levels >= 4 and scale.share >= 0.5
        return (several and scale.coherence >= 0.93) or (is_machine and spread >= 1.12)
    return (
        is_machine
        or (scale.notes >= 10 and scale.levels >= 4 and scale.share >= 0.25 and scale.coherence >= 0.7)
        or (flat >= 0.2 and spread >= 2.4)
        or (flat >= 0.45 and spread >= 1.5 and hnr_db < _MUDDY_HNR_DB)
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """Held notes: how many, on how many levels, the share of voiced time they fill, how well they lie on semitones."""

    notes: int
    levels: int
    share: float
    coherence: float


def _scale(semitones: Vector, voiced: Mask) -> _Scale:
    held = _held_notes(semitones, voiced)
    if not held:
        return _Scale(0, 0, 0.0, 0.0)
    level, weight = np.array(held).T
    coherence = abs((weight * np.exp(2j * np.pi * level)).sum()) / weight.sum()
    levels = len({round(one) for one in level.tolist()})
    return _Scale(len(held), levels, float(weight.sum() / voiced.sum()), float(coherence))


def _held_notes(semitones: Vector, voiced: Mask) -> list[tuple[float, int]]:
    """(level, frames) of every run of at least 80 ms in which F0 keeps within 0.15 semitones of its start."""
    notes: list[tuple[float, int]] = []
    start = 0
    values, sounding = semitones.tolist(), voiced.tolist()
    for index in range(1, len(values) + 1):
        held = (
            index < len(values) and sounding[index] and abs(values[index] - values[start]) < _NOTE_SEMITONES
        )
        if held and sounding[start]:
            continue
        if sounding[start] and index - start >= _NOTE_MIN_FRAMES:
            notes.append((float(np.median(semitones[start:index])), index - start))
        start = index
    return notes
