"""What a rule answers: a finding, all clear, or not enough data. Closed union, matched exhaustively. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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


def together(findings: Sequence[Finding]) -> Finding:
    """One rule that fired for several reasons: the worst leads, all are described, and nothing they rest on is lost.

    Of equally severe ones the first leads. `findings` must not be empty.
    """
    ordered = sorted(findings, key=lambda finding: -finding.severity.rank)
    inputs: dict[str, Value] = {}
    for finding in reversed(ordered):
        inputs |= finding.inputs
    flags = {name for one in ordered for name in _list(one.inputs.get("flags"))}
    evidence = dict.fromkeys(piece for finding in ordered for piece in finding.evidence)
    return replace(
        ordered[0],
        description="; ".join(dict.fromkeys(finding.description for finding in ordered)),
        inputs=inputs | ({"flags": sorted(flags)} if flags else {}),
        evidence=tuple(evidence),
    )


def _list(value: Value) -> list[str]:
    return value if isinstance(value, list) else []
