"""Past calls with settled segments, as the pipeline would have left them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from biomarkers.baseline import DIRECTIONS, NAMES, SPREADS
from biomarkers.models import VoiceBiomarker
from biomarkers.segment_rows import COLUMNS
from calls.models import Call
from patients.models import Patient
from tests.support.factories import make_call

START = datetime(2026, 9, 7, 15, tzinfo=UTC)
USUAL = dict(zip(NAMES, 20 * SPREADS, strict=True)) | {
    "pause_ratio": 0.22, "mean_phrase_s": 2.0, "speech_rate": 3.6, "cpps": 9.0, "hnr": 11.0, "f0_median": 120.0,
    "shimmer": 0.08, "jitter_ppq5": 0.009, "jitter": 0.018, "f0_mean": 122.0, "f0_sd_semitones": 2.0,
    "articulation_rate": 4.4, "pauses_per_min": 12.0, "max_phrase_s": 4.0, "phonation_s": 12.0,
    "breath_pauses": 1.0, "loudness_range_db": 20.0, "voice_quality_score": 50.0,
}  # fmt: skip
QUALITY = {
    "seconds": 24.0, "voiced_s": 12.0, "level_dbfs": -20.0, "snr_db": 30.0, "clipped_ratio": 0.0, "lost_ratio": 0.0,
    "is_pitch_doubtful": False, "voiced_frames": 1_200, "periods": 1_400, "cepstral_frames": 1_100, "phrases": 9,
    "span_s": 24.0, "speech_s": 19.0, "syllables": 86, "pauses": 5,
}  # fmt: skip
SEGMENTS = 2


def over(patient: Patient, day: float, **others: Any) -> Call:
    """A check-in that was completed with the patient that many days after the start, at 15:00 UTC."""
    at = START + timedelta(days=day)
    values: dict[str, Any] = {
        "state": Call.State.COMPLETED,
        "identity_result": Call.Identity.VERIFIED,
        "planned_for": at,
        "answered_at": at,
        "ended_at": at + timedelta(minutes=6),
        **others,
    }
    return make_call(patient, **values)


def speak(
    call: Call,
    *,
    worse: float = 0.0,
    low_band_db: float = 3.0,
    seed: int | None = None,
    version: str = "voice-1",
    **quality: Any,
) -> list[VoiceBiomarker]:
    """The call's segments, measured: the usual voice, moved `worse` call-to-call SD, with a little day-to-day noise."""
    number = Call.objects.filter(patient=call.patient).count() if seed is None else seed
    noise = np.random.default_rng(number).standard_normal(len(NAMES))
    moved = dict(zip(NAMES, SPREADS * (worse * DIRECTIONS + 0.5 * noise), strict=True))
    features = {name: value + moved.get(name, 0.0) for name, value in USUAL.items() if name in COLUMNS}
    return [
        VoiceBiomarker.objects.create(
            patient=call.patient,
            call=call,
            segment_id=f"item-{part}",
            start_ms=30_000 * part,
            end_ms=30_000 * part + 24_000,
            state="measured",
            algorithm_version=version,
            quality=QUALITY | quality,
            channel={"low_band_db": low_band_db, "high_band_db": -25.0, "noise_floor_dbfs": -60.0},
            measured_at=call.ended_at,
            **features,
        )
        for part in range(SEGMENTS)
    ]
