"""The scanner follows the numbers of the rule set in force and of the patient."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from alerts.phrases import Facts, ScanContext, ScanResult, Segment, scan
from alerts.phrases.limits import limits_of, packaged_limits
from alerts.rules import load_ruleset
from alerts.ruleset import RuleSet

HOW_MANY = "How many tablets have you taken?"
SHOCKS = "How many shocks did your device give you?"
MISSED_DOSES = "How many doses did you miss this week?"
MISSED_DAYS = "How many days have you missed your water pill?"
BREATH = "From 0 to 4, how short of breath are you today?"
MOOD = "From 0 to 4, how low is your mood today?"
SLEEP = "From 0 to 4, how hard is it to sleep?"
SWELLING = "From 0 to 4, how swollen are your legs?"
YEAR = "What year is it?"


def _heard(rules: RuleSet, words: str, question: str | None = None, **facts: Any) -> ScanResult:
    context = ScanContext(
        last_question=question, now=datetime(2026, 11, 23), facts=Facts(limits=limits_of(rules), **facts)
    )
    return scan(Segment(words), context)


def _with(rule: str, name: str, value: float, words: str, question: str | None = None) -> ScanResult:
    return _heard(load_ruleset().with_value(rule, name, value), words, question)


def _without(rule: str, words: str, question: str | None = None, **facts: Any) -> ScanResult:
    return _heard(load_ruleset().without(rule), words, question, **facts)


def _said(result: ScanResult, flag: str) -> tuple[str, str] | None:
    """Severity and rule of a flag, None if it was not raised."""
    return next(((hit.severity, hit.rule_id) for hit in result.flags if hit.flag == flag), None)


def test_without_a_rule_set_the_packaged_one_holds() -> None:
    assert ScanContext().limits == packaged_limits() == limits_of(load_ruleset())


def test_a_patients_own_weight_threshold_holds_for_words() -> None:
    words = "I'm up four pounds since yesterday."
    assert scan(Segment(words), ScanContext()).severity == "high"
    (hit,) = _with("S01", "gain_lb", 6.0, words).flags
    assert (hit.severity, hit.rule_id) == ("medium", "S03")


@pytest.mark.parametrize(
    ("rule", "name", "value", "words", "flag"),
    [
        ("E16", "heart_rate_high_bpm", 100, "My pulse is 110.", "palpitations"),
        ("E16", "spo2_high_percent", 93, "My oxygen is 92.", "hypoxia"),
        ("E16", "systolic_mmhg", 100, "My blood pressure is 95 over 60.", "hypotension"),
        ("S05", "day_loss_lb", 1.0, "I lost two pounds since yesterday.", "weight_loss"),
    ],
)
def test_every_reading_has_its_number_from_the_rules(
    rule: str, name: str, value: float, words: str, flag: str
) -> None:
    assert flag not in scan(Segment(words), ScanContext()).names
    assert flag in _with(rule, name, value, words).names


def test_scores_follow_the_rules() -> None:
    result = _with("S07", "score", 2, "Two.", BREATH)
    assert [(hit.flag, hit.severity) for hit in result.flags] == [("worsening_dyspnea", "high")]


def test_what_counts_as_now_follows_the_rules() -> None:
    words = "I had chest pain thirty-six hours ago."
    assert scan(Segment(words), ScanContext()).severity == "high"
    assert _with("E01", "recent_h", 48, words).severity == "critical"


def test_a_low_oxygen_reading_is_of_now_as_long_as_its_own_rule_says() -> None:
    limits = limits_of(load_ruleset().with_value("E16", "recent_h", 96))
    assert (packaged_limits().recent("hypoxia"), limits.recent("hypoxia")) == (24, 96)
    # Where no rule says, the shortest of those that do.
    assert limits.recent("fall") == 24


@pytest.mark.parametrize(
    ("rule", "name", "value", "words", "question", "flag", "usually", "then"),
    [
        ("E11", "tablets", 3, "Three.", HOW_MANY, "overdose", None, ("critical", "E11")),
        ("E15", "shocks", 1, "Just one.", SHOCKS, "icd_shock", ("high", "E15"), ("critical", "E15")),
        (
            "E15",
            "shocks",
            1,
            "My defibrillator shocked me this morning.",
            None,
            "icd_shock",
            ("high", "E15"),
            ("critical", "E15"),
        ),
        (
            "M02",
            "days_running",
            3,
            "Two.",
            MISSED_DAYS,
            "missed_medication",
            ("high", "M02"),
            ("medium", "M03"),
        ),
        ("M02", "days_running", 1, "One.", MISSED_DAYS, "missed_medication", ("low", "M04"), ("high", "M02")),
        (
            "M03",
            "missed_week",
            4,
            "Three.",
            MISSED_DOSES,
            "missed_medication",
            ("medium", "M03"),
            ("low", "M04"),
        ),
        ("M04", "missed_week", 2, "One.", MISSED_DOSES, "missed_medication", ("low", "M04"), None),
        (
            "M02",
            "days_running",
            4,
            "I missed my water pill three days in a row.",
            None,
            "missed_medication",
            ("high", "M02"),
            ("medium", "M03"),
        ),
        (
            "M03",
            "missed_week",
            1,
            "I missed my water pill yesterday.",
            None,
            "missed_medication",
            ("low", "M04"),
            ("medium", "M03"),
        ),
        ("S13", "mood_score", 2, "Two.", MOOD, "low_mood", None, ("medium", "S13")),
        ("S06", "sleep_score", 5, "Four.", SLEEP, "orthopnea_pnd", ("high", "S06"), None),
    ],
)
def test_what_is_counted_is_counted_as_the_rules_say(
    rule: str,
    name: str,
    value: float,
    words: str,
    question: str | None,
    flag: str,
    usually: tuple[str, str] | None,
    then: tuple[str, str] | None,
) -> None:
    assert _said(_heard(load_ruleset(), words, question), flag) == usually
    assert _said(_with(rule, name, value, words, question), flag) == then


def test_one_wrong_answer_is_confusion_where_the_rules_say_so() -> None:
    assert _heard(load_ruleset(), "It's 1987.", YEAR).names == ("clarify:confusion",)
    assert "confusion" in _with("E05", "failed_answers", 1, "It's 1987.", YEAR).names


@pytest.mark.parametrize(
    ("limit", "flagged", "asked_again"), [(0.35, False, True), (0.2, True, False), (0.29, True, False)]
)
def test_how_well_an_answer_must_be_heard_follows_the_rules(
    limit: float, flagged: bool, asked_again: bool
) -> None:
    limits = limits_of(load_ruleset().with_value("D01", "unheard_confidence", limit))
    question = "Any chest pain since we last spoke?"
    result = scan(
        Segment("Yes.", confidence=0.3), ScanContext(last_question=question, facts=Facts(limits=limits))
    )
    assert ("chest_pain" in result.names) is flagged
    assert ("clarify:chest_pain" in result.controls) is asked_again


def test_how_well_a_weight_must_be_heard_is_another_number() -> None:
    context = ScanContext(last_question="What is your weight today?")
    assert "clarify:weight" in scan(Segment("181.", confidence=0.45), context).controls
    limits = limits_of(load_ruleset().with_value("D01", "confidence", 0.4))
    context = ScanContext(
        last_question="What is your weight today?", facts=Facts(limits=limits, last_weight_lb=181.0)
    )
    assert scan(Segment("181.", confidence=0.45), context).controls == ()


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("None since twelve days ago.", "Any chest pain?"),
        ("No, but twelve days ago it did.", "Any chest pain?"),
        ("I have no chest pain except twelve days ago.", None),
    ],
)
def test_how_long_something_counts_follows_the_rules(words: str, question: str | None) -> None:
    assert _said(_heard(load_ruleset(), words, question), "chest_pain") is None
    assert _said(_with("E02", "week_h", 336, words, question), "chest_pain") == ("high", "E02")


def test_longer_for_one_flag_is_not_longer_for_all() -> None:
    rules = load_ruleset().with_value("E07", "fall_h", 720)
    assert "fall" in _heard(rules, "I fell in the kitchen twelve days ago.").names
    assert "chest_pain" not in _heard(rules, "I had chest pain twelve days ago.").names


@pytest.mark.parametrize(
    ("rule", "words", "question", "flag", "usually", "then"),
    [
        ("S01", "I'm up four pounds since yesterday.", None, "weight_gain", "S01", "S03"),
        ("S02", "I'm up six pounds in a week.", None, "weight_gain", "S02", "S03"),
        ("S03", "I'm up two and a half pounds since yesterday.", None, "weight_gain", "S03", None),
        ("S05", "I lost four pounds since yesterday.", None, "weight_loss", "S05", None),
        ("S07", "Three.", BREATH, "worsening_dyspnea", "S07", None),
        ("S10", "Four.", SWELLING, "worsening_edema", "S10", None),
        ("S13", "Four.", MOOD, "low_mood", "S13", None),
        ("M02", "Two.", MISSED_DAYS, "missed_medication", "M02", "M03"),
        ("M03", "Two.", MISSED_DOSES, "missed_medication", "M03", "M04"),
        ("M04", "One.", MISSED_DOSES, "missed_medication", "M04", None),
        ("M02", "I missed my water pill three days in a row.", None, "missed_medication", "M02", "M03"),
    ],
)
def test_the_number_of_a_rule_that_is_off_grades_nothing(
    rule: str, words: str, question: str | None, flag: str, usually: str, then: str | None
) -> None:
    before, after = (
        _said(_heard(load_ruleset(), words, question), flag),
        _said(_without(rule, words, question), flag),
    )
    assert (before and before[1]) == usually
    assert (after and after[1]) == then


def test_scales_that_are_up_together_are_not_worse_while_that_rule_is_off() -> None:
    words = "Breathing one, usually zero; ankles one, usually zero."
    assert _heard(load_ruleset(), words).severity == "high"
    assert _without("S09", words).severity == "medium"
    words = "I'm more short of breath and my ankles are more swollen than usual."
    assert _heard(load_ruleset(), words).severity == "high"
    assert _without("S09", words).severity == "medium"


def test_a_weight_beside_worse_breathing_is_not_worse_while_that_rule_is_off() -> None:
    words = "I'm up two and a half pounds since yesterday and more short of breath."
    assert _said(_heard(load_ruleset(), words), "weight_gain") == ("high", "S04")
    assert _said(_without("S04", words), "weight_gain") == ("medium", "S03")


def test_what_cannot_be_true_is_doubted_even_while_its_rule_is_off() -> None:
    assert "clarify:weight" in _without("D01", "It said 900 pounds.", "What is your weight today?").controls
