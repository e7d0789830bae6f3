"""Rows for tests, made through the same services as in the product."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from alerts.models import OnCallShift
from calls.models import Call, CallSchedule
from patients.models import CareTeam, Consent, Membership, Patient, User
from patients.services import consent_give, patient_enrol

_numbers = count()
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)  # a Monday, 12:00 in New York


def make_team(name: str = "", **others: Any) -> CareTeam:
    """A care team with a name of its own."""
    return CareTeam.objects.create(name=name or f"Team {next(_numbers)}", **others)


def make_user(team: CareTeam | None = None, role: str = "nurse", **others: Any) -> User:
    """A member of staff, of the team when one is given; the password is `a long enough password`."""
    username = others.pop("username", f"user{next(_numbers)}")
    user = User.objects.create_user(username=username, password="a long enough password", **others)
    if team is not None:
        Membership.objects.create(user=user, team=team, role=role)
    return user


def make_patient(
    team: CareTeam | None = None,
    *,
    consents: tuple[str, ...] = ("ai_voice_call", "voice_biomarker"),
    **others: Any,
) -> Patient:
    """An active patient in New York with consents."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "first_name": "Ann",
        "last_name": f"Example{number}",
        "date_of_birth": date(1948, 3, 3),
        "phone": f"+1201555{number % 10000:04d}",
        "time_zone": "America/New_York",
        **others,
    }
    patient = patient_enrol(care_team=team or make_team(), **values)
    for scope in consents:
        consent_give(patient=patient, scope=Consent.Scope(scope), wording_version="test-1", method="paper")
    return patient


def make_schedule(patient: Patient, **others: Any) -> CallSchedule:
    """Every day, 09:00 to 19:00 local."""
    values: dict[str, Any] = {
        "weekdays": [1, 2, 3, 4, 5, 6, 7],
        "window_start": time(9),
        "window_end": time(19),
        **others,
    }
    return CallSchedule.objects.create(patient=patient, **values)


def make_call(patient: Patient, **others: Any) -> Call:
    """A call of the patient; in progress unless told otherwise."""
    values: dict[str, Any] = {
        "direction": Call.Direction.OUTBOUND,
        "purpose": Call.Purpose.SCHEDULED,
        "state": Call.State.IN_PROGRESS,
        "planned_for": timezone.now(),
        **others,
    }
    return Call.objects.create(patient=patient, **values)


def make_verified_call(patient: Patient, **others: Any) -> Call:
    """A check-in call under way, in which the patient is known to be the one on the line."""
    return make_call(patient, **{"identity_result": "verified", "protocol_version": "checkin-1", **others})


def make_shift(
    team: CareTeam, user: User | None = None, *, now: datetime | None = None, **others: Any
) -> OnCallShift:
    """Somebody on call from an hour ago for the next day."""
    now = now or timezone.now()
    values: dict[str, Any] = {
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(days=1),
        **others,
    }
    return OnCallShift.objects.create(team=team, user=user or make_user(team), **values)
