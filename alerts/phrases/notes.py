"""What a note of the record says is over: who has died, that work has ended. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.phrases.datafiles import load
from alerts.phrases.tokens import folded

_RELATIONS = frozenset(load("bygone.toml")["words"]["relations"])
_DIED = re.compile(
    r"(?P<who>[^;.]{0,60}?)\b(?:died|dead|deceased|passed|murio|fallecio|muert[oa]s?|difunt[oa]s?)\b"
)
_LATE = re.compile(r"\b(?:late|widow of|widower of|buried her|buried his)\s+(?P<who>[^;.,]{1,30})")
_WIDOWED = re.compile(r"\b(?P<who>widow|widower|viuda|viudo)\b")
_RETIRED = re.compile(r"\b(?:retired|jubilad[oa]|long left|closed in|sold the farm)\b")
_NAME = re.compile(r"\b[A-ZÁÉÍÓÚÑ][a-záéíóúñ]{2,}\b")


@dataclass(frozen=True, slots=True)
class Past:
    """What the record knows to be over: words for the dead (names and relations, folded), and working life."""

    dead: frozenset[str] = frozenset()
    retired: bool = False


def past_in(note: str) -> Past:
    """What a note on the family says is over: "Harold, the husband, died in 2009; retired teacher"."""
    flat = folded(note)
    dead: set[str] = set()
    for pattern in (_DIED, _LATE):
        for found in pattern.finditer(flat):
            start, end = found.span("who")
            dead |= {folded(name) for name in _NAME.findall(note[start:end])}
            dead |= set(re.findall(r"[a-z]+", flat[start:end])) & _RELATIONS
    widowed = _WIDOWED.search(flat)
    if widowed:
        dead.add(
            {"widow": "husband", "viuda": "esposo", "widower": "wife", "viudo": "esposa"}[widowed["who"]]
        )
    return Past(frozenset(dead), bool(_RETIRED.search(flat)))
