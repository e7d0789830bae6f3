"""Whether a name and a date of birth, as heard over a telephone, are the patient's. Pure.

The date must be exact. The name may suffer from the line and the recogniser: each of first and last name must
be near one of the words said, in spelling or in sound.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from difflib import SequenceMatcher

from calls.tools.spoken_date import dates_meant

NEAR = 0.74
WORD = re.compile(r"[a-z]+")
CODES = {
    **dict.fromkeys("bfpv", "1"), **dict.fromkeys("cgjkqsxz", "2"), **dict.fromkeys("dt", "3"),
    "l": "4", **dict.fromkeys("mn", "5"), "r": "6",
}  # fmt: skip


def is_same_person(
    *, said_name: str, said_date: str, first_name: str, last_name: str, born_on: date, language: str = "en"
) -> bool:
    """True when the date is exactly the patient's and both names are near what was said."""
    if born_on not in dates_meant(said_date, day_first=language == "es"):
        return False
    said = _words(said_name)
    return all(_is_near(name, said) for name in (first_name, last_name))


def is_same_name(said: str, known: str) -> bool:
    """True when every part of a name on record is near what was said."""
    return bool(known.strip()) and _is_near(known, _words(said))


def is_own_name(said: str, first_name: str, last_name: str) -> bool:
    """True when the speaker gives the patient's name itself: near is not enough, families share names."""
    return bool(said.strip()) and sorted(_words(said)) == sorted(_words(f"{first_name} {last_name}"))


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall("".join(c for c in folded if not unicodedata.combining(c)).replace("'", ""))


def _is_near(name: str, said: list[str]) -> bool:
    """Every part of a name ("Anne-Marie", "de la Cruz") longer than two letters is near a word that was said."""
    parts = [part for part in _words(name) if len(part) > 2] or _words(name)
    joined = "".join(said)
    return bool(parts) and all(part in joined or any(_alike(part, word) for word in said) for part in parts)


def _alike(one: str, other: str) -> bool:
    if SequenceMatcher(None, one, other).ratio() >= NEAR:
        return True
    return len(one) > 3 and len(other) > 3 and _sound(one) == _sound(other)


def _sound(word: str) -> str:
    """Soundex (Russell and Odell, 1918; US National Archives rules)."""
    code, last = word[0], CODES.get(word[0], "")
    for letter in word[1:]:
        digit = CODES.get(letter, "")
        if digit and digit != last:
            code += digit
        if letter not in "hw":
            last = digit
    return (code + "000")[:4]
