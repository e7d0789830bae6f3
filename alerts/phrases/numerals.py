"""Number words become numbers: "one eighty-six and a half", "ciento ochenta y dos y media". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.phrases.datafiles import load
from alerts.phrases.tokens import BOUNDARIES, Token

_TABLE = load("numbers.toml")
_UNITS: dict[str, int] = _TABLE["units"]
_TEENS: dict[str, int] = {key.removesuffix("_es"): value for key, value in _TABLE["teens"].items()}
_TENS: dict[str, int] = _TABLE["tens"]
_HUNDREDS: dict[str, int] = _TABLE["hundreds"]
HOMOPHONES: dict[str, int] = _TABLE["homophones"]
_MEASURES = frozenset(_TABLE["words"]["units_of_measure"])
_BEFORE_HOMOPHONE = frozenset(_TABLE["words"]["before_homophone"])
# What follows the last digit of a reading.
_AFTER_READING = frozenset({*BOUNDARIES, "to", "this", "today", "now", "over", "yesterday", *_MEASURES})
_UNIT_WORDS = {value: word for word, value in _UNITS.items() if value > 0 and word.isascii()}
_ZERO_WORDS = frozenset({"oh", "o", "zero", "cero"})
# Spanish eleven is English "once": a number only between Spanish words.
_ENGLISH_TOO = frozenset({"once"})


def with_numbers(tokens: Sequence[Token], spanish: bool) -> list[Token]:
    """The tokens with every run of number words put together into one number token."""
    tokens = _unmisheard(tokens)
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        parsed = _parse(tokens, at, spanish)
        if parsed is None:
            out.append(tokens[at])
            at += 1
            continue
        value, used = parsed
        run = tokens[at : at + used]
        word = f"{value:g}"
        alone = used == 1 and run[0].word in ("one", "uno")
        out.append(replace(run[0], word=word, end=run[-1].end, value=value, from_one=alone))
        at += used
    return _homophones(out)


def _unmisheard(tokens: Sequence[Token]) -> list[Token]:
    """ "Won eighty too", "up for and a half pounds": sound-alikes inside a number become its words."""
    out = list(tokens)
    for at, token in enumerate(tokens):
        unit = _UNIT_WORDS.get(HOMOPHONES.get(token.word, 0))
        if unit is None or token.value is not None:
            continue
        opens = token.word == "won" and (_word(tokens, at + 1) in _TENS or _word(tokens, at + 1) == "hundred")
        closes = (
            at > 1
            and _word(tokens, at - 1) in _TENS
            and (tokens[at - 2].word in _UNITS or tokens[at - 2].word == "won")
            and (at + 1 == len(tokens) or _word(tokens, at + 1) in _AFTER_READING)
        )
        words = [_word(tokens, at + offset) for offset in range(1, 5)]
        halved = words[0] in ("and", "an") and words[1:3] == ["a", "half"] and words[3] in _MEASURES
        if opens or closes or halved:
            out[at] = replace(token, word=unit)
    return out


def _parse(tokens: Sequence[Token], at: int, spanish: bool) -> tuple[float, int] | None:
    whole = _whole(tokens, at, spanish)
    if whole is None:
        return None
    value, used = whole
    fraction, more = _fraction(tokens, at + used)
    return value + fraction, used + more


def _whole(tokens: Sequence[Token], at: int, spanish: bool) -> tuple[float, int] | None:
    """The whole number that starts at `at` and how many tokens it takes."""
    first = tokens[at]
    if first.value is not None:
        return _after_digits(tokens, at) if _fraction(tokens, at + 1)[1] else None
    if first.word in ("a", "hundred", "un") and _word(tokens, at + 1) == "hundred":
        rest, used = _up_to_99(tokens, _skip_and(tokens, at + 2), spanish) or (0, 0)
        return 100 + rest, 2 + used + (1 if used and _word(tokens, at + 2) in ("and", "y") else 0)
    if first.word in _HUNDREDS:
        return _hundreds(tokens, at, 1, _HUNDREDS[first.word], spanish)
    small = _up_to_99(tokens, at, spanish)
    if small is None:
        return None
    value, used = small
    if _word(tokens, at + used) == "hundred":
        return _hundreds(tokens, at, used + 1, value * 100, spanish)
    if _word(tokens, at + used) in ("thousand", "mil"):
        below = _whole(tokens, at + used + 1, spanish) if at + used + 1 < len(tokens) else None
        return (value * 1000 + below[0], used + 1 + below[1]) if below else (value * 1000, used + 1)
    return _joined(tokens, at, value, used, spanish)


def _after_digits(tokens: Sequence[Token], at: int) -> tuple[float, int]:
    value = tokens[at].value
    return (value if value is not None else 0.0), 1


def _hundreds(tokens: Sequence[Token], at: int, used: int, base: int, spanish: bool) -> tuple[float, int]:
    skipped = _skip_and(tokens, at + used)
    rest = _up_to_99(tokens, skipped, spanish) if skipped < len(tokens) else None
    if rest is None or _is_half(tokens, skipped):
        return base, used
    return base + rest[0], skipped - at + rest[1]


def _joined(tokens: Sequence[Token], at: int, value: int, used: int, spanish: bool) -> tuple[float, int]:
    """Spoken shortcuts: "one eighty six" 186, "two oh five" 205, "nineteen eighty seven" 1987, "one seven one"."""
    following = at + used
    if 1 <= value <= 9 and _word(tokens, following) in _ZERO_WORDS and _word(tokens, following + 1) in _UNITS:
        return value * 100 + _UNITS[tokens[following + 1].word], used + 2
    second = _up_to_99(tokens, following, spanish) if following < len(tokens) else None
    if second is None:
        return value, used
    if second[0] >= 10 and (1 <= value <= 9 or 18 <= value <= 20):
        return value * 100 + second[0], used + second[1]
    digits = _digit_run(tokens, at)
    if len(digits) >= 3:
        return float("".join(str(digit) for digit in digits[:4])), min(len(digits), 4)
    return value, used


def _digit_run(tokens: Sequence[Token], at: int) -> list[int]:
    digits: list[int] = []
    while at < len(tokens) and tokens[at].word in _UNITS:
        digits.append(_UNITS[tokens[at].word])
        at += 1
    return digits


def _up_to_99(tokens: Sequence[Token], at: int, spanish: bool) -> tuple[int, int] | None:
    word = _word(tokens, at)
    if word in _ENGLISH_TOO and not spanish:
        return None
    if word in _TENS:
        tens = _TENS[word]
        unit_at = at + 1 if _word(tokens, at + 1) != "y" else at + 2
        unit = _word(tokens, unit_at)
        if unit in _UNITS and _UNITS[unit] > 0 and not (unit_at == at + 2 and unit == "uno" and not spanish):
            return tens + _UNITS[unit], unit_at - at + 1
        return tens, 1
    if word in _TEENS:
        return _TEENS[word], 1
    if word in _UNITS:
        return _UNITS[word], 1
    return None


def _fraction(tokens: Sequence[Token], at: int) -> tuple[float, int]:
    """ "and a half", "y media", "point five", "and a quarter": its value and the tokens it takes."""
    words = [_word(tokens, at + offset) for offset in range(4)]
    match words:
        case ["and" | "an", "a" | "one", "half", *_]:
            return 0.5, 3
        case ["and", "half", *_] | ["y", "media" | "medio", *_]:
            return 0.5, 2
        case ["and", "a", "quarter", *_]:
            return 0.25, 3
        case ["and" | "an", "one", "half", *_]:
            return 0.5, 3
        case ["and", "one", "quarter", *_] | ["an", "a", "quarter", *_]:
            return 0.25, 3
        case ["y", "cuarto", *_]:
            return 0.25, 2
        case ["and", "three", "quarters" | "quarter", *_]:
            return 0.75, 3
        case ["point" | "punto" | "coma", *_]:
            pair = _up_to_99(tokens, at + 1, False)
            if pair is not None and pair[0] >= 10:
                return pair[0] / 100, 1 + pair[1]
            digits = _digit_run(tokens, at + 1)
            if digits:
                return float("0." + "".join(str(digit) for digit in digits[:2])), 1 + min(len(digits), 2)
            return 0.0, 0
        case _:
            return 0.0, 0


def _homophones(tokens: list[Token]) -> list[Token]:
    """ "gained for pounds": a sound-alike before a unit is the number."""
    out = list(tokens)
    for at, token in enumerate(tokens[:-1]):
        if token.word not in HOMOPHONES or token.value is not None or tokens[at + 1].word not in _MEASURES:
            continue
        if at == 0 or tokens[at - 1].word in _BEFORE_HOMOPHONE or tokens[at - 1].value is not None:
            value = HOMOPHONES[token.word]
            out[at] = replace(token, word=str(value), value=float(value))
    return out


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if at < len(tokens) else ""


def _skip_and(tokens: Sequence[Token], at: int) -> int:
    return at + 1 if _word(tokens, at) in ("and",) and _word(tokens, at + 1) not in ("a", "half") else at


def _is_half(tokens: Sequence[Token], at: int) -> bool:
    return _word(tokens, at) in ("half", "a")


def number_of(word: str) -> str | None:
    """The digits of a single number word as they stand in a text ("two" -> "2"), None for any other word."""
    if word in _ENGLISH_TOO:
        return None
    for table in (_UNITS, _TEENS, _TENS):
        if word in table:
            return f"{table[word]:g}"
    return None
