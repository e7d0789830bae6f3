"""Every row of the labelled files, one test each: flags found, severity exact, no emergency that is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.phrases import scan
from alerts.phrases.evaluation.rows import Row, context_of, read_rows, segment_of
from alerts.phrases.evaluation.scoring import Outcome

DATA = Path(__file__).parents[3] / "data"


def _rows() -> Iterator[Row]:
    yield from read_rows(DATA / "emergency-phrases.csv")
    yield from read_rows(DATA / "phrases-heldout.csv")


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in _rows()])
def test_a_labelled_utterance_is_judged_as_labelled(row: Row) -> None:
    outcome = Outcome(row, scan(segment_of(row), context_of(row)), 0.0)
    assert not outcome.missing
    assert not outcome.extra_emergencies
    assert outcome.result.severity == row.severity
