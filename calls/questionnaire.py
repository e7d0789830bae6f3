"""The check-in without an assistant: one question at a time, answered by voice or keys. Pure.

The same questions, the same fields, the same rules; only the remaining required ones are asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calls.checkin import Kind, Protocol, Question

NUMBERS = {
    word: value
    for value, words in enumerate(
        (
            "zero cero none ninguno ninguna nothing nada", "one uno una", "two dos", "three tres",
            "four cuatro", "five cinco", "six seis", "seven siete", "eight ocho",
            "nine nueve", "ten diez",
        )
    )
    for word in words.split()
}  # fmt: skip
SOUNDS_LIKE = {"won": 1, "to": 2, "too": 2, "for": 4, "ate": 8}  # only where nothing else was said
UNCHANGED = re.compile(
    r"^(no|nope|none|nothing|nada)\W*$|\b(no change|not changed|n't changed|same|igual|lo mismo|no ha cambiado)\b"
)
YES = re.compile(r"\b(yes|yeah|yep|yup|si|sí|claro|correct)\b")
NO = re.compile(r"\b(no|nope|not|never|none|nunca|ninguna?)\b")
LOST = re.compile(r"\b(lost|down|less|bajé|baje|perdí|perdi|menos)\b")
FIGURE = re.compile(r"\d+(?:\.\d+)?")
ADHERENCE_ALL = re.compile(r"\b(all|every|todas?|none|no|not|ninguna)\b")
HINTS = {
    Kind.SCALE: "scale_keys",
    Kind.YES_NO: "yes_no_keys",
    Kind.WEIGHT_CHANGE: "number_keys",
    Kind.MISSED_DOSES: "number_keys",
}


@dataclass(frozen=True, slots=True)
class Given:
    """An understood answer. `columns` are the record's; `words` go to the phrase scanner."""

    columns: Mapping[str, Any]
    words: str
    is_yes: bool = False


COLUMNS = {
    "symptoms.shortness_of_breath": "shortness_of_breath",
    "symptoms.swelling": "swelling",
    "symptoms.fatigue": "fatigue",
    "symptoms.sleep_difficulty": "sleep_difficulty",
    "symptoms.weight_change": "weight_change_lb",
    "medication_adherence.missed_doses_week": "missed_doses_week",
    "mood_assessment": "mood_assessment",
    "quality_of_life": "quality_of_life",
}


def remaining(protocol: Protocol, answered: list[str]) -> list[Question]:
    """Required questions without an answer, in order."""
    return [question for question in protocol.required if question.id not in answered]


def understood(question: Question, *, digits: str, speech: str) -> Given | None:
    """The answer in keys or words, None when it is not one."""
    words = speech.strip().casefold()
    value: Any
    match question.kind:
        case Kind.YES_NO:
            value = _yes_or_no(digits, words)
            return None if value is None else Given({}, speech, is_yes=value)
        case Kind.SCALE:
            value = _number(digits, words)
            is_fit = value is not None and 0 <= value <= 4 and value == int(value)
            return Given({COLUMNS[question.field]: int(value)}, speech) if is_fit else None
        case Kind.MISSED_DOSES:
            value = _number(digits, words)
            if value is None and not digits and ADHERENCE_ALL.search(words):
                value = 0
            is_fit = value is not None and 0 <= value <= 60
            return Given({COLUMNS[question.field]: int(value)}, speech) if is_fit else None
        case Kind.WEIGHT_CHANGE:
            value = _change(digits, words)
            return Given({COLUMNS[question.field]: value}, speech) if value is not None else None
        case Kind.OPEN:
            return Given({}, speech) if words else None


def _yes_or_no(digits: str, words: str) -> bool | None:
    if digits:
        return {"1": True, "2": False}.get(digits[0])
    is_yes, is_no = bool(YES.search(words)), bool(NO.search(words))
    return is_yes if is_yes != is_no else None


def _number(digits: str, words: str) -> float | None:
    """The only number in keys or words. Two different ones are no answer."""
    if digits:
        return float(digits) if digits.isdigit() else None
    found = {float(figure) for figure in FIGURE.findall(words)}
    spoken = re.findall(r"[a-záéíóú]+", words)
    found |= {float(NUMBERS[word]) for word in spoken if word in NUMBERS}
    if len(spoken) == 1 and spoken[0] in SOUNDS_LIKE:
        found.add(float(SOUNDS_LIKE[spoken[0]]))
    return found.pop() if len(found) == 1 else None


def _change(digits: str, words: str) -> float | None:
    value = _number(digits, words)
    if value is None:
        return 0.0 if not digits and UNCHANGED.search(words) else None
    return -value if LOST.search(words) else value
