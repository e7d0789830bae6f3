"""One call as one stream: what was said, what it led to, in order. Pure: rows in, entries out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from heartvoice.dashboard.evidence import evidence_of, of_call

# What stands at the same millisecond: first the words, then what came of them.
ORDER = {"turn": 0, "voice": 1, "tool": 2, "alert": 3, "failure": 4, "staff": 5}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the call. `anchors` are further places (ms) that links may point at."""

    at_ms: int
    kind: str
    what: Any
    anchors: tuple[int, ...] = ()


def transcript(
    *,
    turns: Iterable[Any],
    tools: Iterable[Any],
    alerts: Iterable[Any],
    voices: Iterable[Any],
    failures: Iterable[Any],
    started_at: datetime | None,
    interventions: Iterable[Any] = (),
    call_id: object = None,
) -> list[Entry]:
    """Everything of a call in the order in which it happened. `call_id`: where alerts may be of several calls."""
    turns = list(turns)
    spoken_at = {turn.item_id: turn.start_ms for turn in turns}
    entries = [Entry(turn.start_ms, "turn", turn) for turn in turns]
    entries += [Entry(tool.at_ms, "tool", tool) for tool in tools]
    entries += [Entry(spoken_at.get(voice.item_id, voice.start_ms), "voice", voice) for voice in voices]
    entries += [Entry(alert_ms(alert, started_at, call_id), "alert", alert) for alert in alerts]
    entries += [Entry(_since(started_at, failure.at), "failure", failure) for failure in failures]
    entries += [Entry(_since(started_at, each.created_at), "staff", each) for each in interventions]
    ordered = sorted(entries, key=lambda each: (each.at_ms, ORDER[each.kind]))
    return _anchored(ordered)


def alert_ms(alert: Any, started_at: datetime | None, call_id: object = None) -> int:
    """Where an alert belongs in the call: at its evidence of this call, else when it was raised, or seen in it."""
    evidence = evidence_of(alert.evidence if call_id is None else of_call(alert.evidence, call_id))
    if evidence is not None and evidence.at_ms is not None:
        return evidence.at_ms
    return _since(started_at, getattr(alert, "sighted_at", None) or alert.created_at)


def _anchored(entries: Sequence[Entry]) -> list[Entry]:
    """Each alert's evidence time becomes an anchor of the turn in which it fell."""
    places = [index for index, each in enumerate(entries) if each.kind == "turn"]
    starts = [entries[index].at_ms for index in places]
    anchors: dict[int, set[int]] = {}
    for each in entries:
        if each.kind == "alert" and places:
            turn = places[max(bisect_right(starts, each.at_ms) - 1, 0)]
            anchors.setdefault(turn, set()).add(each.at_ms)
    return [
        replace(each, anchors=tuple(sorted(anchors[index]))) if index in anchors else each
        for index, each in enumerate(entries)
    ]


def _since(started_at: datetime | None, at: datetime) -> int:
    return 0 if started_at is None else max(int((at - started_at).total_seconds() * 1000), 0)
