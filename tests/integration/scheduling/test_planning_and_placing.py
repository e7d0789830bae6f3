"""Rows become calls: once, in hours, with consent, with somebody on call."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alerts.models import Alert
from calls.models import Call, CallSchedule
from calls.scheduling import placing
from calls.scheduling.placing import claim, place_due
from calls.scheduling.planning import call_request, checkin_bring_forward, plan_all, plan_next
from calls.twilio.client import DialFailed
from patients.services import consent_revoke, patient_pause
from tests.support.factories import NOON, make_call, make_patient, make_schedule, make_shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """The calls that reached the carrier, in order."""
    placed: list[Call] = []

    def place(call: Call) -> str:
        placed.append(call)
        return f"CA{call.pk.hex}"

    monkeypatch.setattr(placing, "place_call", place)
    return placed


def due(now: datetime = NOON, **others: object) -> Call:
    """A planned check-in of a patient whose team has somebody on call."""
    patient = make_patient(**others)
    make_shift(patient.care_team, now=now)
    schedule = make_schedule(patient)
    return make_call(
        patient,
        schedule=schedule,
        state=Call.State.PLANNED,
        planned_for=now,
        slot_key=f"{patient.pk}|checkin-1|2026-11-23|1",
    )


def test_every_active_schedule_gets_one_planned_call_whatever_runs_twice() -> None:
    patients = [make_patient() for _ in range(3)]
    for patient in patients:
        make_schedule(patient)
    assert plan_all(NOON) == 3
    assert plan_all(NOON) == 0
    assert Call.objects.filter(state=Call.State.PLANNED).count() == 3
    for patient in patients:
        schedule = CallSchedule.objects.get(patient=patient)
        assert patient.calls.get().planned_for == schedule.next_due_at


def test_a_schedule_that_never_opens_says_why() -> None:
    schedule = make_schedule(make_patient(), weekdays=[])
    assert plan_next(schedule_id=schedule.pk, now=NOON) is None
    schedule.refresh_from_db()
    assert schedule.why_not_next == "no calling hours within 60 days"


def test_a_due_call_is_dialled_once(dialled: list[Call]) -> None:
    call = due()
    assert place_due(NOON) == 1
    assert place_due(NOON) == 0
    call.refresh_from_db()
    assert [one.pk for one in dialled] == [call.pk]
    assert call.state == Call.State.DIALLING and call.call_sid == f"CA{call.pk.hex}"


def test_consent_taken_back_after_planning_stops_the_call(dialled: list[Call]) -> None:
    call = due()
    consent_revoke(patient=call.patient, scope="ai_voice_call", how="voice")
    assert place_due(NOON) == 0
    call.refresh_from_db()
    assert (call.state, call.not_called_reason) == (Call.State.CANCELED, "no consent to AI voice calls")
    assert dialled == []


def test_a_paused_patient_is_not_called(dialled: list[Call]) -> None:
    call = due()
    patient_pause(patient=call.patient, reason="in hospital")
    assert place_due(NOON) == 0 and dialled == []


def test_with_nobody_on_call_the_check_in_waits_and_says_so(dialled: list[Call]) -> None:
    call = due()
    call.patient.care_team.shifts.all().delete()
    assert place_due(NOON) == 0
    call.refresh_from_db()
    assert (call.state, call.not_called_reason) == (Call.State.PLANNED, "nobody is on call")
    make_shift(call.patient.care_team, now=NOON)
    assert place_due(NOON) == 1


def test_outside_the_patients_hours_nobody_is_dialled(dialled: list[Call]) -> None:
    due()
    assert place_due(NOON + timedelta(hours=12)) == 0 and dialled == []


def test_a_call_left_over_from_yesterday_is_cancelled(dialled: list[Call]) -> None:
    call = due()
    call.patient.care_team.shifts.all().delete()
    place_due(NOON + timedelta(hours=20))
    call.refresh_from_db()
    assert call.state == Call.State.CANCELED and dialled == []


def test_a_refused_number_ends_the_call_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(call: Call) -> str:
        raise DialFailed(code="21211", end_reason="bad_number")

    monkeypatch.setattr(placing, "place_call", refuse)
    call = due()
    place_due(NOON)
    call.refresh_from_db()
    assert (call.state, call.end_reason) == (Call.State.FAILED, "bad_number")


def test_five_calls_a_tick_and_a_pause_between(dialled: list[Call]) -> None:
    for _ in range(7):
        due()
    pauses: list[int] = []
    assert place_due(NOON, pause=lambda: pauses.append(1)) == 5
    assert len(pauses) == 4


def test_unanswered_calls_are_tried_again_and_then_missed(dialled: list[Call]) -> None:
    call = due()
    schedule = call.schedule
    assert schedule is not None
    moment = NOON
    for attempt in (1, 2, 3):
        assert place_due(moment) == 1
        Call.objects.filter(state=Call.State.DIALLING).update(state=Call.State.NO_ANSWER, ended_at=moment)
        following = plan_next(schedule_id=schedule.pk, now=moment)
        assert following is not None
        if attempt < 3:
            assert following.attempt_no == attempt + 1
            assert following.planned_for == moment + timedelta(minutes=90)
            moment = following.planned_for
        else:
            assert following.attempt_no == 1 and following.planned_for > moment + timedelta(hours=12)
    assert Alert.objects.filter(patient=call.patient, alert_type="missed_contact").exists()


def test_a_check_in_can_be_brought_forward_without_a_second_one() -> None:
    patient = make_patient()
    make_schedule(patient)
    plan_all(NOON - timedelta(hours=5))
    call = checkin_bring_forward(patient=patient, now=NOON)
    assert call.planned_for == NOON
    assert patient.calls.count() == 1
    assert checkin_bring_forward(patient=patient, now=NOON).pk == call.pk


def test_a_nurse_can_ask_for_a_call_beside_the_schedule(dialled: list[Call]) -> None:
    patient = make_patient()
    make_shift(patient.care_team, now=NOON)
    call = call_request(patient=patient, at=NOON)
    assert place_due(NOON) == 1 and dialled == [call]


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_claim_a_call_once() -> None:
    call = due(timezone.now().replace(hour=17))
    now = call.planned_for
    barrier = threading.Barrier(4)
    won: list[bool] = []

    def try_it() -> None:
        try:
            barrier.wait()
            won.append(claim(call_id=call.pk, now=now, is_scanner_well=True, is_within_budget=True))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]
