"""The telephone network's own voice: it says what it is, at the beginning and at the end of its part of a call."""

from __future__ import annotations

import pytest
from django.utils import timezone

from alerts.models import CallFlag
from calls import steps
from calls.checkin import load_protocol
from calls.models import Call, Turn
from calls.questionnaire import remaining
from calls.recordings import scripts
from patients.models import Patient

EN, ES = scripts("en"), scripts("es")


@pytest.fixture
def call(joan: Patient) -> Call:
    now = timezone.now()
    return Call.objects.create(
        patient=joan, direction="outbound", purpose="scheduled", planned_for=now, answered_at=now,
        state="in_progress", end_reason="model_lost", identity_result="pending", language="en",
        protocol_version="checkin-1",
    )  # fmt: skip


def spoke(call: Call, *texts: str) -> None:
    for number, text in enumerate(texts):
        Turn.objects.create(
            call=call,
            sequence=number,
            speaker="maya",
            text=text,
            start_ms=0,
            end_ms=900,
            item_id=f"i{number}",
        )


# --- the assistant is lost


@pytest.mark.parametrize(
    "texts", [(), ("Good",), ("Hello, this is Maya",), ("What can I do for you today, my dear friend?",)]
)
def test_who_has_not_heard_that_the_call_is_automated_hears_it_first(
    call: Call, texts: tuple[str, ...]
) -> None:
    spoke(call, *texts)
    answer = steps.after_stream(call)
    opening = EN.said["questionnaire_opening"].format(clinic="the heart health team")
    assert opening in answer and EN.said["lost_assistant"] not in answer


def test_who_has_heard_it_is_told_that_the_assistant_is_gone(call: Call) -> None:
    spoke(
        call,
        "Hello, this is Maya, an automated AI assistant calling for the heart health team. May I",
        "Thank you.",
    )
    answer = steps.after_stream(call)
    assert EN.said["lost_assistant"] in answer and "an automated call" not in answer


def test_so_it_is_in_spanish(call: Call) -> None:
    call.language = "es"
    call.save()
    assert ES.said["questionnaire_opening"].format(clinic="the heart health team") in steps.after_stream(call)


def test_who_has_called_us_is_not_told_that_we_call(call: Call) -> None:
    call.direction = "inbound"
    call.save()
    answer = steps.after_stream(call)
    opening = EN.said["questionnaire_opening_inbound"].format(clinic="the heart health team")
    assert opening in answer and "automated call" not in answer


# --- the goodbye


def ready_to_close(call: Call) -> Call:
    protocol = load_protocol("checkin-1")
    Call.objects.filter(pk=call.pk).update(
        identity_result="verified", questions_answered=[one.id for one in protocol.questions]
    )
    call.refresh_from_db()
    assert not remaining(protocol, call.questions_answered)
    return call


def test_the_last_sentence_is_that_it_was_automated_and_how_to_reach_a_person(call: Call) -> None:
    answer = steps.questions(ready_to_close(call))
    words = f"{EN.said['thanks_goodbye']} {EN.recorded['closing_ai'].text}"
    assert words in answer and answer.count("<Say") == 1 and "<Hangup" in answer


def test_so_it_is_for_whoever_could_not_be_verified(call: Call) -> None:
    call.identity_result = "failed"
    assert EN.recorded["closing_ai"].text in steps.questions(call)


def test_an_opt_out_is_confirmed_in_one_sentence(call: Call) -> None:
    answer = steps.answer(call, "swelling", 0, digits="", speech="please stop calling me")
    assert EN.recorded["opt_out_done"].text in answer and EN.recorded["closing_ai"].text not in answer


def test_after_an_emergency_it_is_not_said(call: Call) -> None:
    call = ready_to_close(call)
    CallFlag.objects.create(
        call=call, patient=call.patient, flag="chest_pain", rule_id="E01", severity="critical", alert_type="emergency",
        heard_at=timezone.now(),
    )  # fmt: skip
    assert EN.recorded["closing_ai"].text not in steps.questions(call)


def test_nor_in_a_call_that_rings_again_for_one(call: Call) -> None:
    call = ready_to_close(call)
    call.purpose = Call.Purpose.EMERGENCY_REDIAL
    assert EN.recorded["closing_ai"].text not in steps.questions(call)
