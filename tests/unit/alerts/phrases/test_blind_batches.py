"""Batches written by people who had never seen the lexicon, added after they were read once: the bar for a whole file."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.phrases import scan
from alerts.phrases.evaluation.rows import context_of, read_rows, segment_of
from alerts.phrases.evaluation.scoring import Outcome, Score, score

BLIND = Path(__file__).parents[3] / "data" / "phrases-blind.csv"


@pytest.fixture(scope="module")
def figures() -> Score:
    rows = read_rows(BLIND)
    return score([Outcome(row, scan(segment_of(row), context_of(row)), 0.0) for row in rows])


def test_at_least_95_of_100_critical_rows_are_caught(figures: Score) -> None:
    assert figures.critical_recall >= 0.95


def test_at_most_5_of_100_harmless_rows_raise_an_emergency(figures: Score) -> None:
    assert figures.false_emergency_share <= 0.05


def test_nine_of_ten_severities_are_exact(figures: Score) -> None:
    assert figures.severity_exact_share >= 0.9
