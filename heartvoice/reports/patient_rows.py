"""What a patient's exports hold, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from alerts.models import Alert
from biomarkers.models import CallVoice
from calls.budget import patient_spending
from calls.models import Call
from patients.models import Consent, Medication, Patient, PatientRecord, ThresholdOverride

PERIOD = timedelta(days=90)
ALERTS = 60
CHECK_IN = (
    "shortness_of_breath", "swelling", "fatigue", "sleep_difficulty", "quality_of_life", "mood_assessment",
    "weight_lb", "weight_change_lb", "heart_rate_bpm", "systolic_mmhg", "spo2_percent", "takes_ace_inhibitor",
    "takes_beta_blocker", "takes_diuretic", "missed_doses_week",
)  # fmt: skip
VOICE = (
    "pause_ratio", "mean_phrase_s", "speech_rate", "f0_median", "hnr", "cpps", "jitter_ppq5", "shimmer",
)  # fmt: skip
CSV_HEADER = (
    "patient_id", "record_number", "recorded_at_utc", "identity_verified", *CHECK_IN, "emergency_flags", "notes",
    *(f"voice_{name}" for name in VOICE), "voice_change_z", "voice_usable", "voice_status", "generated_at_utc",
    "generated_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """A patient with what a clinician reads first."""

    patient: Patient
    medications: Sequence[Medication]
    consents: Sequence[Consent]
    overrides: Sequence[ThresholdOverride]
    records: Sequence[PatientRecord]
    alerts: Sequence[Alert]
    calls: Sequence[Call]
    voices: Sequence[CallVoice]
    month_cost_usd: Decimal


def summary_of(patient: Patient, *, now: datetime) -> Summary:
    """The last 90 days, newest first, and what is in force. Eight queries."""
    since = now - PERIOD
    return Summary(
        patient=patient,
        medications=list(patient.medications.filter(is_active=True).order_by("medication_class")),
        consents=list(patient.consents.filter(revoked_at__isnull=True).order_by("scope")),
        overrides=list(
            patient.threshold_overrides.filter(revoked_at__isnull=True, valid_until__gte=now.date())
        ),
        records=list(
            PatientRecord.objects.check_ins()
            .filter(patient=patient, recorded_at__gte=since)
            .order_by("-recorded_at")
        ),
        alerts=list(
            Alert.objects.filter(patient=patient, created_at__gte=since)
            .select_related("owner")
            .order_by("-created_at")[:ALERTS]
        ),
        calls=list(Call.objects.filter(patient=patient, planned_for__gte=since, planned_for__lte=now)),
        voices=list(CallVoice.objects.filter(patient=patient, at__gte=since).order_by("-at")),
        month_cost_usd=patient_spending(patient.pk, now),
    )


def csv_rows(patient: Patient, *, by: str, at: datetime) -> list[list[Any]]:
    """Every check-in of the patient, oldest first, with the voice of its call beside it."""
    records = PatientRecord.objects.filter(patient=patient).order_by("recorded_at")
    voices = {voice.call_id: voice for voice in CallVoice.objects.filter(patient=patient)}
    rows = []
    for record in records:
        voice = voices.get(record.call_id) if record.call_id else None
        features = voice.features if voice else {}
        rows.append(
            [
                str(patient.pk),
                patient.record_number,
                f"{record.recorded_at:%Y-%m-%dT%H:%M:%SZ}",
                record.is_identity_verified,
                *(getattr(record, name) for name in CHECK_IN),
                "; ".join(str(flag) for flag in record.emergency_flags),
                record.notes,
                *(features.get(name) for name in VOICE),
                voice.composite_z if voice else None,
                voice.is_usable if voice else None,
                "investigational" if voice else "",
                f"{at:%Y-%m-%dT%H:%M:%SZ}",
                by,
            ]
        )
    return rows
