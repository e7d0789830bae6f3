"""What a segment says as countable pieces of evidence: words, word classes, pairs of them, the question. Pure.

Each feature keeps the tokens that hold it, so that what was weighed (evidence.py) can be quoted.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from itertools import pairwise

from alerts.phrases.datafiles import load, wordset
from alerts.phrases.questions import Question
from alerts.phrases.text import Text
from alerts.phrases.times import DAY_H, LONG_PAST, WEEK_H, Time
from alerts.phrases.tokens import BOUNDARIES, QUESTION_END

Features = dict[str, tuple[int, ...]]
# Token number, normalised word, and whether a negation stands before it in the same stretch.
Word = tuple[int, str, bool]

# Two classes say something together up to so many words apart.
PAIR_REACH = 8
_STEM = 4
_NEGATED_STEM = 5
_LENGTHS = (3, 6, 12)
_NEGATIONS = wordset("evidence", "negations")
_CONDITIONS = wordset("evidence", "conditions")
_LIGHT = wordset("evidence", "light")
_SHORT = 3
_PATIENT = "@patient"
# How the features begin that hold the question.
_ASKED = "q="
_TABLE = load("people.toml")
_NAMED = frozenset(_TABLE["pronouns"]["third"]) | frozenset(
    _TABLE["relations"]["elder"] + _TABLE["relations"]["partner"] + _TABLE["relations"]["titles"]
)


@cache
def _tables() -> tuple[dict[str, set[str]], dict[str, set[str]], tuple[int, ...]]:
    """Classes of whole words, of beginnings, and the lengths of the beginnings."""
    exact: dict[str, set[str]] = defaultdict(set)
    begins: dict[str, set[str]] = defaultdict(set)
    for name, words in load("evidence/classes.toml")["classes"].items():
        for word in words:
            (begins if word.endswith("*") else exact)[word.rstrip("*")].add(name)
    return dict(exact), dict(begins), tuple(sorted({len(each) for each in begins}))


@lru_cache(maxsize=20_000)
def classes_of(word: str) -> tuple[str, ...]:
    """Names of the classes a normalised word belongs to."""
    exact, begins, lengths = _tables()
    found = set(exact.get(word, ()))
    for length in lengths:
        if length > len(word):
            break
        found |= begins.get(word[:length], set())
    return tuple(sorted(found))


def features_of(text: Text, question: Question, times: list[Time], *, by_caregiver: bool = False) -> Features:
    """All features of a segment heard after a question; the values are the tokens that hold each.

    What a caregiver says of "her" or "Dad" is said of the patient: the words that name the patient become one.
    """
    found: Features = {}
    words = words_of(text, by_caregiver=by_caregiver)
    if by_caregiver:
        found["by=caregiver"] = ()
    _from_words(words, found)
    _from_pairs(words, found)
    _from_question(words, question, found)
    for time in times:
        found.setdefault(f"t={_when(time)}", (time.start,))
    if any(word in _CONDITIONS for _, word, _ in words):
        found["g=if"] = ()
    if text.tokens and text.tokens[-1].word == QUESTION_END:
        found["g=ask"] = ()
    found[f"len={sum(len(words) >= each for each in _LENGTHS)}"] = ()
    return found


def _when(time: Time) -> str:
    """As the weights learned it: with a week, whatever the rules in force count."""
    if time.kind != "point":
        return time.kind
    if (time.nearest_h + time.farthest_h) / 2 > WEEK_H * LONG_PAST:
        return "old"
    return "point7" if time.nearest_h > DAY_H else "point1"


def words_of(text: Text, *, by_caregiver: bool) -> list[Word]:
    """The words between stops and commas, numbers as "#", the patient as one word if a caregiver speaks."""
    out: list[Word] = []
    negated = False
    for at, token in enumerate(text.tokens):
        if token.word in BOUNDARIES:
            negated = False
            continue
        word = "#" if token.word[:1].isdigit() else token.word
        out.append((at, _PATIENT if by_caregiver and word in _NAMED else word, negated))
        negated = negated or token.word in _NEGATIONS
    return out


def _from_words(words: list[Word], found: Features) -> None:
    for at, word, negated in words:
        found.setdefault(f"w={word}", (at,))
        if len(word) > _STEM:
            found.setdefault(f"s={word[:_STEM]}", (at,))
        if negated:
            found.setdefault(f"n={word[:_NEGATED_STEM]}", (at,))
        for name in classes_of(word):
            found.setdefault(f"c={name}", (at,))
            if negated:
                found.setdefault(f"nc={name}", (at,))
    if words:
        found[f"first={words[0][1]}"] = (words[0][0],)


def _from_pairs(words: list[Word], found: Features) -> None:
    for (at, one, _), (then, other, _) in pairwise(words):
        found.setdefault(f"b={one}_{other}", (at, then))
    heavy = [(at, word) for at, word, _ in words if word not in _LIGHT]
    for step in (1, 2):
        for (at, one), (then, other) in zip(heavy, heavy[step:], strict=False):
            found.setdefault(f"k={one}_{other}", (at, then))
    named = [(at, classes_of(word)) for at, word, _ in words]
    for index, (at, ones) in enumerate(named):
        if not ones:
            continue
        for then, others in named[index + 1 : index + 1 + PAIR_REACH]:
            for one in ones:
                for other in others:
                    if one != other:
                        low, high = sorted((one, other))
                        found.setdefault(f"p={low}_{high}", (at, then))


def unasked(features: Features) -> Features:
    """The same features as if nobody had asked."""
    return {name: tokens for name, tokens in features.items() if not name.startswith(_ASKED)}


def _from_question(words: list[Word], question: Question, found: Features) -> None:
    """Words mean something else after "Any chest pain?"; each of these features is named for the question."""
    if not question.binds:
        return
    for topic in question.topics:
        found[f"q={topic}"] = ()
        for at, word, _ in words:
            found.setdefault(f"q={topic}&{word}", (at,))
            for name in classes_of(word):
                found.setdefault(f"q={topic}&c={name}", (at,))
        if len(words) <= _SHORT:
            found[f"q={topic}&short={'_'.join(word for _, word, _ in words)}"] = tuple(
                at for at, _, _ in words
            )
