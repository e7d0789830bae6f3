"""Which emergency the voice model means by an alert of its own: the script that is read out depends on it."""

from __future__ import annotations

from alerts.phrases.described import emergencies_described
from calls.alarm import UNNAMED, kind_of


def emergencies_named(text: str) -> tuple[str, ...]:
    """The kinds of emergency in the model's words about a patient; `UNNAMED` where none is recognised."""
    return tuple(sorted(set(map(kind_of, emergencies_described(text))))) or (UNNAMED,)
