"""Per-patient thresholds: who changed which number, why, and until when. Pure.

An emergency rule can be made stricter for a patient, never weaker, and never switched off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.ruleset import Parameter, Rule, RuleSet, RuleSetError


@dataclass(frozen=True, slots=True)
class Override:
    """One number of one rule for one patient. `value` None with `parameter` "" switches the rule off.

    Times are aware UTC; `expires_at` is exclusive.
    """

    id: str
    rule_id: str
    parameter: str
    value: float | None
    clinician: str
    reason: str
    starts_at: datetime
    expires_at: datetime

    def active(self, now: datetime) -> bool:
        return self.starts_at <= now < self.expires_at


@dataclass(frozen=True, slots=True)
class Refused:
    """An override that does not apply, and why. The patient's page shows it."""

    override: Override
    why: str


@dataclass(frozen=True, slots=True)
class Adjustable:
    """A number of the rules that may differ for one patient. `key` is rule.parameter."""

    key: str
    rule_id: str
    title: str
    parameter: str
    value: float
    lowest: float
    highest: float
    unit: str


def adjustable(rules: RuleSet) -> list[Adjustable]:
    """Every number that a clinician may set for one patient, in the order of the rules table."""
    return [
        Adjustable(
            f"{rule.id}.{name}", rule.id, rule.title, name, number.value, number.lowest, number.highest, number.unit
        )
        for rule in rules.rules.values()
        if not rule.is_emergency
        for name, number in rule.params.items()
        if number.stricter != "fixed" and number.lowest is not None and number.highest is not None
    ]  # fmt: skip


def check(rules: RuleSet, override: Override) -> None:
    """Raise `RuleSetError` unless the override may be put into force."""
    if not override.clinician.strip() or not override.reason.strip():
        raise RuleSetError(f"{override.rule_id}: an override names its clinician and its reason")
    longest = timedelta(days=rules["override_longest_days"])
    if not timedelta(0) < override.expires_at - override.starts_at <= longest:
        raise RuleSetError(
            f"{override.rule_id}: an override ends after its start, within {longest.days} days"
        )
    if override.rule_id not in rules.rules:
        raise RuleSetError(f"{override.rule_id}: no such rule in {rules.version}")
    rule = rules.rule(override.rule_id)
    if override.value is None:
        _check_off(rule, override)
        return
    if override.parameter not in rule.params:
        raise RuleSetError(f"{override.rule_id}.{override.parameter}: no such parameter")
    _check_value(rule, rule.params[override.parameter], override.value)


def _check_off(rule: Rule, override: Override) -> None:
    if override.parameter:
        raise RuleSetError(f"{rule.id}.{override.parameter}: a value is missing")
    if rule.is_emergency:
        raise RuleSetError(f"{rule.id}: an emergency rule cannot be switched off")


def _check_value(rule: Rule, parameter: Parameter, value: float) -> None:
    where = f"{rule.id}.{parameter.name}"
    if parameter.stricter == "fixed" or parameter.lowest is None or parameter.highest is None:
        raise RuleSetError(f"{where}: the same for every patient")
    if not parameter.lowest <= value <= parameter.highest:
        raise RuleSetError(f"{where}: {value} is outside {parameter.lowest} to {parameter.highest}")
    if rule.is_emergency and parameter.weaker(value):
        raise RuleSetError(f"{where}: an emergency rule cannot be weakened")


def apply(
    rules: RuleSet, overrides: Iterable[Override], *, now: datetime
) -> tuple[RuleSet, tuple[Refused, ...]]:
    """The patient's own rule set at `now`, and the overrides in force that it refused.

    A refused override leaves the rule as it was: a bad row can never weaken a rule or stop the engine.
    Of two overrides of one number the one that started last wins.
    """
    refused: list[Refused] = []
    used: list[str] = []
    for override in sorted(overrides, key=lambda one: one.starts_at):
        if not override.active(now):
            continue
        try:
            check(rules, override)
        except RuleSetError as error:
            refused.append(Refused(override, str(error)))
            continue
        rules = (
            rules.without(override.rule_id)
            if override.value is None
            else rules.with_value(override.rule_id, override.parameter, override.value)
        )
        used.append(override.id)
    return replace(rules, overrides=tuple(used)), tuple(refused)
