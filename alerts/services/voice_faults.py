"""What staff must hear about the telephone side: a voice provider that is given up, a transfer nobody took."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alerts.models import Alert, AlertSighting, Notification
from alerts.rules import Finding
from alerts.rules.facts import Evidence
from alerts.selectors import staff_of
from alerts.services.judging import locked
from alerts.services.paging import TELEPHONE, hand_over
from alerts.services.raising import Origin, alert_raise
from alerts.severity import AlertType, Severity
from patients.models import CareTeam, Patient

FAULT = "fault"
ORDER = ("primary", "secondary", "lead")
TRANSFER_RULE = "T01"
TRANSFER_VERSION = "transfer-1"


@transaction.atomic
def fault_page(*, team: CareTeam, what: str, now: datetime | None = None) -> list[Notification]:
    """Tell the first person on call that calls have lost their assistant: once an hour for the same fault.

    `what` is a code ("openai:refused"), never a person. With nobody on call the team's leads are told.
    """
    now = now or timezone.now()
    staff = staff_of(team, now=now)
    on_call = [duty.user_id for level in ORDER for duty in staff.duties if duty.level == level]
    people = on_call[:1] or list(staff.team_leads)
    rows = [
        Notification(
            team=team,
            recipient_id=person,
            channel=channel,
            purpose=FAULT,
            next_attempt_at=now,
            error_code=what[:40],
            dedupe_key=f"{FAULT}:{team.pk}:{what[:40]}:{now:%Y%m%d%H}:{person}:{channel}",
        )
        for person in people
        for channel in (*TELEPHONE[:1], Notification.Channel.DASHBOARD)
    ]
    known = set(
        Notification.objects.filter(dedupe_key__in=[row.dedupe_key for row in rows]).values_list(
            "dedupe_key", flat=True
        )
    )
    fresh = [row for row in rows if row.dedupe_key not in known]
    Notification.objects.bulk_create(fresh, ignore_conflicts=True)
    hand_over(fresh)
    return fresh


@transaction.atomic
def transfer_missed_submit(*, patient: Patient, call: Any, now: datetime | None = None) -> Alert:
    """The patient was to be connected with a person, and nobody took the call. Idempotent per call.

    After an emergency it is one; otherwise somebody must call back the same day.
    """
    patient = locked(patient, call)
    now = now or timezone.now()
    is_emergency = AlertSighting.objects.emergencies().filter(call=call).exists()
    finding = Finding(
        rule_id=TRANSFER_RULE,
        version=TRANSFER_VERSION,
        severity=Severity.CRITICAL if is_emergency else Severity.HIGH,
        alert_type=AlertType.EMERGENCY if is_emergency else AlertType.MISSED_CONTACT,
        topic="transfer_missed",
        description="The patient was being connected with a person, and nobody took the call.",
        recommended_action="Call the patient back now.",
        inputs={"after_emergency": is_emergency},
        evidence=(Evidence("event", "nobody took the transferred call", now),),
    )
    return alert_raise(
        patient=patient,
        finding=finding,
        origin=Origin(Alert.Source.CALL, f"{call.pk}-transfer", call),
        now=now,
    )
