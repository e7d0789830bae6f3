"""No row of the rules table without its cases: each severity it can raise, and an answer that is none."""

from __future__ import annotations

import pytest

from alerts.severity import Severity
from tests.unit.alerts import (
    test_context_rules,
    test_emergency_rules,
    test_medication_rules,
    test_symptom_rules,
    test_weight_rules,
)
from tests.unit.alerts.builders import RULES

MODULES = (
    test_context_rules, test_emergency_rules, test_medication_rules, test_symptom_rules, test_weight_rules,
)  # fmt: skip
CASES = [(row[0], row[-1]) for module in MODULES for row in module.TABLE]


def expected(rule_id: str) -> set[Severity | str]:
    return {answer for rule, answer in CASES if rule == rule_id}


@pytest.mark.parametrize("rule_id", RULES.rules)
def test_every_severity_that_a_rule_can_raise_has_a_case(rule_id: str) -> None:
    assert set(RULES.rule(rule_id).severities) <= expected(rule_id)


@pytest.mark.parametrize("rule_id", RULES.rules)
def test_every_rule_has_a_case_in_which_it_does_not_fire(rule_id: str) -> None:
    assert any(not isinstance(answer, Severity) for answer in expected(rule_id))


@pytest.mark.parametrize("rule_id", [rule_id for rule_id in RULES.rules if rule_id.startswith("E")])
def test_an_emergency_rule_cannot_be_switched_off(rule_id: str) -> None:
    with pytest.raises(ValueError, match="cannot be switched off"):
        RULES.without(rule_id)
