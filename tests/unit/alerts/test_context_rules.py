"""V01 to V03, C01 to C03, and the doubts of D01."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alerts.rules import Finding, judge
from alerts.rules.facts import Answers, Doubt, KnownAlert, MissedContact, VoiceCall
from alerts.severity import AlertType, Severity
from tests.unit.alerts.builders import (
    CLEAR,
    HIGH,
    LOW,
    MEDIUM,
    NOW,
    RULES,
    UNKNOWN,
    USUAL_ONE,
    ago,
    answer_of,
    facts,
)


def voice(*outside: bool) -> dict[str, Any]:
    """Valid measurements on consecutive days, the last one today."""
    count = len(outside)
    return {"voice": tuple(VoiceCall(ago(days=count - 1 - n), value) for n, value in enumerate(outside))}


def open_alert(rule_id: str, severity: Severity, *, days_ago: float = 1) -> dict[str, Any]:
    kind = AlertType.MEDICATION_ISSUE if rule_id[0] == "M" else AlertType.SYMPTOM_WORSENING
    return {"open_alerts": (KnownAlert(rule_id, severity, kind, "topic", ago(days=days_ago)),)}


def recent_alert(rule_id: str, severity: Severity, *, days_ago: float) -> dict[str, Any]:
    kind = AlertType.MISSED_CONTACT if rule_id[0] == "C" else AlertType.SYMPTOM_WORSENING
    return {"recent_alerts": (KnownAlert(rule_id, severity, kind, "topic", ago(days=days_ago)),)}


def missed(in_a_row: int, *, discharged_days_ago: float | None = None) -> dict[str, Any]:
    discharged = None if discharged_days_ago is None else ago(days=discharged_days_ago)
    return {"missed": MissedContact(in_a_row, NOW), "record": replace(USUAL_ONE, discharged_at=discharged)}


def doubt(topic: str, kind: Any = "unanswered", **more: Any) -> dict[str, Any]:
    return {"doubts": (Doubt(topic, kind, **more),)}


TABLE: list[tuple[str, str, dict[str, Any], Severity | str]] = [
    ("V01", "outside once", voice(False, True), LOW),
    ("V01", "back inside", voice(True, False), CLEAR),
    ("V01", "no valid measurement", {}, UNKNOWN),
    ("V02", "outside twice running", voice(True, True), MEDIUM),
    ("V02", "outside, inside, outside", voice(True, False, True), CLEAR),
    ("V02", "one measurement only", voice(True), UNKNOWN),
    ("V03", "medium symptom alert open", {**voice(True), **open_alert("S08", MEDIUM)}, HIGH),
    ("V03", "low medication alert open", {**voice(True), **open_alert("M04", LOW)}, MEDIUM),
    ("V03", "high alert open already", {**voice(True), **open_alert("S07", HIGH)}, CLEAR),
    ("V03", "another voice alert open", {**voice(True), **open_alert("V01", LOW)}, CLEAR),
    (
        "V03",
        "symptom found in this very call",
        {**voice(True), "answers": Answers(missed_doses_week=1)},
        MEDIUM,
    ),
    ("V03", "voice inside", {**voice(False), **open_alert("S08", MEDIUM)}, CLEAR),
    ("V03", "no valid measurement", open_alert("S08", MEDIUM), UNKNOWN),
    ("C01", "one missed", missed(1), LOW),
    ("C01", "reached", {}, CLEAR),
    ("C02", "two in a row", missed(2), MEDIUM),
    ("C02", "one", missed(1), CLEAR),
    ("C02", "one, exactly 14 days after discharge", missed(1, discharged_days_ago=14), MEDIUM),
    ("C02", "one, over 14 days after discharge", missed(1, discharged_days_ago=14.1), CLEAR),
    ("C02", "reached", {}, CLEAR),
    ("C03", "three in a row", missed(3), HIGH),
    ("C03", "two in a row", missed(2), CLEAR),
    (
        "C03",
        "one, exactly 72 h after a high alert",
        {**missed(1), **recent_alert("S01", HIGH, days_ago=3)},
        HIGH,
    ),
    (
        "C03",
        "one, over 72 h after a high alert",
        {**missed(1), **recent_alert("S01", HIGH, days_ago=3.1)},
        CLEAR,
    ),
    ("C03", "one, after a medium alert", {**missed(1), **recent_alert("S08", MEDIUM, days_ago=1)}, CLEAR),
    (
        "C03",
        "two, after an alert about missing them",
        {**missed(2), **recent_alert("C03", HIGH, days_ago=1)},
        CLEAR,
    ),
    ("C03", "reached", {}, CLEAR),
    ("D01", "unresolved weight", doubt("weight"), MEDIUM),
    ("D01", "resolved by the re-ask", doubt("weight", resolved=True), CLEAR),
    ("D01", "confidence exactly at the limit", doubt("weight", "low_confidence", confidence=0.5), CLEAR),
    ("D01", "confidence below the limit", doubt("weight", "low_confidence", confidence=0.49), MEDIUM),
    ("D01", "confidence not known", doubt("weight", "low_confidence"), MEDIUM),
    ("D01", "contradicting answers", doubt("swelling", "contradiction"), MEDIUM),
]


@pytest.mark.parametrize(
    ("rule_id", "given", "expected"),
    [pytest.param(rule, given, expected, id=f"{rule} {name}") for rule, name, given, expected in TABLE],
)
def test_a_context_rule_answers_as_its_row_says(
    rule_id: str, given: dict[str, Any], expected: Severity | str
) -> None:
    assert answer_of(rule_id, facts(**given)) == expected


def test_a_voice_score_alone_never_exceeds_medium() -> None:
    assert judge(facts(**voice(True, True, True, True)), RULES).severity is MEDIUM


def test_a_raise_by_voice_keeps_the_type_and_topic_of_the_alert_it_raises() -> None:
    finding = judge(facts(**voice(True), **open_alert("M03", MEDIUM)), RULES).of("V03")
    assert isinstance(finding, Finding)
    assert (finding.alert_type, finding.topic) == (AlertType.MEDICATION_ISSUE, "topic")


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        pytest.param("medication", AlertType.MEDICATION_ISSUE, id="about a medicine"),
        pytest.param("weight", AlertType.SYMPTOM_WORSENING, id="about a symptom"),
    ],
)
def test_a_doubt_has_the_type_of_its_topic(topic: str, kind: AlertType) -> None:
    finding = judge(facts(**doubt(topic)), RULES).of("D01")
    assert isinstance(finding, Finding) and finding.alert_type is kind
