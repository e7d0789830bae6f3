"""The training of the convolutional reader (reading.py) in numpy. Pure, deterministic: one seed, one result.

Adam (Kingma 2015) on the cross-entropy of each flag and of "any emergency"; words, embeddings and units are dropped at
random so that no single one decides (Srivastava 2014). The general word vectors stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from alerts.phrases.reading import UNKNOWN

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]

TAUGHT, NEGATION = 64, 16
CHANNELS, HIDDEN = 128, 128
WIDTHS = (1, 2, 3, 5)
BATCH = 64
# Utterances of like length are drawn together from stretches of so many batches.
_STRETCH = 30
_SHORTEST = 6
# Shares of words read as unknown, of values of a vector, of filters and of hidden units that each step does without.
DROPPED = {"words": 0.08, "vectors": 0.25, "found": 0.45, "inner": 0.3}
_DECAY = 1e-2
_BETAS = (0.9, 0.999)
_TINY = 1e-8


@dataclass(frozen=True, slots=True)
class Utterance:
    """Word numbers of the reader's vocabulary, whether each is negated, and the labels as zeros and ones."""

    words: tuple[int, ...]
    negated: tuple[int, ...]
    truth: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """`words`, `negated` (B, L), `inside` (B, L, 1) is 1 where there is a word, `truth` (B, flags)."""

    words: Whole
    negated: Whole
    inside: Floats
    truth: Floats


@dataclass(frozen=True, slots=True)
class Pass:
    """One batch on its way through: what the way back needs. `_open` is what a slope is multiplied with, 0 if shut."""

    words: Whole
    vectors_kept: Floats
    windows: dict[int, Floats]
    best: dict[int, Whole]
    found: Floats
    found_open: Floats
    inner_open: Floats
    last: Floats
    odds: Floats


@dataclass(slots=True)
class Learner:
    """The parts of one network while it learns; `teachable` is 1 for words seen often enough to be taught."""

    general: Floats
    teachable: Floats
    parts: dict[str, Floats]
    random: np.random.Generator
    step: int = 0
    moments: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)


def learner(general: Floats, teachable: Floats, flags: int, seed: int) -> Learner:
    """A network that has learned nothing yet."""
    random = np.random.default_rng(seed)
    wide = general.shape[1] + TAUGHT + NEGATION

    def uniform(fan: int, *shape: int) -> Floats:
        reach = 1 / np.sqrt(fan)
        return random.uniform(-reach, reach, shape).astype(np.float32)

    parts = {
        "taught": random.normal(0, 0.05, (len(general), TAUGHT)).astype(np.float32),
        "negation": random.normal(0, 1, (2, NEGATION)).astype(np.float32),
        "hidden": uniform(CHANNELS * len(WIDTHS), CHANNELS * len(WIDTHS), HIDDEN),
        "hidden_bias": uniform(CHANNELS * len(WIDTHS), HIDDEN),
        "out": uniform(HIDDEN + CHANNELS * len(WIDTHS), HIDDEN + CHANNELS * len(WIDTHS), flags),
        "out_bias": np.full(flags, -3.0, dtype=np.float32),
    }
    for width in WIDTHS:
        parts[f"filter{width}"] = uniform(width * wide, width * wide, CHANNELS)
        parts[f"bias{width}"] = uniform(width * wide, CHANNELS)
    return Learner(general, teachable[:, None], parts, random)


def trained(
    learner: Learner,
    utterances: Sequence[Utterance],
    *,
    epochs: int,
    rate: float,
    told: Callable[[int, float], None],
) -> Learner:
    """`learner` after `epochs` passes; the rate falls linearly to nothing. `told` hears each pass and its loss."""
    steps = epochs * (len(utterances) // BATCH + 1)
    for epoch in range(epochs):
        losses = []
        for batch in _batches(utterances, learner.random):
            losses.append(_taught(learner, batch, rate * max(0.02, 1 - learner.step / steps)))
        told(epoch, float(np.mean(losses)))
    return learner


def _batches(utterances: Sequence[Utterance], random: np.random.Generator) -> list[Batch]:
    order = random.permutation(len(utterances))
    out: list[Batch] = []
    for start in range(0, len(order), BATCH * _STRETCH):
        stretch = sorted(order[start : start + BATCH * _STRETCH], key=lambda at: len(utterances[at].words))
        out += [
            _batch([utterances[at] for at in stretch[first : first + BATCH]])
            for first in range(0, len(stretch), BATCH)
        ]
    return [out[at] for at in random.permutation(len(out))]


def _batch(utterances: Sequence[Utterance]) -> Batch:
    longest = max(_SHORTEST, *(len(each.words) for each in utterances))
    words = np.zeros((len(utterances), longest), dtype=np.int64)
    negated = np.zeros_like(words)
    inside = np.zeros((len(utterances), longest, 1), dtype=np.float32)
    for row, each in enumerate(utterances):
        words[row, : len(each.words)] = each.words
        negated[row, : len(each.words)] = each.negated
        inside[row, : len(each.words)] = 1
    return Batch(words, negated, inside, np.array([each.truth for each in utterances], dtype=np.float32))


def _taught(net: Learner, batch: Batch, rate: float) -> float:
    """One step of learning; returns the loss per utterance before it."""
    seen = _forward(net, batch)
    likely = 1 / (1 + np.exp(-seen.odds))
    loss = float((np.logaddexp(0, seen.odds) - batch.truth * seen.odds).sum() / len(seen.odds))
    wrong = ((likely - batch.truth) / len(seen.odds)).astype(np.float32)
    slopes, rows = _backward(net, batch, seen, wrong)
    _improved(net, slopes, rate)
    _improved_rows(net, "taught", seen.words.ravel(), rows, rate)
    return loss


def _forward(net: Learner, batch: Batch) -> Pass:
    """The batch through the network, with words, values and units dropped at random."""
    parts, random = net.parts, net.random

    def kept(name: str, shape: tuple[int, ...]) -> Floats:
        keep = 1 - DROPPED[name]
        return (random.random(shape, dtype=np.float32) < keep).astype(np.float32) / np.float32(keep)

    unseen = (random.random(batch.words.shape) < DROPPED["words"]) & (batch.inside[..., 0] > 0)
    words = np.where(unseen, UNKNOWN, batch.words)
    taught = parts["taught"][words] * net.teachable[words]
    vectors = np.concatenate([net.general[words], taught, parts["negation"][batch.negated]], axis=2)
    vectors_kept = kept("vectors", vectors.shape) * batch.inside
    vectors *= vectors_kept
    windows, best, values = {}, {}, []
    for width in WIDTHS:
        windows[width] = _windows(vectors, width)
        every = windows[width] @ parts[f"filter{width}"] + parts[f"bias{width}"]
        best[width] = every.argmax(axis=1)
        values.append(np.take_along_axis(every, best[width][:, None], axis=1)[:, 0])
    before = np.concatenate(values, axis=1)
    found_kept = kept("found", before.shape)
    found = np.maximum(before, 0) * found_kept
    inner = np.maximum(found @ parts["hidden"] + parts["hidden_bias"], 0)
    inner_kept = kept("inner", inner.shape)
    last = np.concatenate([inner * inner_kept, found], axis=1)
    return Pass(
        words,
        vectors_kept,
        windows,
        best,
        found,
        found_kept * (before > 0),
        inner_kept * (inner > 0),
        last,
        last @ parts["out"] + parts["out_bias"],
    )


def _backward(net: Learner, batch: Batch, seen: Pass, wrong: Floats) -> tuple[dict[str, Floats], Floats]:
    """Slopes of the loss by part, and those of the taught vectors by word of the batch, (words, T)."""
    parts = net.parts
    back = wrong @ parts["out"].T
    back_inner = back[:, :HIDDEN] * seen.inner_open
    back_found = (back_inner @ parts["hidden"].T + back[:, HIDDEN:]) * seen.found_open
    slopes = {
        "out": seen.last.T @ wrong,
        "out_bias": wrong.sum(axis=0),
        "hidden": seen.found.T @ back_inner,
        "hidden_bias": back_inner.sum(axis=0),
        "negation": np.zeros_like(parts["negation"]),
    }
    back_vectors = np.zeros_like(seen.vectors_kept)
    for number, width in enumerate(WIDTHS):
        given = back_found[:, number * CHANNELS : (number + 1) * CHANNELS]
        windows = seen.windows[width]
        placed = np.zeros((*windows.shape[:2], CHANNELS), dtype=windows.dtype)
        np.put_along_axis(placed, seen.best[width][:, None], given[:, None], axis=1)
        slopes[f"filter{width}"] = windows.reshape(-1, windows.shape[2]).T @ placed.reshape(-1, CHANNELS)
        slopes[f"bias{width}"] = given.sum(axis=0)
        _folded(placed @ parts[f"filter{width}"].T, width, back_vectors)
    back_vectors *= seen.vectors_kept
    general = net.general.shape[1]
    np.add.at(slopes["negation"], batch.negated, back_vectors[..., general + TAUGHT :])
    taught = back_vectors[..., general : general + TAUGHT] * net.teachable[seen.words]
    return slopes, taught.reshape(-1, TAUGHT)


def _windows(vectors: Floats, width: int) -> Floats:
    """All stretches of `width` vectors, (B, places, width * D), with zeros beyond both ends."""
    before = width // 2
    padded = np.pad(vectors, ((0, 0), (before, before), (0, 0)))
    places = padded.shape[1] - width + 1
    return np.concatenate([padded[:, step : step + places] for step in range(width)], axis=2)


def _folded(back: Floats, width: int, into: Floats) -> None:
    """Adds the slopes of windows (B, places, width * D) to the vectors they were made of."""
    before, length, wide = width // 2, into.shape[1], into.shape[2]
    for step in range(width):
        low = max(0, step - before)
        high = min(length, back.shape[1] + step - before)
        into[:, low:high] += back[
            :, low - step + before : high - step + before, step * wide : (step + 1) * wide
        ]


def _improved(net: Learner, slopes: dict[str, Floats], rate: float) -> None:
    net.step += 1
    for name, slope in slopes.items():
        first, second = net.moments.setdefault(name, (np.zeros_like(slope), np.zeros_like(slope)))
        _moved(net.parts[name], slope, first, second, net.step, rate)


def _improved_rows(net: Learner, name: str, rows: Whole, slopes: Floats, rate: float) -> None:
    """As `_improved`, of those rows only that this batch has used."""
    part = net.parts[name]
    moments = net.moments.setdefault(name, (np.zeros_like(part), np.zeros_like(part)))
    used, of = np.unique(rows, return_inverse=True)
    summed = np.zeros((len(used), part.shape[1]), dtype=np.float32)
    np.add.at(summed, of, slopes)
    first, second, held = moments[0][used], moments[1][used], part[used]
    _moved(held, summed, first, second, net.step, rate)
    part[used], moments[0][used], moments[1][used] = held, first, second


def _moved(part: Floats, slope: Floats, first: Floats, second: Floats, step: int, rate: float) -> None:
    one, two = _BETAS
    first *= one
    first += (1 - one) * slope
    second *= two
    second += (1 - two) * slope * slope
    part *= 1 - rate * _DECAY
    part -= rate * (first / (1 - one**step)) / (np.sqrt(second / (1 - two**step)) + _TINY)
