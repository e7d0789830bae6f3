"""The check-in follows what was asked and answered, and says what is left."""

import pytest

from calls.checkin import RAPPORT_MS, WANDER_MS, CheckInProgress, Phase, fields_in, load_protocol

PROTOCOL = load_protocol()


def progress(language: str = "en") -> CheckInProgress:
    return CheckInProgress(PROTOCOL, language=language)


def test_the_protocol_has_every_required_question_in_both_languages() -> None:
    assert [q.id for q in PROTOCOL.required] == [
        "shortness_of_breath",
        "swelling",
        "fatigue",
        "sleep_difficulty",
        "chest_pain",
        "fall",
        "weight_change",
        "medication",
        "mood",
        "quality_of_life",
    ]
    assert all(set(q.text) == {"en", "es"} for q in PROTOCOL.questions)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("question", PROTOCOL.questions, ids=lambda q: q.id)
def test_each_question_is_recognised_in_its_own_words(question: object, language: str) -> None:
    found = progress(language).question_in(f"Thank you. {question.text[language]}")  # type: ignore[attr-defined]
    if "?" in question.text[language]:  # type: ignore[attr-defined]
        assert found is question


def test_a_statement_is_no_question() -> None:
    assert progress().question_in("I am glad that your breathing is better.") is None


def test_of_two_questions_the_last_counts() -> None:
    asked = progress().question_in("Any swelling? And have you had any chest pain or pressure?")
    assert asked is not None and asked.id == "chest_pain"


def test_answers_come_from_fields_and_from_words() -> None:
    p = progress()
    p.answered_fields({"symptoms.swelling", "symptoms.fatigue"}, 0)
    p.maya_said("Have you had a fall, or fainted, since we last talked?", 0)
    p.patient_said("No, I have not.", 10)
    assert set(p.snapshot().answered) == {"swelling", "fatigue", "fall"}


def test_silence_answers_nothing() -> None:
    p = progress()
    p.maya_said("Have you had a fall, or fainted, since we last talked?", 0)
    p.patient_said("  ", 10)
    assert not p.snapshot().answered


def test_a_question_with_a_field_needs_its_record_not_just_words() -> None:
    p = progress()
    p.maya_said("How tired have you been, from zero to four?", 0)
    p.patient_said("Oh, quite tired.", 10)
    assert "fatigue" in p.snapshot().left


def test_the_check_in_closes_when_nothing_required_is_left() -> None:
    p = progress()
    p.identified(0)
    fields = {q.field for q in PROTOCOL.required if q.field}
    assert p.answered_fields(fields, 0) is None
    for question in ("Have you had any chest pain or pressure?", "Have you had a fall?"):
        p.maya_said(question, 0)
        last = p.patient_said("No.", 0)
    assert last is Phase.CLOSING and p.snapshot().is_complete


def test_small_talk_ends_in_time_and_says_what_is_left() -> None:
    p = progress()
    p.identified(0)
    assert p.tick(RAPPORT_MS - 1) is None
    assert p.tick(RAPPORT_MS + 1) is Phase.TRANSITION
    assert p.note(Phase.TRANSITION).count("\n- ") == 10


def test_a_call_that_wanders_is_reminded_a_few_times_only() -> None:
    p = progress()
    p.identified(0)
    p.maya_said("On a scale from zero to four, how short of breath are you today?", 0)
    assert p.phase is Phase.ASSESSMENT
    now, reminders = 0.0, 0
    for _ in range(20):
        now += WANDER_MS + 1
        reminders += p.tick(now) is not None
    assert reminders == 4


def test_an_answer_starts_the_waiting_again() -> None:
    p = progress()
    p.identified(0)
    p.maya_said("And swelling, from zero to four?", 0)
    p.answered_fields({"symptoms.swelling"}, WANDER_MS - 1)
    assert p.tick(WANDER_MS + 1) is None


def test_a_crisis_stops_the_check_in() -> None:
    p = progress()
    p.identified(0)
    assert p.crisis(10) is Phase.CRISIS and p.crisis(20) is None
    assert p.maya_said("And swelling, from zero to four?", 30) is None and p.phase is Phase.CRISIS


def test_what_was_answered_before_is_not_asked_again() -> None:
    p = CheckInProgress(PROTOCOL, answered=("swelling", "fall"))
    assert {"swelling", "fall"}.isdisjoint(p.snapshot().left)


def test_the_fields_of_a_tool_call_are_its_leaves() -> None:
    arguments = {"symptoms": {"swelling": 0, "fatigue": None}, "mood_assessment": 1, "notes": "x"}
    assert fields_in(arguments) == {"symptoms.swelling", "mood_assessment", "notes"}


def test_the_seconds_in_each_phase_are_counted() -> None:
    call = progress()
    call.identified(20_000)
    call.tick(20_000 + 90_001)
    call.answered_fields(["symptoms.swelling"], 130_000)
    assert call.spent_s(130_000) == {"opening": 20, "rapport": 90, "transition": 20}
