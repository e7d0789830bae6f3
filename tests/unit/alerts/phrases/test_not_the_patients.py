"""Words of an emergency that are not the patient's own: animals, things, idioms, the dead, conditions, other places."""

from __future__ import annotations

import pytest

from alerts.phrases import ScanContext, Segment, scan

CHEST = "Are you having any chest pain or pressure right now?"


def _flags(words: str, question: str | None = None) -> set[str]:
    return {hit.flag for hit in scan(Segment(words), ScanContext(last_question=question)).flags}


@pytest.mark.parametrize(
    "words",
    [
        "My old tomcat wants to die in my chair, seems like, he never leaves it.",
        "The hens are all confused with this clock change.",
        "Give me some breathing room, will you.",
        "My late husband, he got terribly confused in his last year.",
        "A mi vecina le dio un dolor fuerte en el pecho, está aquí conmigo.",
        "Were I to feel it in my chest again, I'd pull the cord.",
        "Should my chest ever hurt like that, I'd call my daughter.",
    ],
)
def test_what_is_of_others_or_only_supposed_is_no_emergency_of_the_patient(words: str) -> None:
    assert not _flags(words)


def test_a_neighbour_in_danger_is_advised_and_an_animal_is_not() -> None:
    neighbour = scan(Segment("A mi vecina le dio un dolor fuerte en el pecho."), ScanContext())
    animal = scan(Segment("My dog can't breathe, he swallowed a bone."), ScanContext())
    assert "third_party_emergency" in neighbour.controls
    assert "third_party_emergency" not in animal.controls


@pytest.mark.parametrize(
    "words",
    ["Not a bit of it.", "Not the chest, no, it's my corns that ache.", "Not a whit.", "Devil a bit."],
)
def test_a_short_denial_answers_the_question(words: str) -> None:
    assert not _flags(words, CHEST)


@pytest.mark.parametrize(
    "words",
    [
        "I was pouring coffee and next thing I'm on the tiles and the dog is licking my face.",
        "Next thing I knew I was on the grass looking at the sky.",
        "I came to on the bathroom floor.",
    ],
)
def test_who_wakes_on_the_ground_has_fainted_and_fallen(words: str) -> None:
    result = scan(Segment(words), ScanContext())
    assert {"syncope", "fall"} <= set(result.names)
    assert result.severity == "critical"


@pytest.mark.parametrize(
    "words",
    [
        "I'm down between the bed and the wall, been here since before light.",
        "My hip hit the linoleum and here I lie, talking to you from down there.",
    ],
)
def test_who_lies_on_the_ground_now_is_an_emergency(words: str) -> None:
    assert scan(Segment(words), ScanContext()).severity == "critical"


def test_an_old_attempt_that_is_over_is_history() -> None:
    asked = "Are you having thoughts of ending your life?"
    words = "I put a rope over the beam in '86. My brother found me. I'd not dream of it now."
    assert _flags(words, asked) == {"suicide_history"}
    assert "suicidal_ideation" in _flags("I put a rope over the beam this morning. I'm not sorry.", asked)
