"""Every row of the fault table names tests that exist and say which fault they cause."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TABLE = Path("docs/faults.md")
ROW = re.compile(r"^\| (F-\d\d) \|", re.MULTILINE)
NAME = re.compile(r"`(test_\w+)`")
REQUIRED = {f"F-{n}" for n in (*range(20, 29), *range(30, 34), 45, 46, 47)}


def docstring_of_each_test() -> dict[str, str]:
    """Every test of the integration suite of calls, with its docstring."""
    found: dict[str, str] = {}
    for path in Path("tests/integration/calls").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found[node.name] = ast.get_docstring(node) or ""
    return found


def test_every_fault_that_must_be_caused_has_a_row() -> None:
    assert set(ROW.findall(TABLE.read_text(encoding="utf-8"))) >= REQUIRED


def test_the_tests_that_the_table_names_exist_and_name_their_fault() -> None:
    known = docstring_of_each_test()
    wrong = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        for name in NAME.findall(line):
            if name not in known or (row is not None and row.group(1) not in known[name]):
                wrong.append(f"{row.group(1) if row else '-'}: {name}")
    assert wrong == []
