"""Many pills, told as the answer to the question about killing oneself: both are raised, the wish and the deed."""

from __future__ import annotations

import pytest

from alerts.phrases import ScanContext, Segment, scan

NOW = "Are you having thoughts of killing yourself right now?"
DONE = "Have you done anything, started to do anything, or prepared to do anything to end your life?"
AHORA = "¿Está pensando en quitarse la vida en este momento?"


def _flags(words: str, question: str) -> set[str]:
    return {hit.flag for hit in scan(Segment(words), ScanContext(last_question=question)).flags}


@pytest.mark.parametrize("question", [NOW, DONE])
@pytest.mark.parametrize(
    "words",
    [
        "Yes, I already took thirty pills.",
        "Yes. I took thirty pills an hour ago.",
        "Yes, I've swallowed a whole bottle.",
        "Yes, I took all my pills.",
        "Yes, I took them all.",
        "Yes, I already took them.",
        "Yes. Thirty pills.",
    ],
)
def test_the_wish_and_the_deed_are_both_raised(words: str, question: str) -> None:
    assert _flags(words, question) == {"suicidal_ideation", "overdose"}


@pytest.mark.parametrize(
    "words", ["Sí, ya me tomé treinta pastillas.", "Sí, me las tomé todas.", "Sí, ya me las tomé."]
)
def test_in_spanish_too(words: str) -> None:
    assert _flags(words, AHORA) == {"suicidal_ideation", "overdose"}


@pytest.mark.parametrize(
    "words",
    [
        "Yes, but I took my pills this morning like always.",
        "Yes, and I take twelve pills a day.",
        "Yes, and I already took my water pill.",
        "Yes.",
    ],
)
def test_the_pills_of_the_day_are_no_overdose(words: str) -> None:
    assert "overdose" not in _flags(words, NOW)


@pytest.mark.parametrize("words", ["No, I took my pills.", "No, never.", "No, I already took my water pill."])
def test_a_no_with_the_pills_of_the_day_is_a_no(words: str) -> None:
    assert not _flags(words, NOW) & {"suicidal_ideation", "overdose"}


def test_the_pills_of_the_day_are_none_after_their_own_question() -> None:
    assert "overdose" not in _flags("Yes, I took them all.", "Have you taken your pills today?")


def test_the_pills_of_an_old_attempt_are_no_overdose_of_now() -> None:
    words = "I took a handful of pills when my first husband left, that's thirty-odd years ago, and I'd never do it now."
    assert _flags(words, "Are you having thoughts of ending your life?") == {"suicide_history"}
