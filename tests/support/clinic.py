"""A clinic as its administrator finds it: a shift's patients, and what needs an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

import alerts
from alerts.models import EscalationPolicy, Notification, RuleSetVersion
from alerts.services import kccq_record
from alerts.services.rulesets import ruleset_activate
from calls.models import BudgetWarning, Call, EducationGiven
from calls.scheduling.audit import checkins_audit
from patients.models import CareTeam, Patient, User
from patients.services import consent_give, consent_revoke, note_add, proxy_record
from tests.support.factories import make_schedule, make_shift, make_user
from tests.support.shift import Shift, begin_shift


@dataclass(frozen=True, slots=True)
class Clinic:
    """Who runs it, the team, and the shift that is on."""

    shift: Shift
    boss: User
    team: CareTeam

    @property
    def patient(self) -> Patient:
        return self.shift.patients[0]


def begin_clinic(*, patients: int = 16, weeks: int = 3) -> Clinic:
    """A row of every kind that the administration lists, and one of each trouble that its first page counts."""
    shift = begin_shift(patients=patients, weeks=weeks)
    team = shift.patients[0].care_team
    boss = make_user(
        team, "admin", username="boss", is_staff=True, is_superuser=True, first_name="Ada", last_name="Boss",
        email="ada@example.org",
    )  # fmt: skip
    _agreements(shift.patients, boss)
    _rosters(team, shift)
    _rules(boss)
    _messages(team, shift)
    last = Call.objects.filter(patient=shift.patients[0], state="completed").latest("planned_for")
    EducationGiven.objects.create(
        patient=shift.patients[0], call=last, model_call_id="e1", topic="diet_sodium", patient_context="asked about soup"
    )  # fmt: skip
    note_add(patient=shift.patients[1], author=shift.nurse, text="New scales at home.")
    today = timezone.localdate()
    BudgetWarning.objects.create(
        month=today.replace(day=1), percent=80, spent_usd=Decimal("412.20"), budget_usd=Decimal("500")
    )
    checkins_audit()
    return Clinic(shift, boss, team)


def _agreements(patients: list[Patient], boss: User) -> None:
    """Proxies, scores, a text-message consent that was taken back, and a patient whom nothing will call."""
    today = timezone.localdate()
    for patient, name, relation, level, authority in (
        (patients[0], "Laura Harris", "daughter", "full", "power of attorney"),
        (patients[2], "Tom Lee", "husband", "answer", "the patient’s own word"),
    ):
        proxy_record(
            patient=patient, name=name, relation=relation, level=level, authority=authority, document="scan 1174",
            valid_until=today + timedelta(days=300), recorded_by=boss,
        )  # fmt: skip
    for patient in patients[:4]:
        for days, score in ((170, "64.5"), (80, "62.5"), (3, "61.0")):
            kccq_record(patient=patient, score=Decimal(score), taken_on=today - timedelta(days=days))
    consent_give(
        patient=patients[3], scope="sms", wording_version="2026-01", method="paper", recorded_by=boss
    )
    consent_revoke(patient=patients[3], scope="sms", how="administrator")
    dead = patients[5]
    dead.consents.filter(scope="ai_voice_call").update(revoked_at=timezone.now(), revoked_how="voice")
    Call.objects.filter(patient=dead, state="planned").delete()
    if not hasattr(dead, "call_schedule"):
        make_schedule(dead)


def _rosters(team: CareTeam, shift: Shift) -> None:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    people = ((shift.nurse, "primary"), (shift.colleague, "secondary"), (shift.lead, "lead"))
    for day in range(3):
        for person, level in people:
            begins = start + timedelta(days=day)
            make_shift(team, person, level=level, starts_at=begins, ends_at=begins + timedelta(hours=12))
    EscalationPolicy.objects.create(
        team=team, severity="high",
        steps=[{"after_minutes": 0, "level": "primary"}, {"after_minutes": 10, "level": "secondary"},
               {"after_minutes": 25, "level": "lead"}],
        repeat_every_minutes=30,
    )  # fmt: skip


def _rules(boss: User) -> None:
    """The packaged rules in force by hand, and a stricter version that waits."""
    text = (Path(alerts.__file__).parent / "rulesets" / "rules-1.toml").read_text(encoding="utf-8")
    signed = {"signed_off_by": "Dr. Imani Cole", "signed_off_on": timezone.localdate()}
    for version in ("clinic-1", "clinic-2"):
        body = text.replace('version = "rules-1"', f'version = "{version}"')
        row = RuleSetVersion.objects.create(version=version, body=body, **signed)
        if version == "clinic-1":
            ruleset_activate(version=row, by=boss)


def _messages(team: CareTeam, shift: Shift) -> None:
    """Two messages that could not be sent, with the network's codes."""
    now = timezone.now()
    for number, (channel, code) in enumerate((("sms", "30006"), ("voice", "21211"))):
        Notification.objects.create(
            team=team, recipient=shift.colleague, channel=channel, state="failed", attempts=6, error_code=code,
            next_attempt_at=now, dedupe_key=f"clinic-{number}",
        )  # fmt: skip
