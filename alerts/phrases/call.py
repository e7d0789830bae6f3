"""The scan of a whole call, or of what exists of it: flags stay once raised, each is reported once. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from alerts.phrases.model import (
    AlertType,
    FlagHit,
    ScanContext,
    ScanResult,
    Segment,
    Severity,
    severity_rank,
    worst_of,
)
from alerts.phrases.scanner import scan


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the transcript. A turn of Maya's (`segment.speaker` "agent") is the question that follows are heard against.

    `key` is the caller's own name for the turn (a row's id, an item id); `question_id` the protocol's question.
    """

    key: str
    segment: Segment
    question_id: str | None = None


@dataclass(frozen=True, slots=True)
class CallHit:
    """A flag of the call: where it was first raised, and the turn with its most severe evidence."""

    hit: FlagHit
    first_key: str
    worst_key: str


@dataclass(frozen=True, slots=True)
class CallResult:
    """All flags of the call, one entry each, with the controls and the worst severity."""

    hits: tuple[CallHit, ...]
    controls: tuple[str, ...]
    severity: Severity
    alert_type: AlertType
    by_turn: tuple[tuple[str, ScanResult], ...]


def scan_call(turns: Iterable[Turn], context: ScanContext) -> CallResult:
    """Scan turns in order. Scanning the same turns again, or with more after them, keeps every flag found before."""
    hits: dict[str, CallHit] = {}
    controls: set[str] = set()
    by_turn: list[tuple[str, ScanResult]] = []
    heard = context
    for turn in turns:
        if turn.segment.speaker == "agent":
            heard = replace(heard, last_question=turn.segment.text, question_id=turn.question_id)
            continue
        result = scan(turn.segment, replace(heard, raised=heard.raised | frozenset(hits)))
        by_turn.append((turn.key, result))
        controls.update(result.controls)
        for hit in result.flags:
            hits[hit.flag] = _worse_hit(hits.get(hit.flag), hit, turn.key)
    severity, alert_type = worst_of(tuple(entry.hit for entry in hits.values()))
    return CallResult(tuple(hits.values()), tuple(sorted(controls)), severity, alert_type, tuple(by_turn))


def _worse_hit(known: CallHit | None, hit: FlagHit, key: str) -> CallHit:
    if known is None:
        return CallHit(hit, key, key)
    if hit.source != "sticky" and severity_rank(hit.severity) > severity_rank(known.hit.severity):
        return CallHit(hit, known.first_key, key)
    return known
