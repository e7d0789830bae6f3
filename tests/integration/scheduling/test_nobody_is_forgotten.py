"""Every active patient has a next call, or a reason where staff see it and a task for a nurse."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from alerts.models import CareTask
from calls.models import Call, CallSchedule
from calls.scheduling.audit import checkins_audit, patients_without_next_call, pauses_end
from calls.scheduling.planning import plan_all, plan_next
from patients.models import Consent, Patient
from patients.services import consent_give, consent_revoke, patient_pause
from tests.support.factories import NOON, make_call, make_patient, make_schedule

pytestmark = pytest.mark.django_db


def tasks(patient: Patient) -> list[str]:
    return sorted(patient.care_tasks.filter(state="open").values_list("kind", flat=True))


def test_who_has_a_next_call_needs_no_reason() -> None:
    make_schedule(make_patient())
    assert checkins_audit(NOON) == {}
    assert Call.objects.filter(state="planned").count() == 1
    assert patients_without_next_call(NOON) == {}


@pytest.mark.parametrize(
    ("schedule", "patient", "reason"),
    [
        (None, {}, "no_schedule"),
        ({"is_active": False}, {}, "switched_off"),
        ({"weekdays": []}, {}, "no_hours"),
        ({"quiet_dates": ["soon"]}, {}, "cannot_plan"),
        ({}, {"consents": ()}, "no_consent"),
        ({}, {"interpreter_needed": True}, "interpreter"),
    ],
)
def test_who_has_none_has_a_reason_and_a_task(
    schedule: dict[str, Any] | None, patient: dict[str, Any], reason: str
) -> None:
    person = make_patient(**patient)
    if schedule is not None:
        make_schedule(person, **schedule)
    assert checkins_audit(NOON) == {reason: 1}
    assert checkins_audit(NOON + timedelta(hours=1)) == {reason: 1}
    assert tasks(person) == ["no_next_call"]
    assert all(CallSchedule.objects.values_list("why_not_next", flat=True))
    shown = patients_without_next_call(NOON)
    assert shown == ({reason: 1} if schedule is not None else {"unexplained": 1})


def test_a_plan_that_is_long_overdue_is_no_plan() -> None:
    person = make_patient()
    schedule = make_schedule(person)
    make_call(person, schedule=schedule, state="planned", planned_for=NOON - timedelta(hours=27))
    assert checkins_audit(NOON) == {"overdue": 1}
    assert tasks(person) == ["no_next_call"]


def test_a_reason_that_has_gone_takes_its_task_with_it() -> None:
    person = make_patient()
    schedule = make_schedule(person, weekdays=[])
    checkins_audit(NOON)
    CallSchedule.objects.filter(pk=schedule.pk).update(weekdays=[1, 2, 3])
    assert checkins_audit(NOON + timedelta(hours=1)) == {}
    schedule.refresh_from_db()
    assert schedule.why_not_next == "" and schedule.next_due_at is not None
    assert tasks(person) == [] and CareTask.objects.get().state == "cancelled"


def test_who_opted_out_has_no_next_call_and_a_nurse_arranges_another_way() -> None:
    person = make_patient()
    schedule = make_schedule(person)
    consent_revoke(patient=person, scope="ai_voice_call", how="voice")
    assert plan_all(NOON) == 0
    schedule.refresh_from_db()
    assert schedule.why_not_next == "no consent to AI voice calls"
    assert tasks(person) == ["opted_out"]
    consent_give(patient=person, scope=Consent.Scope.AI_VOICE_CALL, wording_version="2", method="paper")
    assert plan_all(NOON, only_new=True) == 0
    assert plan_all(NOON) == 1


@pytest.mark.parametrize(
    ("until", "status"), [(date(2026, 11, 23), "active"), (date(2026, 11, 24), "paused")]
)
def test_a_pause_ends_on_its_day_in_the_patients_zone(until: date, status: str) -> None:
    person = make_patient()
    patient_pause(patient=person, reason="visiting", until=until)
    pauses_end(NOON)
    person.refresh_from_db()
    assert person.status == status


def test_who_is_active_again_from_today_has_a_reason_at_once() -> None:
    person = make_patient()
    schedule = make_schedule(person, is_active=False)
    patient_pause(patient=person, reason="visiting", until=NOON.date())
    assert checkins_audit(NOON) == {"switched_off": 1}
    schedule.refresh_from_db()
    assert schedule.why_not_next == "the schedule is switched off"


def test_a_pause_without_an_end_is_not_ended() -> None:
    person = make_patient()
    patient_pause(patient=person, reason="in hospital")
    assert pauses_end(NOON + timedelta(days=400)) == 0


def test_patients_whose_reason_stands_cost_the_planner_and_the_audit_no_statement_each(
    django_assert_max_num_queries: Any,
) -> None:
    for odd in ({"consents": ()}, {"interpreter_needed": True}) * 5:
        make_schedule(make_patient(**odd))
    checkins_audit(NOON)
    with django_assert_max_num_queries(1):
        assert plan_all(NOON + timedelta(hours=1)) == 0
    with django_assert_max_num_queries(8):
        assert checkins_audit(NOON + timedelta(hours=1)) == {"no_consent": 5, "interpreter": 5}


def test_who_needs_an_interpreter_and_then_opts_out_is_arranged_for_by_a_nurse() -> None:
    person = make_patient(interpreter_needed=True)
    make_schedule(person)
    plan_all(NOON)
    consent_revoke(patient=person, scope="ai_voice_call", how="voice")
    plan_all(NOON)
    assert tasks(person) == ["opted_out"]
    Patient.objects.filter(pk=person.pk).update(interpreter_needed=False)
    consent_give(patient=person, scope=Consent.Scope.AI_VOICE_CALL, wording_version="2", method="paper")
    assert plan_all(NOON) == 1


@pytest.mark.django_db(transaction=True)
def test_whom_another_scheduler_has_in_hand_the_planner_leaves_to_it_and_the_audit_waits_for() -> None:
    person = make_patient()
    schedule = make_schedule(person)
    in_hand, finish = threading.Event(), threading.Event()

    def other_scheduler() -> None:
        with transaction.atomic():
            plan_next(schedule_id=schedule.pk, now=NOON)
            in_hand.set()
            assert finish.wait(10)
        connection.close()

    def audit() -> dict[str, int]:
        try:
            return dict(checkins_audit(NOON))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        other = threads.submit(other_scheduler)
        assert in_hand.wait(10)
        assert plan_all(NOON) == 0
        found = threads.submit(audit)
        with pytest.raises(TimeoutError):
            found.result(timeout=0.2)
        finish.set()
        assert found.result(10) == {}
        other.result(10)
    schedule.refresh_from_db()
    assert schedule.why_not_next == "" and schedule.next_due_at is not None
    assert tasks(person) == []
