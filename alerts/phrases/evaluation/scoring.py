"""How well the scanner does on labelled utterances. Pure.

A row is caught when every expected flag is found. An emergency flag on a row that expects nothing is a false
emergency; any other extra flag is only reported. Severity must be exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from alerts.phrases.evaluation.rows import Row
from alerts.phrases.flags import EMERGENCIES
from alerts.phrases.model import ScanResult


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row, what the scanner said, and how long it took."""

    row: Row
    result: ScanResult
    seconds: float

    @property
    def missing(self) -> frozenset[str]:
        return self.row.expected - set(self.result.names)

    @property
    def extra_emergencies(self) -> frozenset[str]:
        return (frozenset(self.result.names) & EMERGENCIES) - self.row.expected

    @property
    def is_missed_critical(self) -> bool:
        """A critical row whose emergency flags are not all found as critical matter."""
        if self.row.severity != "critical":
            return False
        return bool(self.missing & EMERGENCIES) or self.result.overall[0] != "critical"

    @property
    def is_severity_exact(self) -> bool:
        return self.result.overall[0] == self.row.severity


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of a file; shares are 0 to 1, times in milliseconds."""

    rows: int
    critical_rows: int
    critical_missed: int
    none_rows: int
    false_emergencies: int
    extra_emergencies: int
    all_flags_found: int
    severity_exact: int
    alert_type_exact: int
    median_ms: float
    p99_ms: float

    @property
    def critical_recall(self) -> float:
        return 1 - self.critical_missed / self.critical_rows if self.critical_rows else 1.0

    @property
    def false_emergency_share(self) -> float:
        return self.false_emergencies / self.none_rows if self.none_rows else 0.0

    @property
    def severity_exact_share(self) -> float:
        return self.severity_exact / self.rows if self.rows else 1.0


def score(outcomes: Sequence[Outcome]) -> Score:
    """The figures over all labelled rows."""
    labelled = [outcome for outcome in outcomes if outcome.row.labelled]
    none = [outcome for outcome in labelled if outcome.row.severity == "none"]
    times = sorted(outcome.seconds * 1000 for outcome in outcomes) or [0.0]
    return Score(
        rows=len(labelled),
        critical_rows=sum(outcome.row.severity == "critical" for outcome in labelled),
        critical_missed=sum(outcome.is_missed_critical for outcome in labelled),
        none_rows=len(none),
        false_emergencies=sum(bool(outcome.extra_emergencies) for outcome in none),
        extra_emergencies=sum(bool(outcome.extra_emergencies) for outcome in labelled),
        all_flags_found=sum(not outcome.missing for outcome in labelled),
        severity_exact=sum(outcome.is_severity_exact for outcome in labelled),
        alert_type_exact=sum(
            outcome.result.overall[1] == (outcome.row.alert_type or "none") for outcome in labelled
        ),
        median_ms=median(times),
        p99_ms=times[min(len(times) - 1, int(len(times) * 0.99))],
    )
