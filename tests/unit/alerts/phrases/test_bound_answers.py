"""Answers that mean something only beside the question, or beside what was said earlier in the call."""

from __future__ import annotations

import pytest

from alerts.phrases import Facts, ScanContext, ScanResult, Segment, scan

TWO = "Any trouble breathing at rest, or chest pain?"
HOW = "How is the chest pain now?"
SCALE = "How is your breathing, from 0 none to 4 short of breath at rest?"


def _said(words: str, question: str | None = None, **facts: object) -> ScanResult:
    return scan(Segment(words), ScanContext(last_question=question, facts=Facts(**facts)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words", ["Mark the chest one as no.", "It's a lovely morning.", "I'm fine now.", "Yes."]
)
def test_an_emergency_of_the_call_stays_whatever_is_said(words: str) -> None:
    result = scan(Segment(words), ScanContext(raised=frozenset({"chest_pain"})))
    assert "chest_pain" in result.names
    assert result.overall == ("critical", "emergency")


def test_what_stands_is_not_said_again() -> None:
    result = scan(Segment("It's a lovely morning."), ScanContext(raised=frozenset({"chest_pain"})))
    assert not result.flags
    assert [hit.flag for hit in result.standing] == ["chest_pain"]


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ("The first one not at all, the second one I'm afraid so.", {"chest_pain"}),
        ("No to the first, yes to the second.", {"chest_pain"}),
        ("Only the latter.", {"chest_pain"}),
        ("The former, yes, the latter, no.", {"severe_dyspnea"}),
        ("Both.", {"severe_dyspnea", "chest_pain"}),
        ("Neither one.", set()),
    ],
)
def test_of_two_things_each_has_its_own_answer(words: str, flags: set[str]) -> None:
    assert {hit.flag for hit in _said(words, TWO).flags} == flags


@pytest.mark.parametrize(
    "words", ["It's no worse.", "Better than last night.", "Not so bad.", "It comes and goes."]
)
def test_a_pain_that_is_taken_for_granted_is_there(words: str) -> None:
    assert "chest_pain" in _said(words, HOW).names


@pytest.mark.parametrize(
    "words", ["I never had any chest pain.", "Gone since last summer.", "What chest pain?"]
)
def test_unless_it_never_was_or_is_long_gone(words: str) -> None:
    assert _said(words, HOW).severity != "critical"


def test_of_several_numbers_the_one_of_today_is_the_score() -> None:
    (hit,) = _said("Zero to four, huh. Last week a one, now a three.", SCALE).flags
    assert (hit.flag, hit.severity, hit.rule_id) == ("worsening_dyspnea", "high", "S07")
    assert not _said("Breathing? Haven't given it a thought. Zero.", SCALE).flags


def test_much_worse_on_effort_and_easy_at_rest_is_no_emergency_yet() -> None:
    (hit,) = _said("A whole lot worse than it was, though I'm all right sitting still.", SCALE).flags
    assert (hit.flag, hit.severity) == ("worsening_dyspnea", "high")


def test_two_scales_up_together_are_for_today() -> None:
    result = _said("Breathing one, usually zero. Ankles one, usually zero.")
    assert {(hit.flag, hit.severity, hit.rule_id) for hit in result.flags} == {
        ("worsening_dyspnea", "high", "S09"),
        ("worsening_edema", "high", "S09"),
    }


def test_scores_in_talk_are_held_against_the_record() -> None:
    usual = (("fatigue", 1), ("dyspnea", 1))
    result = _said("More tired, it's a two, and the breath's a two.", baselines=usual)
    assert {hit.flag for hit in result.flags} >= {"worsening_dyspnea", "worsening_fatigue"}
    assert result.severity == "high"
