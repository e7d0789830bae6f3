"""`manage.py scan_phrases FILE.csv --json`: the phrase scanner on a file of utterances. No database."""

from __future__ import annotations

import csv
import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alerts.phrases import SCANNER_VERSION, scan
from alerts.phrases.evaluation.rows import Row, context_of, read_rows, segment_of
from alerts.phrases.evaluation.scoring import Outcome, Score, score


class Command(BaseCommand):
    help = (
        "Scan the utterances of a CSV file; print flags per row, or the score against its expected columns."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with at least a column named utterance")
        parser.add_argument(
            "--json", action="store_true", help="one JSON object per row (or one with the score)"
        )
        parser.add_argument("--score", action="store_true", help="compare with the expected columns")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcomes = [_outcome(row) for row in read_rows(options["file"])]
        except (OSError, ValueError, csv.Error) as error:
            raise CommandError(f"cannot read {options['file']}: {error}") from error
        if options["score"]:
            self._print_score(outcomes, as_json=options["json"])
            return
        for outcome in outcomes:
            self.stdout.write(_line(outcome, as_json=options["json"]))

    def _print_score(self, outcomes: list[Outcome], *, as_json: bool) -> None:
        figures = score(outcomes)
        if as_json:
            self.stdout.write(json.dumps(_as_dict(figures)))
            return
        for name, value in _as_dict(figures).items():
            self.stdout.write(f"{name:24} {value}")
        for outcome in outcomes:
            faults = _faults(outcome)
            if faults:
                self.stdout.write(f"{outcome.row.id}: {'; '.join(faults)}")


def _outcome(row: Row) -> Outcome:
    segment, context = segment_of(row), context_of(row)
    started = time.perf_counter()
    result = scan(segment, context)
    return Outcome(row, result, time.perf_counter() - started)


def _line(outcome: Outcome, *, as_json: bool) -> str:
    result = outcome.result
    flags = list(result.names)
    severity, alert_type = result.overall
    if as_json:
        return json.dumps(
            {
                "id": outcome.row.id,
                "flags": flags,
                "severity": severity,
                "alert_type": alert_type,
            }
        )
    return f"{outcome.row.id}\t{'|'.join(flags) or 'none'}\t{severity}\t{alert_type}"


def _faults(outcome: Outcome) -> list[str]:
    faults: list[str] = []
    if not outcome.row.labelled:
        return faults
    if outcome.missing:
        faults.append(f"missing {'|'.join(sorted(outcome.missing))}")
    if outcome.extra_emergencies:
        faults.append(f"extra {'|'.join(sorted(outcome.extra_emergencies))}")
    if not outcome.is_severity_exact:
        faults.append(f"severity {outcome.result.overall[0]}, expected {outcome.row.severity}")
    return faults


def _as_dict(figures: Score) -> dict[str, Any]:
    return {
        "scanner": SCANNER_VERSION,
        "rows": figures.rows,
        "critical_rows": figures.critical_rows,
        "critical_missed": figures.critical_missed,
        "critical_recall": round(figures.critical_recall, 4),
        "none_rows": figures.none_rows,
        "false_emergencies": figures.false_emergencies,
        "false_emergency_share": round(figures.false_emergency_share, 4),
        "extra_emergencies": figures.extra_emergencies,
        "all_flags_found": figures.all_flags_found,
        "severity_exact": figures.severity_exact,
        "severity_exact_share": round(figures.severity_exact_share, 4),
        "alert_type_exact": figures.alert_type_exact,
        "median_ms": round(figures.median_ms, 3),
        "p99_ms": round(figures.p99_ms, 3),
    }
