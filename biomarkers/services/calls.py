"""A call's voice: pooled once the call is over and its segments are settled, compared, and reported to the rules."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from alerts.rules.facts import VoiceCall
from alerts.services import voice_submit
from biomarkers.change_limits import CALL_VERSION
from biomarkers.confounders import CONFOUNDERS
from biomarkers.models import CallVoice, VoiceBiomarker
from biomarkers.pooling import PooledCall, pool
from biomarkers.segment_rows import segment_of
from biomarkers.services.histories import history_write
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient

log = logging.getLogger(__name__)

SWEEP_WITHIN = timedelta(days=2)
SWEEP_MOST = 100
REPORTED_CALLS = 10


def call_voice_update(*, call_id: UUID) -> CallVoice | None:
    """The call's pooled voice, its distance from the patient's baseline, and the alerts that follow, in one commit.

    None, and nothing written, while the call goes on or a segment waits. Idempotent.
    """
    if _waits(call_id):
        return None
    with transaction.atomic():
        call, patient = _locked(call_id)
        if call.state not in call.END_STATES or _waits(call_id):
            return None
        rows = list(VoiceBiomarker.objects.filter(call=call).defer("speech_content").order_by("start_ms"))
        if not rows:
            return None
        voice = voice_pooled(call, pool([segment_of(row) for row in rows]))
        voices = history_write(patient, voice.algorithm_version)
        _report(patient, call, voices)
        publish_on_commit("biomarkers", team_id=patient.care_team_id, call=call.pk, patient=patient.pk)
    return next(one for one in voices if one.pk == voice.pk)


def call_voices_sweep(now: datetime | None = None) -> int:
    """How many calls of the last two days are over and settled but not pooled; each is asked for."""
    from biomarkers.tasks import update_call_voice

    segments = VoiceBiomarker.objects.filter(call=OuterRef("pk"))
    due = (
        _calls()
        .objects.filter(
            Q(voice__isnull=True) | Q(voice__algorithm_version=""),
            Exists(segments),
            ~Exists(segments.filter(state=VoiceBiomarker.State.PENDING)),
            planned_for__gte=(now or timezone.now()) - SWEEP_WITHIN,
            state__in=_calls().END_STATES,
        )
        .order_by("planned_for")
        .values_list("pk", flat=True)[:SWEEP_MOST]
    )
    for call_id in due:
        try:
            update_call_voice.delay(str(call_id))
        except OperationalError as error:
            log.warning("a call's voice could not be asked for", extra={"error_type": type(error).__name__})
            break
    return len(due)


@transaction.atomic
def confounders_set(*, call_id: UUID, confounders: Iterable[str]) -> CallVoice:
    """What may have changed the voice in this call besides the heart. Replaces what was said before.

    During the call the row waits for its numbers; after it, the chart is drawn again. Raises ValueError for a
    name that is not in CONFOUNDERS.
    """
    wanted = sorted(set(confounders))
    if unknown := set(wanted) - CONFOUNDERS:
        raise ValueError(f"unknown confounders: {', '.join(sorted(unknown))}")
    call, patient = _locked(call_id)
    voice, _ = CallVoice.objects.get_or_create(
        call=call, defaults={"patient": patient, "at": _at(call), "algorithm_version": ""}
    )
    voice.confounders = wanted
    voice.save(update_fields=["confounders"])
    if voice.algorithm_version:
        voices = history_write(patient, voice.algorithm_version)
        _report(patient, call, voices)
        voice = next(one for one in voices if one.pk == voice.pk)
    publish_on_commit("biomarkers", team_id=patient.care_team_id, call=call.pk, patient=patient.pk)
    return voice


def voice_pooled(call: Any, pooled: PooledCall) -> CallVoice:
    """The call's row with its pooled numbers; what was asked about confounders stays."""
    unusable = pooled.unusable or _not_the_patient(call)
    reasons: dict[str, Any] = dict(pooled.reasons)
    if pooled.unfit:
        reasons["unfit"] = dict(pooled.unfit)
    if unusable:
        reasons["unusable"] = unusable
    voice, _ = CallVoice.objects.update_or_create(
        call=call,
        defaults={
            "patient_id": call.patient_id,
            "at": _at(call),
            "algorithm_version": f"{pooled.version or 'none'}/{CALL_VERSION}",
            "voiced_s": pooled.voiced_s,
            "segments_total": pooled.segments,
            "segments_measured": pooled.measured,
            "features": dict(pooled.features),
            "reasons": reasons,
            "channel": dict(pooled.channel),
            "is_usable": not unusable,
        },
    )
    return voice


def _not_the_patient(call: Any) -> str:
    """Why the voice of this call may be somebody else's; "" when it is the patient's."""
    if call.purpose == "softphone":
        return "softphone"
    return "" if call.identity_result == "verified" else "identity_not_verified"


def _report(patient: Patient, call: Any, voices: Sequence[CallVoice]) -> None:
    """Tell the rules when the newest charted call is this one and lies outside."""
    judged = [voice for voice in voices if voice.composite_z is not None][-REPORTED_CALLS:]
    if judged and judged[-1].call_id == call.pk and judged[-1].is_outside_baseline:
        seen = [VoiceCall(voice.at, voice.is_outside_baseline, voice.composite_z) for voice in judged]
        voice_submit(patient=patient, call=call, voice=seen)


def _waits(call_id: UUID) -> bool:
    return VoiceBiomarker.objects.filter(call_id=call_id, state=VoiceBiomarker.State.PENDING).exists()


def _locked(call_id: UUID) -> tuple[Any, Patient]:
    """The call's row and then the patient's, locked: the order in which every report of a call takes them."""
    call = _calls().objects.select_for_update(no_key=True, of=("self",)).get(pk=call_id)
    patient = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=call.patient_id)
    return call, patient


def _calls() -> Any:
    """The model of calls, which lives in an app above this one."""
    return apps.get_model("calls.Call")


def _at(call: Any) -> datetime:
    at: datetime = call.answered_at or call.dialled_at or call.planned_for
    return at
