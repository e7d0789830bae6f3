"""What changed numbers would have raised on past check-ins, beside what the rules in force raise on them.

Reads only. Check-ins are judged again as they stood then: answers, flags, history before them, the patient's own
thresholds of today; so are the flags of calls that brought no verified check-in. Voice (V) and missed contact (C) are left
out: they do not rest on what was said in a call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from alerts.facts import Chart, Circumstances, chart_of, facts_at, look_back
from alerts.models import CallFlag
from alerts.rules import Finding, judge
from alerts.ruleset import RuleSet, RuleSetError
from alerts.selectors import rules_for, ruleset_in_force
from alerts.severity import Severity
from patients.models import Patient, PatientRecord

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
    """A check-in, or a call without one, on which a rule answers otherwise. None: the rule does not fire.

    `record_id` is "" for a call without a record, `call_id` for a record that no call made.
    """

    patient_id: str
    record_id: str
    call_id: str
    at: datetime
    rule_id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules find in one check-in, or in the flags of a call without one: rule to severity, both ways."""

    patient_id: UUID
    record_id: UUID | None
    call_id: UUID | None
    at: datetime
    before: dict[str, str]
    after: dict[str, str]
    is_check_in: bool = True


@dataclass(slots=True)
class Simulation:
    """Findings per (rule, severity) as things are and as they would be, and where they differ.

    `check_ins` are those of verified patients; `other_calls` had flags and no such check-in. What is told per hundred
    check-ins is of check-ins alone, everything else of both.
    """

    version: str
    changes: Sequence[Change]
    check_ins: int = 0
    other_calls: int = 0
    with_alert_before: int = 0
    with_alert_after: int = 0
    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    after: Counter[tuple[str, str]] = field(default_factory=Counter)
    alerting_before: Counter[str] = field(default_factory=Counter)
    alerting_after: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    difference_count: int = 0

    def per_hundred(self, with_alert: int) -> float:
        """Check-ins with an alert among a hundred."""
        return round(100 * with_alert / self.check_ins, 1) if self.check_ins else 0.0

    def as_json(self) -> dict[str, Any]:
        rules = sorted({rule for rule, _ in (*self.before, *self.after)})
        return {
            "version": self.version,
            "changes": {f"{one.rule_id}.{one.parameter}": one.value for one in self.changes},
            "check_ins": self.check_ins,
            "other_calls": self.other_calls,
            "alerts_per_100_check_ins": {
                "before": self.per_hundred(self.with_alert_before),
                "after": self.per_hundred(self.with_alert_after),
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
                    "call": one.call_id,
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
    """Judge every verified check-in of these patients between the two instants, and every other call with flags, with and
    without the changes.
    """
    base = ruleset_in_force()
    other = changed(base, changes)
    result = Simulation(version=base.version, changes=changes)
    for patient in patients.order_by("pk").iterator(chunk_size=200):
        own, _ = rules_for(patient, now=now, base=base)
        own_other, _ = rules_for(patient, now=now, base=other)
        for judged in _judged(patient, own, own_other, since, until):
            _count(result, judged)
    return result


def _judged(
    patient: Patient, rules: RuleSet, other: RuleSet, since: datetime, until: datetime
) -> Iterator[Judged]:
    chart = chart_of(patient, since=since - look_back(rules))
    flags = _flags(patient, since)
    records = [one for one in chart.records if one.is_identity_verified and since <= one.recorded_at < until]
    for record in records:
        heard = flags.pop(record.call_id, []) if record.call_id is not None else []
        yield _judge(chart, record, record.call_id, heard, record.recorded_at, rules, other)
    checked_in = {one.call_id for one in chart.records if one.is_identity_verified}
    for call_id, heard in flags.items():
        at = max(flag.heard_at for flag in heard)
        if call_id in checked_in or not since <= at < until:
            continue
        unverified = next((one for one in chart.records if one.call_id == call_id), None)
        yield _judge(chart, unverified, call_id, heard, at, rules, other)


def _flags(patient: Patient, since: datetime) -> dict[UUID, list[CallFlag]]:
    """The flags of each call, oldest first."""
    found: dict[UUID, list[CallFlag]] = {}
    rows = CallFlag.objects.filter(patient=patient, heard_at__gte=since)
    for flag in rows.defer("utterance").order_by("heard_at"):
        found.setdefault(flag.call_id, []).append(_without_words(flag))
    return found


def _judge(
    chart: Chart,
    record: PatientRecord | None,
    call_id: UUID | None,
    heard: Sequence[CallFlag],
    at: datetime,
    rules: RuleSet,
    other: RuleSet,
) -> Judged:
    facts = facts_at(chart, now=at, current=record, flags=heard, beside=Circumstances())
    before, after = (_severities(judge(facts, each).findings) for each in (rules, other))
    is_check_in = record is not None and record.is_identity_verified
    record_id = None if record is None else record.pk
    return Judged(chart.patient.pk, record_id, call_id, at, before, after, is_check_in)


def _without_words(flag: CallFlag) -> CallFlag:
    """The words are not needed, so they are not decrypted."""
    flag.__dict__["utterance"] = ""
    return flag


def _severities(findings: Iterable[Finding]) -> dict[str, str]:
    return {one.rule_id: one.severity.value for one in findings if one.rule_id[0] not in LEFT_OUT}


def _count(result: Simulation, judged: Judged) -> None:
    if judged.is_check_in:
        result.check_ins += 1
        result.with_alert_before += bool(judged.before)
        result.with_alert_after += bool(judged.after)
    else:
        result.other_calls += 1
    result.before.update(judged.before.items())
    result.after.update(judged.after.items())
    for counter, answers in (
        (result.alerting_before, judged.before),
        (result.alerting_after, judged.after),
    ):
        if answers:
            counter[max(answers.values(), key=lambda one: Severity(one).rank)] += 1
    for rule_id in sorted(judged.before.keys() | judged.after.keys()):
        before, after = judged.before.get(rule_id), judged.after.get(rule_id)
        if before == after:
            continue
        result.difference_count += 1
        if len(result.differences) < DIFFERENCES_KEPT:
            where = (
                str(judged.patient_id),
                str(judged.record_id or ""),
                str(judged.call_id or ""),
                judged.at,
            )
            result.differences.append(Difference(*where, rule_id, before, after))
