"""What changed numbers would have raised on past check-ins, beside what the rules in force raise on them.

Reads only. Check-ins are judged again as they stood then: answers, flags, history before them, the patient's own
thresholds of today. Voice (V) and missed contact (C) are left out: they do not rest on a check-in's record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from alerts.facts import Circumstances, chart_of, facts_at, look_back
from alerts.models import CallFlag
from alerts.rules import Finding, judge
from alerts.ruleset import RuleSet, RuleSetError
from alerts.selectors import rules_for, ruleset_in_force
from alerts.severity import Severity
from patients.models import Patient

LEFT_OUT = ("V", "C")
DIFFERENCES_KEPT = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One number to try: `S01.gain_lb = 4`."""

    rule_id: str
    parameter: str
    value: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A check-in on which a rule answers otherwise. None: the rule does not fire."""

    patient_id: str
    record_id: str
    at: datetime
    rule_id: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class Simulation:
    """Findings per (rule, severity) as things are and as they would be, and where they differ."""

    version: str
    changes: Sequence[Change]
    check_ins: int = 0
    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    after: Counter[tuple[str, str]] = field(default_factory=Counter)
    alerting_before: Counter[str] = field(default_factory=Counter)
    alerting_after: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    difference_count: int = 0

    def per_hundred(self, counts: Mapping[str, int]) -> float:
        """Check-ins with an alert among a hundred."""
        return round(100 * sum(counts.values()) / self.check_ins, 1) if self.check_ins else 0.0

    def as_json(self) -> dict[str, Any]:
        rules = sorted({rule for rule, _ in (*self.before, *self.after)})
        return {
            "version": self.version,
            "changes": {f"{one.rule_id}.{one.parameter}": one.value for one in self.changes},
            "check_ins": self.check_ins,
            "alerts_per_100_check_ins": {
                "before": self.per_hundred(self.alerting_before),
                "after": self.per_hundred(self.alerting_after),
            },
            "worst_severity": {
                severity.value: {
                    "before": self.alerting_before[severity.value],
                    "after": self.alerting_after[severity.value],
                }
                for severity in Severity
            },
            "rules": {
                rule: {
                    "before": {s: n for (r, s), n in sorted(self.before.items()) if r == rule},
                    "after": {s: n for (r, s), n in sorted(self.after.items()) if r == rule},
                }
                for rule in rules
            },
            "difference_count": self.difference_count,
            "differences": [
                {
                    "patient": one.patient_id,
                    "record": one.record_id,
                    "at": one.at.isoformat(),
                    "rule": one.rule_id,
                    "before": one.before,
                    "after": one.after,
                }
                for one in self.differences
            ],
        }


def changed(rules: RuleSet, changes: Iterable[Change]) -> RuleSet:
    """The rules with these numbers. Raises RuleSetError for an unknown one, or one that weakens an emergency rule."""
    for change in changes:
        rule = rules.rules.get(change.rule_id)
        parameter = rule.params.get(change.parameter) if rule else None
        if rule is None or parameter is None:
            raise RuleSetError(f"{change.rule_id}.{change.parameter}: no such parameter in {rules.version}")
        if rule.is_emergency and parameter.weaker(change.value):
            raise RuleSetError(f"{change.rule_id}.{change.parameter}: an emergency rule cannot be weakened")
        rules = rules.with_value(change.rule_id, change.parameter, change.value)
    return rules


def simulate(
    *, patients: QuerySet[Patient], since: datetime, until: datetime, changes: Sequence[Change], now: datetime
) -> Simulation:
    """Judge every verified check-in of these patients between the two instants, with and without the changes."""
    base = ruleset_in_force()
    other = changed(base, changes)
    result = Simulation(version=base.version, changes=changes)
    for patient in patients.order_by("pk").iterator(chunk_size=200):
        own, _ = rules_for(patient, now=now, base=base)
        own_other, _ = rules_for(patient, now=now, base=other)
        for record, found, found_other in _judged(patient, own, own_other, since, until):
            _count(result, record, found, found_other)
    return result


def _judged(
    patient: Patient, rules: RuleSet, other: RuleSet, since: datetime, until: datetime
) -> Iterator[tuple[Any, dict[str, str], dict[str, str]]]:
    chart = chart_of(patient, since=since - look_back(rules))
    flags: dict[Any, list[CallFlag]] = {}
    for flag in (
        CallFlag.objects.filter(patient=patient, heard_at__gte=since).defer("utterance").order_by("heard_at")
    ):
        flags.setdefault(flag.call_id, []).append(flag)
    for record in chart.records:
        if not (record.is_identity_verified and since <= record.recorded_at < until):
            continue
        heard = [_without_words(flag) for flag in flags.get(record.call_id, [])]
        facts = facts_at(chart, now=record.recorded_at, current=record, flags=heard, beside=Circumstances())
        yield record, _severities(judge(facts, rules).findings), _severities(judge(facts, other).findings)


def _without_words(flag: CallFlag) -> CallFlag:
    """The words are not needed, so they are not decrypted."""
    flag.__dict__["utterance"] = ""
    return flag


def _severities(findings: Iterable[Finding]) -> dict[str, str]:
    return {one.rule_id: one.severity.value for one in findings if one.rule_id[0] not in LEFT_OUT}


def _count(result: Simulation, record: Any, found: dict[str, str], found_other: dict[str, str]) -> None:
    result.check_ins += 1
    result.before.update(found.items())
    result.after.update(found_other.items())
    for counter, answers in ((result.alerting_before, found), (result.alerting_after, found_other)):
        if answers:
            counter[max(answers.values(), key=lambda one: Severity(one).rank)] += 1
    for rule_id in sorted(found.keys() | found_other.keys()):
        before, after = found.get(rule_id), found_other.get(rule_id)
        if before == after:
            continue
        result.difference_count += 1
        if len(result.differences) < DIFFERENCES_KEPT:
            where = (str(record.patient_id), str(record.pk), record.recorded_at)
            result.differences.append(Difference(*where, rule_id, before, after))
