"""What Maya wants to know: from the words the patient heard to the topic of an answer.

The check-in's questions come from the protocol's own file, so a change of wording needs no change here; what
else may be asked stands in `topics.toml`. What is heard went through speech recognition, hence patterns and
word overlap instead of equality.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PROTOCOL = Path(__file__).resolve().parents[3] / "calls" / "protocol" / "checkin-1.toml"
OTHERS = Path(__file__).resolve().parent / "topics.toml"

ENOUGH_SHARED = 0.6  # of the words of a question of the protocol

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_WORD = re.compile(r"[a-z']+")
_SHORT = 3  # letters up to which a word says nothing about the topic


@dataclass(frozen=True, slots=True)
class Heard:
    """What the patient made of one turn of Maya's."""

    topic: str | None  # None: nothing that he knows
    is_question: bool


@dataclass(frozen=True, slots=True)
class _Lexicon:
    patterns: dict[str, re.Pattern[str]]
    questions: dict[str, str]
    asking: re.Pattern[str]
    statements: frozenset[str]


def recognise(text: str) -> Heard:
    """The topic of the last thing asked in `text` (any case, with or without punctuation)."""
    known = _lexicon()
    sentences = [part.strip() for part in _SENTENCE_END.split(text.lower()) if part.strip()]
    topic = None
    is_question = False
    for index, sentence in enumerate(sentences):
        if not known.asking.search(sentence):
            topic = last_topic(sentence, known.statements) or topic
            continue
        is_question = True
        # "I can connect you with a nurse. Would you like that?": the question leans on what came before.
        found = last_topic(sentence) or (last_topic(sentences[index - 1]) if index else None)
        # "Please say one number." must not hide the question it stands beside.
        is_hint = found == "again" and topic is not None and topic not in known.statements
        topic = topic if is_hint else found or topic
    return Heard(topic, is_question)


def last_topic(sentence: str, among: frozenset[str] | None = None) -> str | None:
    """The topic whose words end last in `sentence`; the protocol's whole question when no keyword is there.

    A request to say it again counts only when nothing else is there: it says how, not what.
    """
    matches = [
        (topic != "again", match.end(), match.end() - match.start(), topic)
        for topic, pattern in _lexicon().patterns.items()
        if among is None or topic in among
        for match in pattern.finditer(sentence)
    ]
    if matches:
        return max(matches)[3]
    return _overlap(sentence) if among is None else None


def question_text(topic: str) -> str:
    """How the protocol asks for `topic`, in English. Raises KeyError for what is not a question of it."""
    return _lexicon().questions[topic]


def question_ids() -> tuple[str, ...]:
    """The questions of the check-in, in their order."""
    return tuple(_lexicon().questions)


def _overlap(sentence: str) -> str | None:
    """The question of the protocol that shares most of its words with `sentence`, if those are enough."""
    said = _content(sentence)
    scores = {topic: _shared(text, said) for topic, text in _lexicon().questions.items()}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= ENOUGH_SHARED else None


def _shared(question: str, said: frozenset[str]) -> float:
    words = _content(question.lower())
    return len(words & said) / len(words)


@lru_cache(maxsize=256)
def _content(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text) if len(word) > _SHORT)


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    questions = tomllib.loads(PROTOCOL.read_text(encoding="utf-8"))["question"]
    others = tomllib.loads(OTHERS.read_text(encoding="utf-8"))
    parts: dict[str, list[str]] = {
        one["id"]: [rf"\b{re.escape(word.lower())}\b" for word in one["keywords"]] for one in questions
    }
    for topic, patterns in others["patterns"].items():
        parts.setdefault(topic, []).extend(patterns)
    return _Lexicon(
        patterns={topic: re.compile("|".join(found)) for topic, found in parts.items()},
        questions={one["id"]: one["text"]["en"] for one in questions},
        asking=re.compile("|".join(others["asking"]["patterns"])),
        statements=frozenset(others["asking"]["statements"]),
    )
