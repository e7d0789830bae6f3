"""Answers to "how many": shocks, missed doses, tablets taken. Pure. Rules E11, E15, M02 to M04."""

from __future__ import annotations

from alerts.phrases.findings import Raised
from alerts.phrases.lexicon import cues
from alerts.phrases.limits import CountLimits
from alerts.phrases.model import Severity
from alerts.phrases.questions import FLAG_OF_TOPIC, Question
from alerts.phrases.text import Text

_HOW_MANY = cues("counts", "how_many")
_DAYS = cues("counts", "days")
_TAKEN = cues("counts", "taken")
_ALL = cues("counts", "all")
_SOME = cues("counts", "some")
_SEVERAL = cues("counts", "several")
_IN_A_ROW = cues("counts", "in_a_row")
# More than any limit, but not more than that of a rule that is switched off.
_ALL_OF_THEM = 99
_COUNTED = frozenset({"icd_shock", "medication_missed", "medication_taken", "fall", "syncope"})


def counted(text: Text, question: Question, limits: CountLimits) -> list[Raised]:
    """The flag that a count stands for; nothing for zero or when no number was asked for."""
    if not _HOW_MANY.is_in(question.text):
        return []
    count = _count(text)
    if not count:
        return []
    whole = (0, len(text.tokens))
    if _TAKEN.is_in(question.text):
        return [Raised("overdose", *whole, "count.taken")] if count >= limits.tablets else []
    for topic in question.topics:
        if topic not in _COUNTED:
            continue
        source = f"count.{topic}"
        match topic:
            case "icd_shock":
                return [Raised("icd_shock", *whole, source, "critical" if count >= limits.shocks else None)]
            case "medication_missed" | "medication_taken":
                running = _DAYS.is_in(question.text) or _IN_A_ROW.is_in(text)
                severity, rule_id = _missed(count, limits, running=running)
                if severity == "none":
                    return []
                return [Raised("missed_medication", *whole, source, severity, rule_id)]
            case _:
                return [Raised(FLAG_OF_TOPIC[topic], *whole, source)]
    return []


def _missed(count: float, limits: CountLimits, *, running: bool) -> tuple[Severity, str]:
    if running and count >= limits.missed_days:
        return "high", "M02"
    if count >= limits.missed_doses:
        return "medium", "M03"
    return ("low", "M04") if count >= limits.missed_once else ("none", "M04")


def _count(text: Text) -> float:
    """The last number said ("three, no, four"); words for some count as two, "all" as more than any limit."""
    numbers = [token.value for token in text.tokens if token.value is not None]
    if numbers:
        return numbers[-1]
    if _ALL.is_in(text):
        return _ALL_OF_THEM
    return 2 if _SEVERAL.is_in(text) else 1 if _SOME.is_in(text) else 0
