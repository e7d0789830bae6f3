"""Answers on the 0 to 4 scales, compared with the patient's baseline. Pure.

Scales and rules: docs/clinical/phrases.md (dyspnoea E03, S07, S08; swelling, fatigue, sleep S08, S10; mood S13).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.phrases.answers import CORRECTION
from alerts.phrases.datafiles import wordset
from alerts.phrases.lexicon import cues
from alerts.phrases.limits import ScaleLimits
from alerts.phrases.model import Facts, Scale, Severity
from alerts.phrases.numerals import HOMOPHONES
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.tokens import BOUNDARIES, COMMA, STOPS

# The end of the scales, as they are read out.
HIGHEST = 4
SCALE_OF_TOPIC: dict[str, Scale] = {
    "dyspnea": "dyspnea",
    "edema": "edema",
    "fatigue": "fatigue",
    "sleep": "sleep",
    "orthopnea": "sleep",
    "mood": "mood",
}
SCALE_OF_FLAG: dict[str, Scale] = {
    "worsening_dyspnea": "dyspnea",
    "severe_dyspnea": "dyspnea",
    "worsening_edema": "edema",
    "worsening_fatigue": "fatigue",
    "orthopnea_pnd": "sleep",
    "low_mood": "mood",
}
# After these a number is no score.
_ENDS = cues("scales", "ends")
_EARLIER = cues("scales", "earlier")
_UNITS = wordset("scales", "units")
_NOT_BEFORE = wordset("scales", "not_before")
_WORDS_FOR = {"none": 0, "nothing": 0, "ninguna": 0, "ninguno": 0, "nada": 0}


@dataclass(frozen=True, slots=True)
class Score:
    """A score given in the segment, and on which scale."""

    scale: Scale
    value: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a score means: a flag with its severity, or None at or below the baseline."""

    flag: str
    severity: Severity
    rule_id: str


def score_in(text: Text, question: Question, hinted: Scale | None) -> Score | None:
    """The score a segment gives: after a scale question any number 0 to 10, otherwise a bare number beside a symptom.

    Of a range ("two or three") the upper, after a correction ("two, no, three") the last.
    """
    scale = next((SCALE_OF_TOPIC[topic] for topic in question.topics if topic in SCALE_OF_TOPIC), None)
    asked = question.kind == "scale" and scale is not None
    if asked and scale is not None:
        numbers = [*_numbers(text)] or [*_sound_alikes(text)]
    elif hinted is not None or (scale is not None and question.kind in ("open", "yes_no", "worse", "better")):
        scale = scale or hinted
        numbers = [*_bare_numbers(text)]
    else:
        return None
    if not numbers or scale is None:
        return None
    numbers = _of_now(text, numbers)
    at, value = numbers[-1] if CORRECTION.is_in(text) else max(numbers, key=lambda found: found[1])
    return Score(scale, value, at, at + 1)


def _of_now(text: Text, numbers: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Without the ends of the scale that are only repeated, and without what was last week or is usual."""
    ends = [(start, end) for patterns in (_ENDS, _EARLIER) for start, end in patterns.spans(text)]
    kept = [
        found
        for found in numbers
        if text.tokens[found[0] - 1].word == COMMA or not any(start <= found[0] < end for start, end in ends)
    ]
    return kept or numbers


def _numbers(text: Text) -> Iterator[tuple[int, float]]:
    for at, token in enumerate(text.tokens):
        following = text.tokens[at + 1].word if at + 1 < len(text.tokens) else ""
        before = text.tokens[at - 1].word if at else ""
        if token.value is None or token.value > 10 or (following in _UNITS and following not in ("or", "of")):
            continue
        if following == "of" and at + 2 < len(text.tokens) and text.tokens[at + 2].value is None:
            continue
        if before in _NOT_BEFORE and (token.from_one or before in ("at", "las", "around")):
            continue
        yield at, token.value


def _bare_numbers(text: Text) -> Iterator[tuple[int, float]]:
    """Numbers that stand alone between stops ("Three.") or as "a two"."""
    for at, token in enumerate(text.tokens):
        if token.value is None or token.value > HIGHEST or token.value != int(token.value):
            continue
        before = text.tokens[at - 1].word if at else "¦"
        following = text.tokens[at + 1].word if at + 1 < len(text.tokens) else "¦"
        alone = before in STOPS and following in BOUNDARIES
        if alone or (
            before in ("a", "un", "solid", "say") and following not in _UNITS and not token.from_one
        ):
            yield at, token.value


def _sound_alikes(text: Text) -> Iterator[tuple[int, float]]:
    """ "for", "to", "won" alone after a scale question are numbers; "none" is zero."""
    words = [(at, token.word) for at, token in enumerate(text.tokens) if token.word not in BOUNDARIES]
    if len(words) == 1:
        at, word = words[0]
        value = HOMOPHONES.get(word, _WORDS_FOR.get(word))
        if value is not None:
            yield at, float(value)


def finding(score: Score, facts: Facts, limits: ScaleLimits) -> Finding | None:
    """What the score says against the patient's baseline; without one only the level itself counts."""
    value, baseline = score.value, facts.baseline(score.scale)
    change = value - baseline if baseline is not None else None
    match score.scale:
        case "dyspnea":
            return _dyspnea(value, facts.documented_dyspnea, change, limits)
        case "edema":
            return _other("worsening_edema", value, baseline, change, limits)
        case "fatigue":
            return _other("worsening_fatigue", value, baseline, change, limits)
        case "sleep":
            found = _other("orthopnea_pnd", value, baseline, change, limits)
            return Finding("orthopnea_pnd", "high", "S06") if found and value >= limits.sleep else None
        case "mood":
            if value >= limits.mood and (change is None or change > 0):
                return Finding("low_mood", "medium", "S13")
            return None


def _dyspnea(
    value: float, documented: int | None, change: float | None, limits: ScaleLimits
) -> Finding | None:
    if value >= limits.dyspnea_worst:
        # A documented baseline as bad as that turns the score, never the words, into a same-day matter.
        usual = documented is not None and documented >= min(value, HIGHEST)
        return Finding("severe_dyspnea", "high" if usual else "critical", "E03")
    if change is not None and change <= 0:
        return None
    if value >= limits.dyspnea_marked or (change is not None and change >= limits.dyspnea_rise_marked):
        return Finding("worsening_dyspnea", "high", "S07")
    if change is not None and change >= limits.dyspnea_rise:
        return Finding("worsening_dyspnea", "medium", "S08")
    return None


def _other(
    flag: str, value: float, baseline: int | None, change: float | None, limits: ScaleLimits
) -> Finding | None:
    if value >= limits.other_worst and (baseline is None or baseline < limits.other_worst):
        return Finding(flag, "high", "S10")
    if change is not None and change >= limits.other_rise:
        return Finding(flag, "medium", "S08")
    return None
