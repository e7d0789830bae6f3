"""Calls that something in a call asked for: the line was lost in an emergency, or Maya promised another call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.services import Heard, flags_submit
from calls.models import Call, FollowUp
from calls.scheduling import follow_ups, placing
from calls.scheduling.follow_ups import follow_ups_plan
from calls.scheduling.placing import place_due
from calls.scheduling.planning import plan_next
from calls.scheduling.redials import emergency_redials
from calls.services import follow_up_schedule
from patients.services import consent_revoke
from tests.integration.alerts.conftest import Said
from tests.support.factories import NOON, make_call, make_patient, make_schedule, make_shift

pytestmark = pytest.mark.django_db

NIGHT = NOON + timedelta(hours=12)


@pytest.fixture(autouse=True)
def carrier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "place_call", lambda call: f"CA{call.pk.hex}")


def lost_call(*, flag: Said | None = None, now: Any = NOON, **others: Any) -> Call:
    """A call in which something was said and the line then broke."""
    patient = make_patient()
    call = make_call(patient, schedule=make_schedule(patient), planned_for=now, answered_at=now)
    flags_submit(patient=patient, call=call, hits=[flag or Said("chest_pain")], heard=Heard("it hurts", 1))
    values = {"state": "interrupted", "end_reason": "line_dead", "ended_at": now, **others}
    Call.objects.filter(pk=call.pk).update(**values)
    return call


def redials(call: Call) -> list[Call]:
    return list(call.retries.filter(purpose="emergency_redial").order_by("attempt_no"))


def test_a_line_lost_after_a_critical_flag_is_rung_again_at_once_even_at_night_and_after_an_opt_out() -> None:
    call = lost_call(now=NIGHT)
    consent_revoke(patient=call.patient, scope="ai_voice_call", how="voice")
    assert emergency_redials(NIGHT) == 1
    assert emergency_redials(NIGHT) == 0
    assert place_due(NIGHT) == 1
    [again] = redials(call)
    assert (again.state, again.dialled_at) == ("dialling", NIGHT)


def test_twice_and_then_a_nurse_rings_the_emergency_contact() -> None:
    call = lost_call()
    for number in (1, 2):
        assert emergency_redials(NOON + timedelta(minutes=number)) == 1
        Call.objects.filter(purpose="emergency_redial", state="planned").update(
            state="no_answer", ended_at=NOON + timedelta(minutes=number)
        )
    assert emergency_redials(NOON + timedelta(minutes=3)) == 0
    assert len(redials(call)) == 2
    task = call.patient.care_tasks.get()
    assert task.kind == "emergency_contact"
    assert task.due_at == NOON + timedelta(minutes=13)


def test_who_answered_is_not_rung_again() -> None:
    call = lost_call()
    emergency_redials(NOON)
    Call.objects.filter(purpose="emergency_redial").update(
        state="completed", end_reason="emergency", answer_type="human", answered_at=NOON, ended_at=NOON
    )
    assert emergency_redials(NOON + timedelta(minutes=2)) == 0
    assert call.patient.care_tasks.count() == 0


def test_who_called_back_is_not_rung_again() -> None:
    call = lost_call()
    make_call(call.patient, direction="inbound", purpose="callback", answered_at=NOON + timedelta(seconds=20))
    assert emergency_redials(NOON + timedelta(minutes=1)) == 0


def test_silence_after_a_flag_is_a_lost_line() -> None:
    lost_call(state="completed", end_reason="silence")
    assert emergency_redials(NOON) == 1


@pytest.mark.parametrize(
    ("flag", "end"),
    [
        (Said("dizziness", "medium", "symptom_worsening", "S11"), {}),
        (None, {"state": "completed", "end_reason": "emergency"}),
        (None, {"state": "completed", "end_reason": "human_request"}),
    ],
    ids=["no emergency", "ended by agreement", "handed to a nurse"],
)
def test_other_ends_are_not_emergencies(flag: Said | None, end: dict[str, Any]) -> None:
    lost_call(flag=flag, **end)
    assert emergency_redials(NOON) == 0


def test_the_planner_leaves_an_emergency_to_the_emergency_redial() -> None:
    call = lost_call()
    Call.objects.filter(pk=call.pk).update(slot_key=f"{call.patient_id}|checkin-1|2026-11-23|1")
    following = plan_next(schedule_id=call.schedule_id, now=NOON)
    assert following is not None and following.planned_for > NOON + timedelta(hours=12)


def promised(kind: str = "voice_call", urgency: str = "urgent", now: Any = NOON) -> FollowUp:
    patient = make_patient()
    make_schedule(patient)
    make_shift(patient.care_team, now=now)
    call = make_call(patient)
    return follow_up_schedule(
        call_id=call.pk,
        model_call_id="1",
        follow_up_type=kind,
        urgency=urgency,
        reason="dizzy after the new pill",
        now=now,
    )


def test_a_promised_call_is_planned_when_it_is_due_and_in_hours() -> None:
    row = promised()
    assert follow_ups_plan(NOON) == 1 and follow_ups_plan(NOON) == 0
    row.refresh_from_db()
    assert row.resulting_call is not None
    assert (row.resulting_call.purpose, row.resulting_call.planned_for) == (
        "follow_up",
        NOON + timedelta(hours=4),
    )
    late = promised(now=NOON + timedelta(hours=6))  # due at 22:00 in New York
    follow_ups_plan(NOON + timedelta(hours=6))
    late.refresh_from_db()
    assert late.resulting_call is not None
    assert late.resulting_call.planned_for == NOON + timedelta(hours=21)  # 09:00 the next day


@pytest.mark.parametrize(("urgency", "hours"), [("urgent", 4), ("priority", 24), ("routine", 7 * 24)])
def test_the_urgency_says_by_when(urgency: str, hours: int) -> None:
    row = promised(urgency=urgency)
    assert row.due_at == NOON + timedelta(hours=hours)
    follow_ups_plan(NOON)
    row.refresh_from_db()
    assert row.resulting_call is not None and row.resulting_call.planned_for == row.due_at
    assert promised("telehealth", urgency).due_at == row.due_at


def test_a_promised_call_that_was_held_is_done() -> None:
    row = promised()
    follow_ups_plan(NOON)
    Call.objects.filter(purpose="follow_up").update(
        state="completed", end_reason="completed", is_completed=True, ended_at=NOON
    )
    follow_ups_plan(NOON)
    row.refresh_from_db()
    assert row.state == "done"


def test_a_promised_call_is_tried_three_times_and_then_a_nurses() -> None:
    row = promised()
    moment = NOON + timedelta(hours=4)
    follow_ups_plan(NOON)
    for number in (1, 2, 3):
        row.refresh_from_db()
        assert row.resulting_call is not None and row.resulting_call.attempt_no == number
        Call.objects.filter(pk=row.resulting_call_id).update(state="no_answer", ended_at=moment)
        follow_ups_plan(moment)
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert [task.kind for task in row.patient.care_tasks.all()] == ["follow_up_unreached"]
    assert row.patient.calls.filter(purpose="follow_up").count() == 3


@pytest.mark.parametrize("kind", ["clinic_appointment", "telehealth"])
def test_an_appointment_is_a_nurses_task_due_by_its_urgency(kind: str) -> None:
    row = promised(kind, "priority")
    assert follow_ups_plan(NOON) == 0 and follow_ups_plan(NOON) == 0
    task = row.patient.care_tasks.get()
    assert (task.kind, task.due_at) == ("follow_up", row.due_at)


def test_appointments_that_nurses_have_in_hand_keep_no_promised_call_waiting(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_ups, "A_RUN", 3)
    for _ in range(4):
        promised("clinic_appointment", "urgent")
    late = promised(urgency="routine")
    assert follow_ups_plan(NOON) == 0 and follow_ups_plan(NOON) == 1
    late.refresh_from_db()
    assert late.resulting_call is not None
    with django_assert_num_queries(1):
        follow_ups_plan(NOON)
