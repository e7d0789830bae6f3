"""The hours and attempts of calls are those of the rule set in force."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from calls.models import Call, CallSchedule
from calls.scheduling.eligibility import Refusal, refusal
from calls.scheduling.facts import dial_facts, window_of
from calls.scheduling.planning import plan_next
from calls.services.wishes import call_times_change
from tests.support.factories import make_call, make_patient, make_schedule, make_shift
from tests.support.rules_in_force import put_into_force

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 23, 18, 30, tzinfo=ZoneInfo("America/New_York"))


def refused(purpose: str) -> Refusal | None:
    patient = make_patient()
    make_shift(patient.care_team, now=EVENING)
    schedule = make_schedule(patient, window_start=time(8), window_end=time(21))
    call = make_call(
        patient, schedule=schedule, purpose=purpose, state=Call.State.PLANNED, planned_for=EVENING
    )
    return refusal(dial_facts(call, EVENING, is_scanner_well=True), EVENING)


@pytest.mark.parametrize("purpose", [Call.Purpose.SCHEDULED, Call.Purpose.MANUAL, Call.Purpose.FOLLOW_UP])
def test_nobody_is_called_outside_the_hours_that_the_rule_set_in_force_allows(purpose: str) -> None:
    assert refused(purpose) is None
    put_into_force(calls_latest_h=18)
    assert refused(purpose) == Refusal.OUTSIDE_WINDOW


def test_a_patient_in_an_emergency_is_rung_at_any_hour() -> None:
    put_into_force(calls_latest_h=18)
    assert refused(Call.Purpose.EMERGENCY_REDIAL) is None


def test_a_call_is_planned_within_the_allowed_hours_only() -> None:
    put_into_force(calls_earliest_h=11.5)
    schedule = make_schedule(make_patient(), window_start=time(8), window_end=time(12))
    call = plan_next(schedule_id=schedule.pk, now=EVENING)
    assert call is not None
    assert time(11, 30) <= call.planned_for.astimezone(EVENING.tzinfo).time() < time(12)


def test_a_patient_who_wishes_for_later_calls_gets_them_as_late_as_is_allowed() -> None:
    put_into_force(calls_latest_h=18)
    schedule = make_schedule(make_patient(), window_start=time(9), window_end=time(12))
    hours = call_times_change(
        call_id=make_call(schedule.patient, schedule=schedule).pk, not_before=time(14), not_after=None
    )
    assert (hours.start, hours.end) == (time(14), time(18))


def test_a_new_schedule_begins_with_the_hours_and_attempts_of_the_rule_set() -> None:
    usual = CallSchedule(patient=make_patient(), weekdays=[1])
    assert (usual.window_start, usual.window_end) == (time(9), time(19))
    assert (usual.attempts_max, usual.attempt_gap_minutes) == (3, 90)
    put_into_force(calls_from_h=10, calls_until_h=17.5, attempts=2, attempt_gap_min=120)
    changed = CallSchedule(patient=make_patient(), weekdays=[1])
    assert (changed.window_start, changed.window_end) == (time(10), time(17, 30))
    assert (changed.attempts_max, changed.attempt_gap_minutes) == (2, 120)
    window = window_of(make_patient(), None)
    assert (window.start, window.end) == (time(10), time(17, 30))


def test_the_table_itself_refuses_hours_outside_the_law() -> None:
    with pytest.raises(IntegrityError, match="schedule_inside_legal_hours"):
        make_schedule(make_patient(), window_start=time(7), window_end=time(12))


@pytest.mark.parametrize(("times", "calls"), [(2, 2), (3, 3)])
def test_a_number_is_doubted_after_as_many_wrong_persons_as_the_rule_set_says(times: int, calls: int) -> None:
    put_into_force(number_doubted_after=times)
    schedule = make_schedule(make_patient())
    opened = []
    for day in range(calls):
        at = EVENING - timedelta(days=calls - day)
        make_call(
            schedule.patient,
            schedule=schedule,
            state=Call.State.COMPLETED,
            answer_type=Call.AnswerType.HUMAN,
            end_reason="wrong_person",
            planned_for=at,
            dialled_at=at,
            ended_at=at,
            slot_key=f"{schedule.patient_id}|checkin-1|{at.date().isoformat()}|1",
        )
        plan_next(schedule_id=schedule.pk, now=at + timedelta(minutes=10))
        schedule.patient.calls.filter(state=Call.State.PLANNED).delete()
        opened.append(schedule.patient.care_tasks.filter(kind="wrong_number").exists())
    assert opened == [False] * (times - 1) + [True]
