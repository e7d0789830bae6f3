"""E01 to E18, row by row, with the boundary values of each."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.rules import Finding, judge
from alerts.rules.facts import Answers, CallEvents, Evidence, RecordFacts, Vitals
from alerts.severity import AlertType, Severity
from tests.unit.alerts.builders import (
    CLEAR,
    CRITICAL,
    HIGH,
    NOW,
    RULES,
    UNKNOWN,
    WELL,
    ago,
    answer_of,
    facts,
    flagged,
)

THINNER = RecordFacts(blood_thinner=True)
THINNER_UNKNOWN = RecordFacts(blood_thinner=None)
USUALLY_FOUR = RecordFacts(documented_dyspnea=4)

TABLE: list[tuple[str, str, dict[str, Any], Severity | str]] = [
    ("E01", "pain now", {"flags": flagged("chest_pain")}, CRITICAL),
    ("E01", "exactly 24 h ago", {"flags": flagged("chest_pain", hours_ago=24)}, CRITICAL),
    ("E01", "just over 24 h ago", {"flags": flagged("chest_pain", hours_ago=24.1)}, CLEAR),
    ("E01", "unknown time is recent", {"flags": flagged("chest_pain", hours_ago=None)}, CRITICAL),
    ("E01", "nothing said", {}, CLEAR),
    ("E02", "just over 24 h ago", {"flags": flagged("chest_pain", hours_ago=24.1)}, HIGH),
    ("E02", "exactly 7 days ago", {"flags": flagged("chest_pain", hours_ago=168)}, HIGH),
    ("E02", "over 7 days ago", {"flags": flagged("chest_pain", hours_ago=168.1)}, CLEAR),
    (
        "E02",
        "also now, so E01 speaks",
        {"flags": (*flagged("chest_pain"), *flagged("chest_pain", hours_ago=48))},
        CLEAR,
    ),
    ("E03", "score 4", {"answers": Answers(shortness_of_breath=4)}, CRITICAL),
    ("E03", "score 3", {"answers": Answers(shortness_of_breath=3)}, CLEAR),
    ("E03", "score not given", {}, UNKNOWN),
    ("E03", "score 4, usual 4", {"answers": Answers(shortness_of_breath=4), "record": USUALLY_FOUR}, HIGH),
    (
        "E03",
        "score 4, usual 3",
        {"answers": Answers(shortness_of_breath=4), "record": RecordFacts(documented_dyspnea=3)},
        CRITICAL,
    ),
    ("E03", "words, usual 4", {"flags": flagged("severe_dyspnea"), "record": USUALLY_FOUR}, CRITICAL),
    ("E03", "words 24 h ago", {"flags": flagged("severe_dyspnea", hours_ago=24)}, CRITICAL),
    ("E03", "words 2 days ago", {"flags": flagged("severe_dyspnea", hours_ago=48)}, HIGH),
    (
        "E03",
        "words 8 days ago, well today",
        {"flags": flagged("severe_dyspnea", hours_ago=192), "answers": WELL},
        CLEAR,
    ),
    ("E03", "four spoken", {"flags": flagged("severe_dyspnea", by_score=True)}, CRITICAL),
    (
        "E03",
        "four spoken by a patient whose documented score is four",
        {"flags": flagged("severe_dyspnea", hours_ago=None, by_score=True), "record": USUALLY_FOUR},
        HIGH,
    ),
    (
        "E03",
        "words of such a patient",
        {"flags": flagged("severe_dyspnea", hours_ago=None), "record": USUALLY_FOUR},
        CRITICAL,
    ),
    ("E04", "now", {"flags": flagged("pink_frothy_sputum")}, CRITICAL),
    ("E04", "exactly a week ago", {"flags": flagged("pink_frothy_sputum", hours_ago=168)}, CRITICAL),
    ("E04", "over a week ago", {"flags": flagged("pink_frothy_sputum", hours_ago=169)}, CLEAR),
    ("E05", "confused now", {"flags": flagged("confusion")}, CRITICAL),
    ("E05", "confused exactly 24 h ago", {"flags": flagged("confusion", hours_ago=24)}, CRITICAL),
    ("E05", "confused 25 h ago", {"flags": flagged("confusion", hours_ago=25)}, HIGH),
    ("E05", "cannot be roused", {"flags": flagged("unresponsive")}, CRITICAL),
    ("E05", "two orientation answers failed", {"answers": Answers(orientation_failed=2)}, CRITICAL),
    ("E05", "one orientation answer failed", {"answers": Answers(orientation_failed=1)}, CLEAR),
    ("E06", "head strike", {"flags": flagged("fall", "head_injury", hours_ago=12)}, CRITICAL),
    ("E06", "blow to the head, no word of a fall", {"flags": flagged("head_injury", hours_ago=3)}, HIGH),
    ("E06", "the same on a thinner", {"flags": flagged("head_injury"), "record": THINNER}, CRITICAL),
    ("E06", "thinner in the record", {"flags": flagged("fall", hours_ago=30), "record": THINNER}, CRITICAL),
    ("E06", "no thinner, unhurt", {"flags": flagged("fall", hours_ago=30)}, CLEAR),
    ("E06", "thinner not known", {"flags": flagged("fall"), "record": THINNER_UNKNOWN}, UNKNOWN),
    ("E06", "on the floor", {"flags": flagged("fall", markers=frozenset({"on_floor"}))}, CRITICAL),
    (
        "E06",
        "cannot bear weight",
        {"flags": flagged("fall", hours_ago=20, markers=frozenset({"cannot_bear_weight"}))},
        CRITICAL,
    ),
    (
        "E06",
        "fainted exactly 24 h ago",
        {"flags": (*flagged("fall", hours_ago=24), *flagged("syncope", hours_ago=24))},
        CRITICAL,
    ),
    (
        "E06",
        "fainted two days ago",
        {"flags": (*flagged("fall", hours_ago=48), *flagged("syncope", hours_ago=48))},
        CLEAR,
    ),
    (
        "E06",
        "ten days ago, last call twelve days ago",
        {"flags": flagged("fall", hours_ago=240), "record": THINNER, "last_check_in_at": ago(days=12)},
        CRITICAL,
    ),
    (
        "E06",
        "ten days ago, first call ever",
        {"flags": flagged("fall", hours_ago=240), "record": THINNER},
        CLEAR,
    ),
    ("E07", "just a bruise", {"flags": flagged("fall", hours_ago=24)}, HIGH),
    ("E07", "thinner not known", {"flags": flagged("fall"), "record": THINNER_UNKNOWN}, HIGH),
    ("E07", "exactly 7 days ago", {"flags": flagged("fall", hours_ago=168)}, HIGH),
    ("E07", "over 7 days ago", {"flags": flagged("fall", hours_ago=168.5)}, CLEAR),
    ("E07", "head strike is E06", {"flags": flagged("fall", "head_injury")}, CLEAR),
    ("E08", "exactly 24 h ago", {"flags": flagged("syncope", hours_ago=24)}, CRITICAL),
    ("E08", "25 h ago", {"flags": flagged("syncope", hours_ago=25)}, HIGH),
    ("E08", "exactly 7 days ago", {"flags": flagged("syncope", hours_ago=168)}, HIGH),
    ("E08", "over 7 days ago", {"flags": flagged("syncope", hours_ago=170)}, CLEAR),
    ("E09", "gone after ten minutes", {"flags": flagged("stroke_signs", hours_ago=5)}, CRITICAL),
    ("E09", "exactly 24 h ago", {"flags": flagged("stroke_signs", hours_ago=24)}, CRITICAL),
    ("E09", "three days ago", {"flags": flagged("stroke_signs", hours_ago=72)}, HIGH),
    ("E09", "over 7 days ago", {"flags": flagged("stroke_signs", hours_ago=169)}, CLEAR),
    ("E10", "a wish to be dead", {"flags": flagged("suicidal_ideation")}, CRITICAL),
    ("E10", "at whatever time", {"flags": flagged("suicidal_ideation", hours_ago=500)}, CRITICAL),
    ("E10", "past attempt only", {"flags": flagged("suicide_history")}, CLEAR),
    ("E11", "whole bottle", {"flags": flagged("overdose")}, CRITICAL),
    ("E11", "a month ago", {"flags": flagged("overdose", hours_ago=700)}, CLEAR),
    ("E12", "tongue swelling", {"flags": flagged("angioedema")}, CRITICAL),
    ("E12", "exactly 24 h ago", {"flags": flagged("angioedema", hours_ago=24)}, CRITICAL),
    ("E12", "nothing said", {}, CLEAR),
    ("E12", "swollen ankles are another matter", {"flags": flagged("worsening_edema")}, CLEAR),
    ("E12", "three days ago", {"flags": flagged("angioedema", hours_ago=72)}, HIGH),
    ("E13", "black stool for days", {"flags": flagged("major_bleeding", hours_ago=72)}, CRITICAL),
    ("E13", "minor bleeding only", {"flags": flagged("minor_bleeding")}, CLEAR),
    ("E14", "racing and about to faint", {"flags": flagged("palpitations_severe")}, CRITICAL),
    ("E14", "the same two days ago", {"flags": flagged("palpitations_severe", hours_ago=48)}, HIGH),
    ("E14", "flutters and chest pain", {"flags": flagged("palpitations", "chest_pain")}, CRITICAL),
    (
        "E14",
        "flutters and dyspnoea 3",
        {"flags": flagged("palpitations"), "answers": Answers(shortness_of_breath=3)},
        CRITICAL,
    ),
    (
        "E14",
        "flutters and dyspnoea 2",
        {"flags": flagged("palpitations"), "answers": Answers(shortness_of_breath=2)},
        CLEAR,
    ),
    ("E14", "131 and dizzy", {"flags": flagged("dizziness"), "vitals": Vitals(131)}, CRITICAL),
    ("E14", "exactly 130 and dizzy", {"flags": flagged("dizziness"), "vitals": Vitals(130)}, CLEAR),
    (
        "E14",
        "131 and dizzy, racing three days ago",
        {
            "flags": (*flagged("palpitations_severe", hours_ago=72, severity=HIGH), *flagged("dizziness")),
            "vitals": Vitals(131),
        },
        CRITICAL,
    ),
    (
        "E14",
        "flutters and faint, racing three days ago",
        {"flags": (*flagged("palpitations_severe", hours_ago=72), *flagged("palpitations", "syncope"))},
        CRITICAL,
    ),
    ("E14", "131 and well", {"vitals": Vitals(131), "answers": WELL}, CLEAR),
    ("E15", "one shock and well", {"flags": flagged("icd_shock", hours_ago=12, count=1)}, HIGH),
    ("E15", "shocks not counted", {"flags": flagged("icd_shock")}, HIGH),
    ("E15", "two shocks", {"flags": flagged("icd_shock", count=2)}, CRITICAL),
    ("E15", "one shock and dizzy", {"flags": flagged("icd_shock", "dizziness", count=1)}, CRITICAL),
    ("E15", "one shock, unwell", {"flags": flagged("icd_shock", markers=frozenset({"unwell"}))}, CRITICAL),
    ("E15", "a month ago", {"flags": flagged("icd_shock", hours_ago=700)}, CLEAR),
    ("E16", "SpO2 87", {"vitals": Vitals(spo2_percent=87)}, CRITICAL),
    ("E16", "SpO2 88", {"vitals": Vitals(spo2_percent=88)}, HIGH),
    ("E16", "SpO2 89", {"vitals": Vitals(spo2_percent=89)}, HIGH),
    ("E16", "all well", {"vitals": Vitals(70, 120, 90)}, CLEAR),
    ("E16", "only SpO2 known, and fine", {"vitals": Vitals(spo2_percent=90)}, UNKNOWN),
    ("E16", "rate 44", {"vitals": Vitals(44)}, HIGH),
    ("E16", "rate 45", {"vitals": Vitals(45, 120, 97)}, CLEAR),
    ("E16", "rate 120", {"vitals": Vitals(120, 120, 97)}, CLEAR),
    ("E16", "rate 121", {"vitals": Vitals(121)}, HIGH),
    ("E16", "rate 121 after the stairs", {"vitals": Vitals(121, 120, 97, at_rest=False)}, CLEAR),
    (
        "E16",
        "pressure 89 and dizzy",
        {"vitals": Vitals(systolic_mmhg=89), "flags": flagged("dizziness")},
        HIGH,
    ),
    ("E16", "pressure 89 and well", {"vitals": Vitals(70, 89, 97)}, CLEAR),
    ("E16", "pressure 90 and dizzy", {"vitals": Vitals(70, 90, 97), "flags": flagged("dizziness")}, CLEAR),
    ("E16", "low oxygen in words", {"flags": flagged("hypoxia")}, CRITICAL),
    ("E16", "low oxygen in words judged high", {"flags": flagged("hypoxia", severity=HIGH)}, HIGH),
    ("E17", "line lost after a flag", {"call": CallEvents(True, line_lost=True)}, CRITICAL),
    ("E17", "line lost, no flag", {"call": CallEvents(False, line_lost=True)}, CLEAR),
    ("E17", "exactly 15 s of silence", {"call": CallEvents(True, silence_s=15)}, CRITICAL),
    ("E17", "14.9 s of silence", {"call": CallEvents(True, silence_s=14.9)}, CLEAR),
    ("E17", "the event itself", {"flags": flagged("call_lost_after_flag")}, CRITICAL),
    ("E18", "denied medicine", {"flags": flagged("safeguarding")}, HIGH),
    ("E18", "nothing said", {}, CLEAR),
]


@pytest.mark.parametrize(
    ("rule_id", "given", "expected"),
    [pytest.param(rule, given, expected, id=f"{rule} {name}") for rule, name, given, expected in TABLE],
)
def test_an_emergency_rule_answers_as_its_row_says(
    rule_id: str, given: dict[str, Any], expected: Severity | str
) -> None:
    assert answer_of(rule_id, facts(**given)) == expected


def test_every_emergency_row_fires_somewhere_in_the_table() -> None:
    emergencies = {rule.id for rule in RULES.rules.values() if rule.is_emergency}
    fires = {rule for rule, _, _, expected in TABLE if isinstance(expected, Severity)}
    assert fires == emergencies


@pytest.mark.parametrize(
    ("vitals", "kind"),
    [
        pytest.param(Vitals(spo2_percent=87), AlertType.EMERGENCY, id="oxygen is an emergency"),
        pytest.param(Vitals(heart_rate_bpm=44), AlertType.SYMPTOM_WORSENING, id="a slow pulse is not"),
    ],
)
def test_vital_signs_have_the_type_of_their_half_of_the_row(vitals: Vitals, kind: AlertType) -> None:
    finding = judge(facts(vitals=vitals), RULES).of("E16")
    assert isinstance(finding, Finding) and finding.alert_type is kind


def test_a_finding_names_rule_version_inputs_and_evidence() -> None:
    said = Evidence("utterance", "chest_pain", NOW, 42.5, "it hurts in my chest")
    finding = judge(facts(flags=flagged("chest_pain", evidence=said)), RULES).of("E01")
    assert isinstance(finding, Finding)
    assert (finding.rule_id, finding.version, finding.immediate) == ("E01", "rules-1", True)
    assert finding.evidence == (said,)
    assert finding.inputs == {"flags": ["chest_pain"], "hours_ago": ["0"]}
    assert "hurts" not in repr(finding)


def test_different_emergencies_stay_side_by_side() -> None:
    judgement = judge(facts(flags=flagged("chest_pain", "fall", "syncope")), RULES)
    assert {finding.rule_id for finding in judgement.findings} >= {"E01", "E06", "E08"}
    assert judgement.severity is CRITICAL and judgement.alert_type is AlertType.EMERGENCY


def test_a_milder_reason_under_the_same_rule_is_kept_beside_the_worst() -> None:
    old = flagged("palpitations_severe", hours_ago=72, evidence=Evidence("utterance", "palpitations_severe"))
    now = flagged("dizziness", evidence=Evidence("utterance", "dizziness"))
    finding = judge(facts(flags=old + now, vitals=Vitals(140)), RULES).of("E14")
    assert isinstance(finding, Finding)
    assert finding.description.startswith("Heart rate 140 with symptoms; Racing")
    whats = {piece.what for piece in finding.evidence}
    assert whats == {"heart_rate_bpm", "dizziness", "palpitations_severe"}


def test_low_oxygen_does_not_hide_a_slow_pulse() -> None:
    finding = judge(facts(vitals=Vitals(heart_rate_bpm=40, spo2_percent=89)), RULES).of("E16")
    assert isinstance(finding, Finding)
    assert (finding.severity, finding.alert_type, finding.topic) == (HIGH, AlertType.EMERGENCY, "hypoxia")
    assert finding.description == "Oxygen saturation 89 %; Resting heart rate 40"
    assert [(piece.what, piece.value) for piece in finding.evidence] == [
        ("spo2_percent", "89 %"), ("heart_rate_bpm", "40 /min"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule_id", "given", "expected"),
    [
        pytest.param(
            "E03",
            {"answers": Answers(shortness_of_breath=4)},
            ("shortness_of_breath", "4 of 4", 31.5),
            id="E03",
        ),
        pytest.param(
            "E05", {"answers": Answers(orientation_failed=2)}, ("orientation_failed", "2", 40.0), id="E05"
        ),
        pytest.param(
            "E14",
            {"vitals": Vitals(140), "answers": Answers(shortness_of_breath=3)},
            ("heart_rate_bpm", "140 /min", 52.0),
            id="E14 by rate",
        ),
    ],
)
def test_an_answer_or_reading_is_evidence_with_its_value_and_its_second_of_the_call(
    rule_id: str, given: dict[str, Any], expected: tuple[str, str, float]
) -> None:
    given_s = {"shortness_of_breath": 31.5, "orientation_failed": 40.0, "heart_rate_bpm": 52.0}
    finding = judge(facts(**given, given_s=given_s), RULES).of(rule_id)
    assert isinstance(finding, Finding)
    assert expected in [(piece.what, piece.value, piece.call_s) for piece in finding.evidence]


def test_every_finding_of_the_table_rests_on_evidence() -> None:
    bare = []
    for rule, name, given, expected in TABLE:
        found = judge(facts(**given), RULES).of(rule)
        if isinstance(expected, Severity) and isinstance(found, Finding) and not found.evidence:
            bare += [] if given.get("flags") else [f"{rule} {name}"]  # flags of the table carry no words
    assert bare == []
