"""A spreadsheet's bytes become rows, or every problem that the bytes themselves show."""

from __future__ import annotations

import pytest

from patients.importing.table import MAX_BYTES, MAX_ROWS, read_table

KNOWN = ("name", "phone", "born")
REQUIRED = ("name",)


def read(text: str | bytes):
    data = text if isinstance(text, bytes) else text.encode()
    return read_table(data, known=KNOWN, required=REQUIRED, may_start_with_plus=("phone",))


def codes(text: str | bytes) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.code, problem.column) for problem in read(text)[1]]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_the_usual_dialects_give_the_same_rows(mark: str, start: bytes) -> None:
    text = mark.join(KNOWN) + "\r\n" + mark.join(("Zoë", "+12015550100", "1948")) + "\r\n\r\n"
    lines, problems = read(start + text.encode())
    assert problems == []
    assert [(line.number, dict(line.cells)) for line in lines] == [
        (2, {"name": "Zoë", "phone": "+12015550100", "born": "1948"})
    ]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", [(0, "empty", "")]),
        (b"name\n", [(0, "no_rows", "")]),
        ("name\nx".encode("utf-16"), [(0, "utf16", "")]),
        (b"PK\x03\x04rest", [(0, "workbook", "")]),
        (b"name\nA\nB\x00\n", [(3, "nul", "")]),
        (b"name\nA\nJos\xe9\n", [(3, "not_utf8", "")]),
        (b'name\n"A\n', [(0, "bad_csv", "")]),
        (b"phone\n1\n", [(1, "missing_column", "name")]),
        (b"name,shoe\nA,1\n", [(1, "unknown_column", "#2")]),
        (b"name,name\nA,B\n", [(1, "repeated_column", "name")]),
        (b"name,born\nA\nB,1,2\n", [(2, "cell_count", ""), (3, "cell_count", "")]),
        (b"name\nA\x07B\n", [(2, "control_character", "name")]),
        (b"name\n" + b"x" * MAX_BYTES, [(0, "too_big", "")]),
        (b"name\n" + b"x\n" * (MAX_ROWS + 1), [(0, "too_many_rows", "")]),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(data: bytes, wanted: list[tuple[int, str, str]]) -> None:
    assert codes(data) == wanted


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "＝1", "＠x"])
def test_a_cell_that_begins_like_a_formula_is_refused(cell: str) -> None:
    assert codes(f'name,phone\n"{cell}",1\n') == [(2, "formula", "name")]


def test_a_phone_number_may_begin_with_a_plus_and_nothing_else_may() -> None:
    assert codes("name,phone\nA,+1 201 555 0100\nB,'+12015550101\n") == []
    assert codes("name,phone\nA,=1\n") == [(2, "formula", "phone")]


def test_a_problem_never_quotes_the_file() -> None:
    _, problems = read("name,Anns secret\nAnn Secret,x\n")
    assert "ecret" not in repr(problems)
