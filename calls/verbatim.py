"""Whether a model that was told to read a fixed text word for word is doing so. Pure.

Its transcript runs ahead of its voice, so a reading that goes astray is cut before much of it is heard. Figures count
as their digits ("911" is "nine one one"); case, accents and punctuation do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_TRIES = 3
FIRST_CHECK = 5  # words, before which nothing can be said
ON_COURSE = 0.72
WHOLE = 0.88
SPELLED_AI = re.compile(r"\ba\.? ?i\b")
WORD = re.compile(r"[a-z]+|\d")
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SPANISH = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
FIGURES = {word: digit for words in (ENGLISH, SPANISH) for digit, word in enumerate(words)}


def words_of(text: str) -> list[str]:
    """The words, with every figure as a digit."""
    folded = SPELLED_AI.sub("ai", unicodedata.normalize("NFKD", text.casefold()))
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return [str(FIGURES.get(word, word)) for word in WORD.findall(plain)]


def is_on_course(said: str, wording: str) -> bool:
    """False once what has been said so far is not the beginning of the wording."""
    so_far = words_of(said)[:-1]  # the last word may be unfinished
    if len(so_far) < FIRST_CHECK:
        return True
    wanted = words_of(wording)
    if len(so_far) > len(wanted) * 1.2 + 3:
        return False
    return _alike(so_far, wanted[: len(so_far) + 1]) >= ON_COURSE


def is_whole(said: str, wording: str) -> bool:
    """True when all of the wording was said and hardly anything else."""
    return _alike(words_of(said), words_of(wording)) >= WHOLE


def is_in(said: str, wording: str) -> bool:
    """True when all of the wording was said somewhere in it."""
    wanted, words = words_of(wording), words_of(said)
    starts = range(len(words) - len(wanted) + 1)
    return any(_alike(words[at : at + len(wanted)], wanted) >= WHOLE for at in starts)


def begins_well(said: str, first: str) -> bool:
    """False once what has been said so far is not the beginning of that sentence; what comes after it is free."""
    wanted = words_of(first)
    so_far = words_of(said)[:-1]
    if len(so_far) < FIRST_CHECK:
        return True
    return _alike(so_far[: len(wanted) + 1], wanted[: len(so_far) + 1]) >= ON_COURSE


def has_begun(said: str, first: str) -> bool:
    """True when that sentence was said, whole, before anything else."""
    wanted = words_of(first)
    return _alike(words_of(said)[: len(wanted) + 1], wanted) >= WHOLE


def _alike(one: list[str], other: list[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


@dataclass(slots=True)
class Reading:
    """One text that the model is to read. `first`: only this sentence of it is fixed, and comes before anything else.

    A first sentence is for a patient who may be talking already: only replies that we have asked for, and that nobody
    interrupted, count as tries of it.
    """

    wording: str
    first: str = ""
    tries: int = 1
    said: str = ""
    is_astray: bool = False
    is_asked: bool = True

    @property
    def is_on_course(self) -> bool:
        return begins_well(self.said, self.first) if self.first else is_on_course(self.said, self.wording)

    @property
    def is_read(self) -> bool:
        is_said = has_begun(self.said, self.first) if self.first else is_whole(self.said, self.wording)
        return is_said and not self.is_astray

    def counts(self, *, is_cancelled: bool) -> bool:
        """True when this attempt was one."""
        return not self.first or (self.is_asked and (self.is_astray or not is_cancelled))


class Readings:
    """The texts that the model is reading, or is to read next, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Reading] = deque()
        self._running: Reading | None = None
        self._reply = ""
        self.has_failed = False  # a text could not be had read out: a person, or another voice, must say it
        self.has_no_opening = False  # nor could the call's first sentence

    def __len__(self) -> int:
        return len(self._waiting) + (self._running is not None)

    def ask(self, wording: str, *, first: str = "") -> None:
        """The model has been asked to read this; word for word, or only its first sentence."""
        self._waiting.append(Reading(wording, first))

    def started(self, reply: str, *, is_asked: bool = True) -> bool:
        """A reply has begun: True when it is taken for the next reading."""
        if not self._waiting or self._running is not None:
            return False
        self._running, self._reply = self._waiting.popleft(), reply
        self._running.said, self._running.is_astray, self._running.is_asked = "", False, is_asked
        return True

    def words(self, reply: str, text: str) -> bool:
        """False as soon as this reply's words leave the wording."""
        reading = self._running
        if reading is None or reply != self._reply or reading.is_astray:
            return True
        reading.said += text
        reading.is_astray = not reading.is_on_course
        return not reading.is_astray

    def said(self, reply: str, text: str) -> None:
        """The reply's whole words, for providers that give no others."""
        if self._running is not None and reply == self._reply and text:
            self._running.said = text

    def ended(self, reply: str, *, is_cancelled: bool = False) -> str:
        """The reply is over: the wording to ask for again, "" when it was read or has been given up."""
        reading = self._running
        if reading is None or reply != self._reply:
            return ""
        self._running, self._reply = None, ""
        if reading.is_read:
            return ""
        if reading.tries >= MAX_TRIES and reading.counts(is_cancelled=is_cancelled):
            self.has_no_opening = self.has_no_opening or bool(reading.first)
            self.has_failed = self.has_failed or not reading.first
            return ""
        reading.tries += reading.counts(is_cancelled=is_cancelled)
        self._waiting.appendleft(reading)
        return reading.wording

    def lost(self) -> None:
        """The session is gone, and with it whatever was being read."""
        if self._running is not None:
            self._waiting.appendleft(self._running)
            self._running, self._reply = None, ""

    def left(self) -> tuple[str, ...]:
        """The wordings that still have to be read, in order."""
        return tuple(reading.wording for reading in self._waiting)

    def drop(self) -> None:
        """Nothing needs to be read any more."""
        self._waiting.clear()
        self._running, self._reply = None, ""
