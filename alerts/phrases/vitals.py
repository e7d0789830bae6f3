"""Blood pressure, oxygen and pulse said as numbers. Rules E14, E16. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from alerts.phrases.lexicon import cues
from alerts.phrases.limits import VitalLimits
from alerts.phrases.model import Severity
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.tokens import STOPS

# A number outside these is no reading of its kind: percent, mmHg, beats a minute.
_SPO2_FROM, _SYSTOLIC_FROM, _PULSE_FROM, _PULSE_TO = 50, 40, 20, 260

_OXYGEN = cues("vitals", "oxygen")
_PRESSURE = cues("vitals", "pressure")
_PULSE = cues("vitals", "pulse")
_NORMAL = cues("vitals", "normal")


MEASURED, RACING = "vitals", "vitals.racing"


@dataclass(frozen=True, slots=True)
class VitalFinding:
    """A reading that matters. What it comes to together with symptoms is told by `source` (grading.py).

    Severity "none": it matters with symptoms only.
    """

    flag: str
    severity: Severity
    rule_id: str
    start: int
    end: int
    source: str = MEASURED


def vitals_in(text: Text, question: Question, limits: VitalLimits) -> list[VitalFinding]:
    """Readings outside the limits of the rules."""
    if not any(token.value is not None for token in text.tokens):
        return []
    found = [
        _oxygen(text, question, limits),
        _pressure(text, question, limits),
        _pulse(text, question, limits),
    ]
    return [each for each in found if each is not None]


def _oxygen(text: Text, question: Question, limits: VitalLimits) -> VitalFinding | None:
    if "oxygen" not in question.topics and not _OXYGEN.is_in(text):
        return None
    readings = [
        (token.value, at)
        for at, token in enumerate(text.tokens)
        if token.value is not None and _SPO2_FROM <= token.value <= 100 and not _is_of_pressure(text, at)
    ]
    named = max((end for _, end in _OXYGEN.spans(text)), default=0)
    # "Eighty-six... no, that's my pulse, the oxygen's ninety-seven."
    after = [reading for reading in readings if reading[1] >= named]
    if named and after and _PULSE.is_in(text):
        readings = after
    readings = readings or _digit_by_digit(text)
    if not readings:
        return None
    value, at = min(readings)
    if value >= limits.spo2_high:
        return None
    return VitalFinding("hypoxia", "critical" if value < limits.spo2_critical else "high", "E16", at, at + 1)


def _digit_by_digit(text: Text) -> list[tuple[float, int]]:
    """ "Eight eight" and "8 5" are read out digit by digit."""
    pairs = [
        (one.value * 10 + other.value, at)
        for at, (one, other) in enumerate(pairwise(text.tokens))
        if one.value is not None and other.value is not None and 5 <= one.value <= 9 and 0 <= other.value <= 9
    ]
    return [(value, at) for value, at in pairs if value == int(value)]


def _pressure(text: Text, question: Question, limits: VitalLimits) -> VitalFinding | None:
    about = _PRESSURE.is_in(text) or "blood_pressure" in question.topics
    for at, token in enumerate(text.tokens):
        value = token.value
        if value is None or not _SYSTOLIC_FROM <= value < limits.systolic:
            continue
        paired = _is_of_pressure(text, at)
        alone = (
            about
            and not paired
            and not _is_second(text, at)
            and "oxygen" not in question.topics
            and not _OXYGEN.is_in(text)
            and not _PULSE.is_in(text)
        )
        if paired or (alone and not any(_is_of_pressure(text, other) for other in range(len(text.tokens)))):
            severity: Severity = "medium" if not _NORMAL.is_in(text) else "none"
            return VitalFinding("hypotension", severity, "S11", at, at + 1)
    return None


def _pulse(text: Text, question: Question, limits: VitalLimits) -> VitalFinding | None:
    if "heart_rate" not in question.topics and not _PULSE.is_in(text):
        return None
    for at, token in enumerate(text.tokens):
        value = token.value
        following = text.tokens[at + 1].word if at + 1 < len(text.tokens) else ""
        if (
            value is None
            or not _PULSE_FROM <= value <= _PULSE_TO
            or _is_of_pressure(text, at)
            or _is_second(text, at)
            or following in ("minutes", "years", "pound", "percent")
        ):
            continue
        if limits.pulse_low <= value <= limits.pulse_high:
            continue
        source = RACING if value > limits.pulse_severe else MEASURED
        return VitalFinding("palpitations", "high", "E16", at, at + 1, source)
    return None


def _is_of_pressure(text: Text, at: int) -> bool:
    """The upper number of "82 over 50"."""
    following = text.words(at + 1, at + 3)
    return (
        len(following) == 2
        and following[0] in ("over", "con", "sobre", "entre", "and")
        and text.tokens[at + 2].value is not None
        and (following[0] != "and" or _PRESSURE.is_in(text))
        and (text.tokens[at + 2].value or 0) < (text.tokens[at].value or 0)
    )


def _is_second(text: Text, at: int) -> bool:
    before = text.words(at - 2, at) if at >= 2 else ()
    return bool(before) and before[-1] in ("over", "con", "sobre", "entre") and before[-1] not in STOPS
