"""Confusion that shows in what is taken for present: the dead spoken of as alive, a workplace long left. Pure.

What is long past stands in the record's notes (notes.py); without them nothing of the kind is known.
"""

from __future__ import annotations

from collections.abc import Set

from alerts.phrases.datafiles import load, wordset
from alerts.phrases.lexicon import pattern_set
from alerts.phrases.notes import Past
from alerts.phrases.text import Text

_TABLE = load("bygone.toml")
_RELATIONS = frozenset(_TABLE["words"]["relations"])
_PARENTS = frozenset(_TABLE["words"]["parents"])
_ALIVE_AFTER = frozenset(_TABLE["words"]["alive_after"])
_ALIVE_BEFORE = frozenset(_TABLE["words"]["alive_before"])
_PAST = frozenset(_TABLE["words"]["past"])
_AT_WORK = pattern_set(_TABLE["work"]["any"])
_NOT_WORK = pattern_set(_TABLE["work"]["unless"])
_PARENT_LIVES = pattern_set(_TABLE["parents"]["any"])
_DETERMINERS = wordset("people", "determiners")
# Of a new one the note may say nothing.
_REMARRIED = _RELATIONS - _PARENTS
# Nobody of that age has a parent who comes home from work.
_PARENTLESS_FROM = 80
_REACH = 3


def lives_in_the_past(text: Text, past: Past, age: int | None) -> tuple[int, int] | None:
    """The tokens that take for present what is long over; None where nothing does."""
    if age is not None and age >= _PARENTLESS_FROM:
        spans = [span for span in _PARENT_LIVES.spans(text) if not _told_as_past(text, *span)]
        if spans:
            return min(spans)
    for at, token in enumerate(text.tokens):
        if token.word in past.dead - _REMARRIED and _as_alive(text, at):
            return at, at + 1
    if past.retired and not _NOT_WORK.is_in(text):
        spans = [span for span in _AT_WORK.spans(text) if not _told_as_past(text, *span, but={"late"})]
        if spans:
            return min(spans)
    return None


def _as_alive(text: Text, at: int) -> bool:
    own = text.words(at - 1, at)
    if own and (own[0] == "'s" or own[0] in _DETERMINERS - {"my", "mi", "the"}):
        return False
    if _told_as_past(text, at, at + 1):
        return False
    after = text.words(at + 1, at + 1 + _REACH)
    before = text.words(at - _REACH, at)
    return bool(_ALIVE_BEFORE & set(before)) or bool(after and after[0] in _ALIVE_AFTER)


def _told_as_past(text: Text, start: int, end: int, *, but: Set[str] = frozenset()) -> bool:
    sentence = text.sentence_range(text.sentences[start])
    return bool((_PAST - but) & set(text.words(*sentence)))
