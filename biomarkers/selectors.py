"""Reads about measured voices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from biomarkers.models import VoiceBiomarker

LONG_ENOUGH_MS = 2_000


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the segments of at least two seconds: how many there are, have a row with a result, are measured."""

    segments: int
    answered: int
    measured: int


def call_coverage(call: Any) -> Coverage:
    """How much of a call's speech was measured, or refused with a reason."""
    counts = VoiceBiomarker.objects.filter(call=call, end_ms__gte=F("start_ms") + LONG_ENOUGH_MS).aggregate(
        segments=Count("pk"),
        answered=Count("pk", filter=~Q(state=VoiceBiomarker.State.PENDING)),
        measured=Count("pk", filter=Q(state=VoiceBiomarker.State.MEASURED)),
    )
    return Coverage(**counts)


def queue_depth() -> int:
    """How many segments wait for analysis."""
    return VoiceBiomarker.objects.filter(state=VoiceBiomarker.State.PENDING).count()
