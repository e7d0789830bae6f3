"""Short ways to write down a check-in for a table test. Times are relative to NOW."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from alerts.rules import Clear, Finding, NotEnoughData, judge, load_ruleset
from alerts.rules.facts import (
    Answers,
    CheckInFacts,
    FlagFact,
    PastCheckIn,
    RecordFacts,
    WeightReading,
)
from alerts.ruleset import RuleSet
from alerts.severity import Severity
from patients.units import WeightUnit, to_lb

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
RULES = load_ruleset("rules-1")
CLEAR: Literal["clear"] = "clear"
UNKNOWN: Literal["not enough data"] = "not enough data"
LOW, MEDIUM, HIGH, CRITICAL = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL

WELL = Answers(
    shortness_of_breath=1,
    swelling=1,
    fatigue=1,
    sleep_difficulty=1,
    quality_of_life=1,
    mood_assessment=0,
    missed_doses_week=0,
    takes={"loop_diuretic": True},
)
USUAL_ONE = RecordFacts(
    blood_thinner=False,
    enrolment={
        "shortness_of_breath": 1,
        "swelling": 1,
        "fatigue": 1,
        "sleep_difficulty": 1,
        "quality_of_life": 1,
        "mood_assessment": 0,
    },
)


def ago(*, days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def facts(**changes: Any) -> CheckInFacts:
    """A check-in of a patient whose usual scores are all one, with nothing answered yet."""
    return CheckInFacts(**{"now": NOW, "record": USUAL_ONE, **changes})


def flagged(*names: str, hours_ago: float | None = 0, **details: Any) -> tuple[FlagFact, ...]:
    return tuple(FlagFact(name, hours_ago, **details) for name in names)


def weighed(
    *readings: tuple[float, float], unit: WeightUnit = WeightUnit.LB, confirmed: bool = False
) -> tuple[WeightReading, ...]:
    """Weighings as (hours ago, value in `unit`), oldest first."""
    return tuple(WeightReading(ago(hours=hours), to_lb(value, unit), confirmed) for hours, value in readings)


def past(days_ago: float, **answers: Any) -> PastCheckIn:
    return PastCheckIn(ago(days=days_ago), Answers(**answers))


def answer_of(rule_id: str, given: CheckInFacts, rules: RuleSet = RULES) -> Severity | str:
    """What one rule says: a severity, CLEAR, or UNKNOWN."""
    match judge(given, rules).of(rule_id):
        case Finding() as finding:
            return finding.severity
        case Clear():
            return CLEAR
        case NotEnoughData():
            return UNKNOWN
