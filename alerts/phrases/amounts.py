"""Weights said in words, in pounds: "twelve stone two", "four and a quarter", "half a stone", "dos kilos y medio". Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from alerts.phrases.datafiles import wordset
from alerts.phrases.lexicon import cues
from alerts.phrases.limits import LB_PER_KG, Limits
from alerts.phrases.model import Facts
from alerts.phrases.text import Text
from alerts.phrases.tokens import STOPS

LB_PER_STONE = 14.0
# "Just over three" is more than three, "just under three" less: by so many pounds, which no scale shows.
_A_TOUCH = 0.1
UNIT_LB = {
    "pound": 1.0,
    "libra": 1.0,
    "kilo": LB_PER_KG,
    "stone": LB_PER_STONE,
    "ounce": 1 / 16,
    "ounces": 1 / 16,
    "onzas": 1 / 16,
}
_NO_WEIGHT_UNITS = wordset("weight", "no_weight_units")
_BEFORE_UNIT = wordset("weight", "before_unit")
_NO_COUNT_BEFORE = frozenset({"this", "that", "no", "which", "any", "the", "not"})
_COUPLE = frozenset({"couple", "par"})
_FEW = frozenset({"few", "several", "unas", "unos"})
_SMALL = {"quarter": 0.25, "half": 0.5, "medio": 0.5, "media": 0.5}
_OF_THE_BODY = wordset("weight", "of_the_body")
_OVER = cues("weight", "a_touch_over")
_UNDER = cues("weight", "a_touch_under")
_AND_CHANGE = cues("weight", "and_change")
_TOUCH_REACH = 4


@dataclass(frozen=True, slots=True)
class Amount:
    """A weight or a change on tokens `at` to `end`; `unit` is None where none was said."""

    at: int
    end: int
    lb: float
    unit: str | None


def amounts_in(text: Text, facts: Facts, limits: Limits, *, asked: bool) -> list[Amount]:
    """Numbers that can be pounds, in pounds where the unit is said; a unit said once holds for all."""
    found = _compounds([*_numbers(text, asked=asked)], text)
    units = {amount.unit for amount in found if amount.unit and amount.unit != "ounces"}
    unit = next(iter(units)) if len(units) == 1 else None
    if unit == "stone":
        # "Eleven stone four" has its pounds beside it; a bare number elsewhere is of pounds too.
        unit = "stone" if all(amount.lb < 40 for amount in found) else None
    said = {token.word for token in text.tokens} & {"pound", "libra", "kilo", "stone"}
    if not units and len(said) == 1:
        unit = said.pop()
    elif not units and facts.weighs_in_kg and found and all(amount.lb < 150 for amount in found):
        unit = "kilo" if not asked or facts.last_weight_lb is None or facts.last_weight_lb > 250 else None
    in_pounds = [
        replace(each, lb=each.lb * UNIT_LB[each.unit or unit or "pound"], unit=each.unit or unit)
        for each in found
    ]
    return [replace(each, lb=each.lb + _touch(text, each)) for each in in_pounds]


def _numbers(text: Text, *, asked: bool) -> Iterator[Amount]:
    """Every number that may be one of weight, in its own unit."""
    for at, token in enumerate(text.tokens):
        value = token.value
        following = _word(text, at + 1)
        before = _word(text, at - 1)
        start, end = at, at + 1
        if value is None:
            small = _without_digits(text, at)
            if small is None:
                continue
            value, end = small
        elif (
            following in _NO_WEIGHT_UNITS
            or before in ("at", "las")
            or (token.from_one and before in _NO_COUNT_BEFORE)
            or _is_of_goods(text, at + 1, asked=asked)
        ):
            continue
        unit = _unit_after(text, end)
        value += _half_after(text, end)
        yield Amount(start, end, value, unit)


def _is_of_goods(text: Text, at: int, *, asked: bool) -> bool:
    """ "Forty pounds of venison", "a forty-pound beagle": no body's weight."""
    if asked or _word(text, at) not in UNIT_LB:
        return False
    following, then = _word(text, at + 1), _word(text, at + 2)
    return following in ("of", "de") and then not in _OF_THE_BODY


def _without_digits(text: Text, at: int) -> tuple[float, int] | None:
    """ "A couple of pounds", "half a stone", "a kilo", "medio kilo": the count and the token after it."""
    word, following, before = _word(text, at), _word(text, at + 1), _word(text, at - 1)
    if word in _COUPLE and (following in UNIT_LB or following in ("of", "de")):
        return (2.0, at + 1) if _unit_after(text, at + 1) else None
    if word in _FEW and following in UNIT_LB:
        return 3.0, at + 1
    if word in ("quarters", "quarter") and text.tokens[at - 1].value == 3 and at:
        return None
    if word in _SMALL:
        unit_at = at + 2 if following in ("a", "of", "de") else at + 1
        if _word(text, unit_at) in UNIT_LB and before not in ("and", "y"):
            return _SMALL[word], unit_at
        return None
    if word in ("a", "un", "una") and following in UNIT_LB and before not in ("half", "quarter"):
        return 1.0, at + 1
    return None


def _half_after(text: Text, end: int) -> float:
    """ "Two pounds and a half", "un kilo y medio": the half behind the unit."""
    at = end
    while at < len(text.tokens) and _word(text, at) not in UNIT_LB:
        if _word(text, at) not in _BEFORE_UNIT:
            return 0.0
        at += 1
    words = text.words(at + 1, at + 4)
    if words[:3] == ("and", "a", "half") or words[:2] in (("y", "medio"), ("y", "media"), ("and", "half")):
        return 0.5
    if words[:3] == ("and", "a", "quarter"):
        return 0.25
    return 0.0


def _unit_after(text: Text, at: int) -> str | None:
    for word in text.words(at, at + 3):
        if word in UNIT_LB:
            return word
        if word in STOPS or word not in _BEFORE_UNIT:
            return None
    return None


def _compounds(found: list[Amount], text: Text) -> list[Amount]:
    """ "Twelve stone two" is one weight of 170 pounds."""
    out: list[Amount] = []
    for amount in found:
        last = out[-1] if out else None
        joins = (
            last is not None
            and last.unit == "stone"
            and amount.lb < LB_PER_STONE
            and amount.unit in (None, "pound")
            and amount.at - last.end <= 2
            and all(word in ("stone", "and", "pound") for word in text.words(last.end, amount.at))
        )
        if last is not None and joins:
            out[-1] = Amount(last.at, amount.end, last.lb * LB_PER_STONE + amount.lb, "pound")
        else:
            out.append(amount)
    return out


def _touch(text: Text, amount: Amount) -> float:
    """What "just over" and "a shade under" add to the number behind them, in pounds."""
    first = max(0, amount.at - _TOUCH_REACH)
    while first < amount.at and any(word in STOPS for word in text.words(first, amount.at)):
        first += 1
    before, after = (first, amount.at), (amount.at, min(amount.end + _TOUCH_REACH, len(text.tokens)))
    if _UNDER.is_in(text, *before):
        return -_A_TOUCH
    return _A_TOUCH if _OVER.is_in(text, *before) or _AND_CHANGE.is_in(text, *after) else 0.0


def _word(text: Text, at: int) -> str:
    return text.tokens[at].word if 0 <= at < len(text.tokens) else ""
