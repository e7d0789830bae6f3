"""A short answer is bound to Maya's last question and its polarity. Pure.

"Yes", "not since this morning", "same as yesterday", "no, it's worse", "the first one": without the question they say
nothing, with it they may be an emergency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alerts.phrases.datafiles import load
from alerts.phrases.lexicon import PatternSet, pattern_set
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.tokens import COMMA, CONTRAST, STOPS

Reply = Literal["yes", "no", "unsure", "worse", "much_worse", "silent"]

_TABLE = load("answers.toml")
_LEAD = frozenset(_TABLE["lead"]["words"])
_YES = pattern_set(_TABLE["yes"]["any"])
_NO = pattern_set(_TABLE["no"]["any"])
_POSITIVE_NO = pattern_set(_TABLE["positive_no"]["any"])
_UNSURE = pattern_set(_TABLE["unsure"]["any"])
_WORSE = pattern_set(_TABLE["worse"]["any"])
_MUCH = pattern_set(_TABLE["worse"]["much"])
_BOTH = {name: pattern_set(sources) for name, sources in _TABLE["both"].items()}
CORRECTION = pattern_set(_TABLE["correction"]["any"])
RETRACTION = pattern_set(_TABLE["retraction"]["any"])
_LONG = 14


@dataclass(frozen=True, slots=True)
class Bound:
    """One topic of the last question and what the segment replies to it, with the tokens that say so."""

    topic: str
    reply: Reply
    start: int
    end: int


def bound_replies(text: Text, question: Question, topic_words: dict[str, PatternSet]) -> list[Bound]:
    """The reply to each topic of the question; nothing where the segment is no answer."""
    if not question.asked or not question.topics or not text.tokens:
        return []
    if len(question.topics) > 1:
        apart = _apart(text, question, topic_words)
        if apart:
            return apart
    reply, start, end = _reply(text)
    if reply == "silent":
        return []
    return [Bound(topic, reply, start, end) for topic in question.topics]


def _reply(text: Text) -> tuple[Reply, int, int]:
    """What the segment answers as a whole: the first thing it says, read with what follows."""
    at = _after_lead(text)
    if at >= len(text.tokens):
        return "silent", 0, 0
    found = [
        (start, -end, reply)
        for reply, patterns in _ORDERED
        for start, end in patterns.spans(text)
        if start <= at + 1 and (start >= at or reply != "yes")
    ]
    end_of_all = len(text.tokens)
    for reply in ("unsure", "positive_no", "yes", "no"):
        for start, minus_end, kind in sorted(found):
            if kind == reply:
                return _read_on(text, "yes" if kind == "positive_no" else kind, start, -minus_end)
    return "silent", 0, end_of_all


_ORDERED: tuple[tuple[str, PatternSet], ...] = (
    ("positive_no", _POSITIVE_NO),
    ("unsure", _UNSURE),
    ("yes", _YES),
    ("no", _NO),
)


def _read_on(text: Text, reply: str, start: int, end: int) -> tuple[Reply, int, int]:
    """ "No" may be taken back by what follows: "no, not since this morning", "yes, I mean no"."""
    stop = len(text.tokens)
    if reply == "no" and any(first >= start for first, _ in _POSITIVE_NO.spans(text)):
        return "yes", start, stop
    if reply == "yes":
        return "yes", start, end
    if reply == "no":
        return "no", start, end
    return "unsure", start, end


def _after_lead(text: Text) -> int:
    """The first token of the answer proper."""
    at = 0
    while at < len(text.tokens) and (
        text.tokens[at].word in _LEAD or text.tokens[at].word in (COMMA, CONTRAST)
    ):
        following = text.tokens[at + 1].word if at + 1 < len(text.tokens) else ""
        if text.tokens[at].word == "i" and following not in _LEAD:
            break
        at += 1
    if at >= len(text.tokens) or text.tokens[at].word in STOPS:
        return 0
    return at


def worsened(text: Text) -> Reply:
    """Whether the segment says that the thing asked about is worse, or much worse."""
    if _MUCH.is_in(text):
        return "much_worse"
    return "worse" if _WORSE.is_in(text) else "silent"


def _apart(text: Text, question: Question, topic_words: dict[str, PatternSet]) -> list[Bound]:
    """Answers to a question about two things: "yes to the breathing, no to the chest", "just the first"."""
    whole = len(text.tokens)
    if _BOTH["neither"].is_in(text):
        return [Bound(topic, "no", 0, whole) for topic in question.topics]
    for name, index in (("first", 0), ("second", -1)):
        if _BOTH[name].is_in(text) and whole <= _LONG:
            return [
                Bound(topic, "yes" if topic == question.topics[index] else "no", 0, whole)
                for topic in question.topics
            ]
    found: list[Bound] = []
    for topic in question.topics:
        patterns = topic_words.get(topic)
        spans = patterns.spans(text) if patterns else []
        for start, end in spans[:1]:
            reply = _nearest_polarity(text, start, end)
            if reply is not None:
                found.append(Bound(topic, reply, *_clause_range(text, start)))
    only = _BOTH["only"].is_in(text)
    if found and only:
        named = {bound.topic for bound in found}
        found.extend(Bound(topic, "no", 0, whole) for topic in question.topics if topic not in named)
    return found


def _nearest_polarity(text: Text, start: int, end: int) -> Reply | None:
    """Yes or no in the same clause as a topic's word."""
    first, last = _clause_range(text, start)
    words = {at: text.tokens[at].word for at in range(first, last)}
    near = sorted(
        (min(abs(at - start), abs(at - end + 1)), word)
        for at, word in words.items()
        if word in ("yes", "no", "not", "none", "si", "just", "only", "solo")
    )
    if not near:
        return None
    return "no" if near[0][1] in ("no", "not", "none") else "yes"


def _clause_range(text: Text, at: int) -> tuple[int, int]:
    """The chunk between commas and stops around a token."""
    first = at
    while first > 0 and text.tokens[first - 1].word not in STOPS and text.tokens[first - 1].word != COMMA:
        first -= 1
    last = at
    while last < len(text.tokens) and text.tokens[last].word not in STOPS and text.tokens[last].word != COMMA:
        last += 1
    return first, last
