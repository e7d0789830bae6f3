"""Names and dates of birth as people say them and recognisers spell them."""

from datetime import date

import pytest

from calls.tools.identity import is_same_person
from calls.tools.spoken_date import dates_meant

BORN = date(1948, 3, 3)


@pytest.mark.parametrize(
    "text",
    [
        "March third nineteen forty eight",
        "March third, nineteen forty-eight.",
        "the third of March nineteen forty eight",
        "I was born on March 3rd, 1948",
        "March 3 '48",
        "3/3/1948",
        "03-03-48",
        "1948-03-03",
        "03031948",
        "three three nineteen forty eight",
        "three, three, forty eight",
        "nineteen forty eight March third",
        "Mar 3 1948",
        "tres de marzo de mil novecientos cuarenta y ocho",
        "nací el 3 de marzo de 1948",
        "el tres de marzo del cuarenta y ocho",
    ],
)
def test_a_date_is_understood_however_it_is_said(text: str) -> None:
    assert BORN in dates_meant(text, day_first=True)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("November twenty first, nineteen thirty nine", date(1939, 11, 21)),
        ("August sixteenth nineteen forty nine", date(1949, 8, 16)),
        ("July thirty first nineteen fifty", date(1950, 7, 31)),
        ("May tenth nineteen oh five", date(1905, 5, 10)),
        ("June first two thousand one", date(2001, 6, 1)),
        ("December twenty fifth nineteen hundred and forty", date(1940, 12, 25)),
        ("veintiuno de noviembre de mil novecientos treinta y nueve", date(1939, 11, 21)),
        ("primero de enero de mil novecientos cincuenta", date(1950, 1, 1)),
    ],
)
def test_harder_dates(text: str, meant: date) -> None:
    assert meant in dates_meant(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I do not know",
        "March",
        "nineteen forty eight",
        "February thirtieth nineteen forty eight",
        "13/13/13",
        "999",
    ],
)
def test_what_is_no_date_means_none(text: str) -> None:
    assert dates_meant(text) == frozenset()


def test_numbers_alone_are_month_first_in_english() -> None:
    assert dates_meant("3/4/1948") == {date(1948, 3, 4)}
    assert dates_meant("3/4/1948", day_first=True) == {date(1948, 3, 4), date(1948, 4, 3)}


def same(
    name: str,
    said_date: str = "March third nineteen forty eight",
    *,
    first: str = "Joan",
    last: str = "Baker",
) -> bool:
    return is_same_person(said_name=name, said_date=said_date, first_name=first, last_name=last, born_on=BORN)


@pytest.mark.parametrize(
    "name",
    ["Joan Baker", "my name is joan baker", "Baker, Joan", "Joan M. Baker", "Jone Baker", "Joan Becker"],
)
def test_the_patient_is_known_through_a_bad_line(name: str) -> None:
    assert same(name)


@pytest.mark.parametrize("name", ["", "Joan", "Baker", "John Smith", "Mary Baker", "I am her daughter Linda"])
def test_somebody_else_is_not(name: str) -> None:
    assert not same(name)


def test_the_date_must_be_exact() -> None:
    assert not same("Joan Baker", "March fourth nineteen forty eight")
    assert not same("Joan Baker", "March third nineteen forty nine")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("María José", "de la Cruz", "Maria Jose de la Cruz"),
        ("Siobhán", "O'Neill", "Siobhan Oneill"),
        ("Anne-Marie", "Lee", "Ann Marie Lee"),
    ],
)
def test_names_of_several_parts(first: str, last: str, said: str) -> None:
    assert same(said, first=first, last=last)
