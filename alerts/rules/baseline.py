"""The patient's own usual score on a scale. Pure.

Median of the last 7 valid answers in 28 days; until 3 exist, the value from enrolment (product proposal).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from alerts.rules.facts import CheckInFacts, PastCheckIn, Scale
from alerts.ruleset import RuleSet


def baseline(facts: CheckInFacts, scale: Scale, rules: RuleSet) -> float | None:
    """The usual score on `scale` before this check-in, 0-4 in halves; None while nothing is known."""
    return _usual(facts, scale, rules, facts.history, facts.now)


def baseline_before(facts: CheckInFacts, scale: Scale, rules: RuleSet, at: datetime) -> float | None:
    """The usual score as it stood just before the check-in at `at`."""
    return _usual(facts, scale, rules, (past for past in facts.history if past.at < at), at)


def _usual(
    facts: CheckInFacts, scale: Scale, rules: RuleSet, history: Iterable[PastCheckIn], now: datetime
) -> float | None:
    oldest = now - timedelta(days=rules["baseline_window_days"])
    given = [past.answers.scale(scale) for past in history if past.at >= oldest]
    valid = [score for score in given if score is not None][-int(rules["baseline_answers"]) :]
    if len(valid) >= rules["baseline_minimum"]:
        return float(median(valid))
    enrolled = facts.record.enrolment.get(scale)
    return None if enrolled is None else float(enrolled)


def rise(facts: CheckInFacts, scale: Scale, rules: RuleSet) -> float | None:
    """How far today's answer lies above the usual score; None if either is unknown."""
    today, usual = facts.answers.scale(scale), baseline(facts, scale, rules)
    return None if today is None or usual is None else today - usual
