"""What a call leaves open: doubts that nobody cleared up, answers that contradict each other."""

from __future__ import annotations

import pytest

from alerts.phrases.model import ScanResult
from calls.review import CLEARED_BY, Said, contradictions, open_topics

DOUBT = ScanResult(controls=("clarify:chest_pain",))
PLAIN = ScanResult()


def maya(text: str) -> Said:
    return Said(True, text)


def patient(text: str, result: ScanResult = PLAIN) -> Said:
    return Said(False, text, "", result)


ASKED = maya("Are you having any chest pain or pressure right now?")


@pytest.mark.parametrize(
    ("turns", "left"),
    [
        ([patient("I am not sure about my chest", DOUBT)], ("chest_pain",)),
        ([patient("I am not sure", DOUBT), ASKED], ("chest_pain",)),
        ([patient("I am not sure", DOUBT), ASKED, patient("No.")], ()),
        ([patient("I am not sure", DOUBT), ASKED, patient("Maybe", DOUBT)], ("chest_pain",)),
        ([patient("I am not sure", DOUBT), ASKED, patient("Maybe", DOUBT), ASKED, patient("No")], ()),
        ([patient("I am not sure", DOUBT), maya("How is your garden?"), patient("Lovely.")], ("chest_pain",)),
        ([patient("I am not sure", DOUBT), ASKED, patient("  ")], ("chest_pain",)),
        ([patient("I am fine")], ()),
    ],
)
def test_a_doubt_is_open_until_its_question_was_answered(turns: list[Said], left: tuple[str, ...]) -> None:
    assert open_topics(turns) == left


@pytest.mark.parametrize(
    ("topic", "question"),
    [
        ("chest_pain", "Are you having any chest pain or pressure right now?"),
        ("dyspnea", "Are you short of breath right now, sitting still?"),
        ("fall", "Did you fall, and did you hit your head?"),
        ("confusion", "What day of the week is it today, and where are you right now?"),
        ("confusion", "¿Qué día de la semana es hoy?"),
        ("stroke_signs", "Is one side of your face or body weak or numb, or is your speech slurred?"),
        ("stroke_signs", "Is your speech slurred, or is it suddenly hard to find words?"),
        ("stroke_signs", "¿Tiene un lado de la cara caído o adormecido?"),
        ("suicidal_ideation", "Are you having thoughts of killing yourself right now?"),
        ("mood", "Over the last two weeks, how often have you felt down, depressed or hopeless?"),
        ("weight", "What did the scale say today, in pounds, and what did it say before?"),
        ("medication", "Which of your heart medicines have you not taken, and since when?"),
    ],
)
def test_each_direct_question_clears_its_own_doubt(topic: str, question: str) -> None:
    doubt = ScanResult(controls=(f"clarify:{topic}",))
    assert topic in CLEARED_BY
    assert open_topics([patient("hm", doubt), maya(question), patient("No.")]) == ()


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ([{"swelling": 1}, {"swelling": 1}], ()),
        ([{"swelling": 1}, {"swelling": 3}], ()),
        ([{"swelling": 1}, {"swelling": 3}, {"swelling": 1}], ("swelling",)),
        ([{"swelling": 1}, {"fatigue": 3}, {"swelling": 2}], ()),
    ],
)
def test_an_answer_may_be_corrected_once(answers: list[dict[str, float]], left: tuple[str, ...]) -> None:
    assert contradictions(answers) == left
