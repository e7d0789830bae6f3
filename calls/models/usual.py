"""What a new patient's schedule begins with: the numbers of the rule set in force."""

from __future__ import annotations

from datetime import time

from alerts.selectors import ruleset_in_force


def window_start() -> time:
    """Local time from which the patient is called."""
    return ruleset_in_force().usual_hours.start


def window_end() -> time:
    """Local time until which the patient is called."""
    return ruleset_in_force().usual_hours.end


def attempts_max() -> int:
    """Attempts for one check-in."""
    return int(ruleset_in_force()["attempts"])


def attempt_gap_minutes() -> int:
    """Minutes between two attempts."""
    return int(ruleset_in_force()["attempt_gap_min"])
