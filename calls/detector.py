"""Whether the phrase scanner, which no call goes without, is well; and what is said where it is not.

A call whose words nobody has judged is no call for an assistant: it ends with an approved sentence, a person is rung,
the clinic is told, and no other call begins until the scanner passes its test again.
"""

from __future__ import annotations

import logging
import time

from alerts.phrases import scan, self_test
from alerts.phrases.model import ScanContext, ScanResult, Segment

log = logging.getLogger(__name__)

LOOKED_AT_EVERY_S = 30.0  # the test takes a quarter of a second


class DetectorFailed(Exception):
    """Words of a patient could not be judged."""


def judged(words: Segment, context: ScanContext) -> ScanResult:
    """What the words mean. Raises DetectorFailed, whatever broke; nothing of the words is in it."""
    try:
        return scan(words, context)
    except Exception as error:  # boundary: a scanner that cannot even be tried is down
        log.error("the phrase scanner failed", extra={"error_type": type(error).__name__})
        raise DetectorFailed(type(error).__name__) from None


class Health:
    """The result of the scanner's test of itself, for a while."""

    def __init__(self) -> None:
        self._is_well = False
        self._until_s = 0.0

    def is_well(self) -> bool:
        """True when the scanner passed its test within the last half minute."""
        now = time.monotonic()
        if now >= self._until_s:
            self._is_well = self_test().passed
            self._until_s = now + LOOKED_AT_EVERY_S
        return self._is_well


PROCESS = Health()
