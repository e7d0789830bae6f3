"""Which emergencies are in a description that somebody else wrote of a patient: the voice model's, of an alert. Pure."""

from __future__ import annotations

import logging

from alerts.phrases.flags import EMERGENCIES, LOST
from alerts.phrases.model import ScanContext, Segment
from alerts.phrases.scanner import scan

log = logging.getLogger(__name__)

OTHER_WORDS = {"dyspnea": "severe_dyspnea"}  # a doubt that has another name than its flag


def emergencies_described(text: str) -> frozenset[str]:
    """The emergency flags in these words; none where no emergency is recognised.

    The writer holds it to be one, so what the scanner would only doubt, or find less severe, counts. Nor does a
    scanner that fails keep it from being raised: it goes without a name then.
    """
    try:
        found = scan(Segment(text, speaker="caregiver"), ScanContext())
    except Exception as error:
        log.error("a description could not be read", extra={"error_type": type(error).__name__})
        return frozenset()
    flags = {hit.flag for hit in found.flags if hit.alert_type == "emergency"}
    for control in found.controls:
        doubt, _, topic = control.partition(":")
        flag = OTHER_WORDS.get(topic, topic)
        if doubt == "clarify" and flag in EMERGENCIES:
            flags.add(flag)
    return frozenset(flags - {LOST})
