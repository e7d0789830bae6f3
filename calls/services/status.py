"""What the telephone network reports of a call: states that only move forward, and who or what answered."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from alerts.services import call_lost_submit
from calls.events import EndReason
from calls.models import Call, WebhookReceipt
from calls.services.ending import HANDED_OVER, call_finish
from calls.services.rows import call_set
from heartvoice.shared.live import publish_on_commit

STATES = {
    "queued": Call.State.DIALLING,
    "initiated": Call.State.DIALLING,
    "ringing": Call.State.RINGING,
    "in-progress": Call.State.IN_PROGRESS,
    "answered": Call.State.IN_PROGRESS,
    "completed": Call.State.COMPLETED,
    "busy": Call.State.BUSY,
    "failed": Call.State.FAILED,
    "no-answer": Call.State.NO_ANSWER,
    "canceled": Call.State.CANCELED,
}
RANK = {Call.State.PLANNED: 0, Call.State.DIALLING: 1, Call.State.RINGING: 2, Call.State.IN_PROGRESS: 3}
ANSWERED_BY = {
    "human": Call.AnswerType.HUMAN,
    "fax": Call.AnswerType.FAX,
    "unknown": Call.AnswerType.UNKNOWN,
    "machine_start": Call.AnswerType.VOICEMAIL,
    "machine_end_beep": Call.AnswerType.VOICEMAIL,
    "machine_end_silence": Call.AnswerType.VOICEMAIL,
    "machine_end_other": Call.AnswerType.VOICEMAIL,
}


def find_call(call_sid: str, call_id: UUID | None) -> Call | None:
    """The call that a webhook is about: by the carrier's id, or by ours while the carrier's is unknown."""
    found = Call.objects.filter(call_sid=call_sid).first() if call_sid else None
    if found is None and call_id is not None:
        found = Call.objects.filter(pk=call_id, call_sid__isnull=True).first()
    return found


@transaction.atomic
def call_status_note(
    *, call_sid: str, call_id: UUID | None, status: str, sequence: int, receipt_key: str
) -> bool:
    """The call's state after this report. False for a repeat, an unknown call or status, and for old news."""
    target = STATES.get(status)
    found = find_call(call_sid, call_id)
    if target is None or found is None:
        return False
    _, is_new = WebhookReceipt.objects.get_or_create(
        key=receipt_key, defaults={"kind": "status", "call": found}
    )
    if not is_new:
        return False
    call = (
        Call.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(pk=found.pk)
    )
    if call.state in Call.END_STATES:
        return False
    if call.call_sid is None and call_sid:
        call.call_sid = call_sid
    call.status_sequence = max(call.status_sequence, sequence)
    call_set(call, "call_sid", "status_sequence")
    if target == Call.State.COMPLETED:
        reason = _reason(call)
        if reason == EndReason.HANGUP:  # an engine of ours that notices it too raises the same alarm
            call_lost_submit(patient=call.patient, call=call)
        return call_finish(call_id=call.pk, reason=reason)
    if target in Call.END_STATES:
        return _unreached(call, str(target))
    if RANK[target] <= RANK[Call.State(call.state)]:
        return False
    call.state = target
    if target == Call.State.IN_PROGRESS:
        call.answered_at = call.answered_at or timezone.now()
    call_set(call, "state", "answered_at")
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
    return True


def _reason(call: Call) -> str:
    """Why a call is over that the network calls completed: what we know already, or a hang-up."""
    known = call.end_reason
    return known if known in set(EndReason) and EndReason(known) not in HANDED_OVER else EndReason.HANGUP


def _unreached(call: Call, state: str) -> bool:
    call.state, call.ended_at = state, timezone.now()
    call.end_reason = call.end_reason or state
    call_set(call, "state", "ended_at", "end_reason")
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
    return True


def answer_type_note(*, call_sid: str, call_id: UUID | None, answered_by: str) -> str:
    """Who or what answered, as far as the network can tell; "" for an unknown call or word."""
    kind = ANSWERED_BY.get(answered_by)
    call = find_call(call_sid, call_id)
    if kind is None or call is None:
        return ""
    Call.objects.filter(pk=call.pk, answer_type=Call.AnswerType.UNKNOWN).update(answer_type=kind)
    return str(kind)


def answer_type_set(*, call_id: UUID, answer_type: str) -> None:
    """Who or what answered, by its own words: stronger evidence than the network's guess from the sound."""
    if answer_type not in Call.AnswerType.values:
        raise ValueError(answer_type)
    Call.objects.filter(pk=call_id).update(answer_type=answer_type)
