"""A member of staff steps into one of Maya's calls: takes the patient over, or ends it.

The wish is a row before the telephone network is asked, so that the end of the media stream is understood by
whatever process sees it first; a refusal of the network takes the wish back. Each is on record with who and when.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alerts.services import task_open
from calls.events import EndReason
from calls.models import Call, CallIntervention
from calls.recordings import scripts
from calls.services.ending import call_finish
from calls.services.rows import call_set
from calls.steps import addresses
from calls.twilio import twiml
from calls.twilio.client import CarrierError, redirect_call
from calls.twilio.staff_lines import end_line
from heartvoice.shared.errors import Conflict, DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import User

Kind, State = CallIntervention.Kind, CallIntervention.State
REASONS = {Kind.TAKE_OVER: EndReason.TAKEN_OVER, Kind.END: EndReason.STAFF_ENDED}


def call_take_over(*, call: Call, by: User) -> CallIntervention:
    """The patient's line leaves Maya and rings this person's telephone, who accepts with a key.

    Raises DomainError (no_phone, carrier, softphone) and Conflict (over, not_connected, taken_over).
    """
    if not by.phone:
        raise DomainError("no telephone number to ring", code="no_phone")
    row = _wish(call, by, Kind.TAKE_OVER)
    language = row.call.language
    where = replace(
        addresses(),
        nurse_whisper=f"{settings.PUBLIC_URL}/voice/staff/whisper",
        nurse_result=f"{settings.PUBLIC_URL}/voice/staff/take-over",
    )
    text = twiml.dial_nurse(
        where,
        number=by.phone,
        caller_id=settings.TWILIO_FROM_NUMBER,
        text=scripts(language).said["connecting_nurse"],
        language=language,
    )
    return _asked(row, lambda sid: redirect_call(sid, text))


def call_end(*, call: Call, by: User) -> CallIntervention:
    """Maya's call ends now: with a sentence when the patient is on the line. Raises as `call_take_over` does."""
    row = _wish(call, by, Kind.END)
    language = row.call.language
    text = twiml.say_and_hang_up(scripts(language).said["staff_ended"], language)
    talks = row.call.state == Call.State.IN_PROGRESS
    asked = _asked(row, (lambda sid: redirect_call(sid, text)) if talks else end_line)
    call_finish(call_id=row.call_id, reason=EndReason.STAFF_ENDED)
    return _settled(asked, State.DONE)


@transaction.atomic
def take_over_settle(*, call_id: UUID, is_reached: bool) -> bool:
    """What came of the newest take-over. Not reached: somebody must call the patient back, on record before it is said."""
    row = (
        CallIntervention.objects.select_for_update(of=("self",))
        .select_related("call__patient", "by")
        .filter(call_id=call_id, kind=Kind.TAKE_OVER)
        .order_by("-created_at")
        .first()
    )
    call_finish(call_id=call_id, reason=EndReason.TAKEN_OVER)
    if row is None or row.state != State.ASKED:
        return False
    _settled(row, State.CONNECTED if is_reached else State.UNANSWERED)
    if not is_reached:
        task_open(patient=row.call.patient, kind="call_back", call=row.call)
    return True


@transaction.atomic
def _wish(call: Call, by: User, kind: str) -> CallIntervention:
    """The row of what is wanted, and the call's reason to end. One at a time: of two who try, one gets Conflict."""
    row = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(pk=call.pk)
    if row.purpose == Call.Purpose.SOFTPHONE:
        raise DomainError("a call of the training softphone has no telephone line", code="softphone")
    if row.state not in Call.LIVE_STATES or not row.call_sid:
        raise Conflict("the call is over", code="over")
    if kind == Kind.TAKE_OVER and row.state != Call.State.IN_PROGRESS:
        raise Conflict("nobody has answered yet", code="not_connected")
    if row.interventions.filter(state=State.ASKED).exists() or row.end_reason in REASONS.values():
        raise Conflict("somebody has this call in hand", code="taken_over")
    wish = CallIntervention.objects.create(call=row, by=by, kind=kind)
    row.end_reason = row.end_reason or REASONS[Kind(kind)]
    call_set(row, "end_reason")
    _publish(row)
    return wish


def _asked(row: CallIntervention, ask: object) -> CallIntervention:
    """The network is asked; what it refuses is undone."""
    try:
        is_live = ask(str(row.call.call_sid))  # type: ignore[operator]
    except CarrierError as error:
        _refused(row, str(error))
        raise DomainError("the telephone network refuses", code="carrier") from None
    if not is_live:
        _refused(row, "over")
        raise Conflict("the call is over", code="over")
    return row


@transaction.atomic
def _refused(row: CallIntervention, code: str) -> None:
    row.code = code[:40]
    _settled(row, State.FAILED)
    Call.objects.filter(pk=row.call_id, end_reason=REASONS[Kind(row.kind)]).exclude(
        state__in=Call.END_STATES
    ).update(end_reason="")


def _settled(row: CallIntervention, state: str) -> CallIntervention:
    row.state, row.settled_at = state, timezone.now()
    row.save(update_fields=["state", "code", "settled_at"])
    _publish(row.call)
    return row


def _publish(call: Call) -> None:
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
