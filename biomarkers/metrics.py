"""The figure that says whether the voice analysis keeps up. No label, no person."""

from __future__ import annotations

from math import nan

from django.db import Error
from prometheus_client import Gauge

from biomarkers.selectors import queue_depth

WAITING = Gauge("heartvoice_voice_segments_waiting", "Voice segments that wait for their analysis")


def _waiting() -> float:
    """Read when it is scraped; not a number while the database is away, so that the other figures still come."""
    try:
        return float(queue_depth())
    except Error:
        return nan


WAITING.set_function(_waiting)
