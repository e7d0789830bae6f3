"""A date as people say it, in English or Spanish, as the dates it may mean. Pure.

"March third nineteen forty eight", "the 3rd of March '48", "3/3/1948", "03031948" (keys),
"tres de marzo de mil novecientos cuarenta y ocho". Numbers alone are month first; in Spanish also day first.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo",
            "june jun junio", "july jul julio", "august aug agosto", "september sept sep septiembre setiembre",
            "october oct octubre", "november nov noviembre", "december dec diciembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
UNITS = {
    word: value
    for value, words in enumerate(
        (
            "zero oh o cero", "one first uno un primero", "two second dos", "three third tres",
            "four fourth cuatro", "five fifth cinco", "six sixth seis", "seven seventh siete",
            "eight eighth ocho", "nine ninth nueve", "ten tenth diez", "eleven eleventh once",
            "twelve twelfth doce", "thirteen thirteenth trece", "fourteen fourteenth catorce",
            "fifteen fifteenth quince", "sixteen sixteenth dieciseis", "seventeen seventeenth diecisiete",
            "eighteen eighteenth dieciocho", "nineteen nineteenth diecinueve", "twenty twentieth veinte",
            "veintiuno veintiun", "veintidos", "veintitres", "veinticuatro", "veinticinco", "veintiseis",
            "veintisiete", "veintiocho", "veintinueve", "thirty thirtieth treinta",
        )
    )
    for word in words.split()
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90,
}  # fmt: skip
HUNDREDS = {"novecientos": 900, "ochocientos": 800, "cien": 100, "ciento": 100}
WORD = re.compile(r"\d+|[a-z]+")
FIRST_YEAR, LAST_YEAR = 1900, 2015


def dates_meant(text: str, *, day_first: bool = False) -> frozenset[date]:
    """Every date that `text` may mean, empty when it holds none. `day_first`: 3/4 may also be April third."""
    words = WORD.findall(_plain(text))
    month_at = next((at for at, word in enumerate(words) if word in MONTHS), None)
    if month_at is None:
        return _from_numbers(_numbers(words), day_first=day_first)
    month = MONTHS[words[month_at]]
    before, after = _numbers(words[:month_at]), _numbers(words[month_at + 1 :])
    found: set[date] = set()
    if before and before[-1] <= 31:  # the third of March 1948
        found |= _dates(month, before[-1], _years(after))
    if after:  # March third 1948; 1948 March third
        found |= _dates(month, after[0], _years(after[1:]) | _years(before))
    return frozenset(found)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))


def _numbers(words: list[str]) -> list[int]:
    """The numbers in these words: "twenty first" 21, "mil novecientos cuarenta y ocho" 1948."""
    words = [word for word in words if word not in ("y", "and", "de", "del", "st", "nd", "rd", "th")]
    numbers: list[int] = []
    is_open = False  # the last number may still grow by a unit
    scale_open = False  # ... or by tens and units, after "hundred", "thousand", "mil"
    for word in words:
        if word.isdigit():
            numbers.append(int(word))
            is_open = scale_open = False
        elif word in ("hundred", "thousand", "mil") or word in HUNDREDS:
            _scale(numbers, word, scale_open)
            is_open, scale_open = False, True
        elif word in TENS:
            if scale_open:
                numbers[-1] += TENS[word]
            else:
                numbers.append(TENS[word])
            is_open, scale_open = True, False
        elif word in UNITS:
            value = UNITS[word]
            grows = (is_open and 0 < value < 10) or scale_open
            if grows:
                numbers[-1] += value
            else:
                numbers.append(value)
            is_open = scale_open = False
    return numbers


def _scale(numbers: list[int], word: str, scale_open: bool) -> None:
    if word in HUNDREDS:
        if scale_open:
            numbers[-1] += HUNDREDS[word]
        else:
            numbers.append(HUNDREDS[word])
    elif word == "hundred" and numbers:
        numbers[-1] *= 100
    elif word == "thousand" and numbers:
        numbers[-1] *= 1_000
    else:
        before = numbers.pop() if numbers and word == "mil" and numbers[-1] == 2 else 1
        numbers.append(before * 1_000)


def _years(numbers: list[int]) -> frozenset[int]:
    """The years that the numbers may mean: [1948], [19, 48], [48], [19, 0, 5]."""
    match numbers:
        case [year, *_] if year >= 1_000:
            return frozenset({year})
        case [19 | 20 as century, 0, unit, *_] if unit < 10:
            return frozenset({century * 100 + unit})
        case [19 | 20 as century, rest, *_] if rest < 100:
            return frozenset({century * 100 + rest})
        case [short, *_] if short < 100:
            return frozenset({1_900 + short, 2_000 + short})
    return frozenset()


def _dates(month: int, day: int, years: frozenset[int]) -> set[date]:
    found = set()
    for year in years:
        if FIRST_YEAR <= year <= LAST_YEAR:
            try:
                found.add(date(year, month, day))
            except ValueError:
                continue
    return found


def _from_numbers(numbers: list[int], *, day_first: bool) -> frozenset[date]:
    """Numbers alone: [3, 3, 1948], [1948, 3, 3], [3031948]."""
    match numbers:
        case [whole] if 1_000_000 <= whole <= 31_129_999:
            return _from_numbers(
                [whole // 1_000_000, whole // 10_000 % 100, whole % 10_000], day_first=day_first
            )
        case [year, month, day, *_] if year >= 1_000:
            return frozenset(_dates(month, day, frozenset({year})))
        case [first, second, *rest] if first <= 31 and second <= 31:
            found = _dates(first, second, _years(rest))
            if day_first:
                found |= _dates(second, first, _years(rest))
            return frozenset(found)
    return frozenset()
