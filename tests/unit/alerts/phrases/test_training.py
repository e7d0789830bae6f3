"""The reader's training: its slopes are those of the loss, it learns, and one seed gives one result."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.phrases.evaluation import training
from alerts.phrases.evaluation.training import Learner, Utterance, learner, trained

WORDS, FLAGS = 12, 2
NOT, PAIN, FINE = 2, 3, 4


def _fresh(seed: int = 1) -> Learner:
    general = np.random.default_rng(0).normal(0, 1, (WORDS, 6)).astype(np.float32)
    return learner(general, np.ones(WORDS, dtype=np.float32), FLAGS, seed)


def _said(*words: int, flags: tuple[float, float] = (0.0, 0.0)) -> Utterance:
    return Utterance(words, tuple(0 for _ in words), flags)


# The first flag is "pain" that does not come right after "not".
TALK = [
    _said(PAIN, FINE, flags=(1, 1)),
    _said(FINE, PAIN, flags=(1, 1)),
    _said(NOT, PAIN),
    _said(NOT, PAIN, FINE),
    _said(NOT, FINE, PAIN, flags=(1, 1)),
    _said(FINE),
    _said(NOT, FINE),
] * 9


@pytest.mark.parametrize(
    "name", ["taught", "negation", "filter1", "filter2", "filter5", "bias3", "hidden", "out"]
)
def test_the_way_back_gives_the_slope_of_the_loss(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "DROPPED", dict.fromkeys(training.DROPPED, 0.0))
    net = _fresh()
    net.parts = {part: values.astype(np.float64) for part, values in net.parts.items()}
    net.parts["out_bias"] *= 0
    batch = training._batch([_said(NOT, PAIN, FINE, flags=(1, 0)), _said(PAIN, flags=(0, 1))])

    def loss() -> float:
        odds = training._forward(net, batch).odds
        return float((np.logaddexp(0, odds) - batch.truth * odds).sum())

    seen = training._forward(net, batch)
    slopes, rows = training._backward(net, batch, seen, 1 / (1 + np.exp(-seen.odds)) - batch.truth)
    if name == "taught":
        slopes["taught"] = np.zeros_like(net.parts["taught"])
        np.add.at(slopes["taught"], seen.words.ravel(), rows)
    part = net.parts[name]
    steepest = np.unravel_index(np.abs(slopes[name]).argmax(), part.shape)
    step = 1e-4
    part[steepest] += step
    above = loss()
    part[steepest] -= 2 * step
    below = loss()
    assert slopes[name][steepest] == pytest.approx((above - below) / (2 * step), rel=1e-2)


def test_it_learns_what_only_the_order_of_the_words_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    losses: list[float] = []
    net = trained(_fresh(), TALK, epochs=60, rate=1e-2, told=lambda _, loss: losses.append(loss))
    batch = training._batch(TALK[:7])
    monkeypatch.setattr(training, "DROPPED", dict.fromkeys(training.DROPPED, 0.0))
    odds = training._forward(net, batch).odds
    assert losses[-1] < losses[0] / 3
    assert ((odds > 0) == (batch.truth > 0)).all()


def test_one_seed_gives_one_result_and_another_gives_another() -> None:
    def result(seed: int) -> np.ndarray:
        return trained(_fresh(seed), TALK, epochs=1, rate=1e-3, told=lambda *_: None).parts["hidden"]

    assert (result(1) == result(1)).all()
    assert not (result(1) == result(2)).all()


def test_a_word_that_is_not_to_be_taught_stays_as_it_was() -> None:
    net = _fresh()
    net.teachable[PAIN] = 0
    before = net.parts["taught"].copy()
    trained(net, TALK, epochs=1, rate=1e-3, told=lambda *_: None)
    decay = net.parts["taught"][PAIN] / before[PAIN]
    assert np.ptp(decay) < 1e-5, "only the decay that every word has"
    assert not np.allclose(net.parts["taught"][FINE], before[FINE], atol=1e-3)
