"""The evaluation's report: one table per hazard in Markdown, everything in JSON. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tests.safety.expectations import COMMIT_BAR_S, SENT_BAR_S

Word = Literal["pass", "gap", "fail"]


@dataclass(frozen=True, slots=True)
class Row:
    """One patient of the report. `figures` are seconds from the critical words, where there were any."""

    hazard: str
    patient: str
    summary: str
    must: str
    happened: str
    word: Word
    failed: tuple[str, ...] = ()
    known_gap: str = ""
    checks: int = 0
    took_s: float = 0.0
    figures: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that an evaluation found. `phrases` holds the figures of the labelled files."""

    made_at: str
    versions: Mapping[str, str]
    rows: tuple[Row, ...]
    phrases: tuple[Mapping[str, Any], ...] = ()
    took_s: float = 0.0

    def count(self, word: Word) -> int:
        return sum(row.word == word for row in self.rows)

    @property
    def is_clean(self) -> bool:
        """No patient came to harm that is not a listed gap, and the phrase files met their bars."""
        return not self.count("fail") and all(one["ok"] for one in self.phrases)

    def times(self, name: str) -> list[float]:
        return sorted(row.figures[name] for row in self.rows if row.figures and name in row.figures)

    def as_json(self) -> dict[str, Any]:
        return {
            "made_at": self.made_at,
            "versions": dict(self.versions),
            "passed": self.count("pass"),
            "gaps": self.count("gap"),
            "failed": self.count("fail"),
            "ok": self.is_clean,
            "seconds": {name: summary(self.times(name)) for name in BARS},
            "took_s": round(self.took_s, 1),
            "phrases": [dict(one) for one in self.phrases],
            "patients": [asdict(row) for row in self.rows],
        }


BARS = {
    "alert_committed": COMMIT_BAR_S,
    "pages_committed": COMMIT_BAR_S,
    "first_page_sent": SENT_BAR_S,
}
MEANING = {
    "alert_committed": "critical words to the alert's commit",
    "pages_committed": "critical words to the commit of its notification rows",
    "first_page_sent": "critical words to the first page handed to the telephone network",
}


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not below `share` of the sorted `values` (nearest rank)."""
    return values[max(0, math.ceil(share * len(values)) - 1)]


def summary(values: Sequence[float]) -> dict[str, float]:
    """n, median, 99th percentile and worst of sorted seconds."""
    if not values:
        return {"n": 0}
    return {
        "n": len(values),
        "p50": round(percentile(values, 0.5), 3),
        "p99": round(percentile(values, 0.99), 3),
        "worst": round(values[-1], 3),
    }


def markdown(report: Report) -> str:
    """The report to be read."""
    return (
        "\n".join([*_head(report), *_phrases(report), *_times(report), *_hazards(report), *_gaps(report)])
        + "\n"
    )


def _head(report: Report) -> Iterable[str]:
    verdict = "no failure" if report.is_clean else "FAILED"
    yield "# Safety evaluation"
    yield ""
    yield (
        f"**{verdict}**: {len(report.rows)} simulated patients, {report.count('pass')} passed, "
        f"{report.count('gap')} known gaps, {report.count('fail')} failed. Made {report.made_at}, "
        f"in {report.took_s:.0f} s."
    )
    yield ""
    yield "Versions: " + ", ".join(f"{name} {value}" for name, value in report.versions.items()) + "."
    yield ""
    yield (
        "Every verdict rests on rows in the database and on what was sent, never on what was said in the call. "
        "The patients are invented; the voice model and the telephone network are stand-ins spoken to over sockets."
    )
    yield ""


def _phrases(report: Report) -> Iterable[str]:
    if not report.phrases:
        return
    yield "## Phrases through the scanner"
    yield ""
    yield from _table(
        ("file", "rows", "critical missed", "critical recall", "false emergencies", "severity exact", "verdict"),
        (
            (
                one["file"], one["rows"], f"{one['missed_critical']} of {one['critical']}",
                _percent(one["critical_recall"]), _percent(one["false_emergencies"]),
                _percent(one["severity_exact"]), "pass" if one["ok"] else "FAIL",
            )
            for one in report.phrases
        ),
    )  # fmt: skip
    yield ""


def _times(report: Report) -> Iterable[str]:
    yield "## How long it took"
    yield ""
    rows = []
    for name, bar in BARS.items():
        found = summary(report.times(name))
        if found["n"]:
            cells = [f"{found[key]:.2f} s" for key in ("p50", "p99", "worst")]
            rows.append((MEANING[name], found["n"], *cells, f"{bar:g} s"))
    yield from _table(("from ... to", "calls", "median", "p99", "worst", "bar"), rows)
    yield ""
    yield (
        "The clock starts when the final words of a sentence leave the transcription; a real transcription adds its "
        "own delay before that."
    )
    yield ""


def _hazards(report: Report) -> Iterable[str]:
    for hazard in dict.fromkeys(row.hazard for row in report.rows):
        yield f"## {hazard[0].upper()}{hazard[1:]}"
        yield ""
        yield from _table(
            ("patient", "what must happen", "what happened", "verdict"),
            (
                (f"**{row.patient}**: {row.summary}", row.must, _happened(row), _verdict(row))
                for row in report.rows
                if row.hazard == hazard
            ),
        )
        yield ""


def _happened(row: Row) -> str:
    if not row.failed:
        return row.happened
    return f"{row.happened}<br>**not so:** " + "; ".join(row.failed)


def _verdict(row: Row) -> str:
    if row.word == "pass" and row.known_gap:
        return "pass (gap closed: take the mark away)"
    return {"pass": "pass", "gap": "GAP", "fail": "**FAIL**"}[row.word]


def _gaps(report: Report) -> Iterable[str]:
    gaps = [row for row in report.rows if row.word == "gap"]
    if gaps:
        yield "## Known gaps"
        yield ""
        yield from (f"- **{row.patient}**: {row.known_gap}" for row in gaps)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
