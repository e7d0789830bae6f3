"""A call reaches us: whose it is, and the one-use right to open its media stream."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from calls.models import Call, StreamToken, WebhookReceipt
from calls.services.callers import shared_key, with_number
from calls.services.rows import call_set
from heartvoice.shared.errors import DomainError
from heartvoice.shared.keys import blind_index, derive
from patients.models import Patient
from patients.phone import BadPhone, e164

TOKEN_LIFE = timedelta(seconds=120)


class UnknownCaller(DomainError):
    """No patient has this number: nothing may be said about anybody."""

    code = "unknown_caller"


class StreamRefused(DomainError):
    """The stream's token is not good. `code`: "forbidden", "expired", "duplicate" or "ended"."""

    code = "forbidden"


@dataclass(frozen=True, slots=True)
class Started:
    """A call that is to be connected. The token is a secret of two minutes."""

    call: Call
    token: str


def call_start(
    *, call_sid: str, caller: str, call_id: UUID | None, receipt_key: str, now: object = None
) -> Started:
    """The call is in progress and may open one stream. The same webhook again: the same answer, nothing done.

    `call_id` names a call that we placed; without it the caller's number says whose call it is.
    Raises UnknownCaller, and DomainError("call_over") for a call that has ended.
    """
    try:
        with transaction.atomic():
            return _start(call_sid, caller, call_id, receipt_key)
    except IntegrityError:  # the same webhook at the same moment: the other one has done the work
        with transaction.atomic():
            return _start(call_sid, caller, call_id, receipt_key)


def _start(call_sid: str, caller: str, call_id: UUID | None, receipt_key: str) -> Started:
    receipt = (
        WebhookReceipt.objects.select_related("call__patient", "call__patient__care_team")
        .filter(key=receipt_key)
        .first()
    )
    if receipt is not None and receipt.call is not None:
        return Started(receipt.call, stream_token(receipt.call, receipt_key))
    call = _placed_call(call_id, call_sid) if call_id else _inbound_call(call_sid, caller)
    WebhookReceipt.objects.create(key=receipt_key, kind="voice", call=call)
    token = stream_token(call, receipt_key)
    StreamToken.objects.create(
        token_hash=token_hash(token),
        call=call,
        call_sid=call_sid,
        expires_at=timezone.now() + TOKEN_LIFE,
    )
    return Started(call, token)


def stream_token(call: Call, receipt_key: str) -> str:
    """32 bytes that nobody without our secret can know; the same for a repeat of the same webhook."""
    key = derive(settings.PHI_INDEX_KEY, "stream-token")
    digest = hmac.new(key, f"{call.pk}|{receipt_key}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(b"heartvoice stream|" + token.encode()).hexdigest()


def _placed_call(call_id: UUID, call_sid: str) -> Call:
    call = (
        Call.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient", "patient__care_team")
        .filter(pk=call_id, direction=Call.Direction.OUTBOUND)
        .first()
    )
    if call is None:
        raise UnknownCaller()
    if call.state in Call.END_STATES:
        raise DomainError("the call is over", code="call_over")
    if call.call_sid not in (None, call_sid):
        raise DomainError("another call has this id", code="call_over")
    call.call_sid = call_sid
    call.state = Call.State.IN_PROGRESS
    call.answered_at = call.answered_at or timezone.now()
    call_set(call, "call_sid", "state", "answered_at")
    return call


def _inbound_call(call_sid: str, caller: str) -> Call:
    earlier = Call.objects.select_related("patient", "patient__care_team").filter(call_sid=call_sid).first()
    if earlier is not None:
        if earlier.state in Call.END_STATES:
            raise DomainError("the call is over", code="call_over")
        return earlier
    patients = _patients_with(caller)
    patient, is_shared, now = patients[0], len(patients) > 1, timezone.now()
    languages = {one.language for one in patients}
    call = Call(
        patient=patient,
        direction=Call.Direction.INBOUND,
        purpose=Call.Purpose.CALLBACK,
        planned_for=now,
        answered_at=now,
        state=Call.State.IN_PROGRESS,
        answer_type=Call.AnswerType.HUMAN,
        call_sid=call_sid,
        # The voice model is told of one patient from the beginning: not where it may be another one.
        mode=Call.Mode.QUESTIONNAIRE if is_shared else Call.Mode.ASSISTANT,
        slot_key=shared_key(patient, call_sid) if is_shared else None,
        language=patient.language if len(languages) == 1 else "en",
    )
    Call.objects.bulk_create([call])  # see call_set
    return call


def _patients_with(caller: str) -> list[Patient]:
    """The patients with this number, one at least. A number is a hint; identity is asked for all the same."""
    try:
        found = with_number(blind_index("phone", e164(caller)))
    except BadPhone:
        raise UnknownCaller() from None
    if not found:
        raise UnknownCaller()
    return found


@transaction.atomic
def stream_open(*, token: str, call_sid: str, account_sid: str, stream_sid: str) -> Call:
    """The call whose stream this is; the token is used up. Raises StreamRefused."""
    if account_sid and account_sid != settings.TWILIO_ACCOUNT_SID:
        raise StreamRefused(code="forbidden")
    if not token or len(token) > 128 or not token.isascii():
        raise StreamRefused(code="forbidden")
    now = timezone.now()
    mine = StreamToken.objects.filter(token_hash=token_hash(token), call_sid=call_sid)
    if not mine.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now):
        used = mine.values_list("used_at", flat=True).first()
        raise StreamRefused(code="duplicate" if used else "forbidden")
    call: Call = (
        Call.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient", "patient__care_team", "schedule")
        .get(stream_tokens__token_hash=token_hash(token))
    )
    if call.state in Call.END_STATES:
        raise StreamRefused(code="ended")
    if call.stream_sid:  # one socket a call, whatever tokens were asked for; the first one lives on
        raise StreamRefused(code="duplicate")
    call.stream_sid = stream_sid[:40]
    call.alive_at = now
    call_set(call, "stream_sid", "alive_at")
    return call


@transaction.atomic
def provider_note(*, call_id: UUID, provider: str, model: str) -> None:
    """Another voice provider has taken the call."""
    call = Call.objects.select_for_update(no_key=True, of=("self",)).get(pk=call_id)
    call.providers = [*call.providers, provider]
    call.model = model or call.model
    call_set(call, "providers", "model")
