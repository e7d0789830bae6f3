"""A short answer is bound to Maya's last question and its polarity. Pure.

"Yes", "not since this morning", "same as yesterday", "no, it's worse", "the first one": without the question they say
nothing, with it they may be an emergency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alerts.phrases.datafiles import load, wordset
from alerts.phrases.lexicon import PatternSet, pattern_set
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.tokens import COMMA, CONTRAST, QUESTION_END, STOPS

Reply = Literal["yes", "some", "nearly", "hardly", "no", "unsure", "silent"]
Worsening = Literal["worse", "much_worse", "silent"]

_TABLE = load("answers.toml")
_LEAD = frozenset(_TABLE["lead"]["words"])
# The reply that begins first counts, of those the longest, then in this order.
_KINDS: tuple[tuple[str, PatternSet], ...] = (
    ("positive_no", pattern_set(_TABLE["positive_no"]["any"])),
    ("unsure", pattern_set(_TABLE["unsure"]["any"])),
    ("hardly", pattern_set(_TABLE["hardly"]["any"])),
    ("no", pattern_set(_TABLE["no"]["any"])),
    ("yes", pattern_set(_TABLE["yes"]["any"])),
    ("nearly", pattern_set(_TABLE["nearly"]["any"])),
    ("some", pattern_set(_TABLE["some"]["any"])),
)
_EXCEPTION = pattern_set(load("assertion.toml")["exception"]["starts"])
_VOID = pattern_set(load("assertion.toml")["exception"]["void"])
_WORSE = pattern_set(_TABLE["worse"]["any"])
_MUCH = pattern_set(_TABLE["worse"]["much"])
_BOTH = {name: pattern_set(sources) for name, sources in _TABLE["both"].items()}
_ELSEWHERE = {topic: pattern_set(sources) for topic, sources in _TABLE["topic_elsewhere"].items()}
_NO_TO = pattern_set(_TABLE["by_order"]["no"])
_YES_TO = pattern_set(_TABLE["by_order"]["yes"])
_YES_OF = pattern_set(_TABLE["by_order"]["granted"])
_LEADS_OVER = frozenset(_TABLE["by_order"]["leads_over"])
CORRECTION = pattern_set(_TABLE["correction"]["any"])
RETRACTION = pattern_set(_TABLE["retraction"]["any"])
_SHORT, _LONG = 10, 14
_PICK_REACH = 5
# Words of a question from so many letters on name things; these are only its grammar.
_ITEM = 3
_NO_ITEM = wordset("answers", "no_item")
_DENIES = wordset("answers", "denies")
_SIDES = wordset("answers", "sides")


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
    if len(question.topics) == 1 and _picks(text, question):
        return [Bound(question.topics[0], "yes", 0, len(text.tokens))]
    reply, start, end = _reply(text)
    if reply == "silent":
        named = _names_item(text, question)
        return [Bound(question.topics[0], "some", 0, len(text.tokens))] if named else []
    return [
        Bound(topic, reply, start, end) for topic in question.topics if not _is_elsewhere(topic, reply, text)
    ]


def _picks(text: Text, question: Question) -> bool:
    """ "The first one" after "black or bloody stools?": either is a yes."""
    if len(text.tokens) > _LONG or not {"or", "o", "and", "y"} & set(question.text.line.words):
        return False
    return any(_BOTH[name].is_in(text, 0, _PICK_REACH) for name in ("first", "second", "both"))


def _names_item(text: Text, question: Question) -> bool:
    """ "Lips, and kind of the throat" after a question about them: naming one of its things says that it is so."""
    words = text.line.words
    if question.kind != "yes_no" or len(words) > _SHORT or set(words) & _DENIES or QUESTION_END in words:
        return False
    asked = {word for word in question.text.line.words if len(word) >= _ITEM and word not in _NO_ITEM}
    if question.topics[0] in ("stroke", "lift_arms"):
        asked |= _SIDES
    return bool(asked & set(words))


def _is_elsewhere(topic: str, reply: Reply, text: Text) -> bool:
    """ "Just my knee" after a question about the chest."""
    return reply == "some" and is_elsewhere(topic, text)


def is_elsewhere(topic: str, text: Text) -> bool:
    """Whether the segment speaks of another place than the one asked about."""
    patterns = _ELSEWHERE.get(topic)
    return patterns is not None and patterns.is_in(text)


def _reply(text: Text) -> tuple[Reply, int, int]:
    """What the segment answers as a whole: what it says first, read with what follows."""
    first = _after_lead(text)
    last = first + 1
    found = [
        (start, -end, order, kind)
        for order, (kind, patterns) in enumerate(_KINDS)
        for start, end in patterns.spans(text)
        if start <= last or (kind == "unsure" and len(text.tokens) <= _SHORT)
    ]
    if not found:
        return "silent", 0, len(text.tokens)
    start, minus_end, _, kind = min(found)
    return _read_on(text, kind, start, -minus_end)


def _read_on(text: Text, kind: str, start: int, end: int) -> tuple[Reply, int, int]:
    """A "no" may be taken back by what follows: "no, not since this morning", "no, except last night"."""
    stop = len(text.tokens)
    match kind:
        case "positive_no":
            return "some", start, stop
        case "no" if any(first >= start for first, _ in _KINDS[0][1].spans(text)) or _is_excepted(text, end):
            return "some", start, stop
        case "no" | "yes" | "some" | "nearly" | "hardly" | "unsure":
            return kind, start, end
        case _:
            return "silent", start, end


def _is_excepted(text: Text, end: int) -> bool:
    return any(
        start >= end - 1 and stop < len(text.tokens) - 1 and not _VOID.is_in(text, stop)
        for start, stop in _EXCEPTION.spans(text)
    )


def _after_lead(text: Text) -> int:
    """The first token of the answer proper."""
    at = 0
    while at < len(text.tokens) and (
        text.tokens[at].word in _LEAD or text.tokens[at].word in (COMMA, CONTRAST)
    ):
        at += 1
    return 0 if at >= len(text.tokens) or text.tokens[at].word in STOPS else at


def worsened(text: Text) -> Worsening:
    """Whether the segment says that the thing asked about is worse, or much worse."""
    if _MUCH.is_in(text):
        return "much_worse"
    return "worse" if _WORSE.is_in(text) else "silent"


def _apart(text: Text, question: Question, topic_words: dict[str, PatternSet]) -> list[Bound]:
    """Answers to a question about two things: "yes to the breathing, no to the chest", "just the first"."""
    whole = len(text.tokens)
    if _BOTH["neither"].is_in(text):
        return [Bound(topic, "no", 0, whole) for topic in question.topics]
    counted = by_order(text, question)
    if counted:
        return counted
    if whole <= _LONG and _BOTH["both"].is_in(text):
        reply: Reply = "no" if _NO_TO.is_in(text) else "yes"
        return [Bound(topic, reply, 0, whole) for topic in question.topics]
    found: list[Bound] = []
    for topic in question.topics:
        patterns = topic_words.get(topic)
        spans = patterns.spans(text) if patterns else []
        for start, end in spans[:1]:
            near = _nearest_polarity(text, start, end)
            if near is not None:
                found.append(Bound(topic, near, *_clause_range(text, start)))
    only = _BOTH["only"].is_in(text)
    if found and only:
        named = {bound.topic for bound in found}
        found.extend(Bound(topic, "no", 0, whole) for topic in question.topics if topic not in named)
    return found


def by_order(text: Text, question: Question) -> list[Bound]:
    """ "The first not at all, the second I'm afraid so"; "only the latter": each of the two things by its place."""
    if len(question.topics) < 2:
        return []
    places = sorted(
        (start, end, index)
        for name, index in (("first", 0), ("second", len(question.topics) - 1))
        for start, end in _BOTH[name].spans(text)[:1]
    )
    if not places or (len(places) == 1 and len(text.tokens) > _LONG):
        return []
    replies: dict[int, Reply] = {}
    for number, (start, end, index) in enumerate(places):
        stop = places[number + 1][0] if number + 1 < len(places) else len(text.tokens)
        replies[index] = _polarity_of_place(text, start, end, stop)
    if len(replies) == 1:
        (named,) = replies
        other: Reply = "no" if replies[named] == "yes" else "silent"
        replies |= {index: other for index in range(len(question.topics)) if index != named}
    return [
        Bound(topic, replies[index], 0, len(text.tokens))
        for index, topic in enumerate(question.topics)
        if replies.get(index, "silent") != "silent"
    ]


def _polarity_of_place(text: Text, start: int, end: int, stop: int) -> Reply:
    """What is said of "the first": before it ("no to the first") or, up to the next one, after it."""
    before = start
    while before > 0 and text.tokens[before - 1].word not in (*STOPS, COMMA):
        before -= 1
    if _NO_TO.is_in(text, before, start):
        return "no"
    if _YES_TO.is_in(text, before, start):
        return "yes"
    # What leads over to the next one ("but", "and no to") belongs to that.
    while stop > end and stop < len(text.tokens) and text.tokens[stop - 1].word not in (*STOPS, COMMA):
        if text.tokens[stop - 1].word not in _LEADS_OVER:
            break
        stop -= 1
    if _YES_OF.is_in(text, end, stop):
        return "yes"
    return "no" if set(text.words(end, stop)) & _DENIES or _NO_TO.is_in(text, end, stop) else "yes"


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
