"""Where one clause ends and the next begins: the limits of a negation and of a time. Pure."""

from __future__ import annotations

from dataclasses import replace

from alerts.phrases.datafiles import load
from alerts.phrases.tokens import COMMA, CONTRAST, STOPS, Token

_TABLE = load("clauses.toml")
_CONTRASTS = frozenset(_TABLE["contrast"]["words"])
_CONTRAST_PAIRS = frozenset(tuple(pair.split()) for pair in _TABLE["contrast"]["pairs"])
_ALWAYS = frozenset(_TABLE["clause"]["always"])
_JOINERS = frozenset(_TABLE["clause"]["joiners"])
_STARTERS = frozenset(_TABLE["clause"]["starters"])
_AFTER_COMMA = frozenset(_TABLE["clause"]["after_comma"])


def with_contrasts(tokens: list[Token]) -> list[Token]:
    """The tokens with a boundary before every "but", "however", "pero" ..."""
    out: list[Token] = []
    for at, token in enumerate(tokens):
        following = tokens[at + 1].word if at + 1 < len(tokens) else ""
        as_though = token.word == "though" and tokens[at - 1].word == "as"
        if at and not as_though and (token.word in _CONTRASTS or (token.word, following) in _CONTRAST_PAIRS):
            out.append(replace(token, word=CONTRAST, end=token.start, value=None, from_one=False))
        out.append(token)
    return out


def clause_numbers(tokens: list[Token]) -> tuple[int, ...]:
    """For each token the number of its clause."""
    numbers: list[int] = []
    current = 0
    for at, token in enumerate(tokens):
        if at and _starts_clause(tokens, at):
            current += 1
        numbers.append(current)
        if token.word in STOPS:
            current += 1
    return tuple(numbers)


def _starts_clause(tokens: list[Token], at: int) -> bool:
    word, before = tokens[at].word, tokens[at - 1].word
    if before in STOPS:
        return False
    if word in _ALWAYS:
        return True
    following = tokens[at + 1].word if at + 1 < len(tokens) else ""
    if word in _JOINERS:
        return following in _STARTERS
    if before == COMMA:
        return word in _STARTERS or word in _AFTER_COMMA
    return False
