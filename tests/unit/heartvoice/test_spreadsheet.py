"""A spreadsheet opens our CSV as data, never as formulas."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartvoice.reports.spreadsheet import BOM, DANGEROUS, csv_text, safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@A1", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠A", "  =1"]
)
def test_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert [safe_cell(value) for value in (-1.5, 0, None, True, "Ann")] == ["-1.5", "0", "", "True", "Ann"]


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"])), min_size=1, max_size=4))
def test_every_text_comes_back_as_it_went_and_none_begins_a_formula(cells: list[str]) -> None:
    text = csv_text(["a"] * len(cells), [cells])
    assert text.startswith(BOM)
    _, row = csv.reader(io.StringIO(text[1:], newline=""))
    for given_cell, cell in zip(cells, row, strict=True):
        assert cell in (given_cell, f"'{given_cell}")
        assert not cell.startswith(DANGEROUS)
