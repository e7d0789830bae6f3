"""Which emergency the voice model means by an alert of its own: the script that is read out depends on it."""

from __future__ import annotations

import logging

from alerts.phrases.described import emergencies_described
from calls.alarm import UNNAMED, kind_of

log = logging.getLogger(__name__)


def emergencies_named(text: str) -> tuple[str, ...]:
    """The kinds of emergency in the model's words about a patient; `UNNAMED` where none is recognised."""
    try:
        flags = emergencies_described(text)
    except Exception as error:  # a broken scanner must not keep the alarm from being heard
        log.error("a description could not be read", extra={"error_type": type(error).__name__})
        return (UNNAMED,)
    return tuple(sorted(set(map(kind_of, flags)))) or (UNNAMED,)
