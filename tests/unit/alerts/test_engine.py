"""All rules run, the worst wins, and the engine never goes below what the phrase scanner heard."""

from __future__ import annotations

import pytest

from alerts.rules import Finding, judge
from alerts.rules.engine import ROWS
from alerts.rules.facts import Answers, Evidence, FlagFact
from alerts.severity import AlertType, Severity, at_least, leading_type, one_level_up, worst
from tests.unit.alerts.builders import CRITICAL, HIGH, LOW, MEDIUM, RULES, answer_of, facts, flagged


def test_every_rule_answers_in_table_order() -> None:
    judgement = judge(facts(), RULES)
    assert [outcome.rule_id for outcome in judgement.outcomes] == [row.id for row in ROWS]


def test_the_worst_severity_and_its_type_describe_the_check_in() -> None:
    given = facts(answers=Answers(missed_doses_week=1, swelling=4), flags=flagged("fall", hours_ago=30))
    judgement = judge(given, RULES)
    assert {finding.severity for finding in judgement.findings} >= {LOW, HIGH}
    assert (judgement.severity, judgement.alert_type) == (HIGH, AlertType.EMERGENCY)


def test_nothing_found_has_no_severity() -> None:
    assert judge(facts(), RULES).severity is None


def test_words_judged_worse_by_the_scanner_raise_the_rules_own_finding() -> None:
    heard = flagged("worsening_edema", severity=HIGH, rule_id="S08")
    assert answer_of("S08", facts(flags=heard)) is HIGH


def test_words_judged_milder_by_the_scanner_never_lower_the_rules_own_finding() -> None:
    heard = flagged("chest_pain", severity=LOW, rule_id="E01")
    assert answer_of("E01", facts(flags=heard)) is CRITICAL


def test_every_flag_of_a_rule_is_evidence_of_its_finding_also_one_that_the_rule_did_not_need() -> None:
    heard = tuple(
        FlagFact(name, 0, Evidence("utterance", name), severity=said, rule_id="M08")
        for name, said in (("side_effect", MEDIUM), ("medication_question", LOW))
    )
    finding = judge(facts(flags=heard), RULES).of("M08")
    assert isinstance(finding, Finding)
    assert [piece.what for piece in finding.evidence] == ["side_effect", "medication_question"]


def test_words_that_no_number_backs_still_raise_the_row_the_scanner_names() -> None:
    heard = flagged("weight_gain", severity=MEDIUM, rule_id="S03")
    finding = judge(facts(flags=heard), RULES).of("S03")
    assert isinstance(finding, Finding)
    assert (finding.severity, finding.alert_type) == (MEDIUM, AlertType.SYMPTOM_WORSENING)


def test_judging_twice_gives_the_same_answer() -> None:
    given = facts(answers=Answers(shortness_of_breath=3), flags=flagged("fall", "dizziness"))
    assert judge(given, RULES) == judge(given, RULES)


def test_the_version_of_the_rule_set_is_on_every_finding() -> None:
    judgement = judge(facts(flags=flagged("fall", "sick_day", "dizziness")), RULES)
    assert {finding.version for finding in judgement.findings} == {"rules-1"}


@pytest.mark.parametrize(
    ("severity", "raised"),
    [
        pytest.param(LOW, MEDIUM, id="low to medium"),
        pytest.param(MEDIUM, HIGH, id="medium to high"),
        pytest.param(HIGH, HIGH, id="high stays"),
        pytest.param(CRITICAL, CRITICAL, id="critical is never lowered"),
    ],
)
def test_one_level_up_ends_at_high(severity: Severity, raised: Severity) -> None:
    assert one_level_up(severity) is raised


def test_severities_compare_by_urgency_not_by_alphabet() -> None:
    assert worst([HIGH, CRITICAL, LOW, MEDIUM]) is CRITICAL
    assert (
        at_least(MEDIUM, LOW) is MEDIUM and at_least(LOW, CRITICAL) is CRITICAL and at_least(LOW, None) is LOW
    )


def test_on_equal_severity_emergency_comes_first_then_medication() -> None:
    medication, symptom = (MEDIUM, AlertType.MEDICATION_ISSUE), (MEDIUM, AlertType.SYMPTOM_WORSENING)
    assert leading_type([symptom, medication]) is AlertType.MEDICATION_ISSUE
    assert leading_type([symptom, (MEDIUM, AlertType.EMERGENCY), medication]) is AlertType.EMERGENCY
    assert leading_type([medication, (HIGH, AlertType.VOICE_BIOMARKER)]) is AlertType.VOICE_BIOMARKER
    assert leading_type([]) is None


def test_a_pulse_told_in_words_is_a_matter_of_circulation_not_of_oxygen() -> None:
    told = FlagFact(
        "palpitations",
        severity=Severity.HIGH,
        alert_type=AlertType.SYMPTOM_WORSENING,
        rule_id="E16",
    )
    finding = judge(facts(flags=(told,)), RULES).of("E16")
    assert isinstance(finding, Finding)
    assert (finding.topic, finding.severity) == ("circulation", Severity.HIGH)
