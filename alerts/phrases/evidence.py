"""Weighed evidence: flags that no pattern found but the words together speak for. Pure, deterministic, raises only.

Two judges, both fitted to our own labelled utterances. Every feature of a segment (features.py) has a weight per flag,
learned by logistic regression (tests/bench/phrases/fit.py) and kept as text in data/evidence/weights.tsv; their sum is
the log-odds of the flag. The reader (reading.py) gives log-odds of its own from the order of the words and what they
mean elsewhere. Both are added with fixed shares; the tokens that gave most of it are the evidence that is quoted.

Both learned words together with the question they answered, and a question that no such words followed speaks against
them: "I can't breathe" was never an answer to "How tired are you?". So a segment is weighed twice, with the question
and as if nobody had asked, and what speaks more for a flag counts. The question may add to the words, never take away.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from alerts.phrases.datafiles import DATA, VERSION, DataError
from alerts.phrases.features import Features, features_of, unasked, words_of
from alerts.phrases.questions import NO_QUESTION, Question
from alerts.phrases.reading import Reading, read_words, reader
from alerts.phrases.text import Text
from alerts.phrases.times import Time

WEIGHTS = DATA / "evidence" / "weights.tsv"
BIAS = "bias"
# What the log-odds of each judge count for in the sum; chosen on rows that neither had been fitted to (ADR 0004).
OF_COUNTS, OF_READER = 0.8, 0.8
# Tokens with at least this share of the strongest token's weight are quoted.
_QUOTED = 0.4


@dataclass(frozen=True, slots=True)
class Weighed:
    """A flag with its probability, and the tokens `start` up to `end` that speak for it most."""

    flag: str
    probability: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Weights:
    """Per feature the flags it speaks for or against, by number in `flags`, with its weight in log-odds."""

    flags: tuple[str, ...]
    bias: tuple[float, ...]
    of: dict[str, tuple[tuple[int, float], ...]]


@cache
def weights() -> Weights:
    """The fitted weights of the emergencies. Raises DataError if the file is of another version or damaged."""
    return read_weights(WEIGHTS)


def read_weights(path: Path) -> Weights:
    """The weights of a file. Raises DataError if it is of another version or damaged."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = lines[0].split("\t") if lines else []
    if head[:2] != ["version", VERSION]:
        raise DataError(f"{path.name}: not of version {VERSION!r}")
    flags = tuple(head[2:])
    of: dict[str, tuple[tuple[int, float], ...]] = {}
    try:
        for line in lines[1:]:
            feature, *cells = line.split("\t")
            pairs = (cell.split(":") for cell in cells)
            of[feature] = tuple((int(number), float(weight)) for number, weight in pairs)
        bias = dict(of.pop(BIAS))
    except (KeyError, ValueError) as error:
        raise DataError(f"{path.name} is damaged") from error
    return Weights(flags, tuple(bias.get(number, 0.0) for number in range(len(flags))), of)


@dataclass(frozen=True, slots=True)
class Weighing:
    """The log-odds of every flag from one set of features and one reading."""

    features: Features
    reading: Reading
    odds: tuple[float, ...]

    def given(self, number: int) -> dict[int, float]:
        """What each token gives to a flag: each judge's weight, shared among the tokens it came from."""
        given: dict[int, float] = defaultdict(float)
        table = weights()
        for feature, tokens in self.features.items():
            for flag, weight in table.of.get(feature, ()):
                if flag == number:
                    for at in tokens:
                        given[at] += OF_COUNTS * weight / len(tokens)
        for at, share in self.reading.shares(number).items():
            given[at] += OF_READER * share
        return given


@dataclass(frozen=True, slots=True)
class Evidence:
    """One segment, weighed with its question and, where the question binds, also without; `whole` tokens long."""

    weighings: tuple[Weighing, ...]
    whole: int

    @property
    def features(self) -> Features:
        """With those of the question."""
        return self.weighings[0].features

    def as_answer(self) -> Evidence:
        """Weighed only together with the question."""
        return replace(self, weighings=self.weighings[:1])

    def at_least(self, least: float) -> list[Weighed]:
        """The flags whose probability is at least `least`, the most probable first."""
        floor = math.log(least / (1 - least))
        found: list[Weighed] = []
        for number, flag in enumerate(weights().flags):
            most = self._most(number)
            if most.odds[number] >= floor:
                span = quoted(most.given(number), self.whole)
                found.append(Weighed(flag, _probability(most.odds[number]), *span))
        return sorted(found, key=lambda each: -each.probability)

    def probability(self, flag: str) -> float:
        """Of one flag; 1 for a flag that is not weighed."""
        flags = weights().flags
        if flag not in flags:
            return 1.0
        number = flags.index(flag)
        return _probability(self._most(number).odds[number])

    def _most(self, number: int) -> Weighing:
        """The weighing that speaks most for a flag; with the question where both say the same."""
        return max(self.weighings, key=lambda each: each.odds[number])


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def quoted(given: Mapping[int, float], whole: int) -> tuple[int, int]:
    """The stretch of the tokens that gave most; all `whole` tokens where none stands out."""
    strongest = max(given.values(), default=0.0)
    most = [at for at, weight in given.items() if strongest > 0 and weight >= _QUOTED * strongest]
    return (min(most), max(most) + 1) if most else (0, whole)


def weighed(text: Text, question: Question, times: list[Time], *, by_caregiver: bool = False) -> Evidence:
    """The evidence in a segment heard after a question. Raises DataError if the judges know different flags."""
    if reader().flags != weights().flags:
        raise DataError("weights.tsv and reader.npz are of different flags")
    features = features_of(text, question, times, by_caregiver=by_caregiver)
    words = words_of(text, by_caregiver=by_caregiver)
    weighings = [_weighing(features, read_words(words, question, by_caregiver=by_caregiver))]
    if question.binds:
        reading = read_words(words, NO_QUESTION, by_caregiver=by_caregiver)
        weighings.append(_weighing(unasked(features), reading))
    return Evidence(tuple(weighings), len(text.tokens))


def _weighing(features: Features, reading: Reading) -> Weighing:
    table = weights()
    counted = list(table.bias)
    for feature in features:
        for number, weight in table.of.get(feature, ()):
            counted[number] += weight
    odds = [
        OF_COUNTS * one + OF_READER * float(other) for one, other in zip(counted, reading.odds, strict=True)
    ]
    # Beyond this a probability says nothing more.
    return Weighing(features, reading, tuple(max(-30.0, min(30.0, each)) for each in odds))
