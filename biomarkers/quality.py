"""Gates: is this recording fit to be measured, and if not, why. A refused recording has no numbers, not bad ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from biomarkers.activity import Activity, Levels
from biomarkers.audio import Gap, Samples, Vector
from biomarkers.limits import (
    CLEANER_VOICE_DB,
    CLIPPED_MAX_RATIO,
    ECHO_MAX_CORRELATION,
    HNR_MIN_DB,
    HOP_S,
    LEVEL_MIN_DBFS,
    LOST_MAX_RATIO,
    OCTAVE_JUMPS_MAX,
    PITCH_SPREAD_MAX,
    SEGMENT_MIN_S,
    SNR_MIN_DB,
    TONE_MAX_RATIO,
    VOICED_MIN_S,
)

_NEAR_PEAK = 0.97
_WEAK_SIDE = 0.3
_LONG_SHARE = 0.25  #: two samples alone may be the spike of a pulse; where tops are cut off, many are longer
_STEEPER = 2.5  #: times the fall of a parabola whose top 3 % lasts as long
_AUDIBLE_PEAK = 10 ** (-40 / 20)
_SNR_HIGHEST_DB = 80.0
_OCTAVE_JUMP_SEMITONES = 9.0


class Reason(StrEnum):
    """Why something was not measured. Stable codes: they are stored, exported and translated for display."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_QUIET = "too_quiet"
    NO_VOICE = "no_voice"
    TOO_LITTLE_VOICE = "too_little_voice"
    TOO_LITTLE_SPEECH = "too_little_speech"
    TOO_FEW_PERIODS = "too_few_periods"
    NOISY = "noisy"
    CLIPPED = "clipped"
    FRAMES_LOST = "frames_lost"
    TONE = "tone"
    MUSIC = "music"
    ECHO = "echo"


@dataclass(frozen=True, slots=True)
class Quality:
    """What the gates saw. Ratios are 0 to 1; None where nothing could be seen."""

    seconds: float = 0.0
    voiced_s: float = 0.0
    level_dbfs: float | None = None
    snr_db: float | None = None
    clipped_ratio: float = 0.0
    lost_ratio: float = 0.0
    tone_ratio: float = 0.0
    is_music: bool = False
    echo_correlation: float = 0.0
    is_pitch_doubtful: bool = False
    hnr_db: float | None = None

    def refusals(self) -> tuple[Reason, ...]:
        """Why the whole recording is refused; empty when it passes."""
        if self.seconds <= 0:
            return (Reason.EMPTY,)
        if self.seconds < SEGMENT_MIN_S:
            return (Reason.TOO_SHORT,)
        failed = {
            Reason.TOO_QUIET: self.level_dbfs is None or self.level_dbfs < LEVEL_MIN_DBFS,
            Reason.CLIPPED: self.clipped_ratio > CLIPPED_MAX_RATIO,
            Reason.ECHO: self.echo_correlation > ECHO_MAX_CORRELATION,
            Reason.TONE: self.tone_ratio > TONE_MAX_RATIO,
            Reason.MUSIC: self.is_music,
            Reason.NO_VOICE: self.voiced_s <= 0,
            Reason.TOO_LITTLE_VOICE: 0 < self.voiced_s < VOICED_MIN_S,
            Reason.NOISY: self._is_noisy(),
            Reason.FRAMES_LOST: self.lost_ratio > LOST_MAX_RATIO,
        }
        return tuple(reason for reason, is_failed in failed.items() if is_failed)

    def _is_noisy(self) -> bool:
        """Noise in the pauses that is in the voice as well, or more noise than voice in the voice."""
        if self.hnr_db is not None and self.hnr_db < HNR_MIN_DB:
            return True
        if self.snr_db is None or self.snr_db >= SNR_MIN_DB:
            return False
        return self.hnr_db is None or self.hnr_db < self.snr_db + CLEANER_VOICE_DB


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate as it is shown: the value seen (None: nothing to see), the limit, and whether it passes."""

    value: float | None
    limit: float
    passed: bool


#: Name of the quality value -> its limit, and whether that is the least allowed (True) or the most.
_GATES = {
    "seconds": (SEGMENT_MIN_S, True),
    "voiced_s": (VOICED_MIN_S, True),
    "level_dbfs": (LEVEL_MIN_DBFS, True),
    "snr_db": (SNR_MIN_DB, True),
    "clipped_ratio": (CLIPPED_MAX_RATIO, False),
    "lost_ratio": (LOST_MAX_RATIO, False),
    "tone_ratio": (TONE_MAX_RATIO, False),
    "echo_correlation": (ECHO_MAX_CORRELATION, False),
}


def gates(seen: Mapping[str, float | int | bool | None]) -> dict[str, Gate]:
    """Each gate of a recording, from the values of its quality. A value that could not be seen does not fail."""
    found: dict[str, Gate] = {}
    for name, (limit, is_least) in _GATES.items():
        value = seen.get(name)
        passed = value is None or (value >= limit if is_least else value <= limit)
        found[name] = Gate(None if value is None else float(value), limit, passed)
    return found


def clipped_ratio(samples: Samples | Vector) -> float:
    """Share of samples in flat tops: stays within 3 % of the extreme that end more steeply than a round top can."""
    if not len(samples):
        return 0.0
    highest, lowest = float(samples.max()), float(-samples.min())
    peak = max(highest, lowest)
    if peak < _AUDIBLE_PEAK:
        return 0.0
    sides = [(sign, top) for sign, top in ((1, highest), (-1, lowest)) if top >= _WEAK_SIDE * peak]
    return sum(_in_flat_tops(samples, sign, top) for sign, top in sides) / len(samples)


def _in_flat_tops(samples: Samples | Vector, sign: int, top: float) -> int:
    """Samples of the flat tops of one polarity whose extreme is `top`."""
    limit = _NEAR_PEAK * top
    near = np.zeros(len(samples) + 2, np.int8)  # a long call: no copy of the samples themselves
    near[1:-1] = samples >= limit if sign > 0 else samples <= -limit
    edges = np.flatnonzero(np.diff(near))
    start, end = edges[::2], edges[1::2]
    count = end - start
    away = np.maximum(1, count // 3)
    before, after = (
        samples[np.maximum(start - away, 0)],
        samples[np.minimum(end - 1 + away, len(samples) - 1)],
    )
    fall = 1 - np.minimum(sign * before, sign * after) / top
    round_fall = (1 - _NEAR_PEAK) * (1 + 2 * away / count) ** 2
    flat = count[(count >= 2) & (fall > _STEEPER * round_fall)]
    long = int(flat[flat >= 3].sum())
    return int(flat.sum()) if long >= _LONG_SHARE * flat.sum() else long


def signal_to_noise_db(found: Levels) -> float | None:
    """Median level of voice over the level of silence; None when there is no silence to compare with."""
    if found.noise_dbfs is None:
        return None
    return min(found.voiced_dbfs - found.noise_dbfs, _SNR_HIGHEST_DB)


def lost_ratio(gaps: Sequence[Gap], activity: Activity) -> float:
    """Lost time inside speech over the time of speech."""
    speech = [(start * HOP_S, (end + 2) * HOP_S) for start, end in activity.phrases]
    total = sum(end - start for start, end in speech)
    if total <= 0:
        return 0.0
    lost = sum(
        max(0.0, min(end, gap.end_s) - max(start, gap.start_s)) for gap in gaps for start, end in speech
    )
    return lost / total


def is_pitch_doubtful(hz: Vector) -> bool:
    """Whether an F0 track (0 = unvoiced) spreads or jumps as no voice does."""
    voiced = hz > 0
    both = voiced[1:] & voiced[:-1]
    if not both.any():
        return True
    low, high = np.percentile(hz[voiced], [5, 95])
    semitones = 12 * np.log2(np.where(voiced, hz, 1.0))
    jumps = float((np.abs(np.diff(semitones))[both] > _OCTAVE_JUMP_SEMITONES).mean())
    return bool(high / low > PITCH_SPREAD_MAX or jumps > OCTAVE_JUMPS_MAX)
