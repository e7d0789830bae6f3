"""Emergencies that words alone state, said after each question of the check-in: whichever it was, they must stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from alerts.phrases import ScanContext, Segment, scan
from alerts.phrases.evaluation.rows import context_of, read_rows, segment_of
from calls.checkin import load_protocol

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Asked:
    """One row after one question; `is_kept` if it is still a critical emergency."""

    row: str
    question: str
    is_kept: bool


def after_every_question(path: Path, *, every: int = 1) -> Iterator[Asked]:
    """Each `every`-th critical row of a file that is one without a question, after every question of the protocol.

    English and Spanish questions take turns, so that each row meets both.
    """
    critical = [
        row for row in read_rows(path) if row.severity == "critical" and not row.utterance.startswith("[")
    ]
    for number, row in enumerate(critical[::every]):
        segment = segment_of(row)
        unasked = replace(context_of(row), last_question=None, question_id=None, raised=frozenset())
        if not is_critical(segment, unasked):
            continue
        for place, question in enumerate(load_protocol("checkin-1").questions):
            words = question.text[LANGUAGES[(number + place) % len(LANGUAGES)]]
            asked = replace(unasked, last_question=words, question_id=question.id)
            yield Asked(row.id, question.id, is_critical(segment, asked))


def is_critical(segment: Segment, context: ScanContext) -> bool:
    """Whether the words raise a critical emergency."""
    return any(
        hit.severity == "critical" and hit.alert_type == "emergency" for hit in scan(segment, context).flags
    )
