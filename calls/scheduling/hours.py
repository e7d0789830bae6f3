"""The calling hours and attempts that the rule set gives to everybody, or to a new patient. Pure."""

from __future__ import annotations

from alerts.ruleset import RuleSet
from calls.scheduling.slots import Hours


def legal_hours(rules: RuleSet) -> Hours:
    """Local hours outside which nobody is called but in an emergency."""
    return Hours(rules.local_time("calls_earliest_h"), rules.local_time("calls_latest_h"))


def usual_hours(rules: RuleSet) -> Hours:
    """Of a patient without a schedule, or with a new one."""
    return Hours(rules.local_time("calls_from_h"), rules.local_time("calls_until_h"))
