"""docs/clinical/scheduling.md says what the code does with each end of a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from calls.scheduling.eligibility import Refusal
from calls.scheduling.outcomes import CallEnd, outcome_of

PAGE = (Path(__file__).parents[3] / "docs" / "clinical" / "scheduling.md").read_text(encoding="utf-8")
TABLE = PAGE.split("## What a call came to")[1].split("A check-in is **missed**")[0]
ROWS = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in TABLE.splitlines()
    if line.startswith("|")
]


@pytest.mark.parametrize("row", ROWS[2:], ids=lambda row: " ".join(row[:4]))
def test_a_row_of_the_page_is_what_the_scheduler_does(row: list[str]) -> None:
    state, reason, answer, who, outcome, _ = row
    end = CallEnd(
        state=state,
        end_reason=reason.split(",")[0],
        answer_type=answer,
        is_verified=who == "yes",
        is_completed="every question" in reason,
    )
    assert outcome_of(end).value == outcome


def test_the_page_has_a_row_for_every_outcome_of_a_dialled_call() -> None:
    told = {row[4] for row in ROWS[2:]}
    assert told == {"done", "dropped", "unheard", "reached", "not_patient", "bad_number", "not_placed"}


def test_every_condition_at_dial_time_stands_on_the_page() -> None:
    """As many rows as there are reasons against a call."""
    conditions = PAGE.split("## When a call may be dialled")[1].split("\n\n- ")[0]
    assert sum(line.startswith("|") for line in conditions.splitlines()) - 2 == len(Refusal)
