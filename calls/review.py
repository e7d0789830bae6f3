"""What a call left open, read from its whole transcript: direct questions that were never answered. Pure.

A doubt (`clarify:<topic>`) is settled when Maya, or the engine, has put the question, and the next words of the other
end are neither silence nor a doubt about the same thing again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts.phrases.model import ScanResult
from alerts.phrases.questions import question_of
from calls.instructions import load_prompts

# Which topics of a question (alerts/phrases/data/questions.toml) clear up which doubt.
CLEARED_BY: Mapping[str, frozenset[str]] = {
    "chest_pain": frozenset({"chest_pain", "palpitations"}),
    "dyspnea": frozenset({"dyspnea", "orthopnea"}),
    "fall": frozenset({"fall", "head", "syncope", "on_floor", "get_up"}),
    "confusion": frozenset({"confusion", "orientation"}),
    "stroke_signs": frozenset({"stroke", "lift_arms"}),
    "suicidal_ideation": frozenset({"suicidal_ideation"}),
    "mood": frozenset({"mood", "suicidal_ideation"}),
    "weight": frozenset({"weight"}),
    "medication": frozenset(
        {"medication_taken", "medication_missed", "medication_supply", "medication_stopped", "overdose"}
    ),
}
MOST_CHANGES = 1  # an answer may be corrected once


@dataclass(frozen=True, slots=True)
class Said:
    """One turn. `is_ours`: Maya's or the engine's. `result` is what the scanner makes of the other end's words."""

    is_ours: bool
    text: str
    question_id: str = ""
    result: ScanResult | None = None


def open_topics(turns: Iterable[Said]) -> tuple[str, ...]:
    """The topics of doubts that the call ended without clearing up, in the order in which they came up."""
    doubts: dict[str, bool] = {}  # topic to "has been asked since"
    for turn in turns:
        if turn.is_ours:
            for topic in doubts:
                doubts[topic] = doubts[topic] or _asks(turn, topic)
            continue
        again = _doubts_in(turn.result)
        answered = [topic for topic, asked in doubts.items() if asked and topic not in again]
        for topic in answered if turn.text.strip() else ():
            del doubts[topic]
        for topic in again:
            doubts[topic] = False
    return tuple(doubts)


def _asks(turn: Said, topic: str) -> bool:
    """True when this turn puts the doubt's question: by its topics, or word for word as the table has it."""
    topics = set(question_of(turn.text, turn.question_id or None).topics)
    wording = load_prompts().clarify.get(topic, "").casefold()
    return bool(topics & CLEARED_BY.get(topic, frozenset())) or bool(
        wording and wording in turn.text.casefold()
    )


def _doubts_in(result: ScanResult | None) -> tuple[str, ...]:
    controls = result.controls if result else ()
    return tuple(name.removeprefix("clarify:") for name in controls if name.startswith("clarify:"))


def contradictions(answers: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """The fields whose value changed more than once in one call: a correction is one change, a doubt is two."""
    changes: dict[str, int] = {}
    last: dict[str, float] = {}
    for given in answers:
        for name, value in given.items():
            if name in last and last[name] != value:
                changes[name] = changes.get(name, 0) + 1
            last[name] = value
    return tuple(name for name, count in changes.items() if count > MOST_CHANGES)
