"""Answers by key and by voice, without an assistant."""

import pytest

from calls.checkin import load_protocol
from calls.questionnaire import remaining, understood

PROTOCOL = load_protocol()


def given(question: str, *, digits: str = "", speech: str = "") -> object:
    found = understood(PROTOCOL.question(question), digits=digits, speech=speech)
    if found is None:
        return None
    return found.is_yes if not found.columns else next(iter(found.columns.values()))


@pytest.mark.parametrize(
    ("question", "digits", "speech", "answer"),
    [
        ("swelling", "2", "", 2),
        ("swelling", "", "I would say two", 2),
        ("swelling", "", "Two.", 2),
        ("swelling", "", "cero", 0),
        ("swelling", "", "none at all", 0),
        ("swelling", "7", "", None),
        ("swelling", "", "two or three", None),
        ("swelling", "", "quite a bit", None),
        ("swelling", "", "", None),
        ("chest_pain", "1", "", True),
        ("chest_pain", "2", "", False),
        ("chest_pain", "5", "", None),
        ("chest_pain", "", "No, I have not", False),
        ("chest_pain", "", "Yes, a little", True),
        ("chest_pain", "", "sí", True),
        ("chest_pain", "", "yes and no", None),
        ("weight_change", "4", "", 4.0),
        ("weight_change", "", "I lost three pounds", -3.0),
        ("weight_change", "", "up 2.5 pounds", 2.5),
        ("weight_change", "", "no change", 0.0),
        ("weight_change", "", "I do not own a scale", None),
        ("medication", "0", "", 0),
        ("medication", "", "I took all of them", 0),
        ("medication", "", "I missed two", 2),
        ("medication", "99", "", None),
    ],
)
def test_an_answer_is_understood_or_not_taken(
    question: str, digits: str, speech: str, answer: object
) -> None:
    assert given(question, digits=digits, speech=speech) == answer


def test_only_required_questions_without_an_answer_are_left_in_order() -> None:
    answered = ["swelling", "shortness_of_breath", "chest_pain"]
    assert [question.id for question in remaining(PROTOCOL, answered)] == [
        "fatigue", "sleep_difficulty", "fall", "weight_change", "medication", "mood", "quality_of_life",
    ]  # fmt: skip


def test_what_was_said_is_kept_for_the_phrase_scanner() -> None:
    found = understood(PROTOCOL.question("mood"), digits="", speech="Four, I want it all to end")
    assert found is not None and found.words == "Four, I want it all to end"
