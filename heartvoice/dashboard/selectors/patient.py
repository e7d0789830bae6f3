"""What the patient page reads: the patient with small facts in one query, then one query for each list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404

from alerts.models import Alert, CareTask
from biomarkers.models import Baseline
from calls.models import Call, FollowUp
from heartvoice.dashboard.selectors import trends
from heartvoice.dashboard.staff import Staff
from heartvoice.dashboard.triage import NEVER, SEVERITY_ORDER, due_of
from patients.models import Consent, Medication, Patient, PatientNote, PatientRecord, ThresholdOverride

RANGES = (28, 90, 365)
WEIGHT_LIMIT_LB = 3.0  # rule S01 of the rule set; a personal threshold replaces it
LISTED = 30


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the patient's timeline."""

    at: datetime
    kind: str
    what: Any


@dataclass(frozen=True, slots=True)
class PatientPage:
    """Everything on the page."""

    patient: Patient
    alerts: Sequence[Alert]
    medications: Sequence[Medication]
    follow_ups: Sequence[FollowUp]
    next_call: Call | None
    timeline: Sequence[Happening]
    symptoms: Sequence[trends.Trend]
    weights: Sequence[trends.Trend]
    adherence: trends.Trend
    voice: Sequence[trends.Trend]
    has_voice_baseline: bool
    days: int
    last_record: PatientRecord | None


def patient_of(user: Any, patient_id: UUID) -> Patient:
    """The patient with consents, thresholds, voice baseline and tasks as small facts. Raises Http404."""
    consents = Consent.objects.filter(patient=OuterRef("pk"), revoked_at__isnull=True).order_by("scope")
    overrides = ThresholdOverride.objects.filter(patient=OuterRef("pk"), revoked_at__isnull=True)
    baselines = Baseline.objects.filter(patient=OuterRef("pk"), superseded_at__isnull=True)
    tasks = CareTask.objects.filter(patient=OuterRef("pk"), state="open").order_by("due_at")
    visible = (
        Patient.objects.visible_to(user)
        .select_related("care_team", "owner", "call_schedule")
        .annotate(
            consent_facts=ArraySubquery(
                consents.values(
                    fact=JSONObject(scope="scope", version="wording_version", given_at="given_at")
                )
            ),
            override_facts=ArraySubquery(
                overrides.values(
                    fact=JSONObject(rule="rule_id", parameter="parameter", value="value", until="valid_until")
                )
            ),
            baseline_facts=ArraySubquery(baselines.order_by("-frozen_at").values("features")[:1]),
            task_facts=ArraySubquery(tasks.values(fact=JSONObject(kind="kind", due_at="due_at"))[:10]),
        )
    )
    return get_object_or_404(visible, pk=patient_id)


def patient_page(patient: Patient, *, staff: Staff, days: int) -> PatientPage:
    """The page of a patient from `patient_of`. Six queries, whatever the length of the history."""
    end = staff.now()
    period = trends.Period(end - timedelta(days=days), end, staff.zone)
    records = list(
        PatientRecord.objects.filter(patient=patient, recorded_at__gte=period.start)
        .defer("notes")
        .order_by("recorded_at")
    )
    in_period = Q(planned_for__gte=period.start) | Q(state__in=("planned", *Call.LIVE_STATES))
    calls = list(
        Call.objects.filter(in_period, patient=patient).select_related("voice").order_by("planned_for")
    )
    alerts = list(
        Alert.objects.filter(patient=patient)
        .filter(~Q(state="resolved") | Q(created_at__gte=period.start))
        .select_related("owner")
        .order_by("-created_at")[:200]
    )
    notes = list(PatientNote.objects.filter(patient=patient).select_related("author")[:LISTED])
    follow_ups = list(FollowUp.objects.filter(patient=patient, state="open").order_by("due_at")[:LISTED])
    medications = list(Medication.objects.filter(patient=patient).order_by("-is_active", "medication_class"))
    missed = trends.missed_times(calls, records, period)
    voices = [call.voice for call in calls if hasattr(call, "voice")]
    baseline = patient.baseline_facts[0] if patient.baseline_facts else {}  # type: ignore[attr-defined]
    return PatientPage(
        patient=patient,
        alerts=sorted((alert for alert in alerts if alert.state != "resolved"), key=_urgency),
        medications=medications,
        follow_ups=follow_ups,
        next_call=next((call for call in calls if call.state == "planned"), None),
        timeline=_timeline(calls, alerts, notes),
        symptoms=trends.symptom_trends(records, missed, period),
        weights=trends.weight_trends(records, missed, period, limit_lb=_weight_limit(patient)),
        adherence=trends.adherence_trend(records, missed, period),
        voice=trends.voice_trends(voices, baseline, period),
        has_voice_baseline=bool(baseline),
        days=days,
        last_record=records[-1] if records else None,
    )


def _urgency(alert: Alert) -> tuple[int, datetime]:
    return SEVERITY_ORDER.get(alert.severity, len(SEVERITY_ORDER)), due_of(alert) or NEVER


def _timeline(
    calls: Sequence[Call], alerts: Sequence[Alert], notes: Sequence[PatientNote]
) -> list[Happening]:
    """Calls, alerts and notes, newest first."""
    everything = [Happening(call.planned_for, "call", call) for call in calls if call.state != "planned"]
    everything += [Happening(alert.created_at, "alert", alert) for alert in alerts]
    everything += [Happening(note.created_at, "note", note) for note in notes]
    return sorted(everything, key=lambda each: each.at, reverse=True)[: 2 * LISTED]


def _weight_limit(patient: Patient) -> float:
    """The gain in a day that raises an alert for this patient, in lb."""
    facts = patient.override_facts  # type: ignore[attr-defined]
    own = [fact["value"] for fact in facts if fact["rule"] == "S01"]
    return float(own[0]) if own else WEIGHT_LIMIT_LB
