"""What the scheduler, the voice analysis and the voice model report: judged like answers, safe to repeat."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alerts.facts import Circumstances
from alerts.models import Alert
from alerts.phrases.described import emergencies_described
from alerts.phrases.flags import KINDS
from alerts.rules import Finding
from alerts.rules.facts import Evidence, MissedContact, VoiceCall
from alerts.selectors import ruleset_in_force
from alerts.services.judging import judge_and_raise, locked
from alerts.services.merging import MODEL_RULE, MODEL_TOPIC
from alerts.services.patient_texts import missed_text_write
from alerts.services.raising import Origin, findings_raise, patient_lock
from alerts.severity import AlertType, Severity, at_least
from patients.local_time import noon_of, zone_of
from patients.models import Patient, PatientRecord

log = logging.getLogger(__name__)


@transaction.atomic
def missed_checkin_submit(*, patient: Patient, day: date, now: datetime | None = None) -> list[Alert]:
    """A scheduled check-in of that local day failed after all attempts (rules C01 to C03). Idempotent per day.

    A patient who agrees to texts gets one.
    """
    patient = patient_lock(patient)
    now = now or timezone.now()
    days = {day.isoformat()} | _missed_days(patient, _last_reached_on(patient))
    missed = MissedContact(len(days), noon_of(patient, day))
    beside, key = Circumstances(missed=missed), f"missed-{day.isoformat()}"
    only = ("C01", "C02", "C03")
    alerts = judge_and_raise(patient, None, now, Alert.Source.CALL, beside, only=only, key=key)
    if alerts:
        missed_text_write(alert=alerts[0], patient=patient, day=day, now=now)
    return alerts


def _last_reached_on(patient: Patient) -> date | None:
    """The local day of the last check-in. A score that staff entered reached nobody."""
    records = PatientRecord.objects.check_ins().filter(patient=patient, is_identity_verified=True)
    at = records.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
    return None if at is None else at.astimezone(zone_of(patient)).date()


def _missed_days(patient: Patient, reached_on: date | None) -> set[str]:
    """The local days already reported as missed since the patient was last reached."""
    rows = Alert.objects.filter(patient=patient, topic="missed_contact")
    first = None if reached_on is None else reached_on.isoformat()
    days = {
        key.split(":")[0].removeprefix("missed-")
        for row in rows
        for key in (row.inputs or {}).get("seen", {})
        if key.startswith("missed-")
    }
    return {one for one in days if first is None or one > first}


@transaction.atomic
def voice_submit(
    *, patient: Patient, call: Any, voice: Sequence[VoiceCall], now: datetime | None = None
) -> list[Alert]:
    """The patient's valid voice measurements, oldest first, the newest of this call (rules V01 to V03)."""
    patient = locked(patient, call)
    now = now or timezone.now()
    beside = Circumstances(voice=tuple(voice))
    return judge_and_raise(patient, call, now, Alert.Source.RULE, beside, only=("V01", "V02", "V03"))


@transaction.atomic
def model_alert_submit(
    *,
    patient: Patient,
    call: Any,
    severity: str,
    alert_type: str,
    description: str,
    recommended_action: str = "",
    immediate: bool = False,
    reference: str,
    now: datetime | None = None,
) -> Alert:
    """An alert that the voice model asks for. It may add or raise; it never lowers or closes anything.

    `reference` is the model's tool-call id: the same one is the same alert. An immediate one is at least high.
    What is no emergency joins an alert of its type that this call has told of. An emergency stands for itself, each
    kind that its description names: returned is the first.
    """
    kind = AlertType(alert_type)
    named = _emergencies(description) if kind is AlertType.EMERGENCY else []
    patient = locked(patient, call)
    wanted = at_least(Severity(severity), Severity.HIGH if immediate else None)
    said = Evidence("event", "raised by the voice model", now or timezone.now())
    finding = Finding(
        rule_id=MODEL_RULE,
        version=MODEL_RULE,
        severity=wanted,
        alert_type=kind,
        topic=f"{MODEL_TOPIC}{kind.value}",
        description=description,
        recommended_action=recommended_action,
        inputs={"severity": severity, "immediate": immediate},
        evidence=(said,),
    )
    topics = named or [_beside(patient, call, kind) or finding.topic]
    origin = Origin(Alert.Source.MODEL, f"{call.pk}-{reference}", call)
    findings = [replace(finding, topic=topic) for topic in topics]
    return findings_raise(patient=patient, findings=findings, origin=origin, now=now)[0]


def _emergencies(description: str) -> list[str]:
    """The topics of the emergencies that the model's words name: two kinds are two alerts, as those of the rules are."""
    rules = ruleset_in_force().rules
    return sorted(
        {MODEL_TOPIC + rules[KINDS[flag].rule_id].topic for flag in emergencies_described(description)}
    )


def _beside(patient: Patient, call: Any, kind: AlertType) -> str:
    """The topic of the worst open alert of this type that this call told of, "" if there is none."""
    if kind is AlertType.EMERGENCY:
        return ""
    rows = (
        Alert.objects.filter(patient=patient, sightings__call=call, alert_type=kind)
        .open()
        .exclude(topic__startswith=MODEL_TOPIC)
    )
    worst = max(rows, key=lambda row: Severity(row.severity).rank, default=None)
    return "" if worst is None else worst.topic
