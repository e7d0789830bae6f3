"""The labelled phrase files through the scanner, held against the bars that the clinical specification sets."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.phrases import scan
from alerts.phrases.evaluation.rows import context_of, read_rows, segment_of
from alerts.phrases.evaluation.scoring import Outcome, Score, score

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Bar:
    """What a file must reach: recall of critical rows at least, false emergencies at most, exact severities at least."""

    critical_recall: float
    false_emergencies: float
    severity_exact: float = 0.0


FILES = {
    "emergency-phrases.csv": Bar(1.0, 0.03, 0.97),  # seen while the scanner was written
    "phrases-heldout.csv": Bar(0.95, 0.05),  # harder on purpose
}


def played() -> list[dict[str, Any]]:
    """The figures of every file that is there."""
    return [_figures(name, bar) for name, bar in FILES.items() if (DATA / name).exists()]


def _figures(name: str, bar: Bar) -> dict[str, Any]:
    found = score([_outcome(row) for row in read_rows(DATA / name)])
    return judged(name, found, bar)


def _outcome(row: Any) -> Outcome:
    segment, context = segment_of(row), context_of(row)
    began = time.perf_counter()
    result = scan(segment, context)
    return Outcome(row, result, time.perf_counter() - began)


def judged(name: str, found: Score, bar: Bar) -> dict[str, Any]:
    """The figures with the verdict."""
    figures: Mapping[str, Any] = {
        "file": name,
        "rows": found.rows,
        "critical": found.critical_rows,
        "missed_critical": found.critical_missed,
        "critical_recall": found.critical_recall,
        "false_emergencies": found.false_emergency_share,
        "severity_exact": found.severity_exact_share,
        "median_ms": round(found.median_ms, 3),
    }
    ok = (
        found.critical_recall >= bar.critical_recall
        and found.false_emergency_share <= bar.false_emergencies
        and found.severity_exact_share >= bar.severity_exact
    )
    return {**figures, "ok": ok}
