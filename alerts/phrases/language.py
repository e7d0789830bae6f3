"""Which words of a mixed text are Spanish, clause by clause. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.phrases.datafiles import load
from alerts.phrases.tokens import BOUNDARIES, Token

_TABLE = load("languages.toml")
_SPANISH = frozenset(_TABLE["spanish"]["words"])
_ENGLISH = frozenset(_TABLE["english"]["words"])


def spanish_flags(tokens: Sequence[Token]) -> list[bool]:
    """For each token whether its clause reads as Spanish; a clause without evidence follows the one before."""
    flags: list[bool] = []
    before = _whole(tokens)
    for clause in _clauses(tokens):
        score = sum(_weight(token.word) for token in clause)
        before = score > 0 if score else before
        flags.extend([before] * len(clause))
    return flags


def _whole(tokens: Sequence[Token]) -> bool:
    return sum(_weight(token.word) for token in tokens) > 0


def _weight(word: str) -> int:
    return 1 if word in _SPANISH else -1 if word in _ENGLISH else 0


def _clauses(tokens: Sequence[Token]) -> list[list[Token]]:
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        clauses[-1].append(token)
        if token.word in BOUNDARIES:
            clauses.append([])
    return [clause for clause in clauses if clause]
