"""Weight said in words: a change and its window, two readings, or one reading against the last. Pure.

Thresholds in pounds: S01 more than 3 in 24 h, S02 more than 5 in 7 days or 4.4 (2 kg) in 3 days, S03 2 to 3 in 24 h
or 3 to 5 in 7 days, S05 the same downwards. Source: docs/clinical/phrases.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alerts.phrases.answers import CORRECTION
from alerts.phrases.datafiles import wordset
from alerts.phrases.lexicon import cues
from alerts.phrases.model import Facts, Severity
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.times import Time
from alerts.phrases.tokens import STOPS

LB_PER_KG = 2.2046
LB_PER_STONE = 14.0
LOWEST_LB, HIGHEST_LB = 60.0, 700.0
IMPLAUSIBLE_JUMP_LB = 15.0
_DAY_H, _THREE_DAYS_H, _WEEK_H, _MONTH_H = 36.0, 84.0, 200.0, 800.0
# Half of the last decimal a patient says; keeps 2 kg from being "more than 4.4 lb".
_ROUNDING_LB = 0.011

_UP = cues("weight", "up")
_DOWN = cues("weight", "down")
_ABOUT = cues("weight", "about")
_GARBLED = cues("weight", "garbled")
_SAME = cues("weight", "same")
_LONG_RUN = cues("weight", "long_run")
# An answer to the question for the weight that needs no number.
_NOTHING_NEW = cues("weight", "nothing_new")
_UNIT_LB = {
    "pound": 1.0,
    "libra": 1.0,
    "kilo": LB_PER_KG,
    "stone": LB_PER_STONE,
    "ounce": 1 / 16,
    "ounces": 1 / 16,
    "onzas": 1 / 16,
}
_NO_WEIGHT_UNITS = wordset("weight", "no_weight_units")


@dataclass(frozen=True, slots=True)
class WeightFinding:
    """A change judged, or `unclear` when the number must be asked for again. Tokens `start` to `end` say it."""

    kind: Literal["gain", "loss", "unclear"]
    severity: Severity
    rule_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Amount:
    at: int
    lb: float
    unit: str | None


def weight_in(
    text: Text, question: Question, facts: Facts, times: list[Time], confidence: float | None
) -> WeightFinding | None:
    """What the segment says about weight; None when it says nothing or nothing that matters."""
    asked = "weight" in question.topics
    about = _ABOUT.is_in(text)
    if not (asked or about):
        return None
    whole = len(text.tokens)
    if _GARBLED.is_in(text) or (asked and confidence is not None and confidence < 0.5):
        return WeightFinding("unclear", "none", "D01", 0, whole)
    amounts = _amounts(text, facts, asked=asked)
    if not amounts and asked and not _NOTHING_NEW.is_in(text) and not (_UP.is_in(text) or _DOWN.is_in(text)):
        return WeightFinding("unclear", "none", "D01", 0, whole)
    if not amounts or _LONG_RUN.is_in(text):
        return None
    change = _change(text, question, amounts, times, facts)
    if change is None:
        return _reading(text, amounts, facts, asked=asked)
    pounds, hours = change
    return judged_change(pounds, hours, amounts[0].at, amounts[-1].at + 1)


def judged_change(pounds: float, hours: float, start: int, end: int) -> WeightFinding | None:
    """The rule for a change of so many pounds in so many hours."""
    kind: Literal["gain", "loss"] = "gain" if pounds > 0 else "loss"
    size = abs(pounds)
    level = _level(size, hours)
    if level is None:
        return None
    if kind == "loss":
        strong = size > 3 + _ROUNDING_LB if hours <= _DAY_H else size > 5 + _ROUNDING_LB
        return WeightFinding("loss", "medium", "S05", start, end) if strong else None
    severity, rule_id = level
    return WeightFinding("gain", severity, rule_id, start, end)


def _level(size: float, hours: float) -> tuple[Severity, str] | None:
    if hours <= _DAY_H:
        return (
            ("high", "S01")
            if size > 3 + _ROUNDING_LB
            else ("medium", "S03")
            if size >= 2 - _ROUNDING_LB
            else None
        )
    if hours <= _THREE_DAYS_H and size > 4.4 + _ROUNDING_LB:
        return "high", "S02"
    if hours > _WEEK_H:
        size = size * 168 / hours
    if size > 5 + _ROUNDING_LB:
        return "high", "S02"
    return ("medium", "S03") if size >= 3 - _ROUNDING_LB else None


def _amounts(text: Text, facts: Facts, *, asked: bool) -> list[_Amount]:
    """Numbers that can be pounds, in pounds where the unit is said; a unit said once holds for all."""
    found: list[_Amount] = []
    for at, token in enumerate(text.tokens):
        value = token.value
        following = text.tokens[at + 1].word if at + 1 < len(text.tokens) else ""
        before = text.tokens[at - 1].word if at else ""
        if (
            value is None
            and token.word in ("couple", "par")
            and following in ("of", "pound", "de", "kilo", "libra")
        ):
            value = 2.0
        elif value is None and token.word in ("few", "several") and following == "pound":
            value = 3.0
        elif (
            value is None
            and token.word in ("a", "un", "una")
            and following in _UNIT_LB
            and before not in ("half",)
        ):
            value = 1.0
        elif value is None and token.word == "half" and "pound" in text.words(at, at + 4):
            value = 0.5
        if value is None or following in _NO_WEIGHT_UNITS or before in ("at", "las"):
            continue
        if token.from_one and before in ("this", "that", "no", "which", "any", "the"):
            continue
        found.append(_Amount(at, value, _unit_after(text, at)))
    units = {amount.unit for amount in found if amount.unit}
    unit = next(iter(units)) if len(units) == 1 else None
    if (
        unit is None
        and not units
        and facts.weighs_in_kg
        and found
        and all(amount.lb < 150 for amount in found)
    ):
        unit = "kilo" if not asked or facts.last_weight_lb is None or facts.last_weight_lb > 250 else None
    return [_Amount(a.at, a.lb * _UNIT_LB[a.unit or unit or "pound"], a.unit or unit) for a in found]


def _unit_after(text: Text, at: int) -> str | None:
    for word in text.words(at + 1, at + 4):
        if word in _UNIT_LB:
            return word
        if word in STOPS or word not in (
            "of",
            "or",
            "and",
            "a",
            "half",
            "de",
            "whole",
            "more",
            "maybe",
            "extra",
            "good",
            "about",
        ):
            return None
    return None


def _change(
    text: Text, question: Question, amounts: list[_Amount], times: list[Time], facts: Facts
) -> tuple[float, float] | None:
    """Signed pounds and hours of a change that is told; None if only a reading or nothing is told."""
    plausible = [amount for amount in amounts if _is_body_weight(amount)]
    if len(plausible) >= 2:
        return _between(text, plausible, times)
    small = [amount for amount in amounts if not _is_body_weight(amount) and amount.lb <= 60]
    if not small or _SAME.is_in(text):
        return None
    up, down = _UP.is_in(text), _DOWN.is_in(text)
    relative = bool(times) or "up" in question.text.words(0, len(question.text.tokens))
    if not (up or down or (relative and "weight" in question.topics)):
        return None
    said = [amount for amount in small if amount.unit or len(small) == 1] or small
    amount = said[-1] if CORRECTION.is_in(text) else max(said, key=lambda each: each.lb)
    if not up and not down and plausible:
        return None
    return (-amount.lb if down and not up else amount.lb), _window(times, facts)


def _between(text: Text, readings: list[_Amount], times: list[Time]) -> tuple[float, float] | None:
    """Two readings: which is older is told by the times beside them, else the first is."""
    first, last = readings[0], readings[-1]
    older, newer = first, last
    age_first, age_last = _age_near(first.at, times), _age_near(last.at, times)
    if (age_first is not None and age_last is not None and age_first < age_last) or (
        age_first is not None
        and age_first < 13
        and age_last is None
        and any(w in ("was", "estaba", "from") for w in text.words(first.at, last.at))
    ):
        older, newer = last, first
    ages = [age for age in (age_first, age_last) if age is not None]
    hours = max(ages, default=24.0)
    change = newer.lb - older.lb
    if abs(change) < 0.05:
        return 0.0, max(hours, 24.0)
    return change, max(hours, 24.0)


def _age_near(at: int, times: list[Time]) -> float | None:
    near = [time for time in times if -1 <= time.start - at <= 4 or 0 <= at - time.end <= 3]
    near.sort(key=lambda time: min(abs(time.start - at), abs(at - time.end)))
    return (near[0].nearest_h + near[0].farthest_h) / 2 if near and near[0].kind != "ongoing" else None


def _window(times: list[Time], facts: Facts) -> float:
    """Hours a told change took; not told counts as since the last check-in, taken as a day."""
    ages = [(time.nearest_h + time.farthest_h) / 2 for time in times if time.kind != "ongoing"]
    return max(ages, default=24.0) if ages else 24.0


def _reading(text: Text, amounts: list[_Amount], facts: Facts, *, asked: bool) -> WeightFinding | None:
    """A single reading against the last one known; what cannot be true must be asked for again."""
    last = facts.last_weight_lb
    states = asked or _ABOUT.is_in(text)
    if not states:
        return None
    reading = max(amounts, key=lambda amount: (_is_body_weight(amount), amount.lb))
    start, end = reading.at, reading.at + 1
    if not _is_body_weight(reading):
        bare = len(amounts) == 1 and reading.lb < LOWEST_LB and reading.lb >= 10 and not _SAME.is_in(text)
        return (
            WeightFinding("unclear", "none", "D01", start, end) if bare or reading.lb > HIGHEST_LB else None
        )
    if last is None:
        return None
    change = reading.lb - last
    if (
        facts.weighs_in_kg
        and reading.unit is None
        and abs(reading.lb * LB_PER_KG - last) < IMPLAUSIBLE_JUMP_LB
    ):
        change = reading.lb * LB_PER_KG - last
    hours = facts.last_weight_age_h or 24.0
    if abs(change) > IMPLAUSIBLE_JUMP_LB and hours <= _WEEK_H:
        return WeightFinding("unclear", "none", "D01", start, end)
    return judged_change(change, hours, start, end) if abs(change) > 0.05 else None


def _is_body_weight(amount: _Amount) -> bool:
    return LOWEST_LB <= amount.lb <= HIGHEST_LB
