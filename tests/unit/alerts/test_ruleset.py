"""The rule set as data: complete, sourced, and refused when it is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.rules import load_ruleset, parse_ruleset
from alerts.rules.engine import EXPECTED, ROWS
from alerts.ruleset import RuleSetError
from alerts.severity import Severity
from patients.units import KINDS, Kind

TEXT = (Path(__file__).parents[3] / "alerts" / "rulesets" / "rules-1.toml").read_text(encoding="utf-8")
RULES = load_ruleset("rules-1")

EMERGENCY_FLAGS = [
    "chest_pain",
    "severe_dyspnea",
    "pink_frothy_sputum",
    "confusion",
    "unresponsive",
    "fall",
    "head_injury",
    "syncope",
    "stroke_signs",
    "suicidal_ideation",
    "overdose",
    "angioedema",
    "major_bleeding",
    "palpitations_severe",
    "icd_shock",
    "hypoxia",
    "safeguarding",
    "call_lost_after_flag",
]
SYMPTOM_FLAGS = [
    "weight_gain",
    "weight_loss",
    "worsening_dyspnea",
    "orthopnea_pnd",
    "worsening_edema",
    "worsening_fatigue",
    "dizziness",
    "near_fall",
    "palpitations",
    "cough_new",
    "hypotension",
    "low_mood",
    "suicide_history",
]
MEDICATION_FLAGS = [
    "missed_medication",
    "stopped_medication",
    "out_of_medication",
    "extra_dose",
    "side_effect",
    "interacting_drug",
    "sick_day",
    "minor_bleeding",
    "medication_question",
]


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_the_rule_set_holds_every_row_of_the_table() -> None:
    wanted = [f"E{n:02}" for n in range(1, 19)] + [f"S{n:02}" for n in range(1, 14)]
    wanted += [f"M{n:02}" for n in range(1, 9)] + ["V01", "V02", "V03", "C01", "C02", "C03", "D01"]
    assert sorted(RULES.rules) == sorted(wanted) == sorted(EXPECTED)
    assert len(ROWS) == len({row.id for row in ROWS})


@pytest.mark.parametrize("flag", EMERGENCY_FLAGS)
def test_an_emergency_flag_belongs_to_an_emergency_rule(flag: str) -> None:
    assert any(rule.is_emergency for rule in RULES.for_flag(flag))


@pytest.mark.parametrize("flag", SYMPTOM_FLAGS + MEDICATION_FLAGS)
def test_every_other_flag_belongs_to_some_rule(flag: str) -> None:
    assert RULES.for_flag(flag)


def test_no_rule_listens_to_a_flag_that_does_not_exist() -> None:
    known = {*EMERGENCY_FLAGS, *SYMPTOM_FLAGS, *MEDICATION_FLAGS}
    heard = {flag for rule in RULES.rules.values() for flag in rule.flags}
    words = {
        flag
        for rule in RULES.rules.values()
        for name in rule.words
        if "flags" in name
        for flag in rule.words[name]
    }
    assert heard <= known and words <= known


def test_every_number_has_a_unit_a_mark_and_a_known_source() -> None:
    numbers = [*RULES.general.values(), *(p for rule in RULES.rules.values() for p in rule.params.values())]
    assert numbers
    for number in numbers:
        assert number.unit and number.mark in ("guideline", "proposal")
        assert set(number.sources) <= set(RULES.sources)
        assert (number.mark == "proposal") or set(number.sources) != {"P"}


def test_the_plausible_weight_is_the_same_in_the_rules_and_in_the_units() -> None:
    row = RULES.rule("D01")
    assert (row["lowest_lb"], row["highest_lb"]) == (KINDS[Kind.WEIGHT].lowest, KINDS[Kind.WEIGHT].highest)


def test_the_rule_set_is_not_yet_signed_off() -> None:
    assert RULES.signed_off_by == "", (
        "whoever signs off also removes this test and the notice in docs/clinical"
    )


def test_every_severity_says_how_fast_it_must_be_acknowledged() -> None:
    assert set(RULES.responses) == set(Severity)
    critical = RULES.responses[Severity.CRITICAL]
    assert critical.notify is not None and (critical.notify.value, critical.notify.unit) == (30, "s")
    assert [(step.after_min, step.role) for step in critical.ladder] == [(5, "secondary"), (10, "lead")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(changed("version = ", "vresion = "), "version is missing", id="missing key"),
        pytest.param("surprise = 1\n" + TEXT, "unknown key ['surprise']", id="unknown key at the top"),
        pytest.param(
            changed('title = "Overdose"', 'title = "Overdose"\nloud = true'),
            "loud",
            id="unknown key in a rule",
        ),
        pytest.param(changed('id = "E11"', 'id = "E99"'), "missing ['E11']", id="missing rule"),
        pytest.param(changed('id = "E11"', 'id = "E12"'), "twice", id="rule twice"),
        pytest.param(
            changed("params.silence_s", "params.silent_s"), "missing ['silence_s']", id="missing number"
        ),
        pytest.param(
            changed('severities = ["critical"]', 'severities = ["dire"]'), "dire", id="unknown severity"
        ),
        pytest.param(
            changed('alert_type = "emergency"', 'alert_type = "panic"'), "panic", id="unknown alert type"
        ),
        pytest.param(changed('sources = ["Z1", "Z3"]', "sources = []"), "without a source", id="no source"),
        pytest.param(changed('sources = ["Z1", "Z3"]', 'sources = ["Z9"]'), "Z9", id="unknown source"),
        pytest.param(
            changed('mark = "guideline"\nsources', 'mark = "rumour"\nsources'), "rumour", id="unknown mark"
        ),
        pytest.param(changed("value = 3.0,", 'value = "three",'), "a number", id="a word for a number"),
        pytest.param(changed("value = 3.0,", "value = nan,"), "a number", id="not a number"),
        pytest.param(changed("value = 3.0,", "value = true,"), "gain_lb.value", id="true is no number"),
        pytest.param(changed("value = 3.0,", "value = 9.0,"), "own range", id="value outside its range"),
        pytest.param(
            changed('channels = ["email"]', 'channels = ["pigeon"]'), "pigeon", id="unknown channel"
        ),
        pytest.param(changed('role = "secondary"', 'role = "somebody"'), "somebody", id="unknown role"),
        pytest.param(
            changed('opens = "08:00"', 'opens = "19:00"'), "before closes", id="opens after closing"
        ),
        pytest.param(
            changed("[response.low]", "[response.lowish]"), "missing ['low']", id="missing severity"
        ),
        pytest.param(
            changed("not_verified =", "not_checked ="), "missing ['not_verified']", id="missing task"
        ),
        pytest.param(
            changed('routine = { value = 168, unit = "h"', 'routine = { value = 168, unit = "lb"'),
            "follow_ups.routine: a time",
            id="a time in pounds",
        ),
        pytest.param(
            changed("phq2 = { value = 30", "phq2 = { value = 0"), "screens.phq2: a time", id="no time at all"
        ),
        pytest.param("= broken", "not TOML", id="not TOML at all"),
    ],
)
def test_a_faulty_rule_set_is_refused_and_the_complaint_names_the_place(text: str, complaint: str) -> None:
    with pytest.raises(RuleSetError, match=re.escape(complaint)):
        parse_ruleset(text)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(RuleSetError):
        load_ruleset("rules-0")
    with pytest.raises(RuleSetError):
        load_ruleset("../secrets")
