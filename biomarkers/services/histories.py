"""A patient's calls against their baselines, written to the rows. The caller holds the lock on the patient's row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from alerts.models import Alert, AlertEvent
from biomarkers.change_limits import (
    CONFOUNDERS_HOLD,
    SETTLED_AFTER_DISCHARGE_DAYS,
    UNSTABLE_NEAR_ALERT_DAYS,
)
from biomarkers.channels import FIRST, channel_labels
from biomarkers.history import UNCHARTED, Charted, Frozen, PastCall, baseline_calls, baseline_of, charted
from biomarkers.models import Baseline, CallVoice
from biomarkers.stored import baseline_from, composite_json, features_json, fit_vector, z_json
from patients.models import Patient

CHARTED_COLUMNS = ("channel", "reasons", "z_scores", "composite_z", "cusum", "is_outside_baseline")
SETTLED = timedelta(days=SETTLED_AFTER_DISCHARGE_DAYS)
UNSTABLE = timedelta(days=UNSTABLE_NEAR_ALERT_DAYS)


@dataclass(frozen=True, slots=True)
class Era:
    """A stretch of time with one baseline for each channel. `reason`: why it began."""

    start: datetime | None
    end: datetime | None
    reason: str
    end_reason: str


def history_write(patient: Patient, version: str, *, anew: bool = False) -> list[CallVoice]:
    """The patient's pooled calls of this version, oldest first, each charted against the baseline that held.

    A baseline that is due is made and frozen. What is frozen stays, unless `anew`: then every baseline is computed
    again from its calls, and one that comes out differently takes the place of the old.
    """
    _end_baselines_at_admission(patient)
    voices = list(CallVoice.objects.filter(patient=patient, algorithm_version=version).order_by("at", "pk"))
    labels = channel_labels([voice.channel.get("low_band_db") for voice in voices])
    is_typical = _typical(patient)
    usable = [
        (voice, _past_call(voice, label, is_typical))
        for voice, label in zip(voices, labels, strict=True)
        if voice.is_usable
    ]
    _make_baselines(patient, version, usable, anew=anew)
    points = charted([call for _, call in usable], _frozen(patient, version), _acknowledged(patient))
    by_pk = {voice.pk: point for (voice, _), point in zip(usable, points, strict=True)}
    changed = [
        voice
        for voice, label in zip(voices, labels, strict=True)
        if _apply(voice, label, by_pk.get(voice.pk, UNCHARTED))
    ]
    CallVoice.objects.bulk_update(changed, CHARTED_COLUMNS, batch_size=500)
    return voices


def _past_call(voice: CallVoice, label: str, is_typical: Callable[[datetime], bool]) -> PastCall:
    confounders = len(voice.confounders)
    return PastCall(
        at=voice.at,
        channel=label,
        fit=fit_vector(voice.features, voice.reasons),
        is_typical=confounders < CONFOUNDERS_HOLD and is_typical(voice.at),
        confounders=confounders,
    )


def _apply(voice: CallVoice, label: str, point: Charted) -> bool:
    """Put the point on the row; whether that changed it."""
    before = [getattr(voice, column) for column in CHARTED_COLUMNS]
    voice.channel = {**voice.channel, "label": label}
    held = {"held": "confounders"} if point.is_held else {}
    voice.reasons = {name: why for name, why in voice.reasons.items() if name != "held"} | held
    voice.z_scores = z_json(point.z)
    voice.composite_z, voice.cusum = point.composite, point.cusum
    voice.is_outside_baseline = point.is_outside
    return before != [getattr(voice, column) for column in CHARTED_COLUMNS]


def _end_baselines_at_admission(patient: Patient) -> None:
    """After a stay in hospital the patient's usual voice is another one."""
    if patient.discharged_on is None:
        return
    left_on = datetime.combine(patient.discharged_on, time(), UTC)
    for row in Baseline.objects.filter(patient=patient, superseded_at=None, frozen_at__lt=left_on):
        row.superseded_at, row.end_reason = left_on, Baseline.End.ADMISSION
        row.save(update_fields=["superseded_at", "end_reason"])


def _typical(patient: Patient) -> Callable[[datetime], bool]:
    """Whether a call at that time may show what is usual: stable, and not soon after a discharge."""
    alerts = list(
        Alert.objects.filter(
            patient=patient,
            severity__in=("high", "critical"),
            alert_type__in=("symptom_worsening", "emergency"),
        ).values_list("created_at", flat=True)
    )
    discharged = patient.discharged_on

    def is_typical(at: datetime) -> bool:
        if (
            discharged is not None
            and timedelta(0) <= at - datetime.combine(discharged, time(), UTC) < SETTLED
        ):
            return False
        return all(abs(at - alert) > UNSTABLE for alert in alerts)

    return is_typical


def _eras(patient: Patient) -> list[Era]:
    """Baselines are collected anew after an admission and when a clinician asks, whatever the version."""
    resets: Any = (
        Baseline.objects.filter(patient=patient, end_reason__in=("admission", "clinician"))
        .order_by("superseded_at")
        .values_list("superseded_at", "end_reason")
        .distinct()
    )
    eras: list[Era] = []
    start: datetime | None = None
    reason = "first"
    for at, why in resets:
        eras.append(Era(start, at, reason, why))
        start, reason = (at + SETTLED if why == "admission" else at), why
    return [*eras, Era(start, None, reason, "")]


def _make_baselines(
    patient: Patient, version: str, usable: Sequence[tuple[CallVoice, PastCall]], *, anew: bool
) -> None:
    calls = [call for _, call in usable]
    stored = list(
        Baseline.objects.filter(patient=patient, algorithm_version=version).exclude(end_reason="rescored")
    )
    kept = []
    for era in _eras(patient) if anew else _eras(patient)[-1:]:
        for channel in sorted({call.channel for call in calls}, key=lambda label: (label != FIRST, label)):
            if not anew and any(_is_of(row, channel, era) for row in stored):
                continue
            made = baseline_calls(calls, channel, era.start, era.end)
            if not made:
                continue
            chosen = {id(call) for call in made}
            row = _row(patient, version, era, [voice for voice, call in usable if id(call) in chosen], made)
            same = next((old for old in stored if _is_of(old, channel, era) and _is_same(old, row)), None)
            kept.append(same or row)
    if anew:
        baselines_retire(row for row in stored if row not in kept)
    for row in kept:
        if row._state.adding:
            row.save()


def _is_of(row: Baseline, channel: str, era: Era) -> bool:
    return row.channel == channel and row.superseded_at == era.end


def _is_same(old: Baseline, new: Baseline) -> bool:
    return (old.frozen_at, old.features, old.composite) == (new.frozen_at, new.features, new.composite)


def _row(
    patient: Patient, version: str, era: Era, voices: Sequence[CallVoice], made: Sequence[PastCall]
) -> Baseline:
    baseline = baseline_of(made)
    reason = "new_channel" if made[0].channel != FIRST and era.reason == "first" else era.reason
    return Baseline(
        patient=patient,
        channel=made[0].channel,
        algorithm_version=version,
        calls_n=len(made),
        features=features_json(baseline, [voice.features for voice in voices]),
        composite=composite_json(baseline),
        first_call_at=made[0].at,
        frozen_at=made[-1].at,
        superseded_at=era.end,
        reason=reason,
        end_reason=era.end_reason,
    )


def baselines_retire(rows: Iterable[Baseline]) -> None:
    """These baselines were computed anew, or belong to a version that no call has any more."""
    for row in rows:
        row.superseded_at = row.superseded_at or timezone.now()
        row.end_reason = Baseline.End.RESCORED
        row.save(update_fields=["superseded_at", "end_reason"])


def _frozen(patient: Patient, version: str) -> list[Frozen]:
    rows = Baseline.objects.filter(patient=patient, algorithm_version=version).exclude(end_reason="rescored")
    return [
        Frozen(row.channel, row.frozen_at, row.superseded_at, baseline_from(row.features, row.composite))
        for row in rows.filter(composite__has_key="calls_z")
    ]


def _acknowledged(patient: Patient) -> list[datetime]:
    """When somebody took note that the voice had changed."""
    noted = AlertEvent.objects.filter(
        alert__patient=patient, alert__alert_type="voice_biomarker", kind="acknowledged"
    )
    return list(noted.order_by("at").values_list("at", flat=True))
