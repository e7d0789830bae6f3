"""From the segments of a call to one set of numbers for the call, and what of it is fit for baseline and alarms. Pure.

Each feature is pooled by what it rests on (periods, voiced frames, seconds of speech, phrases), as if the segments had
been measured in one piece. Feature names are those of the columns of VoiceBiomarker; units stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2, sqrt

from biomarkers.change_limits import (
    CLIPPED_MAX_RATIO,
    DOUBTFUL_PITCH_MAX_SHARE,
    LEVEL_MIN_DBFS,
    LOST_MAX_RATIO,
    PERIODS_MIN,
    REPORT_VOICED_MIN_S,
    SNR_MIN_DB,
    SNR_TIMING_MIN_DB,
    TRACKED,
    VOICED_MIN_S,
    WEIGHT_MIN,
    Family,
)
from biomarkers.scoring import voice_quality_score

Numbers = Mapping[str, float | int | bool | None]

# Feature to what it rests on, a key of the segment's quality.
RESTS_ON = {
    "f0_mean": "voiced_frames",
    "f0_median": "voiced_frames",
    "jitter": "periods",
    "jitter_ppq5": "periods",
    "shimmer": "periods",
    "hnr": "periods",
    "cpps": "cepstral_frames",
    "pause_ratio": "span_s",
    "pauses_per_min": "span_s",
    "speech_rate": "span_s",
    "articulation_rate": "speech_s",
    "loudness_range_db": "speech_s",
    "mean_phrase_s": "phrases",
}
NEED_PERIODS = ("jitter", "jitter_ppq5", "shimmer")
FEATURES = (
    *RESTS_ON,
    "f0_sd_semitones",
    "max_phrase_s",
    "phonation_s",
    "breath_pauses",
    "voice_quality_score",
)
CHANNEL = ("low_band_db", "high_band_db", "noise_floor_dbfs")


@dataclass(frozen=True, slots=True)
class Segment:
    """One settled segment. `quality` holds what the gates saw and the counts; a refused segment has no features."""

    version: str
    is_measured: bool
    features: Mapping[str, float | None] = field(default_factory=dict)
    quality: Numbers = field(default_factory=dict)
    channel: Numbers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PooledCall:
    """A call's numbers. `reasons`: feature to why it has none. `unfit`: tracked feature to why it may not judge change.

    `unusable` says why the whole call is no part of baseline and alarms; "" when it is.
    """

    version: str
    segments: int
    measured: int
    voiced_s: float = 0.0
    snr_db: float | None = None
    features: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    unfit: Mapping[str, str] = field(default_factory=dict)
    unusable: str = ""
    channel: Mapping[str, float] = field(default_factory=dict)


def pool(segments: Sequence[Segment]) -> PooledCall:
    """The call of these settled segments (lost ones included, unmeasured). Analysis versions are never mixed:
    the one with the most voice counts."""
    version = _version(segments)
    used = [one for one in segments if one.is_measured and one.version == version]
    voiced_s = _total(used, "voiced_s")
    if voiced_s < REPORT_VOICED_MIN_S:
        why = "too_little_voice" if used else "nothing_measured"
        return PooledCall(
            version=version,
            segments=len(segments),
            measured=len(used),
            voiced_s=voiced_s,
            reasons=dict.fromkeys(FEATURES, why),
            unfit={one.name: why for one in TRACKED},
            unusable=why,
        )
    features = _features(used)
    snr_db = _weighted((_number(one.quality, "snr_db"), _count(one, "speech_s")) for one in used)
    unfit = _unfit(used, features, snr_db)
    return PooledCall(
        version=version,
        segments=len(segments),
        measured=len(used),
        voiced_s=voiced_s,
        snr_db=snr_db,
        features=features,
        reasons={name: _why_missing(name) for name in FEATURES if name not in features},
        unfit=unfit,
        unusable=_unusable(used, voiced_s, unfit),
        channel=_channel(used),
    )


def _version(segments: Sequence[Segment]) -> str:
    voiced: dict[str, float] = {}
    for one in segments:
        if one.version:
            voiced[one.version] = voiced.get(one.version, 0.0) + (
                _count(one, "voiced_s") if one.is_measured else 0.0
            )
    return max(voiced, key=lambda version: (voiced[version], version), default="")


def _features(used: Sequence[Segment]) -> dict[str, float]:
    found = {
        name: value
        for name, base in RESTS_ON.items()
        if (value := _weighted((_number(one.features, name), _count(one, base)) for one in used)) is not None
    }
    if _total(used, "periods") < PERIODS_MIN:
        for name in NEED_PERIODS:
            found.pop(name, None)
    if (spread := _pitch_spread(used, found.get("f0_median"))) is not None:
        found["f0_sd_semitones"] = spread
    longest = [value for one in used if (value := _number(one.features, "max_phrase_s")) is not None]
    if longest:
        found["max_phrase_s"] = max(longest)
    found["phonation_s"] = sum(_number(one.features, "phonation_s") or 0.0 for one in used)
    breaths = [value for one in used if (value := _number(one.features, "breath_pauses")) is not None]
    if breaths:
        found["breath_pauses"] = sum(breaths)
    score = voice_quality_score(
        cpps_db=found.get("cpps"),
        hnr_db=found.get("hnr"),
        jitter_ratio=found.get("jitter"),
        shimmer_ratio=found.get("shimmer"),
    )
    if score is not None:
        found["voice_quality_score"] = score
    return found


def _pitch_spread(used: Sequence[Segment], median_hz: float | None) -> float | None:
    """SD in semitones about the call's median: within the segments and between them."""
    squares = []
    for one in used:
        middle, spread = _number(one.features, "f0_median"), _number(one.features, "f0_sd_semitones")
        if median_hz and middle and spread is not None:
            off = 12 * log2(middle / median_hz)
            squares.append((spread**2 + off**2, _count(one, "voiced_frames")))
    pooled = _weighted(squares)
    return None if pooled is None else sqrt(pooled)


def _unfit(used: Sequence[Segment], features: Mapping[str, float], snr_db: float | None) -> dict[str, str]:
    """Tracked features that exist but must not judge change, and those that are missing."""
    doubtful_s = sum(_count(one, "voiced_s") for one in used if one.quality.get("is_pitch_doubtful"))
    is_doubtful = doubtful_s > DOUBTFUL_PITCH_MAX_SHARE * _total(used, "voiced_s")
    noisy = _too_noisy(snr_db)
    found: dict[str, str] = {}
    for one in TRACKED:
        if one.name not in features:
            found[one.name] = _why_missing(one.name)
        elif one.family in noisy:
            found[one.name] = "noisy"
        elif one.family == "pitch" and is_doubtful:
            found[one.name] = "pitch_doubtful"
    return found


def _too_noisy(snr_db: float | None) -> frozenset[Family]:
    """Families that noise has spoilt. Without a silent moment the noise is unknown: then voice measures stay out."""
    if snr_db is None:
        return frozenset({"voice"})
    if snr_db < SNR_TIMING_MIN_DB:
        return frozenset({"voice", "timing"})
    return frozenset({"voice"}) if snr_db < SNR_MIN_DB else frozenset()


def _unusable(used: Sequence[Segment], voiced_s: float, unfit: Mapping[str, str]) -> str:
    def mean(name: str) -> float | None:
        return _weighted((_number(one.quality, name), _count(one, "seconds")) for one in used)

    if voiced_s < VOICED_MIN_S:
        return "too_little_voice"
    if (mean("clipped_ratio") or 0.0) > CLIPPED_MAX_RATIO:
        return "clipped"
    if (mean("lost_ratio") or 0.0) > LOST_MAX_RATIO:
        return "frames_lost"
    level = mean("level_dbfs")
    if level is not None and level < LEVEL_MIN_DBFS:
        return "too_quiet"
    if sum(one.weight for one in TRACKED if one.name not in unfit) < WEIGHT_MIN - 1e-9:
        return "noisy" if "noisy" in unfit.values() else "too_few_features"
    return ""


def _channel(used: Sequence[Segment]) -> dict[str, float]:
    pooled = {
        name: _weighted((_number(one.channel, name), _count(one, "speech_s")) for one in used)
        for name in CHANNEL
    }
    return {name: value for name, value in pooled.items() if value is not None}


def _why_missing(name: str) -> str:
    return "too_few_periods" if name in (*NEED_PERIODS, "hnr", "voice_quality_score") else "too_little_speech"


def _number(values: Mapping[str, float | int | bool | None], name: str) -> float | None:
    value = values.get(name)
    return None if value is None else float(value)


def _count(one: Segment, name: str) -> float:
    return _number(one.quality, name) or 0.0


def _total(used: Sequence[Segment], name: str) -> float:
    return sum(_count(one, name) for one in used)


def _weighted(pairs: Iterable[tuple[float | None, float]]) -> float | None:
    """Mean of the values that are there, by their weights; None when nothing has weight."""
    total = weight = 0.0
    for value, by in pairs:
        if value is not None and by > 0:
            total += value * by
            weight += by
    return total / weight if weight > 0 else None
