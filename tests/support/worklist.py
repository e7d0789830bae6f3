"""Alerts, check-ins and calls for tests of the dashboard, made through the product's own services."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from alerts.models import Alert
from alerts.rules import Finding
from alerts.rules.facts import Evidence
from alerts.services import Origin, alert_raise
from alerts.severity import AlertType, Severity
from biomarkers.models import Baseline, CallVoice
from calls.models import Call, ToolCall, Turn
from patients.models import Patient, PatientRecord
from tests.support.factories import make_call

_numbers = count()


def raise_alert(
    patient: Patient,
    severity: str = "high",
    *,
    kind: str = "symptom_worsening",
    rule: str = "S01",
    topic: str = "",
    text: str = "Weight up 4.2 lb in 24 hours",
    quote: str = "I was one eighty six and a half this morning",
    flag: str = "weight_gain",
    advice: str = "Call the patient today and repeat the reading.",
    call: Call | None = None,
    call_s: float = 84.0,
    now: datetime | None = None,
) -> Alert:
    """An open alert as a rule raises it."""
    number = next(_numbers)
    finding = Finding(
        rule_id=rule,
        version="rules-1",
        severity=Severity(severity),
        alert_type=AlertType(kind),
        topic=topic or f"topic{number}",
        description=text,
        recommended_action=advice,
        inputs={"gain_lb": 4.2},
        evidence=(Evidence(kind="utterance", what=flag, call_s=call_s, utterance=quote),),
    )
    return alert_raise(
        patient=patient, finding=finding, origin=Origin("rule", f"test-{number}", call), now=now
    )


def check_in(patient: Patient, *, days_ago: float = 0, **answers: Any) -> Call:
    """A completed check-in with its record."""
    at = timezone.now() - timedelta(days=days_ago)
    call = make_call(
        patient,
        state=Call.State.COMPLETED,
        planned_for=at,
        answered_at=at,
        ended_at=at + timedelta(minutes=5),
        duration_s=291.0,
        identity_result=Call.Identity.VERIFIED,
        completion_percent=100,
        is_completed=True,
        providers=["openai"],
        protocol_version="checkin-1",
        questions_answered=["shortness_of_breath", "swelling", "fatigue", "sleep_difficulty"],
    )
    values = {"shortness_of_breath": 1, "swelling": 0, "fatigue": 1, "sleep_difficulty": 0, **answers}
    PatientRecord.objects.create(
        patient=patient, call=call, recorded_at=at, is_identity_verified=True, **values
    )
    return call


def missed_check_in(patient: Patient, *, days_ago: float) -> Call:
    """A check-in that nobody answered."""
    at = timezone.now() - timedelta(days=days_ago)
    return make_call(patient, state=Call.State.NO_ANSWER, planned_for=at, ended_at=at)


def talk(call: Call, *said: tuple[str, str], every_ms: int = 9000) -> list[Turn]:
    """Turns of the call in order: (speaker, text)."""
    return [
        Turn.objects.create(
            call=call,
            sequence=number,
            speaker=speaker,
            text=text,
            item_id=f"item{number}",
            start_ms=number * every_ms,
            end_ms=number * every_ms + every_ms - 500,
        )
        for number, (speaker, text) in enumerate(said)
    ]


def tool_call(call: Call, name: str, *, at_ms: int, is_ok: bool = True, **others: Any) -> ToolCall:
    """A tool call of the voice model."""
    return ToolCall.objects.create(
        call=call, model_call_id=f"call{next(_numbers)}", name=name, at_ms=at_ms, is_ok=is_ok, **others
    )


def voice_of(call: Call, **features: float) -> CallVoice:
    """The pooled voice of a call."""
    return CallVoice.objects.create(
        patient=call.patient,
        call=call,
        at=call.planned_for,
        algorithm_version="test-1",
        features=features,
        is_usable=True,
        segments_total=4,
        segments_measured=4,
        voiced_s=24,
    )


def baseline_of(patient: Patient, **features: tuple[float, float]) -> Baseline:
    """A voice baseline: feature to (median, MAD)."""
    now = timezone.now()
    return Baseline.objects.create(
        patient=patient,
        algorithm_version="test-1",
        calls_n=14,
        features={name: {"median": middle, "mad": mad, "n": 14} for name, (middle, mad) in features.items()},
        first_call_at=now - timedelta(days=60),
        frozen_at=now - timedelta(days=10),
    )
