"""What the detector makes of words that a test says."""

from __future__ import annotations

from alerts.phrases import ScanContext, ScanResult, Segment, scan
from alerts.phrases.model import Speaker


def said(words: str, question: str | None = None, speaker: Speaker = "patient") -> ScanResult:
    """One segment, after Maya's question."""
    return scan(Segment(words, speaker=speaker), ScanContext(last_question=question))
