"""Rule E17's redials go on until the patient was heard, and every way of theirs ends in a nurse's task."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.services import Heard, call_lost_submit, flags_submit
from calls.models import Call
from calls.scheduling import placing
from calls.scheduling.placing import calls_call_off, place_due
from calls.scheduling.redials import emergency_redials
from calls.services import call_finish, call_status_note
from calls.services.softphone import softphone_call_start
from patients.models import Patient
from tests.integration.alerts.conftest import Said
from tests.integration.scheduling.test_redials_and_follow_ups import lost_call, redials
from tests.support.factories import NOON, make_call, make_patient, make_schedule, make_user
from tests.support.rules_in_force import put_into_force

pytestmark = pytest.mark.django_db

CONTACT = "+12015550199"
SWEEP = timedelta(seconds=5)


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The purposes of the calls that the telephone network was asked for."""
    asked: list[str] = []

    def place(call: Call) -> str:
        asked.append(call.purpose)
        return f"CA{call.pk.hex}"

    monkeypatch.setattr(placing, "place_call", place)
    return asked


def end(call: Call, at: datetime, **values: Any) -> None:
    """This call, made and over."""
    given = {"state": "completed", "answer_type": "human", "answered_at": at, "ended_at": at, **values}
    Call.objects.filter(pk=call.pk).update(**given)


def with_contact(call: Call) -> Call:
    Patient.objects.filter(pk=call.patient_id).update(emergency_contact_phone=CONTACT)
    return call


def rung_for(call: Call, now: datetime, **ended: Any) -> list[str]:
    """Every call that is asked for after this one, when each of them ends so and ten minutes of sweeps go by."""
    for _ in range(20):
        now += timedelta(seconds=30)
        emergency_redials(now)
        for one in Call.objects.filter(retry_of=call, state="planned"):
            end(one, now, **ended)
    return list(call.retries.order_by("planned_for").values_list("purpose", flat=True))


TO_THE_END = ["emergency_redial", "emergency_redial", "emergency_contact"]


# --- who was heard


@pytest.mark.parametrize(
    ("reason", "identity"),
    [
        ("wrong_person", "pending"),
        ("not_verified", "failed"),
        ("opt_out", "pending"),
        ("patient_request", "pending"),
        ("completed", "pending"),
        ("silence", "verified"),
        ("time_limit", "verified"),
        ("hangup", "verified"),
    ],
)
def test_a_redial_in_which_the_patient_was_not_heard_goes_on_to_the_contact_and_a_nurse(
    reason: str, identity: str
) -> None:
    call = with_contact(lost_call())
    rung = rung_for(call, NOON, end_reason=reason, identity_result=identity)
    assert rung == TO_THE_END
    assert call.patient.care_tasks.get().kind == "emergency_contact"


@pytest.mark.parametrize(
    "how",
    [
        {"end_reason": "emergency", "identity_result": "pending"},
        {"end_reason": "taken_over"},
        {"end_reason": "human_request"},
        {"end_reason": "completed", "identity_result": "verified"},
        {"end_reason": "completed", "identity_result": "verified", "spoke_with": "proxy"},
        {"end_reason": "patient_request", "identity_result": "verified"},
        {"end_reason": "hangup", "identity_result": "verified", "is_completed": True},
    ],
    ids=lambda how: "-".join(map(str, how.values())),
)
def test_after_an_end_that_was_agreed_to_nobody_is_rung(how: dict[str, Any]) -> None:
    call = with_contact(lost_call())
    assert rung_for(call, NOON, **how) == ["emergency_redial"]
    assert not call.patient.care_tasks.exists()


@pytest.mark.parametrize(
    ("how", "is_rung"),
    [
        ({"end_reason": "completed", "identity_result": "verified"}, False),
        ({"end_reason": "emergency"}, False),
        ({"end_reason": "not_verified", "identity_result": "failed"}, True),
        ({"end_reason": "completed", "identity_result": "verified", "answer_type": "voicemail"}, True),
    ],
)
def test_a_call_of_another_kind_counts_by_how_it_ended(how: dict[str, Any], is_rung: bool) -> None:
    call = lost_call()
    back = make_call(call.patient, direction="inbound", purpose="callback", planned_for=NOON)
    end(back, NOON + timedelta(seconds=40), **how)
    assert emergency_redials(NOON + timedelta(minutes=1)) == is_rung


def test_a_transfer_that_nobody_took_is_no_person_of_the_team() -> None:
    from alerts.services.voice_faults import transfer_missed_submit

    call = lost_call()
    assert emergency_redials(NOON) == 1
    [again] = redials(call)
    transfer_missed_submit(patient=call.patient, call=again, now=NOON)
    end(again, NOON, end_reason="human_request")
    assert emergency_redials(NOON + SWEEP) == 1


def test_a_later_call_that_is_lost_as_well_takes_the_place_of_the_first() -> None:
    first = lost_call()
    emergency_redials(NOON)
    end(redials(first)[0], NOON, state="no_answer", end_reason="no_answer", answered_at=None)
    at = NOON + timedelta(seconds=30)
    back = make_call(first.patient, direction="inbound", purpose="callback", planned_for=at, answered_at=at)
    flags_submit(patient=first.patient, call=back, hits=[Said("chest_pain")], heard=Heard("it hurts", 1))
    end(back, at + SWEEP, state="interrupted", end_reason="hangup")
    assert emergency_redials(at + 2 * SWEEP) == 1
    assert len(redials(first)) == 1 and len(redials(back)) == 1


def test_lost_calls_that_are_settled_or_superseded_cost_the_sweep_nothing(
    django_assert_num_queries: Any,
) -> None:
    first = lost_call()
    for number in range(1, 4):
        at = NOON + timedelta(hours=number)
        call = make_call(first.patient, planned_for=at)
        flags_submit(patient=first.patient, call=call, hits=[Said("chest_pain")], heard=Heard("it hurts", 1))
        end(call, at, state="interrupted", end_reason="hangup")
    emergency_redials(NOON + timedelta(hours=5))
    assert call.patient.care_tasks.get().call_id == call.pk
    with django_assert_num_queries(3):  # the rule set, what is lost, what of it is open
        emergency_redials(NOON + timedelta(hours=7))


# --- words after our goodbye


def after_the_goodbye(reason: str, *, identity: str = "verified", earlier: timedelta = timedelta(0)) -> Call:
    """Chest pain was said, and nobody answered: it was understood when the call was over."""
    patient = make_patient()
    call = make_call(
        patient, schedule=make_schedule(patient), planned_for=NOON, answered_at=NOON, identity_result=identity
    )
    flags_submit(
        patient=patient, call=call, hits=[Said("chest_pain")], heard=Heard("oh my chest", 1), now=NOON
    )
    call_lost_submit(patient=patient, call=call, now=NOON - earlier)
    call_finish(call_id=call.pk, reason=reason, at=NOON)
    return call


@pytest.mark.parametrize(
    "reason", ["completed", "patient_request", "time_limit", "opt_out", "wrong_person", "not_verified"]
)
def test_whose_emergency_was_understood_after_our_goodbye_is_rung_again(reason: str) -> None:
    call = after_the_goodbye(reason)
    assert emergency_redials(NOON + SWEEP) == 1
    assert len(redials(call)) == 1


@pytest.mark.parametrize("reason", ["emergency", "human_request", "taken_over", "staff_ended"])
def test_whom_help_or_a_person_has_is_not(reason: str) -> None:
    after_the_goodbye(reason)
    assert emergency_redials(NOON + SWEEP) == 0


@pytest.mark.parametrize(("identity", "is_rung"), [("verified", False), ("pending", True)])
def test_who_was_silent_for_a_while_and_then_agreed_to_the_end_is_not(identity: str, is_rung: bool) -> None:
    after_the_goodbye("completed", identity=identity, earlier=timedelta(minutes=1))
    assert emergency_redials(NOON + SWEEP) == is_rung


def test_a_redial_whose_last_words_were_understood_after_the_goodbye_has_heard_nobody() -> None:
    call = lost_call()
    emergency_redials(NOON)
    [again] = redials(call)
    at = NOON + timedelta(minutes=1)
    call_lost_submit(patient=call.patient, call=again, now=at)
    end(again, at, end_reason="completed", identity_result="verified")
    flags_submit(patient=call.patient, call=again, hits=[Said("chest_pain")], heard=Heard("oh", 1), now=at)
    call_lost_submit(patient=call.patient, call=again, now=at)
    assert emergency_redials(at + SWEEP) == 1


# --- the network reports a hang-up


@pytest.mark.parametrize("flag", [Said("chest_pain"), Said("fall", severity="high", rule_id="E07")])
def test_a_hang_up_that_only_the_network_noticed_is_a_lost_line(flag: Said) -> None:
    """The process that carried the call died; the patient hung up before the sweep."""
    patient = make_patient()
    call = make_call(
        patient, planned_for=NOON, answered_at=NOON, call_sid="CA" + "3" * 32, providers=["openai"]
    )
    flags_submit(patient=patient, call=call, hits=[flag], heard=Heard("oh", 1))
    assert call_status_note(
        call_sid="CA" + "3" * 32, call_id=call.pk, status="completed", sequence=5, receipt_key="k1"
    )
    call.refresh_from_db()
    assert "E17" in set(patient.alerts.values_list("rule_id", flat=True))
    assert call.ended_at is not None and emergency_redials(call.ended_at + SWEEP) == 1


# --- the network takes no call


@pytest.mark.parametrize("why", ["carrier_503", "not_dialled"])
def test_calls_that_the_network_did_not_take_are_none_of_the_redials(why: str) -> None:
    call = with_contact(lost_call())
    for number in (1, 2):
        assert emergency_redials(NOON + timedelta(minutes=number)) == 1
        end(
            redials(call)[-1],
            NOON + timedelta(minutes=number),
            state="failed",
            end_reason=why,
            answered_at=None,
        )
    assert emergency_redials(NOON + timedelta(minutes=2, seconds=29)) == 0, "spaced"
    assert call.patient.care_tasks.get().kind == "emergency_contact", "a nurse need not wait for the network"
    for number in (3, 4):
        assert emergency_redials(NOON + timedelta(minutes=number)) == 1
        end(redials(call)[-1], NOON + timedelta(minutes=number), state="busy", end_reason="busy")
    assert emergency_redials(NOON + timedelta(minutes=5)) == 0
    assert call.retries.filter(purpose="emergency_contact", state="planned").count() == 1


def test_a_network_that_is_away_for_good_is_not_asked_without_end() -> None:
    call = with_contact(lost_call())
    rung = rung_for(call, NOON, state="failed", end_reason="carrier_503", answered_at=None)
    assert rung == ["emergency_redial"] * 5 + ["emergency_contact"] * 5
    assert "did not answer" in call.patient.care_tasks.get().detail


# --- who stood still


@pytest.mark.parametrize("hours", [1.1, 10, 71])
def test_a_line_lost_while_the_scheduler_stood_still_is_a_nurses_task(hours: float) -> None:
    call = with_contact(lost_call())
    for after in (timedelta(hours=hours), timedelta(hours=hours) + SWEEP):
        assert emergency_redials(NOON + after) == 0
    task = call.patient.care_tasks.get()
    assert task.kind == "emergency_contact" and "Ring the patient" in task.detail
    assert not call.retries.exists()


def test_how_long_a_lost_line_is_rung_again_and_looked_for_is_the_rule_sets() -> None:
    put_into_force(emergency_redial_within_min=120, emergency_look_back_h=24)
    call = lost_call()
    assert emergency_redials(NOON + timedelta(hours=25)) == 0 and not call.patient.care_tasks.exists()
    assert emergency_redials(NOON + timedelta(minutes=119)) == 1


def test_redials_that_had_begun_go_on_after_an_hour() -> None:
    call = with_contact(lost_call())
    emergency_redials(NOON + timedelta(minutes=55))
    end(redials(call)[0], NOON + timedelta(minutes=65), state="no_answer", end_reason="no_answer")
    assert emergency_redials(NOON + timedelta(minutes=66)) == 1
    end(redials(call)[1], NOON + timedelta(minutes=70), state="no_answer", end_reason="no_answer")
    emergency_redials(NOON + timedelta(minutes=71))
    assert call.retries.filter(purpose="emergency_contact").count() == 1


# --- at dial time


def test_a_redial_that_waited_while_the_patient_was_helped_is_not_dialled(dialled: list[str]) -> None:
    call = lost_call()
    back = make_call(call.patient, direction="inbound", purpose="callback", planned_for=NOON, state="ringing")
    assert emergency_redials(NOON) == 1
    Call.objects.filter(pk=back.pk).update(state="in_progress", answered_at=NOON + SWEEP)
    assert place_due(NOON + 2 * SWEEP) == 0
    [again] = redials(call)
    assert (again.state, again.not_called_reason) == ("planned", "already on a call")
    end(back, NOON + timedelta(minutes=3), end_reason="emergency")
    assert place_due(NOON + timedelta(minutes=4)) == 0 and dialled == []
    again.refresh_from_db()
    assert (again.state, again.not_called_reason) == (
        "canceled",
        "the patient has been on the telephone since",
    )
    assert emergency_redials(NOON + timedelta(minutes=5)) == 0


def test_a_redial_that_waited_while_somebody_else_had_the_line_is_dialled(dialled: list[str]) -> None:
    call = lost_call()
    back = make_call(call.patient, direction="inbound", purpose="callback", planned_for=NOON)
    Call.objects.filter(pk=back.pk).update(state="ringing")
    emergency_redials(NOON)
    end(back, NOON + timedelta(minutes=3), end_reason="wrong_person")
    assert place_due(NOON + timedelta(minutes=4)) == 1 and dialled == ["emergency_redial"]


def test_the_contact_is_not_rung_either_once_the_patient_was_heard(dialled: list[str]) -> None:
    call = with_contact(lost_call())
    for number in (1, 2):
        emergency_redials(NOON + timedelta(minutes=number))
        end(redials(call)[-1], NOON + timedelta(minutes=number), state="busy", end_reason="busy")
    emergency_redials(NOON + timedelta(minutes=3))
    back = make_call(call.patient, direction="inbound", purpose="callback", planned_for=NOON)
    end(back, NOON + timedelta(minutes=4), end_reason="completed", identity_result="verified")
    assert place_due(NOON + timedelta(minutes=5)) == 0 and dialled == []
    assert call.retries.get(purpose="emergency_contact").state == "canceled"


def test_a_redial_that_nobody_dialled_for_an_hour_is_called_off_and_a_nurse_is_told(
    dialled: list[str],
) -> None:
    call = lost_call()
    emergency_redials(NOON)
    late = NOON + timedelta(minutes=61)
    assert place_due(late) == 0 and dialled == []
    assert redials(call)[0].state == "canceled"
    assert emergency_redials(late + timedelta(hours=1)) == 0
    assert call.patient.care_tasks.get().kind == "emergency_contact"


def test_what_waits_too_long_behind_another_call_is_called_off(dialled: list[str]) -> None:
    call = lost_call()
    emergency_redials(NOON)
    make_call(call.patient, direction="inbound", purpose="callback", planned_for=NOON, state="ringing")
    assert calls_call_off(NOON + timedelta(minutes=61)) == 1


# --- rehearsals


def test_a_rehearsal_on_the_training_telephone_rings_nobody() -> None:
    patient = make_patient(emergency_contact_phone=CONTACT)
    call = softphone_call_start(patient=patient, by=make_user(patient.care_team)).call
    flags_submit(patient=patient, call=call, hits=[Said("chest_pain")], heard=Heard("my chest", 1))
    call_lost_submit(patient=patient, call=call)
    call_finish(call_id=call.pk, reason="hangup", at=NOON)
    assert emergency_redials(NOON + SWEEP) == 0
    assert not patient.calls.exclude(pk=call.pk).exists() and not patient.care_tasks.exists()


def test_a_rehearsal_is_not_the_patient_on_the_telephone() -> None:
    call = lost_call()
    rehearsal = softphone_call_start(patient=call.patient, by=make_user(call.patient.care_team)).call
    Call.objects.filter(pk=rehearsal.pk).update(answered_at=NOON + SWEEP)
    assert emergency_redials(NOON + 2 * SWEEP) == 1
