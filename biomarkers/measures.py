"""From pooled frames, periods and runs to features, each with a reason where there is too little to go by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biomarkers.activity import Activity, Levels
from biomarkers.audio import Vector
from biomarkers.features import FEATURE_NAMES, Counts, Features
from biomarkers.limits import CPPS_FRAMES_MIN, PERIODS_MIN, PHRASE_MIN_S
from biomarkers.perturbation import Perturbation
from biomarkers.pitch import TRACK_STEP_S
from biomarkers.quality import Reason
from biomarkers.scoring import voice_quality_score

_LOUDNESS_PERCENTILES = (5, 95)
_TIMING = (
    "pause_ratio",
    "pauses_per_min",
    "speech_rate_syll_per_s",
    "articulation_rate_syll_per_s",
    "mean_phrase_s",
    "max_phrase_s",
    "breath_pauses",
    "loudness_range_db",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Raw material of one recording that passed the gates. hz: voiced frames only."""

    hz: Vector
    perturbation: Perturbation
    hnr_db: float | None
    cepstral_peaks_db: Vector
    activity: Activity
    levels: Levels


def measured_features(found: Measured) -> tuple[Features, Counts, dict[str, Reason]]:
    """Features, what they rest on, and a reason for each feature that is None."""
    features = _features(found)
    timed = found.activity.speech_s >= PHRASE_MIN_S
    reasons = {
        name: Reason.TOO_LITTLE_SPEECH if name in _TIMING and not timed else Reason.TOO_FEW_PERIODS
        for name in FEATURE_NAMES
        if getattr(features, name) is None
    }
    doing = found.activity
    counts = Counts(
        voiced_frames=len(found.hz),
        periods=found.perturbation.periods,
        cepstral_frames=len(found.cepstral_peaks_db),
        syllables=doing.syllables,
        pauses=len(doing.pauses),
        phrases=len(doing.phrases),
        span_s=doing.span_s,
        speech_s=doing.speech_s,
    )
    return features, counts, reasons


def _features(found: Measured) -> Features:
    cycles = found.perturbation
    enough = cycles.periods >= PERIODS_MIN
    jitter = cycles.jitter_local_ratio if enough else None
    shimmer = cycles.shimmer_local_ratio if enough else None
    hnr = found.hnr_db if enough else None
    peaks = found.cepstral_peaks_db
    cpps = float(peaks.mean()) if len(peaks) >= CPPS_FRAMES_MIN else None
    doing = found.activity
    timed = doing.speech_s >= PHRASE_MIN_S
    median_hz = float(np.median(found.hz))
    return Features(
        f0_mean_hz=float(found.hz.mean()),
        f0_median_hz=median_hz,
        f0_sd_semitones=float(np.std(12 * np.log2(found.hz / median_hz))),
        jitter_local_ratio=jitter,
        jitter_ppq5_ratio=cycles.jitter_ppq5_ratio if enough else None,
        shimmer_local_ratio=shimmer,
        hnr_db=hnr,
        cpps_db=cpps,
        pause_ratio=doing.pause_s / doing.span_s if timed else None,
        pauses_per_min=60 * len(doing.pauses) / doing.span_s if timed else None,
        speech_rate_syll_per_s=doing.syllables / doing.span_s if timed else None,
        articulation_rate_syll_per_s=doing.syllables / doing.speech_s if timed else None,
        mean_phrase_s=float(np.mean(doing.phrases_s)) if timed else None,
        max_phrase_s=max(doing.phrases_s) if timed else None,
        phonation_s=len(found.hz) * TRACK_STEP_S,
        breath_pauses=doing.breaths if timed else None,
        loudness_range_db=_loudness_range_db(found) if timed else None,
        voice_quality_score=voice_quality_score(
            cpps_db=cpps, hnr_db=hnr, jitter_ratio=jitter, shimmer_ratio=shimmer
        ),
    )


def _loudness_range_db(found: Measured) -> float:
    """Spread of the level of speech, 5th to 95th percentile."""
    speech = np.concatenate([found.levels.dbfs[start:end] for start, end in found.activity.phrases])
    low, high = np.percentile(speech, _LOUDNESS_PERCENTILES)
    return float(high - low)
