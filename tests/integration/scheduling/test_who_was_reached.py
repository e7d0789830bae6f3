"""A check-in has reached the patient only when whoever answered was verified."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.models import Call, CallSchedule
from calls.scheduling.planning import plan_next
from tests.support.factories import NOON, make_patient, make_schedule, make_shift

pytestmark = pytest.mark.django_db
SPOKE = {"state": "completed", "answer_type": "human"}


def schedule() -> CallSchedule:
    patient = make_patient(enrolled_on=NOON.date() - timedelta(days=30))
    make_shift(patient.care_team, now=NOON)
    return make_schedule(patient)


def a_day(of: CallSchedule, start: datetime, **end: Any) -> int:
    """Every call of that day ends like this; how many there were."""
    now, number = start - timedelta(hours=4), 0
    while (call := plan_next(schedule_id=of.pk, now=now)) is not None:
        if call.planned_for > start + timedelta(hours=12):
            call.delete()
            break
        number += 1
        at = call.planned_for
        values = {**SPOKE, "dialled_at": at, "answered_at": at, "ended_at": at + timedelta(minutes=1)} | end
        Call.objects.filter(pk=call.pk).update(**values)
        now = at + timedelta(minutes=2)
    return number


@pytest.mark.parametrize(
    ("reason", "identity", "calls", "tasks"),
    [
        ("wrong_person", "pending", 1, {"wrong_number"}),
        ("not_verified", "failed", 1, {"not_verified"}),
        ("patient_request", "not_attempted", 1, {"not_verified"}),
        ("human_request", "not_attempted", 1, {"human_request"}),
        ("time_limit", "pending", 2, {"not_verified"}),
    ],
)
def test_three_days_on_which_nobody_known_answered_are_three_missed_check_ins(
    reason: str, identity: str, calls: int, tasks: set[str]
) -> None:
    mine, found = schedule(), []
    for number in range(3):
        start = NOON + timedelta(days=number)
        assert a_day(mine, start, end_reason=reason, identity_result=identity) == calls
        alert = mine.patient.alerts.get()
        found.append(f"{alert.rule_id} {alert.severity}")
    assert found == ["C01 low", "C02 medium", "C03 high"]
    assert set(mine.patient.care_tasks.values_list("kind", flat=True)) == tasks


@pytest.mark.parametrize(("reason", "tasks"), [("patient_request", []), ("silence", ["unfinished_check_in"])])
def test_a_verified_patient_was_reached_whatever_came_of_it(reason: str, tasks: list[str]) -> None:
    mine = schedule()
    assert a_day(mine, NOON, end_reason=reason, identity_result="verified") == 1
    assert not mine.patient.alerts.exists()
    assert [task.kind for task in mine.patient.care_tasks.all()] == tasks


def test_a_check_in_that_broke_off_and_was_then_answered_by_somebody_else_is_left_to_a_nurse() -> None:
    mine = schedule()
    first = plan_next(schedule_id=mine.pk, now=NOON - timedelta(hours=4))
    assert first is not None
    at = first.planned_for
    broke_off = {
        "state": "interrupted",
        "end_reason": "hangup",
        "identity_result": "verified",
        "ended_at": at,
    }
    Call.objects.filter(pk=first.pk).update(**broke_off, answered_at=at)
    redial = plan_next(schedule_id=mine.pk, now=at)
    assert redial is not None and redial.attempt_no == 2
    wrong = {**SPOKE, "end_reason": "wrong_person", "identity_result": "pending", "ended_at": at}
    Call.objects.filter(pk=redial.pk).update(**wrong, answered_at=at)
    following = plan_next(schedule_id=mine.pk, now=at + timedelta(minutes=1))
    assert following is not None and following.attempt_no == 1
    assert [task.kind for task in mine.patient.care_tasks.all()] == ["unfinished_check_in"]
