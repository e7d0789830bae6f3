"""Whole files held to a bar: batches that were read once and then studied, and rows that nothing is ever fitted to."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.phrases import scan
from alerts.phrases.evaluation.rows import context_of, read_rows, segment_of
from alerts.phrases.evaluation.scoring import Outcome, Score, score

DATA = Path(__file__).parents[3] / "data"


def _figures(name: str, *, without: str = "-") -> Score:
    rows = [row for row in read_rows(DATA / name) if not row.id.startswith(without)]
    return score([Outcome(row, scan(segment_of(row), context_of(row)), 0.0) for row in rows])


@pytest.fixture(scope="module")
def studied() -> Score:
    return _figures("phrases-blind.csv")


@pytest.fixture(scope="module")
def unseen() -> Score:
    """Ten files by five writers, each like the developers' file and harder: never fitted to, never to be.

    T1, the first of the file, was used to choose thresholds.
    """
    return _figures("phrases-unseen.csv", without="T1-")


@pytest.fixture(scope="module")
def ordinary() -> Score:
    """Whole uneventful calls of ten patients: not one sentence of an emergency, and never fitted to."""
    return _figures("phrases-ordinary-unseen.csv")


def test_at_least_95_of_100_studied_critical_rows_are_caught(studied: Score) -> None:
    assert studied.critical_recall >= 0.95


def test_at_most_5_of_100_studied_harmless_rows_raise_an_emergency(studied: Score) -> None:
    assert studied.false_emergency_share <= 0.05


def test_nine_of_ten_studied_severities_are_exact(studied: Score) -> None:
    assert studied.severity_exact_share >= 0.9


def test_at_least_95_of_100_unseen_critical_rows_are_caught(unseen: Score) -> None:
    assert unseen.critical_recall >= 0.95


def test_at_most_5_of_100_unseen_harmless_rows_raise_an_emergency(unseen: Score) -> None:
    assert unseen.false_emergency_share <= 0.05


def test_four_of_five_unseen_severities_are_exact(unseen: Score) -> None:
    assert unseen.severity_exact_share >= 0.8


def test_at_most_one_of_100_ordinary_sentences_raises_an_emergency(ordinary: Score) -> None:
    assert ordinary.none_rows > 900
    assert ordinary.false_emergency_share <= 0.01


def test_nothing_that_is_fitted_to_holds_an_unseen_row() -> None:
    fitted = {
        row.utterance.lower()
        for name in (
            "emergency-phrases.csv",
            "phrases-heldout.csv",
            "phrases-blind.csv",
            "phrases-written.csv",
            "phrases-ordinary.csv",
        )
        for row in read_rows(DATA / name)
    }
    for name in ("phrases-unseen.csv", "phrases-ordinary-unseen.csv"):
        assert not [row.id for row in read_rows(DATA / name) if row.utterance.lower() in fitted]
