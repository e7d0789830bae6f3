"""Reads about measured voices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from biomarkers.baseline import vector
from biomarkers.change import families
from biomarkers.change_limits import BASELINE_CALLS, CUSUM_LIMIT, Family
from biomarkers.models import Baseline, CallVoice, VoiceBiomarker
from patients.models import Patient

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


@dataclass(frozen=True, slots=True)
class VoicePoint:
    """One call on the chart. `families`: weighted mean z of timing, voice and pitch; worse is positive."""

    at: datetime
    z: float
    cusum: float
    is_outside: bool
    is_held: bool
    confounders: tuple[str, ...]
    families: dict[Family, float]


@dataclass(frozen=True, slots=True)
class VoiceStanding:
    """Where the patient's voice stands. While `baseline` is None, `collected` of `needed` usable calls are there."""

    baseline: Baseline | None
    collected: int
    needed: int
    cusum_limit: float
    points: tuple[VoicePoint, ...]


def voice_standing(patient: Patient, calls: int = 30) -> VoiceStanding:
    """The newest calls on the chart, oldest first, with the limit and what moved. Two queries, three without a baseline."""
    baselines = list(Baseline.objects.filter(patient=patient).defer("features", "composite"))
    baseline = max(
        (row for row in baselines if row.superseded_at is None), key=lambda row: row.frozen_at, default=None
    )
    own = CallVoice.objects.filter(patient=patient, is_usable=True)
    collected = 0
    if baseline is None:
        ended = max((row.superseded_at for row in baselines if row.superseded_at), default=None)
        collected = own.count() if ended is None else own.filter(at__gte=ended).count()
    newest = own.filter(cusum__isnull=False).order_by("-at")[:calls]
    return VoiceStanding(
        baseline=baseline,
        collected=min(collected, BASELINE_CALLS),
        needed=BASELINE_CALLS,
        cusum_limit=CUSUM_LIMIT,
        points=tuple(_point(voice) for voice in reversed(newest)),
    )


def _point(voice: CallVoice) -> VoicePoint:
    return VoicePoint(
        at=voice.at,
        z=voice.composite_z or 0.0,
        cusum=voice.cusum or 0.0,
        is_outside=voice.is_outside_baseline,
        is_held="held" in voice.reasons,
        confounders=tuple(voice.confounders),
        families=families(vector(voice.z_scores)),
    )
