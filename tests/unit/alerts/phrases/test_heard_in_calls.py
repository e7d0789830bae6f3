"""Sentences of simulated patients that once raised what they do not say."""

from __future__ import annotations

import pytest

from alerts.phrases import ScanContext, Segment, scan


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        (
            "I am getting along, thank you, but I have felt rather puffy and heavy these last few days.",
            {"worsening_edema"},
        ),
        ("My legs have been heavy for two days.", set()),
    ],
)
def test_heavy_is_not_heaving(said: str, flags: set[str]) -> None:
    result = scan(Segment(said), ScanContext(last_question="How have you been feeling since we last talked?"))
    assert "sick_day" not in result.names
    assert flags <= set(result.names)


def test_heaving_still_is() -> None:
    assert "sick_day" in scan(Segment("I have been dry heaving since yesterday."), ScanContext()).names


@pytest.mark.parametrize(
    "said",
    [
        "Yes, please, that would be nice.",
        "Yes, I took all of my heart medicines every single day and I did not miss any doses.",
        "My daughter is here with me in the house.",
        "As I said, no need to worry. Goodbye.",
        "I took all of them, I missed none.",
        "I took all of my pills, I missed none.",
        "The vacuum cleaner can't breathe, it is clogged with dog hair.",
    ],
)
def test_plain_talk_raises_nothing(said: str) -> None:
    assert scan(Segment(said), ScanContext()).severity == "none"


_EITHER = "Have you had a fall, or fainted, since we last talked?"


def test_who_names_the_fall_has_not_fainted() -> None:
    result = scan(
        Segment("Yes, I fell off a chair four days ago, but I did not hit my head."),
        ScanContext(last_question=_EITHER),
    )
    assert set(result.names) == {"fall"}
    assert result.severity == "high"


def test_who_names_the_faint_has_fainted() -> None:
    result = scan(Segment("Yes, I fainted yesterday."), ScanContext(last_question=_EITHER))
    assert "syncope" in result.names
    assert result.severity == "critical"


def test_a_bare_yes_answers_for_both() -> None:
    result = scan(Segment("Yes."), ScanContext(last_question=_EITHER))
    assert {"fall", "syncope"} <= set(result.names)


def test_a_drooping_mouth_asks_nothing_about_breathing() -> None:
    result = scan(Segment("The left side of my mouth has been drooping since breakfast."), ScanContext())
    assert "stroke_signs" in result.names
    assert "clarify:dyspnea" not in result.controls


@pytest.mark.parametrize("said", ["No.", "Not a bit.", "Not one bit.", "Not at all."])
def test_what_is_not_any_better_is_still_there(said: str) -> None:
    result = scan(Segment(said), ScanContext(last_question="Is that chest pain any better?"))
    assert set(result.names) == {"chest_pain"} and result.severity == "critical"


@pytest.mark.parametrize("said", ["Not a bit.", "Not one bit."])
def test_the_same_words_deny_what_was_asked_for(said: str) -> None:
    result = scan(Segment(said), ScanContext(last_question="Are you having any chest pain?"))
    assert not result.names


def test_pain_without_letup_is_pain() -> None:
    assert "chest_pain" in scan(Segment("There's been no letup in the chest pain."), ScanContext()).names


def test_what_was_so_on_the_night_of_admission_is_over() -> None:
    said = "I couldn't breathe the night they admitted me, that's all behind me now."
    assert scan(Segment(said), ScanContext()).severity != "critical"


def test_others_who_would_gain_by_the_patients_death() -> None:
    said = "They could all move on with their lives if I was gone."
    context = ScanContext(last_question="How has your mood been?")
    assert "suicidal_ideation" in scan(Segment(said), context).names
