"""Rule E17's redials: an emergency without flagged words, and a telephone that is busy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.services import Heard, answers_submit, call_lost_submit, flags_submit
from calls.models import Call
from calls.scheduling.redials import emergency_redials
from calls.services import call_finish
from patients.models import Patient
from tests.integration.alerts.conftest import Said
from tests.integration.scheduling.test_redials_and_follow_ups import lost_call, redials
from tests.support.factories import NOON, make_call, make_patient, make_schedule

pytestmark = pytest.mark.django_db


def test_a_line_lost_after_an_emergency_by_score_or_by_the_model_is_rung_again_too() -> None:
    """No words were flagged: the answer was a key, or only the model understood."""
    patient = make_patient()
    call = make_call(patient, schedule=make_schedule(patient), planned_for=NOON, answered_at=NOON)
    answers_submit(patient=patient, call=call, answers={"shortness_of_breath": 4}, is_identity_verified=True)
    Call.objects.filter(pk=call.pk).update(state="interrupted", end_reason="hangup", ended_at=NOON)
    assert emergency_redials(NOON) == 1


def test_an_emergency_by_score_that_joins_the_alert_of_yesterdays_call_counts_for_todays_lost_line() -> None:
    patient = make_patient()
    schedule = make_schedule(patient)
    for at in (NOON - timedelta(days=1), NOON):
        call = make_call(patient, schedule=schedule, planned_for=at, answered_at=at)
        said = {"shortness_of_breath": 4}
        answers_submit(patient=patient, call=call, answers=said, is_identity_verified=True, now=at)
        end = {"state": "completed", "end_reason": "completed"} if at < NOON else {"state": "interrupted"}
        Call.objects.filter(pk=call.pk).update(**{"end_reason": "hangup", **end}, ended_at=at)
    assert patient.alerts.get(rule_id="E03").call_id != call.pk
    assert emergency_redials(NOON) == 1


def test_the_call_a_redial_is_for_is_not_forgotten_when_the_redial_sees_the_same_alert_again() -> None:
    patient = make_patient()
    schedule = make_schedule(patient)
    for at in (NOON - timedelta(days=1), NOON):
        call = make_call(patient, schedule=schedule, planned_for=at, answered_at=at)
        answers_submit(patient=patient, call=call, answers={"shortness_of_breath": 4}, now=at)
        call_lost_submit(patient=patient, call=call, now=at)
        Call.objects.filter(pk=call.pk).update(state="interrupted", end_reason="hangup", ended_at=at)
    assert emergency_redials(NOON) == 1
    [again] = redials(call)
    later = NOON + timedelta(minutes=3)
    flags_submit(
        patient=patient, call=again, hits=[Said("severe_dyspnea")], heard=Heard("no air", 1), now=later
    )
    call_lost_submit(patient=patient, call=again, now=later)
    Call.objects.filter(pk=again.pk).update(
        state="interrupted", end_reason="hangup", answered_at=NOON + timedelta(seconds=30), ended_at=later
    )
    assert patient.alerts.get(rule_id="E03").last_seen_at == later
    assert emergency_redials(later + timedelta(seconds=10)) == 1


@pytest.mark.parametrize("minutes", [-1, 0, 5])
def test_an_emergency_that_was_seen_before_or_after_a_lost_call_is_not_that_calls(minutes: int) -> None:
    patient = make_patient()
    schedule, yesterday = make_schedule(patient), NOON - timedelta(days=1)
    first = make_call(patient, schedule=schedule, planned_for=yesterday, answered_at=yesterday)
    answers_submit(patient=patient, call=first, answers={"shortness_of_breath": 4}, now=yesterday)
    Call.objects.filter(pk=first.pk).update(state="completed", end_reason="completed", ended_at=yesterday)
    lost = make_call(patient, schedule=schedule, planned_for=NOON, answered_at=NOON)
    Call.objects.filter(pk=lost.pk).update(state="interrupted", end_reason="hangup", ended_at=NOON)
    patient.alerts.update(last_seen_at=NOON + timedelta(minutes=minutes))
    assert emergency_redials(NOON + timedelta(minutes=6)) == 0


@pytest.mark.parametrize("is_completed", [False, True])
@pytest.mark.parametrize("reason", ["hangup", "line_dead"])
def test_a_line_lost_in_the_last_second_is_rung_again_whatever_had_been_answered(
    is_completed: bool, reason: str
) -> None:
    """Every question answered, then chest pain and a hang-up: the call is complete, and the patient is gone."""
    patient = make_patient()
    call = make_call(patient, schedule=make_schedule(patient), planned_for=NOON, answered_at=NOON)
    Call.objects.filter(pk=call.pk).update(is_completed=is_completed, identity_result="verified")
    flags_submit(
        patient=patient, call=call, hits=[Said("chest_pain")], heard=Heard("it hurts, bye", 1), now=NOON
    )
    call_lost_submit(patient=patient, call=call, now=NOON)
    call_finish(call_id=call.pk, reason=reason, at=NOON)
    call.refresh_from_db()
    assert call.state == ("completed" if is_completed else "interrupted")
    assert {alert.rule_id for alert in patient.alerts.all()} == {"E01", "E17"}
    assert emergency_redials(NOON) == 1
    assert [one.purpose for one in redials(call)] == ["emergency_redial"]


def test_a_completed_call_that_the_patient_hung_up_is_not_rung_again_without_an_emergency() -> None:
    patient = make_patient()
    call = make_call(patient, schedule=make_schedule(patient), planned_for=NOON, answered_at=NOON)
    Call.objects.filter(pk=call.pk).update(is_completed=True, identity_result="verified")
    call_finish(call_id=call.pk, reason="hangup", at=NOON)
    assert emergency_redials(NOON) == 0


@pytest.mark.parametrize("state", ["busy", "no_answer", "failed"])
def test_a_telephone_that_is_busy_twice_leads_to_the_emergency_contact(state: str) -> None:
    call = lost_call()
    Patient.objects.filter(pk=call.patient_id).update(emergency_contact_phone="+12015550199")
    for number in (1, 2):
        assert emergency_redials(NOON + timedelta(seconds=10 * number)) == 1
        Call.objects.filter(purpose="emergency_redial", state="planned").update(
            state=state, ended_at=NOON + timedelta(seconds=10 * number + 5)
        )
    for _ in range(3):
        assert emergency_redials(NOON + timedelta(minutes=1)) == 0
    assert len(redials(call)) == 2
    assert call.retries.filter(purpose="emergency_contact", state="planned").count() == 1
    task = call.patient.care_tasks.get()
    assert (task.kind, task.due_at) == ("emergency_contact", NOON + timedelta(minutes=11))
