"""Answers to "how many": shocks, missed doses, tablets taken. Pure. Rules E11, E15, M02 to M04."""

from __future__ import annotations

from alerts.phrases.findings import Raised
from alerts.phrases.lexicon import cues
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
_COUNTED = frozenset({"icd_shock", "medication_missed", "medication_taken", "fall", "syncope"})
# A large accidental dose (E11); fewer are an extra dose.
_OVERDOSE_FROM = 5


def counted(text: Text, question: Question) -> list[Raised]:
    """The flag that a count stands for; nothing for zero or when no number was asked for."""
    if not _HOW_MANY.is_in(question.text):
        return []
    count = _count(text)
    if not count:
        return []
    whole = (0, len(text.tokens))
    if _TAKEN.is_in(question.text):
        return [Raised("overdose", *whole, "count.taken")] if count >= _OVERDOSE_FROM else []
    for topic in question.topics:
        if topic not in _COUNTED:
            continue
        source = f"count.{topic}"
        match topic:
            case "icd_shock":
                return [Raised("icd_shock", *whole, source, "critical" if count > 1 else None)]
            case "medication_missed" | "medication_taken":
                running = count > 1 and (_DAYS.is_in(question.text) or _IN_A_ROW.is_in(text))
                severity: Severity = "high" if running else "medium" if count > 1 else "low"
                return [Raised("missed_medication", *whole, source, severity)]
            case _:
                return [Raised(FLAG_OF_TOPIC[topic], *whole, source)]
    return []


def _count(text: Text) -> float:
    """The last number said ("three, no, four"); words for some count as two, "all" as many."""
    numbers = [token.value for token in text.tokens if token.value is not None]
    if numbers:
        return numbers[-1]
    if _ALL.is_in(text):
        return 99
    return 2 if _SEVERAL.is_in(text) else 1 if _SOME.is_in(text) else 0
