"""A promised call is kept only by one in which the patient was spoken with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.models import Call, FollowUp
from calls.scheduling.follow_ups import follow_ups_plan
from calls.services import follow_up_schedule
from tests.support.factories import NOON, make_call, make_patient, make_schedule, make_shift

pytestmark = pytest.mark.django_db
SPOKE = {"state": "completed", "answer_type": "human"}


def promised() -> FollowUp:
    patient = make_patient()
    make_schedule(patient)
    make_shift(patient.care_team, now=NOON)
    call = make_call(patient)
    row = follow_up_schedule(
        call_id=call.pk,
        model_call_id="1",
        follow_up_type="voice_call",
        urgency="urgent",
        reason="dizzy after the new pill",
        now=NOON,
    )
    follow_ups_plan(NOON)
    row.refresh_from_db()
    return row


def ends(row: FollowUp, **end: Any) -> datetime:
    """The call that is planned ends like this; when it did."""
    call = row.resulting_call
    assert call is not None
    at = call.planned_for
    Call.objects.filter(pk=call.pk).update(**{**SPOKE, "answered_at": at, "ended_at": at} | end)
    follow_ups_plan(at)
    row.refresh_from_db()
    return at


@pytest.mark.parametrize(
    ("end", "is_same_day"),
    [
        ({"end_reason": "wrong_person", "identity_result": "pending"}, False),
        ({"end_reason": "patient_request", "identity_result": "not_attempted"}, False),
        ({"end_reason": "not_verified", "identity_result": "failed"}, False),
        ({"end_reason": "time_limit", "identity_result": "pending"}, True),
        ({"end_reason": "silence", "identity_result": "pending"}, True),
        ({"end_reason": "silence", "identity_result": "verified"}, True),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else "",
)
def test_a_promise_is_owed_until_the_patient_was_spoken_with(end: dict[str, str], is_same_day: bool) -> None:
    row = promised()
    at = ends(row, **end)
    assert row.state == "open" and row.resulting_call is not None
    assert row.resulting_call.attempt_no == 2
    rest = row.resulting_call.planned_for - at
    assert rest == timedelta(minutes=90) if is_same_day else rest > timedelta(hours=12)
    ends(row, **end)
    ends(row, **end)
    assert row.state == "cancelled"
    assert [task.kind for task in row.patient.care_tasks.filter(kind="follow_up_unreached")] == [
        "follow_up_unreached"
    ]


def test_a_promise_to_who_wants_no_more_calls_is_a_nurses_at_once() -> None:
    row = promised()
    ends(row, end_reason="opt_out", identity_result="verified")
    assert row.state == "cancelled"
    assert row.patient.care_tasks.filter(kind="follow_up_unreached").count() == 1


@pytest.mark.parametrize("reason", ["completed", "patient_request", "human_request", "time_limit"])
def test_a_promise_is_kept_when_the_patient_was_spoken_with(reason: str) -> None:
    row = promised()
    ends(row, end_reason=reason, identity_result="verified")
    assert row.state == "done"
