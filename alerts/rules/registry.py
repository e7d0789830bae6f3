"""How a rule function is tied to its row of the rule set. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from alerts.rules.facts import CheckInFacts, Evidence
from alerts.rules.outcomes import Clear, Finding, NotEnoughData, Outcome, Value
from alerts.ruleset import Rule, RuleSet
from alerts.ruleset_toml import Needs
from alerts.severity import AlertType, Severity


@dataclass(frozen=True, slots=True)
class Case:
    """One evaluation of one row: the facts, the row's numbers, and what the rows before it answered."""

    facts: CheckInFacts
    rules: RuleSet
    rule: Rule
    done: Mapping[str, Outcome]

    def finding(
        self,
        severity: Severity,
        description: str,
        inputs: Mapping[str, Value],
        evidence: Sequence[Evidence] = (),
        *,
        alert_type: AlertType | None = None,
        topic: str = "",
    ) -> Finding:
        """This row fired. `alert_type` and `topic` only where they are not the row's own."""
        kind = alert_type or self.rule.alert_type
        if kind is None:
            raise ValueError(f"{self.rule.id}: an alert type must be given")
        return Finding(
            rule_id=self.rule.id,
            version=self.rules.version,
            severity=severity,
            alert_type=kind,
            topic=topic or self.rule.topic,
            description=description,
            recommended_action=self.rule.nurse,
            inputs=inputs,
            evidence=tuple(evidence),
        )

    def found(self, *rule_ids: str) -> tuple[Finding, ...]:
        """The findings among the answers of these earlier rows."""
        return tuple(outcome for id_ in rule_ids if isinstance(outcome := self.done.get(id_), Finding))

    def unknown(self, *rule_ids: str) -> tuple[str, ...]:
        """What these earlier rows said was missing."""
        answers = (self.done.get(id_) for id_ in rule_ids)
        return tuple(
            name for answer in answers if isinstance(answer, NotEnoughData) for name in answer.missing
        )

    def clear(self) -> Clear:
        return Clear(self.rule.id)


RuleFunction: TypeAlias = Callable[[Case], Outcome]


@dataclass(frozen=True, slots=True)
class Row:
    """A rule's id, what its function reads from the rule set, and the function."""

    id: str
    needs: Needs
    judge: RuleFunction


def row(
    rule_id: str, *, params: Sequence[str] = (), words: Sequence[str] = ()
) -> Callable[[RuleFunction], Row]:
    """Tie a function to its row. The rule set must hold exactly these numbers and word lists for it."""

    def tie(judge: RuleFunction) -> Row:
        return Row(rule_id, Needs(frozenset(params), frozenset(words)), judge)

    return tie
