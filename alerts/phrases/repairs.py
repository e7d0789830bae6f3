"""What recognisers make of clinical words, put right where the neighbours leave no doubt. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from alerts.phrases.datafiles import load
from alerts.phrases.numerals import number_of
from alerts.phrases.spelling import SPELLING
from alerts.phrases.tokens import Token, folded


@dataclass(frozen=True, slots=True)
class _Repair:
    heard: tuple[str, ...]
    meant: tuple[str, ...]
    unless_next: frozenset[str]
    unless_before: frozenset[str]


def _words(text: str) -> tuple[str, ...]:
    parts = [part for word in folded(text).split() for part in (SPELLING.spelled_out(word, word) or [word])]
    return tuple(number_of(part) or part for part in parts)


def _table() -> dict[str, list[_Repair]]:
    by_first: dict[str, list[_Repair]] = defaultdict(list)
    for row in load("repairs.toml")["repair"]:
        for heard in row["heard"]:
            words = _words(heard)
            repair = _Repair(
                words,
                _words(row["meant"]),
                frozenset(row.get("unless_next", ())),
                frozenset(row.get("unless_before", ())),
            )
            by_first[words[0]].append(repair)
    for repairs in by_first.values():
        repairs.sort(key=lambda repair: -len(repair.heard))
    return dict(by_first)


_REPAIRS = _table()


def repaired(tokens: list[Token]) -> list[Token]:
    """The tokens with misheard phrases replaced; offsets still point at what was written."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        repair = _fitting(tokens, at)
        if repair is None:
            out.append(tokens[at])
            at += 1
            continue
        heard = tokens[at : at + len(repair.heard)]
        out.extend(
            replace(heard[0], word=word, end=heard[-1].end, value=None, from_one=False)
            for word in repair.meant
        )
        at += len(repair.heard)
    return out


def _fitting(tokens: list[Token], at: int) -> _Repair | None:
    for repair in _REPAIRS.get(tokens[at].word, ()):
        end = at + len(repair.heard)
        if tuple(token.word for token in tokens[at:end]) != repair.heard:
            continue
        following = tokens[end].word if end < len(tokens) else ""
        before = tokens[at - 1].word if at else ""
        if following not in repair.unless_next and before not in repair.unless_before:
            return repair
    return None
