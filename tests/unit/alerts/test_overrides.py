"""Per-patient thresholds: who, why, until when; emergencies only ever stricter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.overrides import Override, apply, check
from alerts.rules.facts import Vitals
from alerts.ruleset import RuleSetError
from alerts.severity import Severity
from tests.unit.alerts.builders import CLEAR, HIGH, NOW, RULES, answer_of, facts, flagged, weighed


def override(
    rule_id: str = "S01", parameter: str = "gain_lb", value: float | None = 5.0, **more: Any
) -> Override:
    given = {
        "id": "override-1",
        "clinician": "dr-lopez",
        "reason": "weight swings with dialysis",
        "starts_at": NOW - timedelta(days=1),
        "expires_at": NOW + timedelta(days=30),
    }
    return Override(rule_id=rule_id, parameter=parameter, value=value, **{**given, **more})


def test_an_override_changes_one_number_for_one_patient() -> None:
    own, refused = apply(RULES, [override()], now=NOW)
    gain = facts(weights=weighed((24, 180), (0, 184)))
    assert answer_of("S01", gain) is HIGH
    assert answer_of("S01", gain, own) == CLEAR
    assert own.overrides == ("override-1",) and refused == ()
    assert RULES.rule("S01")["gain_lb"] == 3.0


@pytest.mark.parametrize(
    ("offset", "applies"),
    [
        pytest.param(timedelta(0), True, id="from the very start"),
        pytest.param(timedelta(seconds=-1), False, id="not before it"),
        pytest.param(timedelta(days=10, seconds=-1), True, id="until just before the end"),
        pytest.param(timedelta(days=10), False, id="not at the end"),
    ],
)
def test_an_override_holds_from_its_start_until_its_end(offset: timedelta, applies: bool) -> None:
    short = override(starts_at=NOW, expires_at=NOW + timedelta(days=10))
    own, _ = apply(RULES, [short], now=NOW + offset)
    assert (own.rule("S01")["gain_lb"] == 5.0) is applies


def test_the_later_of_two_overrides_of_one_number_wins() -> None:
    earlier = override(value=4.0, starts_at=NOW - timedelta(days=5))
    own, _ = apply(RULES, [override(id="override-2"), earlier], now=NOW)
    assert own.rule("S01")["gain_lb"] == 5.0


def test_a_rule_that_is_no_emergency_can_be_switched_off() -> None:
    own, _ = apply(RULES, [override("S11", "", None)], now=NOW)
    assert own.rule("S11").enabled is False


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(override(clinician=" "), id="nobody signed"),
        pytest.param(override(reason=""), id="no reason"),
        pytest.param(override(expires_at=NOW - timedelta(days=1)), id="ends when it starts"),
        pytest.param(override(expires_at=NOW + timedelta(days=180)), id="longer than allowed"),
        pytest.param(override("S99"), id="unknown rule"),
        pytest.param(override("S01", "loss_lb"), id="unknown number"),
        pytest.param(override("S01", "gain_lb", 6.5), id="above the range"),
        pytest.param(override("S01", "gain_lb", 0.5), id="below the range"),
        pytest.param(override("S01", "window_h", 48), id="the same for every patient"),
        pytest.param(override("S01", "gain_lb", None), id="a value is missing"),
        pytest.param(override("E16", "", None), id="an emergency rule switched off"),
        pytest.param(override("E14", "heart_rate_bpm", 140), id="an emergency rule weakened above its range"),
        pytest.param(
            override("E16", "spo2_critical_percent", 86), id="an emergency rule weakened below its range"
        ),
    ],
)
def test_an_override_that_may_not_be_is_refused_and_changes_nothing(wrong: Override) -> None:
    with pytest.raises(RuleSetError):
        check(RULES, wrong)
    own, refused = apply(RULES, [wrong], now=NOW)
    assert own.rules == RULES.rules
    assert [one.override for one in refused] == ([wrong] if wrong.active(NOW) else [])


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.rules.values() if rule.is_emergency], ids=lambda rule: rule.id
)
def test_no_number_of_an_emergency_rule_can_be_weakened(rule: Any) -> None:
    for parameter in rule.params.values():
        weaker = parameter.value + (1 if parameter.stricter == "lower" else -1)
        with pytest.raises(RuleSetError):
            check(RULES, override(rule.id, parameter.name, weaker))


def test_an_emergency_rule_can_be_made_stricter() -> None:
    own, refused = apply(RULES, [override("E16", "spo2_critical_percent", 90)], now=NOW)
    assert refused == ()
    assert answer_of("E16", facts(vitals=Vitals(spo2_percent=89)), own) is Severity.CRITICAL


def test_the_engine_runs_an_emergency_rule_even_if_its_row_says_it_is_off() -> None:
    off = replace(RULES, rules={**RULES.rules, "E01": replace(RULES.rule("E01"), enabled=False)})
    assert answer_of("E01", facts(flags=flagged("chest_pain")), off) is Severity.CRITICAL
