"""A date as people say it, in English or Spanish, as the dates it may mean. Pure.

"March third forty eight", "the 3rd of March '48", "3/3/1948", "oh three oh three one nine four eight", "03031948"
(keys), "tres de marzo del cuarenta y ocho", "tres del tres de mil novecientos cuarenta y ocho". A year of two figures
may be of either century. Numbers alone are month first; in Spanish also day first. Every reading that uses all of
the numbers counts; beside other numbers ("I am 77") only one whose year is said in full.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product

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
FILLERS = frozenset(
    {
        "y",
        "and",
        "de",
        "del",
        "el",
        "la",
        "dia",
        "day",
        "the",
        "of",
        "st",
        "nd",
        "rd",
        "th",
        "uh",
        "um",
        "eh",
        "este",
    }
)
FIRST_YEAR, LAST_YEAR = 1900, 2015

Values = tuple[int, ...]
Reading = tuple[Values, int, bool]  # what it may be, how many numbers it takes, whether it is said in full
Part = Callable[[Values], Iterator[Reading]]
Order = tuple[Part, Part, Part]


def dates_meant(text: str, *, day_first: bool = False) -> frozenset[date]:
    """Every date that `text` may mean, empty when it holds none. `day_first`: 3/4 may also be April third."""
    words = WORD.findall(_plain(text))
    months = [at for at, word in enumerate(words) if word in MONTHS]
    said: list[tuple[Values, Order]] = []
    for at in months:
        said += _around(MONTHS[words[at]], _spoken(words[:at]), _spoken(words[at + 1 :]))
    if not months:
        orders: list[Order] = [(_month, _day, _year), (_year, _month, _day)]
        orders += [(_day, _month, _year)] if day_first else []
        said = list(product(_spoken(words), orders))
    whole = {day for numbers, order in said for day in _whole(numbers, order)}
    return frozenset(whole or {day for numbers, order in said for day in _part(numbers, order)})


def years_meant(text: str) -> frozenset[int]:
    """Every year in full that `text` may mean ("twenty twenty six", "dos mil veintiséis")."""
    return frozenset(
        year
        for numbers in _spoken(WORD.findall(_plain(text)))
        for at in range(len(numbers))
        for years, _, is_full in _year(numbers[at:])
        if is_full
        for year in years
    )


def _around(month: int, before: list[Values], after: list[Values]) -> list[tuple[Values, Order]]:
    """March third 1948; the third of March 1948; 1948 March third."""

    def named(numbers: Values) -> Iterator[Reading]:
        yield (month,), 0, True

    said: list[tuple[Values, Order]] = []
    for first, last in product(before, after):
        said.append((last, (named, _day, _year)))
        if first and 1 <= first[-1] <= 31:
            said.append(((first[-1], *last), (named, _day, _year)))
        if first and last:
            said.append(((*first, *last), (_year, named, _day)))
    return said


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))


def _spoken(words: list[str]) -> list[Values]:
    """The numbers in these words, in every way in which long figures may be meant: 0303 as four, 1948 as one or four."""
    words = [word for word in words if word not in FILLERS]
    choices: list[list[Values]] = []
    run: list[str] = []
    for word in [*words, "0000"]:  # the last one only closes the run before it
        if not word.isdigit():
            run.append(word)
            continue
        choices.append(_in_words(run))
        run = []
        single, apart = (int(word),), tuple(int(figure) for figure in word)
        is_short = len(word) < 3 and not (len(word) == 2 and word[0] == "0")
        choices.append([single] if is_short else [single, apart] if len(word) in (2, 4) else [apart])
    return [tuple(n for piece in pieces for n in piece) for pieces in product(*choices[:-1][:12])]


def _in_words(words: list[str]) -> list[Values]:
    """The numbers in words alone. "Twenty one nine four eight" may be 21 or the 20th and 1948: both."""
    pairs = [
        at + 1 for at, word in enumerate(words[:-1]) if word in TENS and 0 < UNITS.get(words[at + 1], 0) < 10
    ]
    apart = [[*words[:at], "-", *words[at:]] for at in pairs[:4]]
    return [tuple(_numbers(each)) for each in (words, *apart)]


def _numbers(words: list[str]) -> list[int]:
    """The numbers in words alone: "twenty first" 21, "mil novecientos cuarenta y ocho" 1948. Any other word parts them."""
    numbers: list[int] = []
    is_open = False  # the last number may still grow by a unit
    scale_open = False  # ... or by tens and units, after "hundred", "thousand", "mil"
    for word in words:
        if word in ("hundred", "thousand", "mil") or word in HUNDREDS:
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
            if (is_open and 0 < value < 10) or scale_open:
                numbers[-1] += value
            else:
                numbers.append(value)
            is_open = scale_open = False
        else:
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


def _month(numbers: Values) -> Iterator[Reading]:
    """12; 0 3; 1 2."""
    match numbers:
        case [n, *_] if 1 <= n <= 12:
            yield (n,), 1, True
    match numbers:
        case [0, n, *_] if 1 <= n <= 9:
            yield (n,), 2, True
        case [1, n, *_] if 0 <= n <= 2:
            yield (10 + n,), 2, True


def _day(numbers: Values) -> Iterator[Reading]:
    """31; 0 3; 3 1."""
    match numbers:
        case [n, *_] if 1 <= n <= 31:
            yield (n,), 1, True
    match numbers:
        case [0, n, *_] if 1 <= n <= 9:
            yield (n,), 2, True
        case [1 | 2 | 3 as tens, n, *_] if 0 <= n <= 9 and 10 * tens + n <= 31:
            yield (10 * tens + n,), 2, True


def _year(numbers: Values) -> Iterator[Reading]:
    """1948; 19 48; 19 0 5; 1 9 4 8; 19 4 8; 1900 48; 48; 4 8."""
    match numbers:
        case [1_009, n, *_] if n < 100:  # "mil nueve cuarenta y ocho"
            yield (1_900 + n,), 2, True
        case [1_900 | 2_000 as century, n, *_] if 0 < n < 100:
            yield (century + n,), 2, True
    match numbers:
        case [n, *_] if n >= 1_000:
            yield (n,), 1, True
        case [19 | 20 as hundreds, 0, n, *_] if n <= 9:
            yield (hundreds * 100 + n,), 3, True
        case [19 | 20 as hundreds, n, *_] if n < 100:
            yield (hundreds * 100 + n,), 2, True
    match numbers:
        case [19 | 20 as hundreds, tens, n, *_] if 1 <= tens <= 9 and n <= 9:
            yield (hundreds * 100 + 10 * tens + n,), 3, True
        case [1, 9, tens, n, *_] if tens <= 9 and n <= 9:
            yield (1_900 + 10 * tens + n,), 4, True
        case [2, 0, tens, n, *_] if tens <= 9 and n <= 9:
            yield (2_000 + 10 * tens + n,), 4, True
    match numbers:
        case [n, *_] if 10 <= n < 100:
            yield (1_900 + n, 2_000 + n), 1, False
        case [tens, n, *_] if tens <= 9 and n <= 9:
            yield (1_900 + 10 * tens + n, 2_000 + 10 * tens + n), 2, False


def _whole(numbers: Values, order: Order) -> set[date]:
    """The dates that all of these numbers mean when said in this order."""
    return {day for day, used, _ in _readings(numbers, order) if used == len(numbers)}


def _part(numbers: Values, order: Order) -> set[date]:
    """The dates that some of the numbers in a row mean, with the year in full."""
    starts = range(len(numbers)) if order[0] in (_month, _day, _year) else range(1)
    return {day for at in starts for day, _, is_full in _readings(numbers[at:], order) if is_full}


def _readings(numbers: Values, order: Order) -> Iterator[tuple[date, int, bool]]:
    first, second, third = order
    for a, taken_a, full_a in first(numbers):
        for b, taken_b, full_b in second(numbers[taken_a:]):
            for c, taken_c, full_c in third(numbers[taken_a + taken_b :]):
                said = dict(zip((_role(part) for part in order), (a, b, c), strict=True))
                for year in said["year"]:
                    if day := _date(year, said["month"][0], said["day"][0]):
                        yield day, taken_a + taken_b + taken_c, full_a and full_b and full_c


def _role(part: Part) -> str:
    return "day" if part is _day else "year" if part is _year else "month"


def _date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
