"""What keeps a talk going answers no question, however strong the question; what may be an answer is heard."""

from __future__ import annotations

import pytest

from alerts.phrases.courtesies import is_courtesy
from alerts.phrases.flags import EMERGENCIES
from alerts.phrases.speakers import only_hands_over
from tests.support.spoken import said

SAFE = "Do you feel safe at home?"
QUESTIONS = (
    "Any chest pain or pressure?",
    "Have you had a fall, or fainted?",
    "Have you had thoughts that you would be better off dead?",
    "What day of the week is it today?",
)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "words",
    [
        "Let me think.",
        "Well, let me see now.",
        "Hold on, let me turn the TV down.",
        "Wait, I need to get my glasses.",
        "Good morning, Maya.",
        "Thank you, dear.",
        "Can you hear me better now?",
        "Un momentito, por favor.",
        "A ver, déjeme pensar.",
        "Here is my daughter.",
        "Let me put my wife on.",
        "Here's my wife, hang on.",
        "This is her daughter now, I do not know.",
        "Aquí está mi esposa.",
        "Hang on, le paso a mi hija.",
        "One moment please.",
        "Let me think for a minute.",
        "Thanks a lot.",
        "Here she is.",
        "Hang on a second.",
        "Give me a minute.",
        "Say that again?",
        "Let's see.",
        "There's someone at the door, hold on.",
        "Let me put my wife on the phone.",
        "Let me ask my wife.",
        "Honey, it's for you.",
        "Let me turn off the television.",
        "aqui esta mi hija",
        "Ahorita le paso a mi mama.",
        "ahorita se la paso",
        "Espéreme tantito.",
        "Deme un minuto.",
    ],
)
def test_what_tells_nothing_raises_nothing(words: str, question: str) -> None:
    assert is_courtesy(words) or only_hands_over(words)
    assert not EMERGENCIES & set(said(words, question).names)


def test_who_says_that_somebody_else_knows_better_has_not_answered() -> None:
    assert not said("Here's my wife, she knows better.", QUESTIONS[0]).flags


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("Let me think. Yes.", "chest_pain"),
        ("Hold on, it hurts.", "chest_pain"),
        ("Well, a little.", "chest_pain"),
        ("Now.", "chest_pain"),
        ("Here is my daughter, I have it right now.", "chest_pain"),
        ("Let me put my wife on, my chest hurts.", "chest_pain"),
        ("Thank you, yes, just now.", "chest_pain"),
    ],
)
def test_an_answer_beside_a_courtesy_is_heard(words: str, flag: str) -> None:
    assert flag in said(words, QUESTIONS[0]).names


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("This is her daughter, she fell in the kitchen and is on the floor.", "fall"),
        ("Here is my wife, I can't breathe.", "severe_dyspnea"),
        ("Hold on, I can't get my breath.", "severe_dyspnea"),
    ],
)
def test_an_emergency_beside_it_is_raised_without_a_question(words: str, flag: str) -> None:
    assert flag in said(words).names


@pytest.mark.parametrize(
    "words", ["Yes.", "Mm-hm.", "Now.", "Here.", "Please.", "Good night.", "Goodbye.", ""]
)
def test_what_may_be_an_answer_or_a_farewell_is_no_courtesy(words: str) -> None:
    assert not is_courtesy(words)


@pytest.mark.parametrize(
    "words",
    [
        "Yes, here is my daughter.",
        "Here is my daughter's number.",
        "I'll call my daughter tomorrow.",
        "Here is my daughter, she fell.",
        "I do not know.",
        "I'll give it to my daughter.",
        "I will pass it on to my son.",
        "I'm terrified of Ann's husband.",
        "I am afraid of Dad's caregiver.",
        "I'm hiding from Mary's son.",
        "",
    ],
)
def test_what_tells_more_is_not_only_a_hand_over(words: str) -> None:
    assert not only_hands_over(words)


@pytest.mark.parametrize(
    "words", ["My speech went well today.", "I gave a speech at church.", "Di un discurso."]
)
def test_a_speech_that_was_given_is_no_sign_of_a_stroke(words: str) -> None:
    assert not said(words).flags


def test_a_speech_that_fails_is() -> None:
    assert "stroke_signs" in said("My speech is all slurred since this morning.").names
    assert "stroke_signs" in said("I gave a speech and all at once my speech was slurred.").names
