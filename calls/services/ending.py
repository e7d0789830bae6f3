"""How a call ends in the record: once, whoever notices first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alerts.services import call_lost_submit
from calls.events import EndReason
from calls.models import Call
from calls.services.rows import call_set
from heartvoice.shared.live import publish_on_commit
from patients.services import contact_record

# The assistant is gone but the patient is still on the line: the telephone network asks us what to do next.
HANDED_OVER = frozenset(
    {
        EndReason.MODEL_LOST,
        EndReason.SHUTDOWN,
        EndReason.BAD_STREAM,
        EndReason.FAILED,
        EndReason.DETECTOR_DOWN,
    }
)
ON_PURPOSE = frozenset(
    {
        EndReason.COMPLETED,
        EndReason.PATIENT_REQUEST,
        EndReason.NOT_VERIFIED,
        EndReason.WRONG_PERSON,
        EndReason.EMERGENCY,
        EndReason.SILENCE,
        EndReason.TIME_LIMIT,
        EndReason.COST_LIMIT,
        EndReason.HUMAN_REQUEST,
        EndReason.OPT_OUT,
        EndReason.CONTACT_TOLD,
        EndReason.VOICEMAIL,
        EndReason.TAKEN_OVER,
        EndReason.STAFF_ENDED,
    }
)
SILENT_AFTER = timedelta(seconds=45)  # a process says every 20 s which calls it carries
LOST = "lost"  # the sweep's own reason: it may turn out that only the database was away
LOST_AFTER = timedelta(minutes=30)
UNCONNECTED_AFTER = timedelta(minutes=10)


@transaction.atomic
def call_finish(*, call_id: UUID, reason: str, at: datetime | None = None) -> bool:
    """The call has its end reason, and a final state unless the patient is still on the line.

    True for the first to say so; everybody after that changes nothing. A call that the sweep took for lost is
    told of its real end all the same.
    """
    call = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(pk=call_id)
    was_lost = call.end_reason == LOST
    if call.state in Call.END_STATES and not was_lost:
        return False
    now = at or timezone.now()
    call.end_reason = reason if was_lost else call.end_reason or reason
    if reason not in HANDED_OVER:
        call.state = _final_state(call, EndReason(reason))
        call.ended_at = now
        if call.answered_at:
            call.duration_s = max((now - call.answered_at).total_seconds(), 0.0)
    call_set(call, "end_reason", "state", "ended_at", "duration_s")
    if call.identity_result == Call.Identity.VERIFIED:
        contact_record(patient_id=call.patient_id, at=now)
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
    return True


@transaction.atomic
def call_lost_waiting(*, call_id: UUID) -> bool:
    """The patient hung up while a person was being rung. After an emergency the line is lost (rule E17)."""
    call = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(pk=call_id)
    if not call_lost_submit(patient=call.patient, call=call):
        return False
    call.state, call.end_reason = Call.State.INTERRUPTED, EndReason.HANGUP
    call_set(call, "state", "end_reason")
    return True


def calls_keep_alive(*, call_ids: Iterable[UUID], now: datetime | None = None) -> int:
    """These calls are carried by somebody now. Returns how many still are in progress.

    One that the sweep took for lost, since nothing could be written for a while, is in progress again.
    """
    now = now or timezone.now()
    calls = Call.objects.filter(pk__in=list(call_ids))
    lost = calls.filter(state=Call.State.INTERRUPTED, end_reason=LOST)
    lost.update(state=Call.State.IN_PROGRESS, end_reason="", ended_at=None)
    return calls.filter(state=Call.State.IN_PROGRESS).update(alive_at=now)


def _final_state(call: Call, reason: EndReason) -> str:
    if reason in ON_PURPOSE or call.end_reason in ON_PURPOSE or call.is_completed:
        return str(Call.State.COMPLETED)
    return str(Call.State.INTERRUPTED)


def calls_close_lost(now: datetime | None = None) -> int:
    """Calls whose process, line or webhooks died without a word end as interrupted. Returns how many."""
    now = now or timezone.now()
    stale = (
        Q(state=Call.State.IN_PROGRESS, answered_at__lt=now - LOST_AFTER)
        | Q(state=Call.State.IN_PROGRESS, alive_at__lt=now - SILENT_AFTER)
        | Q(state__in=(Call.State.DIALLING, Call.State.RINGING), dialled_at__lt=now - UNCONNECTED_AFTER)
    )
    closed = 0
    for call_id in Call.objects.filter(stale).values_list("pk", flat=True)[:500]:
        closed += _close(call_id, now)
    return closed


@transaction.atomic
def _close(call_id: UUID, now: datetime) -> bool:
    call = (
        Call.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("patient")
        .filter(pk=call_id, state__in=Call.LIVE_STATES)
        .first()
    )
    if call is None:
        return False
    was_answered = call.state == Call.State.IN_PROGRESS
    call.state = Call.State.INTERRUPTED if was_answered else Call.State.FAILED
    call.end_reason = call.end_reason or LOST
    call.ended_at = now
    if was_answered:  # an emergency flag in it, and nobody knows what came next
        call_lost_submit(patient=call.patient, call=call, now=now)
    call_set(call, "state", "end_reason", "ended_at")
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
    return True
