"""The clinical rules as pure functions: facts of one check-in and a rule set in, a judgement out."""

from alerts.rules.engine import Judgement, judge, load_ruleset, packaged_text, parse_ruleset
from alerts.rules.facts import CheckInFacts
from alerts.rules.outcomes import Clear, Finding, NotEnoughData, Outcome

__all__ = [
    "CheckInFacts",
    "Clear",
    "Finding",
    "Judgement",
    "NotEnoughData",
    "Outcome",
    "judge",
    "load_ruleset",
    "packaged_text",
    "parse_ruleset",
]
