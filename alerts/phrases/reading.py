"""A small convolutional reader: flags from word order and from words that no labelled utterance holds. Pure, deterministic.

Every word is a vector: what it means in general (GloVe, Pennington 2014, public domain), what our own labelled
utterances taught of it, and whether a negation stands before it. Filters over one to five neighbouring words look for
what speaks for a flag; the strongest place of each filter counts (Kim 2014). It is fitted by
`python -m tests.bench.phrases.fit_reader`; its log-odds are weighed together with those of the word counts (evidence.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from alerts.phrases.datafiles import DATA, VERSION, DataError
from alerts.phrases.features import Word
from alerts.phrases.questions import Question

Floats = NDArray[np.float32]

READER = DATA / "evidence" / "reader.npz"
UNKNOWN = 1
# A longer segment is read to here; the word counts still see all of it.
_LONGEST = 160
# Zeros beyond the last word, so that every filter also sees the end.
_MARGIN = 5


@dataclass(frozen=True, slots=True)
class Net:
    """One fitted network. Shapes: taught (words, T), negation (2, N), each filter (width * D, C), D = G + T + N."""

    taught: Floats
    negation: Floats
    filters: tuple[tuple[int, Floats, Floats], ...]
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats


@dataclass(frozen=True, slots=True)
class Reader:
    """The fitted networks over one vocabulary; `general` is (words, G), `flags` name the columns of `out`."""

    number: dict[str, int]
    general: Floats
    nets: tuple[Net, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slopes:
    """What one unit of some filters of a net adds to a flag. Reckoned when asked for: most readings quote nothing."""

    net: Net
    opened: NDArray[np.bool_]
    begin: int
    end: int
    nets: int

    def of(self, number: int) -> Floats:
        """By channel: through the open hidden units, and past them."""
        inner = len(self.opened)
        weights = self.net.out[:, number]
        through = self.net.hidden[self.begin : self.end] @ (self.opened * weights[:inner])
        slopes = (through + weights[inner + self.begin : inner + self.end]) / self.nets
        return np.asarray(slopes, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the filters of one width saw most and how strongly, by channel; `slopes` are of that net and reading."""

    width: int
    first: NDArray[np.int64]
    strength: Floats
    slopes: Slopes

    def given(self, number: int) -> Floats:
        """What each filter gave to a flag, in log-odds."""
        return self.strength * self.slopes.of(number)


@dataclass(frozen=True, slots=True)
class Reading:
    """Log-odds per flag of `Reader.flags`; `tokens` are the token numbers of what was read, -1 for none."""

    odds: Floats
    tokens: tuple[int, ...]
    places: tuple[Place, ...]

    def shares(self, number: int) -> dict[int, float]:
        """What each token gave to the flag with this number, in log-odds."""
        given = np.zeros(len(self.tokens))
        for place in self.places:
            share = place.given(number) / place.width
            for step in range(place.width):
                at = place.first + step
                inside = (at >= 0) & (at < len(self.tokens))
                np.add.at(given, at[inside], share[inside])
        return {token: float(each) for token, each in zip(self.tokens, given, strict=True) if token >= 0}


@cache
def reader() -> Reader:
    """The fitted reader. Raises DataError if the file is of another version or damaged."""
    try:
        with np.load(READER, allow_pickle=False) as file:
            if str(file["version"]) != VERSION:
                raise DataError(f"reader.npz: not of version {VERSION!r}")
            words = bytes(file["words"]).decode().split("\n")
            general = file["general"].astype(np.float32) * np.float32(file["scale"])
            nets = tuple(_net(file, number, len(words)) for number in range(int(file["nets"])))
            return Reader(
                {word: at for at, word in enumerate(words)}, general, nets, tuple(str(file["flags"]).split())
            )
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise DataError("reader.npz is damaged") from error


def _net(file: np.lib.npyio.NpzFile, number: int, words: int) -> Net:
    def part(name: str) -> Floats:
        return np.asarray(file[f"{number}.{name}"], dtype=np.float32)

    taught = np.zeros((words, part("taught").shape[1]), dtype=np.float32)
    taught[file[f"{number}.taught_of"]] = part("taught") * part("taught_scale")
    filters = tuple((int(width), part(f"filter{width}"), part(f"bias{width}")) for width in file["widths"])
    return Net(
        taught,
        part("negation"),
        filters,
        part("hidden"),
        part("hidden_bias"),
        part("out"),
        part("out_bias"),
    )


def marks_of(question: Question, *, by_caregiver: bool) -> list[str]:
    """What stands before the words: what was asked, and that somebody speaks for the patient."""
    topics = sorted(question.topics) if question.binds else []
    marks = [f"<q:{topic}>" for topic in topics] or ["<q>"]
    return [*marks, "<care>"] if by_caregiver else marks


def read_words(words: list[Word], question: Question, *, by_caregiver: bool) -> Reading:
    """The reading of a segment's words heard after a question."""
    table = reader()
    marks = marks_of(question, by_caregiver=by_caregiver)
    read = [*marks, *(word for _, word, _ in words)][:_LONGEST]
    negated = [*(0 for _ in marks), *(int(each) for _, _, each in words)][:_LONGEST]
    tokens = [*(-1 for _ in marks), *(at for at, _, _ in words)][:_LONGEST]
    numbers = [table.number.get(word, UNKNOWN) for word in read]
    general = table.general[numbers]
    odds = np.zeros(len(table.flags), dtype=np.float32)
    places: list[Place] = []
    for net in table.nets:
        vectors = np.concatenate([general, net.taught[numbers], net.negation[negated]], axis=1)
        said, seen = _of_net(net, vectors, len(table.nets))
        odds += said
        places += seen
    return Reading(odds, tuple(tokens), tuple(places))


def _of_net(net: Net, vectors: Floats, nets: int) -> tuple[Floats, list[Place]]:
    """One network's part of the log-odds, and its places."""
    strongest: list[Floats] = []
    first: list[tuple[int, NDArray[np.int64]]] = []
    for width, weights, bias in net.filters:
        before = width // 2
        padded = np.pad(vectors, ((before, before + _MARGIN), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)
        seen = windows.transpose(0, 2, 1).reshape(len(windows), -1) @ weights + bias
        at = seen.argmax(axis=0)
        strongest.append(np.maximum(seen[at, np.arange(len(at))], 0.0))
        first.append((width, at - before))
    found = np.concatenate(strongest)
    inner = np.maximum(found @ net.hidden + net.hidden_bias, 0.0)
    places: list[Place] = []
    begin = 0
    for (width, at), strength in zip(first, strongest, strict=True):
        end = begin + len(at)
        places.append(Place(width, at, strength, Slopes(net, inner > 0, begin, end, nets)))
        begin = end
    said = (np.concatenate([inner, found]) @ net.out + net.out_bias) / nets
    return said.astype(np.float32), places
