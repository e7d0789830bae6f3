"""A segment's analysis as columns of its row, and the row as material for pooling. Pure: rows come in as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from biomarkers.features import SegmentAnalysis
from biomarkers.pooling import Segment

COLUMNS = {  # column of the row to field of the analysis
    "jitter": "jitter_local_ratio",
    "jitter_ppq5": "jitter_ppq5_ratio",
    "shimmer": "shimmer_local_ratio",
    "hnr": "hnr_db",
    "cpps": "cpps_db",
    "f0_mean": "f0_mean_hz",
    "f0_median": "f0_median_hz",
    "f0_sd_semitones": "f0_sd_semitones",
    "speech_rate": "speech_rate_syll_per_s",
    "articulation_rate": "articulation_rate_syll_per_s",
    "pause_ratio": "pause_ratio",
    "pauses_per_min": "pauses_per_min",
    "mean_phrase_s": "mean_phrase_s",
    "max_phrase_s": "max_phrase_s",
    "phonation_s": "phonation_s",
    "breath_pauses": "breath_pauses",
    "loudness_range_db": "loudness_range_db",
    "voice_quality_score": "voice_quality_score",
}
FIELDS = {field: column for column, field in COLUMNS.items()}
COUNTED = "span_s"  #: rows whose quality lacks the counts cannot be pooled anew


class SegmentRow(Protocol):
    """What pooling reads of a VoiceBiomarker."""

    @property
    def state(self) -> str: ...
    @property
    def algorithm_version(self) -> str: ...
    @property
    def quality(self) -> Mapping[str, Any]: ...
    @property
    def channel(self) -> Mapping[str, Any]: ...


def columns_of(result: SegmentAnalysis) -> dict[str, Any]:
    """Every column that an analysis fills but the row's state. A refused segment says once why: `segment`."""
    values: dict[str, Any] = {column: getattr(result, field) for column, field in COLUMNS.items()}
    if result.is_measured:
        reasons = {FIELDS.get(name, name): reason for name, reason in result.reasons.items()}
    else:
        reasons = {"segment": ", ".join(result.refusals)}
    return values | {
        "gate_reasons": reasons,
        "quality": dict(result.quality),
        "channel": dict(result.channel),
        "algorithm_version": result.algorithm_version,
    }


def segment_of(row: SegmentRow) -> Segment:
    """A settled row as a segment to pool."""
    return Segment(
        version=row.algorithm_version,
        is_measured=row.state == "measured",
        features={column: getattr(row, column) for column in COLUMNS},
        quality=row.quality,
        channel=row.channel,
    )
