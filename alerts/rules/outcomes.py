"""What a rule answers: a finding, all clear, or not enough data. Closed union, matched exhaustively. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from alerts.rules.facts import Evidence, FlagFact
from alerts.ruleset import Rule
from alerts.severity import AlertType, Severity

Value: TypeAlias = str | float | int | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule fired. `inputs` are the numbers it judged, `evidence` what it rests on."""

    rule_id: str
    version: str
    severity: Severity
    alert_type: AlertType
    topic: str
    description: str
    recommended_action: str
    inputs: Mapping[str, Value]
    evidence: tuple[Evidence, ...] = ()

    @property
    def immediate(self) -> bool:
        """Emergencies are pushed to the person on call at once, whatever their severity."""
        return self.alert_type is AlertType.EMERGENCY or self.severity is Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Clear:
    """The rule had what it needs and did not fire."""

    rule_id: str


@dataclass(frozen=True, slots=True)
class NotEnoughData:
    """The rule did not fire on what is known, and something it needs is unknown. Never read as normal."""

    rule_id: str
    missing: tuple[str, ...]


Outcome: TypeAlias = Finding | Clear | NotEnoughData


def verdict(rule: Rule, missing: Iterable[str]) -> Clear | NotEnoughData:
    """Clear, unless something is missing."""
    names = tuple(dict.fromkeys(missing))
    return NotEnoughData(rule.id, names) if names else Clear(rule.id)


def from_flags(flags: Iterable[FlagFact]) -> tuple[Evidence, ...]:
    """The evidence behind transcript flags."""
    return tuple(flag.evidence for flag in flags if flag.evidence is not None)
