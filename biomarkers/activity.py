"""When the patient speaks: speech and pauses, phrases, syllables, breaths.

All of it works on the level of 30 ms frames, 10 ms apart, and on which of them are voiced; the limits matter more than
the method (Green et al., J Speech Lang Hear Res 47, 2004) and stay fixed. Leading and trailing silence is never a pause:
the agent speaks there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from biomarkers.audio import Gap, Vector, frame_times_s
from biomarkers.limits import (
    BREATH_ABOVE_FLOOR_DB,
    BREATH_PAUSE_MIN_S,
    FRAME_S,
    HOP_S,
    ISLAND_MIN_S,
    PAUSE_MIN_S,
    SPEECH_ABOVE_NOISE_DB,
    SPEECH_BELOW_VOICED_DB,
    SYLLABLE_DIP_DB,
)

Mask = NDArray[np.bool_]
Run = tuple[int, int]

_EDGE_FRAMES = 1  #: a frame that only touches a sound is loud already: sounds look a frame wider at each end
_SMOOTH_FRAMES = 5
_BREATH_FRAMES = round(0.12 / HOP_S)
_NOISE_PERCENTILE = 20
_VOICE_FRAMES_MIN = 5
_SILENCE_TRIM = 6  #: frames of a pause that may still hold the end of a word


@dataclass(frozen=True, slots=True)
class Levels:
    """Frame levels of a whole segment and the lines drawn through them, dBFS. noise_dbfs: None if never silent."""

    dbfs: Vector
    voiced: Mask
    voiced_dbfs: float
    noise_dbfs: float | None

    @property
    def speech_limit_dbfs(self) -> float:
        """Louder frames are speech."""
        limit = self.voiced_dbfs - SPEECH_BELOW_VOICED_DB
        if self.noise_dbfs is None:
            return limit
        return max(limit, self.noise_dbfs + SPEECH_ABOVE_NOISE_DB)


@dataclass(frozen=True, slots=True)
class Activity:
    """Speech of one segment. Runs are half-open frame ranges."""

    phrases: tuple[Run, ...]
    pauses: tuple[Run, ...]
    syllables: int
    breaths: int

    @property
    def span_s(self) -> float:
        """First to last sound of the talker."""
        return (self.phrases[-1][1] - self.phrases[0][0]) * HOP_S if self.phrases else 0.0

    @property
    def pause_s(self) -> float:
        return sum(end - start for start, end in self.pauses) * HOP_S

    @property
    def speech_s(self) -> float:
        return self.span_s - self.pause_s

    @property
    def phrases_s(self) -> tuple[float, ...]:
        return tuple((end - start) * HOP_S for start, end in self.phrases)


def bridged(dbfs: Vector, gaps: tuple[Gap, ...]) -> Vector:
    """Levels with the frames that overlap a gap replaced by a line between their neighbours."""
    if not gaps or not len(dbfs):
        return dbfs
    times = frame_times_s(len(dbfs))
    hit = np.zeros(len(dbfs), bool)
    for gap in gaps:
        hit |= (times > gap.start_s - FRAME_S / 2) & (times < gap.end_s + FRAME_S / 2)
    if hit.all():
        return dbfs
    return np.where(hit, np.interp(times, times[~hit], dbfs[~hit]), dbfs)


def levels(dbfs: Vector, voiced: Mask) -> Levels | None:
    """The level of voice and of silence; None without a voiced frame.

    Silence is what lies well inside unvoiced stretches longer than a consonant. A held vowel, or speech without a pause,
    has none: then its level is unknown, rather than that of an /s/.
    """
    if not voiced.any():
        return None
    voiced_dbfs = float(np.median(dbfs[voiced]))
    silent = _silent(voiced)
    noise = float(np.percentile(dbfs[silent], _NOISE_PERCENTILE)) if silent.any() else None
    return Levels(dbfs, voiced, voiced_dbfs, noise)


def _silent(voiced: Mask) -> Mask:
    """Frames well inside stretches of at least a pause without voice; odd voiced frames in noise do not count."""
    voice = np.zeros(len(voiced), bool)
    for start, end in _runs(voiced):
        voice[start:end] = end - start >= _VOICE_FRAMES_MIN
    silent = np.zeros(len(voiced), bool)
    for start, end in _runs(~voice):
        if end - start >= round(PAUSE_MIN_S / HOP_S):
            silent[start + (start > 0) * _SILENCE_TRIM : end - (end < len(voiced)) * _SILENCE_TRIM] = True
    return silent


def measure(found: Levels) -> Activity:
    """Phrases, pauses, syllables and breath pauses."""
    speech = _speech(found)
    phrases = tuple(_runs(speech))
    pauses = tuple((left[1], right[0]) for left, right in pairwise(phrases))
    return Activity(phrases, pauses, _syllables(found, speech), _breaths(found, pauses))


def _runs(mask: Mask) -> list[Run]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _speech(found: Levels) -> Mask:
    """Frames of speech: islands without voicing dropped, gaps shorter than a pause closed."""
    speech = np.zeros(len(found.dbfs), bool)
    shortest, pause = round(ISLAND_MIN_S / HOP_S), round(PAUSE_MIN_S / HOP_S)
    kept: list[Run] = []
    for start, end in _runs(found.dbfs > found.speech_limit_dbfs):
        if kept and start - kept[-1][1] < pause - 2 * _EDGE_FRAMES:
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
    for start, end in kept:
        if end - start >= shortest and found.voiced[start:end].any():
            speech[start + _EDGE_FRAMES : end - _EDGE_FRAMES] = True
    return speech


def _syllables(found: Levels, speech: Mask) -> int:
    """Voiced peaks of the smoothed level with a dip of 2 dB on both sides (de Jong & Wempe 2009)."""
    if not speech.any():
        return 0
    smooth = np.convolve(
        np.pad(found.dbfs, _SMOOTH_FRAMES // 2, "edge"), np.ones(_SMOOTH_FRAMES) / _SMOOTH_FRAMES, "valid"
    )
    near_voice = np.convolve(found.voiced, np.ones(3), "same") > 0
    return sum(_peaks(smooth[start:end], near_voice[start:end]) for start, end in _runs(speech))


def _peaks(level: Vector, voiced: Mask) -> int:
    """Maxima of `level` that rise SYLLABLE_DIP_DB above the valleys on both sides and are voiced."""
    count, rising = 0, True
    top, top_voiced, low = -np.inf, False, level[0] - SYLLABLE_DIP_DB
    for value, is_voiced in zip(level.tolist(), voiced.tolist(), strict=True):
        if rising:
            if value > top:
                top, top_voiced = value, is_voiced
            elif top - value >= SYLLABLE_DIP_DB:
                count += top_voiced
                low, rising = value, False
        elif value < low:
            low = value
        elif value - low >= SYLLABLE_DIP_DB:
            top, top_voiced, rising = value, is_voiced, True
    return count + (rising and top_voiced and top - low >= SYLLABLE_DIP_DB)


def _breaths(found: Levels, pauses: tuple[Run, ...]) -> int:
    """Long pauses with a stretch of unvoiced noise 3-15 dB over the floor."""
    if found.noise_dbfs is None:
        return 0
    low, high = BREATH_ABOVE_FLOOR_DB
    above = found.dbfs - found.noise_dbfs
    breath = (above > low) & (above < high) & ~found.voiced
    return sum(
        (end - start) * HOP_S >= BREATH_PAUSE_MIN_S
        and any(b - a >= _BREATH_FRAMES for a, b in _runs(breath[start:end]))
        for start, end in pauses
    )
