"""Every date of birth comes back from every usual way of saying it, in English and in Spanish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.tools.spoken_date import dates_meant

BORN = st.dates(date(1905, 1, 1), date(2012, 12, 31))
IN_TWO_FIGURES = st.dates(date(1910, 1, 1), date(1999, 12, 31))


def _words(text: str) -> list[str]:
    return text.split()


MONTHS = (
    _words("January February March April May June July August September October November December"),
    _words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
)
TEENS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
TENS = _words("- - twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS = _words(
    "- first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
UNOS = _words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete"
    " dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete"
    " veintiocho veintinueve"
)
DIEZ = _words("- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa")


def english(number: int) -> str:
    if number < 20:
        return TEENS[number]
    return TENS[number // 10] + (f"-{TEENS[number % 10]}" if number % 10 else "")


def ordinal(number: int) -> str:
    if number <= 20:
        return ORDINALS[number]
    if number == 30:
        return "thirtieth"
    return f"{TENS[number // 10]}-{ORDINALS[number % 10]}"


def spanish(number: int) -> str:
    if number < 30:
        return UNOS[number]
    return DIEZ[number // 10] + (f" y {UNOS[number % 10]}" if number % 10 else "")


def english_year(year: int) -> str:
    if year >= 2000:
        return f"two thousand {english(year - 2000) if year > 2000 else ''}".strip()
    rest = year % 100
    return f"nineteen {'oh ' if rest < 10 else ''}{english(rest) if rest else 'hundred'}".replace(
        "nineteen oh hundred", "nineteen hundred"
    )


def spanish_year(year: int) -> str:
    rest = spanish(year % 100) if year % 100 else ""
    return f"{'dos mil' if year >= 2000 else 'mil novecientos'} {rest}".strip()


def figures(number: int, width: int = 2) -> str:
    return " ".join(TEENS[int(digit)] for digit in str(number).zfill(width)).replace("zero", "oh")


def cifras(number: int, width: int = 2) -> str:
    return " ".join(UNOS[int(digit)] for digit in str(number).zfill(width))


def month(born: date, language: int = 0) -> str:
    return MONTHS[language][born.month - 1]


FORMS: dict[str, Callable[[date], str]] = {
    "ordinal": lambda d: f"{month(d)} {ordinal(d.day)}, {english_year(d.year)}",
    "the third of": lambda d: f"the {ordinal(d.day)} of {month(d)} {english_year(d.year)}",
    "cardinal": lambda d: f"I was born {month(d)} {english(d.day)} {english_year(d.year)}.",
    "apostrophe": lambda d: f"{month(d)[:3]} {d.day} '{d.year % 100:02}",
    "figures": lambda d: f"{d.month}/{d.day}/{d.year}",
    "padded": lambda d: f"{d:%m-%d-%Y}",
    "two figures": lambda d: f"{d:%m/%d/%y}",
    "iso": lambda d: d.isoformat(),
    "keys": lambda d: f"{d:%m%d%Y}",
    "groups of keys": lambda d: f"{d:%m%d} {d.year}",
    "digit by digit": lambda d: f"{figures(d.month)} {figures(d.day)} {figures(d.year, 4)}",
    "digits and a year": lambda d: f"{figures(d.month)}, {figures(d.day)}, {english_year(d.year)}",
    "name and digits": lambda d: f"{month(d)} {english(d.day)} {figures(d.year, 4)}",
    "slashes spoken": lambda d: f"{english(d.month)} slash {english(d.day)} slash {english_year(d.year)}",
    "year first": lambda d: f"{english_year(d.year)}, {month(d)} {ordinal(d.day)}",
    "with an age": lambda d: f"{month(d)} {d.day}, {d.year}, I am 77",
}
FORMAS: dict[str, Callable[[date], str]] = {
    "palabras": lambda d: f"{spanish(d.day)} de {month(d, 1)} de {spanish_year(d.year)}",
    "cifras": lambda d: f"{d.day} de {month(d, 1)} de {d.year}",
    "números": lambda d: f"{d.day}/{d.month}/{d.year}",
    "uno por uno": lambda d: f"{cifras(d.day)} {cifras(d.month)} {cifras(d.year, 4)}",
    "primero": lambda d: (
        f"nací el {'primero' if d.day == 1 else spanish(d.day)} de {month(d, 1)} de {d.year}"
    ),
}
SHORT: dict[str, Callable[[date], str]] = {
    "short year": lambda d: f"{month(d)} {ordinal(d.day)} {english(d.year % 100)}",
    "all numbers": lambda d: f"{english(d.month)}, {english(d.day)}, {english(d.year % 100)}",
    "corto": lambda d: f"el {spanish(d.day)} de {month(d, 1)} del {spanish(d.year % 100)}",
    "tres del tres": lambda d: f"{spanish(d.day)} del {spanish(d.month)} del {spanish(d.year % 100)}",
}


@pytest.mark.parametrize("form", SHORT)
@given(born=IN_TWO_FIGURES)
def test_a_year_of_two_figures_is_understood(form: str, born: date) -> None:
    assert born in dates_meant(SHORT[form](born), day_first=True)


@pytest.mark.parametrize("form", FORMS)
@given(born=BORN)
def test_a_date_said_in_english_is_understood(form: str, born: date) -> None:
    assert born in dates_meant(FORMS[form](born))


@pytest.mark.parametrize("form", FORMAS)
@given(born=BORN)
def test_a_date_said_in_spanish_is_understood(form: str, born: date) -> None:
    assert born in dates_meant(FORMAS[form](born), day_first=True)


@given(born=BORN, other=BORN)
def test_a_date_said_in_full_means_no_other(born: date, other: date) -> None:
    assert dates_meant(FORMS["ordinal"](born)) == {born}
    assert (other in dates_meant(FORMAS["palabras"](born), day_first=True)) == (other == born)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(date(1900, 1, 1) <= day <= date(2015, 12, 31) for day in dates_meant(text, day_first=True))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("March third forty-eight", date(1948, 3, 3)),
        ("It's, uh, March the third, nineteen and forty-eight", date(1948, 3, 3)),
        ("may I think... March third nineteen forty eight", date(1948, 3, 3)),
        ("tres de marzo del cuarenta y ocho", date(1948, 3, 3)),
        ("el tres de marzo de mil nueve cuarenta y ocho", date(1948, 3, 3)),
        ("march three one nine four eight", date(1948, 3, 3)),
        ("0303 48", date(1948, 3, 3)),
    ],
)
def test_as_people_really_say_it(text: str, meant: date) -> None:
    assert dates_meant(text, day_first=True) & {meant, meant.replace(year=meant.year + 100)} >= {meant}


def test_two_figures_of_a_year_leave_the_century_open_and_nothing_else() -> None:
    assert dates_meant("March third oh five") == {date(1905, 3, 3), date(2005, 3, 3)}
