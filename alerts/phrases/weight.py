"""Weight said in words: a change and its window, two readings, or one reading against the last. Pure.

Thresholds are those of the rules S01 to S03 and S05 as they stand for the patient (limits.py).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from alerts.phrases.amounts import Amount, amounts_in
from alerts.phrases.answers import CORRECTION
from alerts.phrases.lexicon import PatternSet, cues
from alerts.phrases.limits import LB_PER_KG, WeightLimits
from alerts.phrases.model import ScanContext, Severity
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.times import DAY_H, Time, times_in
from alerts.phrases.tokens import BOUNDARIES
from alerts.phrases.windows import window_in

# Half of the last decimal a patient says; keeps 2 kg from being "more than 4.4 lb".
_ROUNDING_LB = 0.011
# More than that is no change of days.
_LARGEST_CHANGE_LB = 60.0
# Two weighings of one person do not lie further apart, whatever else the numbers are.
_APART = BOUNDARIES | {"and", "y"}
_LARGEST_SPAN_LB = 45.0

# So far from the amount its direction may be told.
_DIRECTION_REACH = 9

_UP = cues("weight", "up")
_DOWN = cues("weight", "down")
_NO_DIRECTION = cues("weight", "no_direction")
_ABOUT = cues("weight", "about")
_READINGS = cues("weight", "readings")
_OTHER_NUMBERS = cues("weight", "other_numbers")
_GARBLED = cues("weight", "garbled")
_UNREADABLE = cues("weight", "unreadable")
_EITHER = cues("weight", "either")
_SAME = cues("weight", "same")
_LONG_RUN = cues("weight", "long_run")
# An answer to the question for the weight that needs no number.
_NOTHING_NEW = cues("weight", "nothing_new")
_WAS = cues("weight", "was")
_IS = cues("weight", "is")


@dataclass(frozen=True, slots=True)
class WeightFinding:
    """A change judged, or `unclear` when the number must be asked for again. Tokens `start` to `end` say it."""

    kind: Literal["gain", "loss", "unclear"]
    severity: Severity
    rule_id: str
    start: int
    end: int


def weight_in(
    text: Text, question: Question, context: ScanContext, times: list[Time], confidence: float | None
) -> WeightFinding | None:
    """What the segment says about weight; None when it says nothing or nothing that matters."""
    asked = "weight" in question.topics
    told = _READINGS.is_in(text) and not _OTHER_NUMBERS.is_in(text)
    if not (asked or _ABOUT.is_in(text) or told):
        return None
    whole = len(text.tokens)
    unclear = WeightFinding("unclear", "none", "D01", 0, whole)
    limits = context.limits
    if _GARBLED.is_in(text) or (asked and confidence is not None and confidence < limits.hearing.weight):
        return unclear
    amounts = amounts_in(text, context.facts, limits, asked=asked)
    if asked and (_UNREADABLE.is_in(text) or (len(amounts) > 1 and _EITHER.is_in(text))):
        return unclear
    if not amounts and asked and not _NOTHING_NEW.is_in(text) and not (_UP.is_in(text) or _DOWN.is_in(text)):
        return unclear
    if not amounts or _LONG_RUN.is_in(text):
        return None
    if not (asked or _ABOUT.is_in(text)) and not _are_readings(amounts, limits.weight):
        return None
    change = _change(text, question, amounts, times, context)
    if change is None:
        return _reading(text, amounts, context, asked=asked)
    pounds, hours = change
    if _are_readings(amounts, limits.weight) and _cannot_be(pounds, hours, limits.weight):
        return unclear
    return judged_change(pounds, hours, amounts[0].at, amounts[-1].end, limits.weight)


def _are_readings(amounts: list[Amount], limits: WeightLimits) -> bool:
    return len([each for each in amounts if _is_body_weight(each, limits)]) > 1


def judged_change(
    pounds: float, hours: float, start: int, end: int, limits: WeightLimits
) -> WeightFinding | None:
    """The rule for a change of so many pounds in so many hours.

    Over a longer time than a rule's window the change is spread evenly, as the rule engine does it.
    """
    size = abs(pounds)
    day = _rate(size, hours, limits.day_h, limits)
    three_days = size if hours <= limits.three_day_h + 2 * limits.tolerance_h else 0.0
    week = _rate(size, hours, limits.week_h, limits)
    if pounds <= 0:
        strong = _above(day, limits.day_loss) or _above(week, limits.week_loss)
        return WeightFinding("loss", "medium", "S05", start, end) if strong else None
    if _above(day, limits.day_gain):
        return WeightFinding("gain", "high", "S01", start, end)
    if _above(week, limits.week_gain) or _above(three_days, limits.three_day_gain):
        return WeightFinding("gain", "high", "S02", start, end)
    if day >= limits.day_creep - _ROUNDING_LB or week >= limits.week_creep - _ROUNDING_LB:
        return WeightFinding("gain", "medium", "S03", start, end)
    return None


def _rate(size: float, hours: float, window_h: float, limits: WeightLimits) -> float:
    """What some window of the length must hold at least of a change over `hours`."""
    # "Yesterday" may be as much as a day and a half ago.
    slack = 2 * limits.tolerance_h
    return size / max(1, math.ceil((hours - slack) / window_h))


def _above(size: float, limit: float) -> bool:
    return size > limit + _ROUNDING_LB


def _cannot_be(pounds: float, hours: float, limits: WeightLimits) -> bool:
    return abs(pounds) > limits.jump and hours <= limits.week_h + limits.day_h


def _change(
    text: Text, question: Question, amounts: list[Amount], times: list[Time], context: ScanContext
) -> tuple[float, float] | None:
    """Signed pounds and hours of a change that is told; None if only a reading or nothing is told."""
    limits = context.limits.weight
    plausible = [amount for amount in amounts if _is_body_weight(amount, limits)]
    window = _window(text, question, times, context)
    if len(plausible) >= 2 and abs(plausible[-1].lb - plausible[0].lb) <= _LARGEST_SPAN_LB:
        return _between(text, plausible, times), window
    small = [
        amount
        for amount in amounts
        if not _is_body_weight(amount, limits) and amount.lb <= _LARGEST_CHANGE_LB
    ]
    if not small:
        return None
    said = [amount for amount in small if amount.unit or len(small) == 1] or small
    amount = said[-1] if CORRECTION.is_in(text) else max(said, key=lambda each: each.lb)
    direction = _direction(text, amount, question)
    if direction is None and _SAME.is_in(text):
        return None
    dated = bool(times) or window_in(text) is not None
    if direction is None and not (dated and "weight" in question.topics):
        return None
    if direction is None and plausible:
        return None
    return (-amount.lb if direction == "down" else amount.lb), window


def _direction(text: Text, amount: Amount, question: Question) -> Literal["up", "down"] | None:
    """Up or down as said nearest to the amount, else as it was asked."""
    void = _NO_DIRECTION.spans(text)
    ups, downs = (_spans(patterns, text, void, amount) for patterns in (_UP, _DOWN))
    if ups or downs:
        return "up" if min(ups, default=999) <= min(downs, default=999) else "down"
    asked_up, asked_down = _UP.is_in(question.text), _DOWN.is_in(question.text)
    if "weight" in question.topics and asked_up != asked_down:
        return "up" if asked_up else "down"
    return None


def _spans(patterns: PatternSet, text: Text, void: list[tuple[int, int]], amount: Amount) -> list[int]:
    """Distances of the words of direction from the amount."""
    return [
        min(abs(start - amount.end + 1), abs(amount.at - end + 1))
        for start, end in patterns.spans(text)
        if start - amount.end <= _DIRECTION_REACH and amount.at - end <= _DIRECTION_REACH
        if not any(first <= start and end <= last for first, last in void)
    ]


def _between(text: Text, readings: list[Amount], times: list[Time]) -> float:
    """Pounds from the older to the newer of two readings: told by "was" and by times beside them, else by their order."""
    first, last = readings[0], readings[-1]
    past_first, past_last = _is_past(first, text, times), _is_past(last, text, times)
    if (past_last and not past_first) or (past_first is False and past_last is None):
        return first.lb - last.lb
    return last.lb - first.lb


def _is_past(reading: Amount, text: Text, times: list[Time]) -> bool | None:
    """Whether a reading is the earlier of two; None when nothing beside it says so."""
    near = [
        (min(abs(time.start - reading.end), abs(reading.at - time.end)), time)
        for time in times
        if time.kind != "ongoing"
        and (0 <= time.start - reading.end <= 3 or 0 <= reading.at - time.end <= 3)
        and not _APART & set(_between_words(text, reading, time))
    ]
    if near:
        return min(near, key=lambda each: each[0])[1].farthest_h > DAY_H / 2
    before = (max(0, reading.at - 3), reading.at)
    if _WAS.is_in(text, *before):
        return True
    return False if _IS.is_in(text, *before) else None


def _between_words(text: Text, reading: Amount, time: Time) -> tuple[str, ...]:
    if time.start >= reading.end:
        return text.words(reading.end, time.start)
    return text.words(time.end, reading.at)


def _window(text: Text, question: Question, times: list[Time], context: ScanContext) -> float:
    """Hours a told change took; not told counts as since yesterday.

    A stretch ("in five days", "over the past week") goes before a point ("since Monday"), the answer before the question.
    """
    own = window_in(text)
    if own is not None:
        return own
    ages = [_age(time) for time in times if time.kind not in ("ongoing", "new", "duration")]
    if ages:
        return max(max(ages), DAY_H)
    asked = window_in(question.text)
    if asked is not None:
        return asked
    ages = [_age(time) for time in times_in(question.text, context) if time.kind == "point"]
    return max([DAY_H, *ages])


def _age(time: Time) -> float:
    """A day by its middle, a looser time ("last week") by its far end."""
    wide = time.farthest_h - time.nearest_h > DAY_H
    return time.farthest_h if wide else (time.nearest_h + time.farthest_h) / 2


def _reading(text: Text, amounts: list[Amount], context: ScanContext, *, asked: bool) -> WeightFinding | None:
    """A single reading against the last one known; what cannot be true must be asked for again."""
    facts, limits = context.facts, context.limits.weight
    last = facts.last_weight_lb
    states = asked or _ABOUT.is_in(text)
    if not states:
        return None
    reading = max(amounts, key=lambda amount: (_is_body_weight(amount, limits), amount.lb))
    start, end = reading.at, reading.end
    if not _is_body_weight(reading, limits):
        bare = (asked or len(amounts) == 1) and 10 <= reading.lb < limits.lowest and not _SAME.is_in(text)
        return (
            WeightFinding("unclear", "none", "D01", start, end)
            if bare or reading.lb > limits.highest
            else None
        )
    if last is None:
        return None
    change = reading.lb - last
    in_kg = reading.lb * LB_PER_KG
    if facts.weighs_in_kg and reading.unit is None and abs(in_kg - last) < limits.jump:
        change = in_kg - last
    hours = facts.last_weight_age_h or DAY_H
    if _cannot_be(change, hours, limits):
        return WeightFinding("unclear", "none", "D01", start, end)
    return judged_change(change, hours, start, end, limits) if abs(change) > 0.05 else None


def _is_body_weight(amount: Amount, limits: WeightLimits) -> bool:
    return limits.lowest <= amount.lb <= limits.highest
