"""Spreadsheets of patients as a browser sends them."""

from __future__ import annotations

import csv
import io
from typing import Any

from patients.importing.columns import EXAMPLE


def sheet(*people: dict[str, str]) -> dict[str, Any]:
    """A file for a file input, one line a person."""
    out = io.StringIO()
    writer = csv.DictWriter(out, EXAMPLE)
    writer.writeheader()
    writer.writerows(people)
    return {"name": "patients.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}
