"""Rows become calls: once, in hours, with consent, with somebody on call."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts.models import Alert
from alerts.phrases import SelfTest
from calls import tasks
from calls.assembly import conversation_of
from calls.models import Call, CallSchedule
from calls.plan import call_plan
from calls.scheduling import placing, planning
from calls.scheduling.placing import calls_call_off, claim, dial, place_due
from calls.scheduling.planning import (
    call_request,
    checkin_bring_forward,
    plan_all,
    plan_next,
    replan_changed,
)
from calls.twilio.client import DialFailed
from patients.models import Patient
from patients.services import consent_revoke, patient_pause
from tests.support.factories import NOON, make_call, make_patient, make_schedule, make_shift, make_user

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


@pytest.mark.parametrize(
    ("shifts", "is_dialled"),
    [
        ([(-60, 59)], False),
        ([(-60, 60)], True),
        ([(-60, 30), (30, 90)], True),
        ([(-60, 30), (31, 90)], False),
        ([(1, 90)], False),
    ],
)
def test_the_roster_must_hold_for_the_whole_hour_and_readiness_tells_the_same(
    dialled: list[Call],
    monkeypatch: pytest.MonkeyPatch,
    client: Client,
    shifts: list[tuple[int, int]],
    is_dialled: bool,
) -> None:
    team = due().patient.care_team
    team.shifts.all().delete()
    for begins, ends in shifts:
        begun, over = NOON + timedelta(minutes=begins), NOON + timedelta(minutes=ends)
        make_shift(team, starts_at=begun, ends_at=over)
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    assert ("roster" in client.get("/health/ready").json()["reasons"]) is not is_dialled
    assert place_due(NOON) == is_dialled


def test_outside_the_patients_hours_nobody_is_dialled(dialled: list[Call]) -> None:
    due()
    assert place_due(NOON + timedelta(hours=12)) == 0 and dialled == []


def test_a_check_in_whose_day_is_over_is_called_off_and_the_next_is_planned(dialled: list[Call]) -> None:
    call = due()
    call.patient.care_team.shifts.all().delete()
    evening = NOON + timedelta(hours=8)
    assert place_due(evening) == 0
    assert calls_call_off(evening) == 1
    call.refresh_from_db()
    assert (call.state, call.not_called_reason) == (Call.State.CANCELED, "the slot has passed")
    assert plan_all(evening) == 1
    assert call.patient.calls.get(state="planned").planned_for > evening
    assert dialled == [] and not Alert.objects.exists()


def test_a_refused_number_ends_the_call_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(call: Call) -> str:
        raise DialFailed(code="21211", end_reason="bad_number")

    monkeypatch.setattr(placing, "place_call", refuse)
    call = due()
    place_due(NOON)
    call.refresh_from_db()
    assert (call.state, call.end_reason) == (Call.State.FAILED, "bad_number")


def test_five_calls_a_tick_and_a_pause_after_each(dialled: list[Call]) -> None:
    for _ in range(7):
        due()
    pauses: list[int] = []
    assert place_due(NOON, pause=lambda: pauses.append(1)) == 5
    assert len(pauses) == 5


def test_the_beat_dials_one_call_a_second(dialled: list[Call], monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        due()
    waited: list[float] = []
    monkeypatch.setattr(tasks.time, "sleep", waited.append)
    monkeypatch.setattr(tasks, "place_due", partial(place_due, NOON))
    tasks.place_due_calls()
    assert len(dialled) == 3 and waited == [1.0, 1.0, 1.0]


def test_an_emergency_is_dialled_before_what_staff_ask_for_and_that_before_check_ins(
    dialled: list[Call], settings: Any
) -> None:
    settings.MAX_LIVE_CALLS = 2
    check_in = due(NOON - timedelta(minutes=9))
    asked = call_request(patient=make_patient(check_in.patient.care_team), at=NOON)
    redial = call_request(patient=make_patient(), purpose=Call.Purpose.EMERGENCY_REDIAL, at=NOON)
    assert place_due(NOON) == 2
    assert dialled == [redial, asked]
    check_in.refresh_from_db()
    assert check_in.state == Call.State.PLANNED


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


def test_changed_hours_change_the_plan_but_not_what_staff_have_moved() -> None:
    person = make_patient()
    schedule = make_schedule(person, weekdays=[3])
    plan_all(NOON)
    planned = person.calls.get()
    assert replan_changed(NOON) == 0
    CallSchedule.objects.filter(pk=schedule.pk).update(weekdays=[2, 3])
    Call.objects.filter(pk=planned.pk).update(started_by=make_user())
    assert replan_changed(NOON) == 0
    Call.objects.filter(pk=planned.pk).update(started_by=None)
    assert replan_changed(NOON) == 1
    plan_all(NOON)
    tuesday = person.calls.get()
    assert tuesday.pk != planned.pk
    assert tuesday.slot_key == f"{person.pk}|checkin-1|2026-11-24|1"


def test_the_beat_plans_anew_for_whoever_is_called_on_other_days_from_now_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A patient on Wednesdays who asks on Friday for Mondays as well is called on Monday."""
    friday = NOON + timedelta(days=4)
    person = make_patient()
    schedule = make_schedule(person, weekdays=[3])
    plan_all(friday)
    assert person.calls.get().slot_key == f"{person.pk}|checkin-1|2026-12-02|1"
    CallSchedule.objects.filter(pk=schedule.pk).update(weekdays=[1, 3])
    monkeypatch.setattr(timezone, "now", lambda: friday)
    tasks.plan_again()
    assert person.calls.get().slot_key == f"{person.pk}|checkin-1|2026-11-30|1"


def test_a_nurse_can_ask_for_a_call_beside_the_schedule(dialled: list[Call]) -> None:
    patient = make_patient()
    make_shift(patient.care_team, now=NOON)
    call = call_request(patient=patient, at=NOON)
    assert place_due(NOON) == 1 and dialled == [call]


def test_one_team_without_a_roster_holds_up_nobody_elses_calls(dialled: list[Call]) -> None:
    blocked = make_patient()
    for number in range(1, 8):
        make_call(
            blocked, state=Call.State.PLANNED, purpose="follow_up", planned_for=NOON - timedelta(hours=number)
        )
    mine = due()
    with CaptureQueriesContext(connection) as queries:
        assert place_due(NOON) == 1
    assert dialled == [mine]
    assert set(blocked.calls.values_list("not_called_reason", flat=True)) == {"nobody is on call"}
    waiting = len(queries)
    for number in range(8, 40):
        make_call(
            blocked,
            state=Call.State.PLANNED,
            purpose="follow_up",
            planned_for=NOON - timedelta(minutes=number),
        )
    due()
    with CaptureQueriesContext(connection) as queries:
        assert place_due(NOON) == 1
    assert len(queries) <= waiting


def test_with_the_phrase_scanner_down_nobody_is_dialled(
    dialled: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    call = due()
    monkeypatch.setattr(placing, "self_test", lambda: SelfTest("phrases-1", 3, ("chest pain: missed",)))
    assert place_due(NOON) == 0 and dialled == []
    call.refresh_from_db()
    assert call.not_called_reason == "the emergency phrase scanner failed its self-test"
    monkeypatch.undo()


def test_past_the_budget_a_check_in_is_held_by_questionnaire_but_not_what_staff_ask_for(
    dialled: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_in = due()
    asked = call_request(patient=due().patient, at=NOON)
    monkeypatch.setattr(placing, "scheduled_mode", lambda now: Call.Mode.QUESTIONNAIRE)
    place_due(NOON)
    assert Call.objects.get(pk=check_in.pk).mode == "questionnaire"
    assert Call.objects.get(pk=asked.pk).mode == "assistant"


def test_a_patient_who_called_and_checked_in_today_is_not_rung_again(dialled: list[Call]) -> None:
    call = due()
    make_call(
        call.patient,
        direction="inbound",
        purpose="callback",
        state="completed",
        is_completed=True,
        answered_at=NOON - timedelta(hours=2),
        ended_at=NOON - timedelta(hours=2),
    )
    assert place_due(NOON) == 0 and dialled == []
    call.refresh_from_db()
    assert (call.state, call.not_called_reason) == (Call.State.CANCELED, "already checked in today")
    plan_all(NOON)
    assert call.patient.calls.get(state="planned").planned_for > NOON + timedelta(hours=12)
    assert checkin_bring_forward(patient=call.patient, now=NOON).purpose == "manual"


def test_one_patient_is_never_on_two_calls(dialled: list[Call]) -> None:
    call = due()
    call_request(patient=call.patient, at=NOON)
    assert place_due(NOON) == 1
    assert call.patient.calls.filter(not_called_reason="already on a call").count() == 1


def test_no_more_calls_at_once_than_allowed(dialled: list[Call], settings: Any) -> None:
    settings.MAX_LIVE_CALLS = 2
    for _ in range(4):
        due()
    assert place_due(NOON) == 2 and place_due(NOON) == 0
    Call.objects.filter(state="dialling").update(state="no_answer", ended_at=NOON)
    assert place_due(NOON) == 2


def test_a_claim_that_stood_still_is_not_dialled_any_more(dialled: list[Call]) -> None:
    call = due()
    assert claim(call_id=call.pk, now=NOON, is_scanner_well=True)
    dial(call_id=call.pk, clock=lambda: NOON + timedelta(minutes=2))
    call.refresh_from_db()
    assert dialled == [] and (call.state, call.end_reason) == (Call.State.FAILED, "not_dialled")
    schedule_id = call.schedule_id
    again = plan_next(schedule_id=schedule_id, now=NOON + timedelta(minutes=3))
    assert again is not None and again.attempt_no == 2
    assert again.planned_for - (call.ended_at or NOON) == timedelta(minutes=10)


def test_a_row_that_cannot_be_read_costs_nobody_else_a_call(dialled: list[Call]) -> None:
    odd = due(NOON - timedelta(minutes=5))
    Patient.objects.filter(pk=odd.patient_id).update(time_zone="Mars/Olympus")
    other, fine = make_schedule(make_patient()), due()
    Patient.objects.filter(pk=other.patient_id).update(time_zone="Mars/Olympus")
    assert place_due(NOON) == 1 and dialled == [fine]
    assert plan_all(NOON) == 0
    other.refresh_from_db()
    assert other.why_not_next == "the schedule cannot be read"


def test_a_dropped_check_in_goes_on_where_it_broke(dialled: list[Call]) -> None:
    call = due()
    Call.objects.filter(pk=call.pk).update(
        state="interrupted",
        end_reason="hangup",
        answer_type="human",
        identity_result="verified",
        questions_answered=["swelling", "fatigue"],
        answered_at=NOON,
        ended_at=NOON,
    )
    again = plan_next(schedule_id=call.schedule_id, now=NOON + timedelta(seconds=10))
    assert again is not None and again.planned_for == NOON + timedelta(seconds=30)
    assert again.retry_of_id == call.pk and again.questions_answered == ["swelling", "fatigue"]
    still_open = conversation_of(call_plan(again)).parts.progress.snapshot().left
    assert still_open and {"swelling", "fatigue"}.isdisjoint(still_open)
    # Nobody takes the redial either: the attempt after the gap goes on from there as well, the next day's does not.
    moment = again.planned_for
    for attempt in (3, 4):
        Call.objects.filter(pk=again.pk).update(state="no_answer", ended_at=moment)
        following = plan_next(schedule_id=call.schedule_id, now=moment)
        assert following is not None and following.attempt_no == attempt
        assert following.questions_answered == ["swelling", "fatigue"] and following.retry_of_id is None
        again, moment = following, following.planned_for
    Call.objects.filter(pk=again.pk).update(state="no_answer", ended_at=moment)
    tomorrow = plan_next(schedule_id=call.schedule_id, now=moment)
    assert tomorrow is not None and tomorrow.attempt_no == 1 and tomorrow.questions_answered == []


def test_a_check_in_that_broke_off_three_times_is_left_to_a_nurse() -> None:
    call = due()
    for number in (1, 2, 3):
        values = {
            "state": "interrupted",
            "identity_result": "verified",
            "ended_at": NOON,
            "end_reason": "hangup",
        }
        key = f"{call.patient_id}|checkin-1|2026-11-23|{number}"
        Call.objects.update_or_create(
            slot_key=key,
            defaults={**values, "attempt_no": number, "answered_at": NOON},
            create_defaults={
                **values, "attempt_no": number, "answered_at": NOON, "patient": call.patient, "planned_for": NOON,
                "schedule": call.schedule, "direction": "outbound", "purpose": "scheduled",
            },
        )  # fmt: skip
    following = plan_next(schedule_id=call.schedule_id, now=NOON)
    assert following is not None and following.attempt_no == 1
    assert [task.kind for task in call.patient.care_tasks.all()] == ["unfinished_check_in"]


def test_a_number_that_is_busy_twice_running_is_checked_by_a_nurse_once() -> None:
    """Whatever the day of the call before, and no matter how often it goes on like that."""
    call = due()
    moment = NOON
    for state in ("busy", "failed", "busy"):
        Call.objects.filter(pk=call.pk).update(
            state=state, end_reason=state, dialled_at=moment, ended_at=moment + timedelta(minutes=1)
        )
        following = plan_next(schedule_id=call.schedule_id, now=moment + timedelta(minutes=2))
        assert following is not None
        assert call.patient.care_tasks.count() == (0 if moment == NOON else 1)
        call, moment = following, following.planned_for
    (task,) = call.patient.care_tasks.all()
    assert task.kind == "bad_number" and "2 times running" in task.detail


def test_after_the_first_week_two_calls_a_day_and_then_it_counts_as_missed(dialled: list[Call]) -> None:
    call = due(enrolled_on=NOON.date() - timedelta(days=30))
    assert call.schedule is not None
    for moment in (NOON, NOON + timedelta(minutes=90)):
        assert place_due(moment) == 1
        Call.objects.filter(state=Call.State.DIALLING).update(state=Call.State.NO_ANSWER, ended_at=moment)
        following = plan_next(schedule_id=call.schedule_id, now=moment)
    assert following is not None and following.planned_for > NOON + timedelta(hours=12)
    assert [alert.rule_id for alert in Alert.objects.filter(patient=call.patient)] == ["C01"]


def test_one_two_and_three_missed_check_ins_are_low_medium_and_high(dialled: list[Call]) -> None:
    call = due(enrolled_on=NOON.date() - timedelta(days=30))
    found: list[str] = []
    moment = NOON
    for _ in range(3):
        make_shift(call.patient.care_team, now=moment)
        for _ in range(2):
            assert place_due(moment) == 1
            Call.objects.filter(state=Call.State.DIALLING).update(state=Call.State.NO_ANSWER, ended_at=moment)
            following = plan_next(schedule_id=call.schedule_id, now=moment)
            assert following is not None
            moment = following.planned_for
        alert = Alert.objects.get(patient=call.patient)
        found.append(f"{alert.rule_id} {alert.severity}")
    assert found == ["C01 low", "C02 medium", "C03 high"]


def test_a_slot_is_one_row_whoever_else_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the lock on the schedule ever fail: of two who plan the same attempt, the key lets one."""
    schedule = make_schedule(make_patient())
    assert plan_next(schedule_id=schedule.pk, now=NOON) is not None
    monkeypatch.setattr(planning, "_under_way", Call.objects.none)
    monkeypatch.setattr(planning, "last_calls", lambda patient: [])
    assert plan_next(schedule_id=schedule.pk, now=NOON) is None
    assert Call.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_placer_works_another_dials_nothing(dialled: list[Call]) -> None:
    due()
    working, finish = threading.Event(), threading.Event()

    def pause() -> None:
        working.set()
        assert finish.wait(10)

    def first() -> int:
        try:
            return place_due(NOON, pause=pause)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(first)
        assert working.wait(10)
        due()
        assert place_due(NOON) == 0 and len(dialled) == 1
        finish.set()
        other.result(10)
    assert len(dialled) == 2 or place_due(NOON) == 1


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_claim_a_call_once() -> None:
    call = due(timezone.now().replace(hour=17))
    now = call.planned_for
    barrier = threading.Barrier(4)
    won: list[bool] = []

    def try_it() -> None:
        try:
            barrier.wait()
            won.append(claim(call_id=call.pk, now=now, is_scanner_well=True))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]
