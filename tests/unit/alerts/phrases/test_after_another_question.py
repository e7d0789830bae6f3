"""What the words alone say is never withdrawn because Maya had asked about something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.phrases import ScanContext, Segment, scan
from alerts.phrases.evidence import weighed
from alerts.phrases.questions import question_of
from alerts.phrases.text import read
from calls.checkin import load_protocol
from tests.bench.phrases.asked import after_every_question

DATA = Path(__file__).parents[3] / "data"
QUESTIONS = load_protocol("checkin-1").questions
PLAIN = {
    "en": {
        "I can't breathe": "severe_dyspnea",
        "I have chest pain right now": "chest_pain",
        "No change in my chest pain.": "chest_pain",
        "I fell yesterday": "fall",
        "I blacked out": "syncope",
        "My face is drooping": "stroke_signs",
        "My arm went numb this morning": "stroke_signs",
        "I want to die": "suicidal_ideation",
        "I took all my pills at once": "overdose",
        "My tongue is swollen": "angioedema",
        "I'm vomiting blood": "major_bleeding",
        "My heart is racing and I feel faint": "palpitations_severe",
    },
    "es": {
        "No puedo respirar": "severe_dyspnea",
        "Me duele el pecho ahora": "chest_pain",
        "Me caí ayer": "fall",
        "Me desmayé esta mañana": "syncope",
        "Se me durmió el brazo esta mañana": "stroke_signs",
        "Quiero morirme": "suicidal_ideation",
        "Tengo la lengua hinchada": "angioedema",
    },
}


@pytest.mark.parametrize(
    ("language", "words", "flag"),
    [(language, words, flag) for language, said in PLAIN.items() for words, flag in said.items()],
)
def test_a_plain_emergency_is_heard_after_every_question(language: str, words: str, flag: str) -> None:
    alone = {
        (hit.flag, hit.severity) for hit in scan(Segment(words), ScanContext()).flags if hit.flag == flag
    }
    assert alone
    for question in QUESTIONS:
        asked = ScanContext(last_question=question.text[language], question_id=question.id)
        assert alone <= {(hit.flag, hit.severity) for hit in scan(Segment(words), asked).flags}, question.id


def test_every_developers_row_that_is_critical_alone_is_so_after_every_question() -> None:
    outcomes = list(after_every_question(DATA / "emergency-phrases.csv"))
    assert len(outcomes) > 500
    assert [each for each in outcomes if not each.is_kept] == []


def test_of_1000_unseen_criticals_after_another_question_995_are_kept() -> None:
    outcomes = list(after_every_question(DATA / "phrases-unseen.csv", every=12))
    assert len(outcomes) > 500
    assert sum(each.is_kept for each in outcomes) >= 0.995 * len(outcomes)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_question_only_adds_to_what_the_words_alone_weigh(question) -> None:
    text = read("I took all my pills, the whole bottle.")
    alone = weighed(text, question_of(None, None), [])
    asked = weighed(text, question_of(question.text["en"], question.id), [])
    for flag in ("overdose", "suicidal_ideation", "chest_pain", "severe_dyspnea"):
        assert asked.probability(flag) >= alone.probability(flag)


def test_a_denial_is_still_an_answer() -> None:
    for question in QUESTIONS:
        asked = ScanContext(last_question=question.text["en"], question_id=question.id)
        for words in ("No.", "No, none at all.", "Not since we last talked.", "Zero."):
            assert scan(Segment(words), asked).severity not in ("high", "critical"), (question.id, words)


def test_pills_taken_in_an_old_attempt_are_no_overdose_of_today() -> None:
    asked = ScanContext(last_question="Are you having thoughts of killing yourself?")
    old = "I took a whole lot of sleeping pills in ninety-four, thank God they found me. No, nothing like that now."
    assert "overdose" not in scan(Segment(old), asked).names
    today = "I tried it in ninety-four and got over it, but this morning I took the whole bottle of pills."
    assert "overdose" in scan(Segment(today), asked).names
