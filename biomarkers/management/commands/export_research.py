from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from biomarkers.parquet import Columns, parquet_from_csv
from biomarkers.research import (
    CALL_COLUMNS,
    DICTIONARY_COLUMNS,
    SEGMENT_COLUMNS,
    Row,
    call_rows,
    dictionary_rows,
    segment_rows,
    subjects,
)
from patients.access import access_record


class Command(BaseCommand):
    help = (
        "Writes de-identified voice features of patients whose research consent is in force: segments and calls, each "
        "as .csv and as .parquet, and data_dictionary.csv. Patients are keyed pseudonyms, times are days since the "
        "first call."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="A new or empty folder.")
        parser.add_argument(
            "--study",
            default="default",
            help="Name of the study. Pseudonyms of different studies cannot be joined.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CommandError("--out must be a new or empty folder")
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        with transaction.atomic():
            who = subjects(options["study"])
            access_record(
                user=None,
                action="export",
                resource="voice features",
                patient_ids=[subject.patient_id for subject in who],
                purpose="research",
            )
            segments = _write(
                out / "segments.csv", list(SEGMENT_COLUMNS), (row for one in who for row in segment_rows(one))
            )
            calls = _write(
                out / "calls.csv", list(CALL_COLUMNS), (row for one in who for row in call_rows(one))
            )
        _write_parquet(out / "segments.csv", SEGMENT_COLUMNS)
        _write_parquet(out / "calls.csv", CALL_COLUMNS)
        _write(out / "data_dictionary.csv", DICTIONARY_COLUMNS, dictionary_rows())
        self.stdout.write(f"{len(who)} patient(s), {calls} call(s), {segments} segment(s)")


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write a CSV that only its owner may read; how many rows."""
    count = 0
    with open(_created(path), "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _write_parquet(source: Path, columns: Columns) -> None:
    """The CSV once more as Parquet beside it."""
    target = _created(source.with_suffix(".parquet"))
    with source.open(newline="", encoding="utf-8") as rows, open(target, "wb") as file:  # noqa: PTH123 -- a descriptor
        parquet_from_csv(rows, file, columns)


def _created(path: Path) -> int:
    """A descriptor of a new file that only its owner may read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
