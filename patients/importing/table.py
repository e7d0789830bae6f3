"""A spreadsheet's bytes as rows of text, or what is wrong with them. Pure.

Spreadsheets write CSV in many ways: with a byte order mark, with semicolons or tabs, with a quote before a plus sign.
What can be read without guessing is read; everything else is a problem with its line.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

MAX_BYTES = 1024 * 1024
MAX_ROWS = 2000
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
WIDE_MARKS = ("＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason against the file. `line` counts from 1 with the header; 0 is the file as a whole.

    `code` is stable; `detail` holds column names and limits, never a value of the file.
    """

    line: int
    code: str
    column: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file by column name, blanks around cells removed."""

    number: int
    cells: Mapping[str, str]


def read_table(
    data: bytes, *, known: Collection[str], required: Collection[str], may_start_with_plus: Collection[str]
) -> tuple[list[Line], list[Problem]]:
    """The rows, and every problem that can be told without knowing what the columns mean."""
    text, problem = _text(data)
    if problem is not None:
        return [], [problem]
    try:
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        return [], [Problem(0, "bad_csv")]
    rows = _numbered(read)
    if not rows:
        return [], [Problem(0, "empty")]
    header = [cell.strip().lower().replace(" ", "_") for cell in rows[0][1]]
    problems = _header_problems(header, known, required)
    if problems:
        return [], problems
    body = rows[1:]
    if not body:
        return [], [Problem(0, "no_rows")]
    if len(body) > MAX_ROWS:
        return [], [Problem(0, "too_many_rows", detail={"limit": str(MAX_ROWS)})]
    lines: list[Line] = []
    for number, cells in body:
        if len(cells) != len(header):
            problems.append(
                Problem(number, "cell_count", detail={"found": str(len(cells)), "wanted": str(len(header))})
            )
            continue
        line = Line(number, {name: cell.strip(" ") for name, cell in zip(header, cells, strict=True)})
        problems += _cell_problems(line, may_start_with_plus)
        lines.append(line)
    return lines, problems


def _text(data: bytes) -> tuple[str, Problem | None]:
    """The file as text. UTF-8 with or without its mark; nothing is guessed, because a guess can change a name."""
    if len(data) > MAX_BYTES:
        return "", Problem(0, "too_big", detail={"limit": f"{MAX_BYTES // 1024} kB"})
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "", Problem(0, "utf16")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "", Problem(0, "workbook")
    if b"\x00" in data:
        return "", Problem(data[: data.index(b"\x00")].count(b"\n") + 1, "nul")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        return "", Problem(data[: error.start].count(b"\n") + 1, "not_utf8")


def _delimiter(text: str) -> str:
    """The mark that the header line uses most of comma, semicolon and tab."""
    header = text.split("\n", 1)[0]
    return max((",", ";", "\t"), key=header.count)


def _numbered(rows: Sequence[list[str]]) -> list[tuple[int, list[str]]]:
    """Rows with their place in the file; blank ones are left out. A quoted cell with line breaks counts as one line."""
    return [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]


def _header_problems(
    header: Sequence[str], known: Collection[str], required: Collection[str]
) -> list[Problem]:
    """A column of another name is told by its place: its text may be a patient's, where the header is missing."""
    problems = [Problem(1, "missing_column", name) for name in required if name not in header]
    problems += [
        Problem(1, "unknown_column", f"#{place}") for place, name in enumerate(header, 1) if name not in known
    ]
    problems += [
        Problem(1, "repeated_column", name)
        for name, count in Counter(header).items()
        if count > 1 and name in known
    ]
    return problems


def _cell_problems(line: Line, may_start_with_plus: Collection[str]) -> list[Problem]:
    problems = []
    for name, cell in line.cells.items():
        is_number = name in may_start_with_plus and cell.lstrip("'")[:1] in {"+", "＋"}
        if cell.startswith((*FORMULA_MARKS, *WIDE_MARKS)) and not is_number:
            problems.append(Problem(line.number, "formula", name))
        elif any(unicodedata.category(character) == "Cc" and character != "\n" for character in cell):
            problems.append(Problem(line.number, "control_character", name))
    return problems
