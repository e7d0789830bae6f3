"""All labelled utterances that the evidence is fitted to."""

from __future__ import annotations

from pathlib import Path

from alerts.phrases.evaluation.corpus import Labelled, labelled_line, labelled_row, lines_of
from alerts.phrases.evaluation.rows import Row, read_rows

DATA = Path(__file__).parents[2] / "data"
# Ordinary talk counts twice: in a call, twenty such sentences stand beside one that matters.
FILES = (
    "emergency-phrases.csv",
    "phrases-heldout.csv",
    "phrases-blind.csv",
    "phrases-written.csv",
    "phrases-ordinary.csv",
    "phrases-ordinary.csv",
)


def utterances(*, without: str = "") -> tuple[list[Labelled], list[Row]]:
    """The utterances, and the rows left out because their id begins with `without`."""
    rows = [row for name in FILES for row in read_rows(DATA / name) if not row.utterance.startswith("[")]
    held = [row for row in rows if without and row.id.startswith(without)]
    said = [labelled_line(line) for line in lines_of(DATA / "phrases-corpus")]
    return said + [labelled_row(row) for row in rows if row not in held], held
