"""Puts a simulated patient into the database, with a care team and people on call of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from alerts.models import OnCallShift
from calls.models import Call, CallSchedule
from heartvoice.demo.seed.people import phone_of
from patients.models import CareTeam, Consent, Membership, Patient, PatientRecord, User
from patients.services import consent_give, medication_add, patient_enrol
from tests.safety.script import Script

ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Auckland", "Asia/Tokyo",
         "Asia/Kolkata", "Europe/Athens", "Europe/London", "America/Sao_Paulo")  # fmt: skip
MORNING, EVENING = time(9, 30), time(18)
FIRST_NUMBER = 100  # of the fictional numbers; the lower ones are the demo's
STAFF_APART = 1_000
PER_TEAM = 3
CONTACT_APART = 5_000


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A script's patient as rows."""

    script: Script
    patient_id: UUID
    since: datetime
    nurse_id: int
    phone: str
    contact: str
    staff: tuple[str, ...]


def numbers(index: int) -> tuple[str, str, tuple[str, ...]]:
    """The fictional telephones of patient `index`: the patient's, the emergency contact's, the staff's."""
    first = STAFF_APART + index * PER_TEAM
    staff = tuple(phone_of(first + one) for one in range(PER_TEAM))
    return phone_of(FIRST_NUMBER + index), phone_of(CONTACT_APART + index), staff


@transaction.atomic
def enrol(index: int, script: Script) -> Enrolled:
    """The patient, consents, medicines, earlier check-ins, a schedule, and a team of three on call."""
    phone, contact, staff = numbers(index)
    team = CareTeam.objects.create(
        name=f"Team of {script.name}", spoken_name="the heart health team", phone=staff[0]
    )
    nurse_id = _roster(team, script.name, staff)
    person = script.person
    patient = patient_enrol(
        care_team=team,
        first_name=person.first_name,
        last_name=person.last_name,
        date_of_birth=person.date_of_birth,
        phone=phone,
        time_zone=awake_zone(),
        **{"emergency_contact_name": "Contact", "emergency_contact_phone": contact, **person.record},
    )
    for scope in person.consents:
        consent_give(patient=patient, scope=Consent.Scope(scope), wording_version="safety-1", method="paper")
    for medicine in person.medications:
        medication_add(patient=patient, **medicine)
    for past in person.history:
        _past(patient, dict(past))
    CallSchedule.objects.create(
        patient=patient, weekdays=list(range(1, 8)), window_start=time(9), window_end=time(19)
    )
    return Enrolled(
        script, patient.pk, timezone.now() - timedelta(seconds=1), nurse_id, patient.phone, contact, staff
    )


def _roster(team: CareTeam, name: str, phones: tuple[str, ...]) -> int:
    """First and second on call, and a lead; the id of the first."""
    now = timezone.now()
    ids = []
    for level, phone in zip(("primary", "secondary", "lead"), phones, strict=True):
        role = "lead" if level == "lead" else "nurse"
        user = User.objects.create_user(f"{name}-{level}", password=None, phone=phone)
        Membership.objects.create(user=user, team=team, role=role)
        OnCallShift.objects.create(
            team=team,
            user=user,
            level=level,
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(days=1),
        )
        ids.append(user.pk)
    return int(ids[0])


def _past(patient: Patient, values: dict[str, Any]) -> None:
    """A completed check-in some days ago; all but `days_ago` are columns of the record."""
    at = timezone.now() - timedelta(days=values.pop("days_ago"))
    call = Call.objects.create(
        patient=patient, direction=Call.Direction.OUTBOUND, purpose=Call.Purpose.SCHEDULED, planned_for=at,
        dialled_at=at, answered_at=at, ended_at=at + timedelta(minutes=5), duration_s=300, state=Call.State.COMPLETED,
        identity_result=Call.Identity.VERIFIED, end_reason="completed", completion_percent=100, is_completed=True,
        protocol_version="checkin-1",
    )  # fmt: skip
    PatientRecord.objects.create(
        patient=patient, call=call, recorded_at=at, is_identity_verified=True, **values
    )


def awake_zone() -> str:
    """A time zone in which it is now working hours, and will be for a while: nobody is called at night."""
    now = timezone.now()
    return next(zone for zone in ZONES if MORNING <= now.astimezone(ZoneInfo(zone)).time() <= EVENING)
