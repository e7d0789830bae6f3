"""The scanner follows the numbers of the rule set in force and of the patient."""

from __future__ import annotations

import pytest

from alerts.phrases import Facts, ScanContext, ScanResult, Segment, scan
from alerts.phrases.limits import limits_of, packaged_limits
from alerts.rules import load_ruleset


def _with(rule: str, name: str, value: float, words: str, question: str | None = None) -> ScanResult:
    limits = limits_of(load_ruleset().with_value(rule, name, value))
    return scan(Segment(words), ScanContext(last_question=question, facts=Facts(limits=limits)))


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
    asked = "From 0 to 4, how short of breath are you today?"
    result = _with("S07", "score", 2, "Two.", asked)
    assert [(hit.flag, hit.severity) for hit in result.flags] == [("worsening_dyspnea", "high")]


def test_what_counts_as_now_follows_the_rules() -> None:
    words = "I had chest pain thirty-six hours ago."
    assert scan(Segment(words), ScanContext()).severity == "high"
    assert _with("E01", "recent_h", 48, words).severity == "critical"
