"""The phrase scanner and the rules speak of the same rows: flags, rule ids, types and severities fit together."""

from __future__ import annotations

import pytest

from alerts.phrases.flags import KINDS, FlagKind
from alerts.rules import Finding, judge, load_ruleset
from alerts.rules.facts import FlagFact
from alerts.severity import AlertType, Severity
from tests.unit.alerts.builders import facts

RULES = load_ruleset("rules-1")
EVERY = [pytest.param(kind, id=name) for name, kind in sorted(KINDS.items())]


@pytest.mark.parametrize("kind", EVERY)
def test_a_flag_names_rows_that_listen_to_it(kind: FlagKind) -> None:
    for rule_id in {kind.rule_id, kind.older_rule_id} - {""}:
        assert kind.name in RULES.rule(rule_id).flags, rule_id


@pytest.mark.parametrize("kind", EVERY)
def test_a_flag_is_never_graded_above_its_row(kind: FlagKind) -> None:
    for rule_id, severity in ((kind.rule_id, kind.severity), (kind.older_rule_id, kind.older)):
        if severity != "none":
            highest = max(one.rank for one in RULES.rule(rule_id).severities)
            assert Severity(severity).rank <= highest, rule_id


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("hours_ago", [0.0, 48.0], ids=["now", "two days ago"])
def test_the_rules_judge_a_flag_exactly_as_the_scanner_grades_it(kind: FlagKind, hours_ago: float) -> None:
    """With nothing else known: the rules neither soften nor sharpen what the words alone mean."""
    severity, rule_id = (kind.severity, kind.rule_id) if hours_ago == 0 else (kind.older, kind.older_rule_id)
    if severity == "none":
        return
    alert_type = AlertType(kind.alert_type)
    heard = FlagFact(
        kind.name, hours_ago, severity=Severity(severity), alert_type=alert_type, rule_id=rule_id
    )
    judgement = judge(facts(flags=(heard,)), RULES)
    assert judgement.severity is Severity(severity)
    assert isinstance(judgement.of(rule_id), Finding)
    assert judgement.alert_type is alert_type
