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
    """Spectral lines of frames of 128 ms. lines and lines_ratio count the harmonics of a steady F0 that are there."""

    power: Vector
    pure: Mask  #: two lines hold nearly all of the frame
    top_hz: Vector
    steady: Mask
    lines: Vector
    lines_ratio: Vector

    @staticmethod
    def joined(parts: Sequence[Lines]) -> Lines:
        return Lines(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Lines)))


def lines_of(samples: Samples | Vector, spectra: Vector, track: PitchTrack | None) -> Lines:
    """The lines of one block, given its `frame_spectra`, and, where its F0 is steady, its row of harmonics."""
    count = len(spectra)
    top_hz, share = _two_strongest(spectra)
    steady, lines, ratio = np.zeros(count, bool), np.zeros(count), np.zeros(count)
    for index, f0 in _steady_frames(frame_centres_s(count), track):
        steady[index] = True
        lines[index], ratio[index] = _row_of_harmonics(samples[index * HOP : index * HOP + WINDOW], f0)
    return Lines(spectra.sum(axis=1), share >= _PURE_SHARE, top_hz, steady, lines, ratio)


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


def _steady_frames(centres_s: Vector, track: PitchTrack | None) -> list[tuple[int, float]]:
    """Frames around whose centre F0 stays within a third of a semitone, with that F0."""
    found: list[tuple[int, float]] = []
    if track is None:
        return found
    at = np.searchsorted(track.times_s, centres_s)
    for index, centre in enumerate(at.tolist()):
        around = track.hz[max(centre - _STEADY_TRACK_FRAMES, 0) : centre + _STEADY_TRACK_FRAMES]
        if len(around) <= _STEADY_TRACK_FRAMES or around.min() <= 0:
            continue
        if 12 * np.log2(around.max() / around.min()) <= _STEADY_SEMITONES:
            found.append((index, float(np.median(around))))
    return found


def _row_of_harmonics(frame: Samples | Vector, f0_hz: float) -> tuple[float, float]:
    """How many harmonics of `f0_hz` stand out of a frame, and which share of those that the line can carry."""
    size = 4 * WINDOW
    level = 10 * np.log10(np.abs(np.fft.rfft(frame * TAPER, size)) ** 2 + 1e-12)
    number = np.arange(1, int(_HIGHEST_HZ / f0_hz) + 1)
    if len(number) < 2:
        return float(len(number)), 0.0
    per_bin = size / RATE_HZ
    peaks = np.array([_highest(level, k * f0_hz * per_bin, 3 + 0.003 * k * f0_hz * per_bin) for k in number])
    valleys = np.array([_highest(level, (k + 0.5) * f0_hz * per_bin, 2) for k in range(len(number) + 1)])
    valley = np.minimum(valleys[:-1], valleys[1:])
    there = (peaks - valley > _LINE_OVER_VALLEY_DB) & (peaks > peaks.max() - _LINE_UNDER_TOP_DB)
    return float(there.sum()), float(there.mean())


def _highest(level: Vector, centre: float, reach: float) -> float:
    first = max(round(centre - reach), 0)
    return float(level[first : round(centre + reach) + 1].max(initial=-120.0))


def tone_ratio(lines: Lines) -> float:
    """Share of the loud frames that are a tone: one or two lines, held, and no row of harmonics to explain them."""
    if not len(lines.power):
        return 0.0
    loud = lines.power > np.percentile(lines.power, 95) * 10 ** (-_LOUD_UNDER_PEAK_DB / 10)
    octave = (lines.lines == 2) & (
        lines.lines_ratio >= _FEW_LINES_RATIO
    )  # a high, closed vowel: F0 and its octave
    few = lines.steady & ~octave & ((lines.lines < 3) | (lines.lines_ratio < _FEW_LINES_RATIO))
    held = lines.pure & ~lines.steady & _is_held(lines.top_hz)
    return float((loud & (few | held)).sum() / max(loud.sum(), 1))


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
    low, high = np.percentile(hz[voiced], [5, 95])
    scale = _scale(semitones, voiced)
    if hnr_db is None or hnr_db >= _CLEAN_HNR_DB:
        return scale.levels >= 5 and scale.share >= 0.5 and scale.coherence >= 0.93
    return (
        (scale.notes >= 10 and scale.levels >= 4 and scale.share >= 0.25 and scale.coherence >= 0.7)
        or (flat >= 0.2 and high / low >= 2.4)
        or (flat >= 0.45 and high / low >= 1.5 and hnr_db < _MUDDY_HNR_DB)
        or float(np.median(steps)) < _MACHINE_STEP_SEMITONES
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
