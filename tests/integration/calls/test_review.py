"""After the call: everything is judged once more, and what was left open counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alerts.models import Alert, CallFlag
from calls import steps
from calls.models import Call, Turn
from calls.services import tool_call_record
from calls.services.reviewing import calls_review
from patients.models import Patient
from patients.services import consent_in_force


@pytest.fixture
def call(joan: Patient) -> Call:
    now = timezone.now()
    return Call.objects.create(
        patient=joan, direction="inbound", purpose="callback", planned_for=now, state="completed",
        answered_at=now - timedelta(minutes=5), ended_at=now - timedelta(minutes=1), end_reason="hangup",
        identity_result="verified", protocol_version="checkin-1",
    )  # fmt: skip


def say(call: Call, *lines: tuple[str, str], **more: Any) -> None:
    for number, (speaker, text) in enumerate(lines):
        Turn.objects.create(
            call=call, sequence=number, speaker=speaker, text=text, start_ms=number * 1000,
            end_ms=number * 1000 + 900, item_id=more.get("item", "") + str(number),
            question_id=more.get("question", ""),
        )  # fmt: skip


def raised(call: Call) -> set[tuple[str, str]]:
    return {(alert.rule_id, alert.severity) for alert in Alert.objects.filter(call=call)}


def test_what_the_live_scan_never_saw_is_found_afterwards_and_once(call: Call) -> None:
    say(call, ("maya", "How are you?"), ("patient", "I have crushing chest pain right now."))
    assert calls_review() == 1
    assert raised(call) == {("E01", "critical")}
    (flag,) = CallFlag.objects.filter(call=call)
    assert flag.utterance == "I have crushing chest pain right now." and flag.at_ms == 1000
    assert calls_review() == 0


def test_a_short_answer_is_heard_against_the_question_before_it(call: Call) -> None:
    say(call, ("maya", "Have you had any chest pain or pressure since we last talked?"), ("patient", "Yes."))
    calls_review()
    assert ("E01", "critical") in raised(call)


def test_a_doubt_about_an_emergency_that_nobody_cleared_up_counts_as_a_yes(call: Call) -> None:
    say(
        call,
        ("maya", "Have you had any chest pain or pressure since we last talked?"),
        ("patient", "I don't know."),
        ("maya", "And how did you sleep?"),
        ("patient", "Fine."),
    )
    calls_review()
    assert ("E01", "critical") in raised(call)


def test_a_doubt_that_was_cleared_up_raises_nothing(call: Call) -> None:
    say(
        call,
        ("maya", "Have you had any chest pain or pressure since we last talked?"),
        ("patient", "I don't know."),
        ("maya", "Are you having any chest pain or pressure right now?"),
        ("patient", "No."),
    )
    calls_review()
    assert raised(call) == set()


def test_an_answer_of_the_questionnaire_is_heard_against_its_question(call: Call) -> None:
    say(call, ("patient", "Yes."), item="questionnaire:chest_pain:", question="chest_pain")
    calls_review()
    assert ("E01", "critical") in raised(call)


def test_answers_that_contradict_each_other_are_to_be_verified(call: Call) -> None:
    for number, value in enumerate((1, 3, 1)):
        tool_call_record(
            call_id=call.pk, model_call_id=f"c{number}", name="updatePatientRecord", at_ms=number,
            arguments={"symptoms": {"swelling": value}}, result={"ok": True},
        )  # fmt: skip
    calls_review()
    assert ("D01", "medium") in raised(call)


def test_a_weight_that_cannot_be_and_was_not_said_again_is_to_be_verified(call: Call) -> None:
    tool_call_record(
        call_id=call.pk, model_call_id="c1", name="recordVitals", arguments={"weight_lb": 18},
        result={"ok": False, "error": "bad_arguments"},
    )  # fmt: skip
    calls_review()
    assert ("D01", "medium") in raised(call)


@pytest.mark.parametrize("answered_by", ["voicemail", "ivr", "fax"])
def test_what_a_machine_said_is_not_the_patient(call: Call, answered_by: str) -> None:
    Call.objects.filter(pk=call.pk).update(answer_type=answered_by)
    say(call, ("patient", "If you have chest pain, hang up and dial nine one one."))
    assert calls_review() == 1 and raised(call) == set()


def test_a_call_that_goes_on_is_left_alone(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(state="in_progress", ended_at=None)
    assert calls_review() == 0


def test_a_question_that_is_twice_not_understood_by_keys_or_words_is_to_be_verified(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(state="in_progress", ended_at=None)
    call.refresh_from_db()
    first = steps.answer(call, "swelling", 0, digits="", speech="banana")
    assert "swelling" in first and raised(call) == set()
    steps.answer(call, "swelling", 1, digits="", speech="banana")
    assert ("D01", "medium") in raised(call)


def test_a_wish_for_no_more_calls_that_was_the_last_word_counts(call: Call) -> None:
    say(call, ("maya", "Hello, this is Maya."), ("patient", "Stop calling me!"))
    calls_review()
    assert not consent_in_force(patient=call.patient, scope="ai_voice_call")
    assert [task.kind for task in call.patient.care_tasks.all()] == ["opted_out"]


def test_the_wish_counts_where_there_is_no_assistant_too(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(state="in_progress", ended_at=None, end_reason="")
    call.refresh_from_db()
    answer = steps.answer(call, "swelling", 0, digits="", speech="please stop calling me")
    assert "no more calls" in answer and "<Hangup" in answer
    call.refresh_from_db()
    assert call.end_reason == "opt_out"
    assert not consent_in_force(patient=call.patient, scope="ai_voice_call")


@pytest.mark.parametrize(("hours", "is_reviewed"), [(25, True), (167, True), (169, False)])
def test_a_call_is_reviewed_however_long_the_scheduler_stood_still(
    call: Call, hours: int, is_reviewed: bool
) -> None:
    say(call, ("maya", "How are you?"), ("patient", "I have crushing chest pain right now."))
    ended = timezone.now() - timedelta(hours=hours)
    Call.objects.filter(pk=call.pk).update(planned_for=ended, answered_at=ended, ended_at=ended)
    assert calls_review() == is_reviewed
    assert bool(raised(call)) is is_reviewed
