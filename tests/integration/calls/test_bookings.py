"""Planned calls in the hands of staff: now, later, paused; never against consent, hours or the roster."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from calls.models import Call
from calls.scheduling.planning import plan_next
from calls.services.bookings import NotNow, call_now, call_reschedule, calls_pause, calls_resume
from heartvoice.shared.errors import Conflict, DomainError
from patients.models import Patient, User
from patients.services import consent_revoke
from tests.support.factories import NOON, make_patient, make_schedule, make_shift, make_team, make_user

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/New_York")
EVENING = datetime(2026, 11, 23, 20, tzinfo=ZONE)  # after the patient's hours, inside the legal ones
NIGHT = datetime(2026, 11, 23, 22, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def nurse() -> User:
    team = make_team()
    user = make_user(team)
    make_shift(team, user, now=NOON)
    return user


@pytest.fixture
def patient(nurse: User) -> Patient:
    return make_patient(nurse.care_teams.get())


@pytest.fixture
def planned(patient: Patient) -> Call:
    """Today's check-in, planned this morning for the afternoon."""
    schedule = make_schedule(patient)
    call = plan_next(schedule_id=schedule.pk, now=NOON - timedelta(hours=4))
    assert call is not None
    call.planned_for = NOON + timedelta(hours=2)
    call.save()
    return call


def test_todays_check_in_is_rung_now_and_stays_one_call(planned: Call, patient: Patient, nurse: User):
    for _ in range(2):
        call = call_now(patient=patient, by=nurse, now=NOON)
        assert (call.pk, call.planned_for, call.purpose) == (planned.pk, NOON, "scheduled")
    assert call.started_by == nurse
    assert Call.objects.count() == 1


def test_after_the_patients_own_hours_a_nurse_may_still_ring_once(
    planned: Call, patient: Patient, nurse: User
):
    calls = {call_now(patient=patient, by=nurse, now=EVENING).pk for _ in range(2)}
    assert len(calls) == 1
    made = Call.objects.get(pk=calls.pop())
    assert (made.purpose, made.started_by) == ("manual", nurse)
    planned.refresh_from_db()
    assert planned.state == "planned"


def test_at_night_without_consent_paused_or_uncovered_nobody_is_rung(
    planned: Call, patient: Patient, nurse: User
):
    refused = []

    def ask(now: datetime = NOON) -> None:
        with pytest.raises(NotNow) as no:
            call_now(patient=patient, by=nurse, now=now)
        refused.append(no.value.code)

    ask(NIGHT)
    nurse.shifts.update(ends_at=NOON + timedelta(minutes=1))
    ask()
    Patient.objects.filter(pk=patient.pk).update(interpreter_needed=True)
    ask()
    consent_revoke(patient=patient, scope="ai_voice_call", how="voice")
    ask()
    Patient.objects.filter(pk=patient.pk).update(status="paused")
    ask()
    assert refused == ["outside_window", "nobody_on_call", "interpreter", "no_consent", "not_active"]
    assert Call.objects.count() == 1


def test_a_check_in_moves_within_its_day_and_to_another(planned: Call, nurse: User):
    later = NOON + timedelta(hours=4)
    call_reschedule(call=planned, by=nurse, at=later)
    planned.refresh_from_db()
    key = planned.slot_key
    assert planned.planned_for == later
    call_reschedule(call=planned, by=nurse, at=later + timedelta(days=2))
    planned.refresh_from_db()
    assert planned.slot_key != key and "|2026-11-25|1" in str(planned.slot_key)
    assert planned.schedule is not None and planned.schedule.next_due_at == planned.planned_for


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOON - timedelta(minutes=1), "bad_time"),
        (NOON + timedelta(days=15), "bad_time"),
        (EVENING, "outside_window"),
        (NIGHT, "outside_window"),
    ],
)
def test_a_check_in_does_not_move_out_of_its_hours(planned: Call, nurse: User, at: datetime, code: str):
    with pytest.raises(DomainError) as refused:
        call_reschedule(call=planned, by=nurse, at=at)
    assert refused.value.code == code


def test_a_call_that_was_dialled_meanwhile_does_not_move(planned: Call, nurse: User):
    Call.objects.filter(pk=planned.pk).update(state="dialling")
    with pytest.raises(Conflict):
        call_reschedule(call=planned, by=nurse, at=NOON + timedelta(hours=3))


def test_a_pause_calls_off_what_is_planned_and_a_resume_plans_again(
    planned: Call, patient: Patient, nurse: User
):
    calls_pause(patient=patient, by=nurse, reason="in hospital", until=NOON.date() + timedelta(days=9))
    planned.refresh_from_db()
    assert (planned.state, planned.not_called_reason) == ("canceled", "patient is not active")
    patient.refresh_from_db()
    assert (patient.status, patient.pause_reason) == ("paused", "in hospital")
    calls_resume(patient=patient, by=nurse)
    patient.refresh_from_db()
    assert patient.status == "active"
    assert Call.objects.filter(patient=patient, state="planned").count() == 1


def test_a_pause_has_a_reason_and_ends_in_the_future(planned: Call, patient: Patient, nurse: User):
    for wrong in ({"reason": " "}, {"reason": "x", "until": NOON.date()}):
        with pytest.raises(DomainError):
            calls_pause(patient=patient, by=nurse, **wrong)
    planned.refresh_from_db()
    assert planned.state == "planned"
