"""Scores of questionnaires that staff take outside a call, judged as they are entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from alerts.facts import Circumstances, facts_for, with_known_alerts
from alerts.models import Alert
from alerts.rules import judge
from alerts.rules.facts import Answers, PastCheckIn
from alerts.selectors import rules_for
from alerts.services.judging import locked
from alerts.services.raising import Origin, findings_raise
from heartvoice.shared.errors import DomainError
from patients.models import Patient, PatientRecord

ONLY = "S12"


@transaction.atomic
def kccq_record(
    *, patient: Patient, score: Decimal, taken_on: date, now: datetime | None = None
) -> PatientRecord:
    """A KCCQ-12 summary score (0-100, higher is better) of a day in the patient's zone; rule S12 judges it.

    It is compared with the score before it, however old that is. A score older than the newest known is kept and
    raises nothing. Raises DomainError for an impossible score or day.
    """
    if not 0 <= score <= 100:
        raise DomainError("a KCCQ-12 score is between 0 and 100", code="bad_score")
    patient = locked(patient, None)
    now = now or timezone.now()
    zone = ZoneInfo(patient.time_zone)
    if not date(2000, 1, 1) <= taken_on <= now.astimezone(zone).date():
        raise DomainError("the day of the score is impossible", code="bad_score")
    at = min(datetime.combine(taken_on, time(12), zone), now)
    known = PatientRecord.objects.filter(patient=patient, kccq12__isnull=False)
    row = PatientRecord.objects.create(
        patient=patient, kccq12=score, recorded_at=at, is_identity_verified=True
    )
    others = known.exclude(pk=row.pk)
    before = others.filter(recorded_at__lte=at).order_by("recorded_at").last()
    if before is not None and not others.filter(recorded_at__gt=at).exists():
        _judge(patient, row, before, now)
    return row


def _judge(patient: Patient, row: PatientRecord, before: PatientRecord, now: datetime) -> list[Alert]:
    """The new score beside the one before it; nothing else of the chart is judged again."""
    rules, _ = rules_for(patient, now=now)
    beside = with_known_alerts(patient, Circumstances(), now=now)
    facts = facts_for(patient, rules, now=now, beside=beside)
    earlier = PastCheckIn(before.recorded_at, Answers(kccq12=float(before.kccq12 or 0)))
    facts = replace(
        facts, answers=Answers(kccq12=float(row.kccq12 or 0)), history=(*facts.history, earlier), flags=()
    )
    found = [one for one in judge(facts, rules).findings if one.rule_id == ONLY]
    origin = Origin(Alert.Source.RULE, f"kccq-{row.pk}", None)
    return findings_raise(patient=patient, findings=found, origin=origin, rules=rules, now=now)
