"""A training call from a browser: the row and the one-use right to a stream, as the telephone network would get them."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone

from calls.models import Call
from calls.services.starting import Started, call_start
from patients.models import Patient, User


@transaction.atomic
def softphone_call_start(*, patient: Patient, by: User) -> Started:
    """A call of the patient's, played by a member of staff, that may open one stream. Nothing is dialled."""
    now = timezone.now()
    call_sid = f"CA{secrets.token_hex(16)}"
    call = Call.objects.create(
        patient=patient,
        direction=Call.Direction.OUTBOUND,
        purpose=Call.Purpose.SOFTPHONE,
        started_by=by,
        planned_for=now,
        dialled_at=now,
        state=Call.State.RINGING,  # never PLANNED: the scheduler would dial the patient
        answer_type=Call.AnswerType.HUMAN,
        call_sid=call_sid,
        language=patient.language,
    )
    return call_start(call_sid=call_sid, caller="", call_id=call.pk, receipt_key=f"softphone|{call_sid}")
