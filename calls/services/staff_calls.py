"""Click to call: the platform rings the nurse, and then the patient from the clinic's own number."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from calls.models import Call, StaffCall
from calls.twilio.client import CarrierError
from calls.twilio.staff_lines import ring_colleague
from heartvoice.shared.errors import Conflict, DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient, User
from patients.services import contact_record

State = StaffCall.State
UNDER_WAY = (State.RINGING, State.DIALLING)
FORGOTTEN = timedelta(minutes=65)  # the line itself lasts an hour at most


def staff_call_start(*, patient: Patient, by: User) -> StaffCall:
    """The nurse's telephone rings; with a key the patient is dialled.

    Raises DomainError (no_phone, carrier) and Conflict (on_call: the patient talks to Maya; busy: so does the nurse).
    """
    if not by.phone:
        raise DomainError("no telephone number to ring", code="no_phone")
    row = _row(patient, by)
    try:
        sid = ring_colleague(by.phone, row.pk)
    except CarrierError as error:
        staff_call_note(staff_call_id=row.pk, state=State.FAILED, code=str(error))
        raise DomainError("the telephone network refuses", code="carrier") from None
    StaffCall.objects.filter(pk=row.pk, call_sid__isnull=True).update(call_sid=sid)
    row.call_sid = sid
    return row


@transaction.atomic
def _row(patient: Patient, by: User) -> StaffCall:
    User.objects.select_for_update().get(pk=by.pk)  # two clicks at once: the second sees the first
    if Call.objects.live().filter(patient=patient).exists():
        raise Conflict("the patient is on a call", code="on_call")
    since = timezone.now() - FORGOTTEN
    if StaffCall.objects.filter(by=by, state__in=UNDER_WAY, created_at__gt=since).exists():
        raise Conflict("a call of this person is under way", code="busy")
    row = StaffCall.objects.create(patient=patient, by=by)
    _publish(row)
    return row


@transaction.atomic
def staff_call_note(
    *, staff_call_id: UUID, state: str, call_sid: str = "", code: str = "", talked_s: int = 0
) -> StaffCall | None:
    """How the call stands. States only move forward; None for a row that is not known."""
    row = (
        StaffCall.objects.select_for_update(of=("self",))
        .select_related("patient")
        .filter(pk=staff_call_id)
        .first()
    )
    if row is None or row.state not in UNDER_WAY:
        return row
    now = timezone.now()
    row.state, row.code, row.talked_s = state, code[:40], talked_s
    row.call_sid = row.call_sid or call_sid or None
    if state == State.DIALLING:
        row.dialled_at = now
    else:
        row.ended_at = now
    row.save(update_fields=["state", "code", "talked_s", "call_sid", "dialled_at", "ended_at"])
    if state == State.ENDED:
        contact_record(patient_id=row.patient_id, at=now)
    _publish(row)
    return row


def _publish(row: StaffCall) -> None:
    publish_on_commit("calls", team_id=row.patient.care_team_id, patient=row.patient_id)
