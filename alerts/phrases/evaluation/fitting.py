"""Logistic regression in numpy: the weights of the evidence layer from labelled feature sets. Pure, deterministic.

One independent classifier per label over shared binary features, L2-penalised, minimised by L-BFGS (Nocedal 1980)
from zero: the same rows give the same weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_HISTORY = 12
_ARMIJO = 1e-4


@dataclass(frozen=True, slots=True)
class Sample:
    """The features of one utterance and its labels."""

    features: frozenset[str]
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fit:
    """`weights` has one row per feature of `features` and one column per label of `labels`; `bias` one per label."""

    features: tuple[str, ...]
    labels: tuple[str, ...]
    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Binary rows, sparse in both directions: cells by row and the same cells by column."""

    columns: Whole
    row_starts: Whole
    rows: Whole
    column_starts: Whole


def fit(
    samples: Sequence[Sample], labels: Sequence[str], *, penalty: float, rounds: int, rare: Iterable[str] = ()
) -> Fit:
    """Fitted weights. `penalty` is the L2 strength; features of one sample only count if they start with one of `rare`."""
    counts = Counter(feature for sample in samples for feature in sample.features)
    kept = tuple(rare)
    features = tuple(sorted(name for name, count in counts.items() if count > 1 or name.startswith(kept)))
    matrix = _matrix(samples, features)
    truth = np.array([[label in sample.labels for label in labels] for sample in samples], dtype=np.float64)
    flat = _minimised(matrix, truth, len(features), penalty, rounds)
    table = flat.reshape(len(features) + 1, len(labels))
    return Fit(features, tuple(labels), table[1:], table[0])


def _matrix(samples: Sequence[Sample], features: tuple[str, ...]) -> _Matrix:
    """Column 0 is the bias, in every row."""
    number = {name: index for index, name in enumerate(features, 1)}
    rows: list[int] = []
    columns: list[int] = []
    starts: list[int] = []
    for row, sample in enumerate(samples):
        starts.append(len(columns))
        cells = [0, *sorted(number[name] for name in sample.features if name in number)]
        columns.extend(cells)
        rows.extend([row] * len(cells))
    by_row = np.array(columns, dtype=np.int64)
    order = np.argsort(by_row, kind="stable")
    column_starts = np.searchsorted(by_row[order], np.arange(len(features) + 1))
    return _Matrix(by_row, np.array(starts), np.array(rows)[order], column_starts)


def _cost(matrix: _Matrix, truth: Floats, flat: Floats, penalty: float) -> tuple[float, Floats]:
    """Penalised log-loss and its gradient; the bias is not penalised."""
    table = flat.reshape(-1, truth.shape[1])
    odds = np.add.reduceat(table[matrix.columns], matrix.row_starts, axis=0)
    loss = float(np.sum(np.logaddexp(0.0, odds) - truth * odds))
    wrong = 1 / (1 + np.exp(-odds)) - truth
    slope = np.add.reduceat(wrong[matrix.rows], matrix.column_starts, axis=0)
    shrunk = table.copy()
    shrunk[0] = 0.0
    loss += 0.5 * penalty * float(np.sum(shrunk * shrunk))
    return loss, (slope + penalty * shrunk).ravel()


def _minimised(matrix: _Matrix, truth: Floats, width: int, penalty: float, rounds: int) -> Floats:
    """L-BFGS with a backtracking line search."""
    at: Floats = np.zeros((width + 1) * truth.shape[1])
    cost, slope = _cost(matrix, truth, at, penalty)
    steps: list[Floats] = []
    turns: list[Floats] = []
    for _ in range(rounds):
        way = -_curved(slope, steps, turns)
        size = 1.0 if steps else 1.0 / max(1.0, float(np.abs(slope).sum()) ** 0.5)
        fall = float(way @ slope)
        while True:
            there = at + size * way
            new_cost, new_slope = _cost(matrix, truth, there, penalty)
            if new_cost <= cost + _ARMIJO * size * fall or size < 1e-10:
                break
            size /= 2
        step, turn = there - at, new_slope - slope
        if float(step @ turn) > 1e-12:
            steps, turns = [*steps, step][-_HISTORY:], [*turns, turn][-_HISTORY:]
        at, cost, slope = there, new_cost, new_slope
        if float(np.abs(slope).max()) < 1e-3:
            break
    return at


def _curved(slope: Floats, steps: list[Floats], turns: list[Floats]) -> Floats:
    """The slope multiplied with the inverse Hessian as the last steps show it (two-loop recursion)."""
    way = slope.copy()
    shares: list[float] = []
    for step, turn in zip(reversed(steps), reversed(turns), strict=True):
        share = float(step @ way) / float(step @ turn)
        shares.append(share)
        way = way - share * turn
    if steps:
        way = way * (float(steps[-1] @ turns[-1]) / float(turns[-1] @ turns[-1]))
    for step, turn, share in zip(steps, turns, reversed(shares), strict=True):
        way = way + (share - float(turn @ way) / float(step @ turn)) * step
    return way
