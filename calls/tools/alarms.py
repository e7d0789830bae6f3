"""Which emergency the voice model means by an alert of its own: the script that is read out depends on it."""

from __future__ import annotations

import logging

from alerts.phrases import ScanContext, Segment, scan
from alerts.phrases.flags import EMERGENCIES
from calls.alarm import LOST, UNNAMED, kind_of

log = logging.getLogger(__name__)

OTHER_WORDS = {"dyspnea": "severe_dyspnea"}  # a doubt that has another name than its flag


def emergencies_named(text: str) -> tuple[str, ...]:
    """The kinds of emergency in the model's words about a patient; `UNNAMED` where none is recognised.

    The model holds it to be critical, so what the scanner would only doubt, or find less severe, counts.
    """
    try:
        found = scan(Segment(text, speaker="caregiver"), ScanContext())
    except Exception as error:  # a broken scanner must not keep the alarm from being heard
        log.error("a description could not be read", extra={"error_type": type(error).__name__})
        return (UNNAMED,)
    flags = {hit.flag for hit in found.flags if hit.alert_type == "emergency"}
    for control in found.controls:
        doubt, _, topic = control.partition(":")
        if doubt == "clarify" and OTHER_WORDS.get(topic, topic) in EMERGENCIES:
            flags.add(OTHER_WORDS.get(topic, topic))
    return tuple(sorted({kind_of(flag) for flag in flags} - {LOST})) or (UNNAMED,)
