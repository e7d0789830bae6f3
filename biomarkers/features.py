"""The features of a recording, what they rest on, and what is said where one cannot be measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields

from biomarkers.limits import ALGORITHM_VERSION
from biomarkers.quality import Quality, Reason
from biomarkers.spectra import Channel

Values = Mapping[str, float | int | bool | None]


@dataclass(frozen=True, slots=True)
class Features:
    """Units are in the names; ratios are fractions, 0.01 = 1 %. None: not measurable."""

    f0_mean_hz: float | None = None
    f0_median_hz: float | None = None
    f0_sd_semitones: float | None = None
    jitter_local_ratio: float | None = None
    jitter_ppq5_ratio: float | None = None
    shimmer_local_ratio: float | None = None
    hnr_db: float | None = None
    cpps_db: float | None = None
    pause_ratio: float | None = None
    pauses_per_min: float | None = None
    speech_rate_syll_per_s: float | None = None
    articulation_rate_syll_per_s: float | None = None
    mean_phrase_s: float | None = None
    max_phrase_s: float | None = None
    phonation_s: float | None = None
    breath_pauses: int | None = None
    loudness_range_db: float | None = None
    voice_quality_score: float | None = None


FEATURE_NAMES = tuple(f.name for f in fields(Features))


@dataclass(frozen=True, slots=True)
class Counts:
    """What the features were computed from, so that segments can be pooled into a call without the audio."""

    voiced_frames: int = 0
    periods: int = 0
    cepstral_frames: int = 0
    syllables: int = 0
    pauses: int = 0
    phrases: int = 0
    span_s: float = 0.0
    speech_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SegmentAnalysis(Features):
    """One recording, measured or refused.

    reasons: feature name -> why it is None; for a refused recording every feature. refusals: the gates that failed.
    quality: the fields of `quality.Quality` and of `Counts`. channel: the fields of `spectra.Channel`, or empty.
    """

    is_measured: bool = False
    refusals: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    quality: Values = field(default_factory=dict)
    channel: Values = field(default_factory=dict)
    algorithm_version: str = ALGORITHM_VERSION


def refused(
    quality: Quality, refusals: tuple[Reason, ...], channel: Channel | None = None
) -> SegmentAnalysis:
    """A recording without a single number, and for each feature the first gate that failed."""
    return SegmentAnalysis(
        refusals=tuple(reason.value for reason in refusals),
        reasons=dict.fromkeys(FEATURE_NAMES, refusals[0].value),
        quality=asdict(quality) | asdict(Counts()),
        channel=asdict(channel) if channel else {},
    )


def measured(
    features: Features, quality: Quality, counts: Counts, channel: Channel, reasons: Mapping[str, Reason]
) -> SegmentAnalysis:
    """A recording that passed the gates; `reasons` for those of its features that are None."""
    return SegmentAnalysis(
        **asdict(features),
        is_measured=True,
        reasons={name: reason.value for name, reason in reasons.items()},
        quality=asdict(quality) | asdict(counts),
        channel=asdict(channel),
    )
