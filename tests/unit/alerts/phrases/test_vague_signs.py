"""Signs in doubtful words: the direct questions are asked, the flag is left to clear words."""

from __future__ import annotations

import pytest

from tests.support.spoken import said

STROKE = "clarify:stroke_signs"


@pytest.mark.parametrize(
    "words",
    [
        "My speech is a bit off today.",
        "My speech is a little slow this morning.",
        "I'm talking a bit funny.",
        "I'm a little muddled with my words.",
        "My smile looks a bit off.",
        "My face feels a little funny.",
        "My arm feels kind of strange.",
        "My leg's a little weak.",
        "My eyesight's a bit funny today.",
        "Hablo un poco raro hoy.",
        "La lengua la siento un poco torpe.",
        "La mano la siento rara.",
        "Veo un poco raro hoy.",
    ],
)
def test_a_vague_sign_of_a_stroke_is_asked_about(words: str) -> None:
    result = said(words)
    assert STROKE in result.controls
    assert result.severity == "none"


@pytest.mark.parametrize(
    "words",
    [
        "My face feels funny on one side.",
        "My arm's gone a bit weak.",
        "My words are coming out a bit slurred.",
        "Siento la cara un poco rara de un lado.",
        "El brazo se me puso un poco débil.",
    ],
)
def test_a_clear_sign_is_raised_and_need_not_be_asked(words: str) -> None:
    result = said(words)
    assert [hit.flag for hit in result.flags] == ["stroke_signs"]
    assert result.controls == ()


@pytest.mark.parametrize(
    "words",
    [
        "My voice is a bit off today, I've got a cold.",
        "I'm talking a bit funny, it's the new dentures.",
        "My appetite is a bit off today.",
        "My arm is a bit sore from gardening.",
        "My arm feels a bit strange since the stroke.",
        "My hand has always been a bit funny.",
        "My neighbor's speech is a bit off.",
        "My speech was a bit off last year.",
        "The picture's a bit off on the left side.",
        "La voz la traigo rara por el catarro.",
    ],
)
def test_what_has_another_cause_or_is_not_the_patients_is_not_asked_about(words: str) -> None:
    assert STROKE not in said(words).controls


def test_what_a_caregiver_says_of_the_patient_is() -> None:
    assert STROKE in said("Her speech is a bit off today.", speaker="caregiver").controls


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is one side of your face drooping or numb?", "I'm not sure."),
        ("Have you suddenly lost sight in one or both eyes, or started to see double?", "I'm not sure."),
        ("¿Tiene un lado de la cara caído o adormecido?", "No estoy seguro."),
        ("¿Arrastra las palabras, o de repente le cuesta encontrarlas?", "No estoy segura."),
    ],
)
def test_an_unsure_answer_about_a_sign_is_asked_again_and_nothing_else(question: str, answer: str) -> None:
    assert said(answer, question).controls == (STROKE,)


def test_a_drooping_face_is_no_fall() -> None:
    result = said("Sí.", "¿Tiene un lado de la cara caído o adormecido?")
    assert [hit.flag for hit in result.flags] == ["stroke_signs"]
