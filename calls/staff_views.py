"""The telephone network asks what to do when staff are on a line. Signed or refused, like every webhook."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from alerts.models import AlertSighting
from calls.models import Call, StaffCall
from calls.network import said, to_person
from calls.services.staff_calls import staff_call_note
from calls.services.status import find_call
from calls.services.takeover import take_over_settle
from calls.twilio import twiml
from calls.views import webhook

State = StaffCall.State
ACCEPTED = "1"


def _field(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, ""))[:200]


def _twiml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/xml")


def _is_reached(request: HttpRequest) -> bool:
    """A screening that nobody accepted may end as completed: then no bridge was made."""
    return _field(request, "DialCallStatus") == "completed" and _field(request, "DialBridged") != "false"


@webhook
def whisper(request: HttpRequest) -> HttpResponse:
    """The nurse who takes a call over hears what this is, and accepts with a key."""
    if _field(request, "Digits") == ACCEPTED:
        return _twiml(twiml.nothing())
    if "Digits" in request.POST:
        return _twiml(twiml.hang_up())
    where = f"{settings.PUBLIC_URL}/voice/staff/whisper"
    return _twiml(twiml.whisper(text=said("en", "take_over_whisper"), action=where))


@webhook
def take_over(request: HttpRequest) -> HttpResponse:
    """The nurse and the patient have talked, or the nurse's telephone was not answered.

    Then an emergency goes to the nurse line, and everybody else is told that they will be called back.
    """
    found = find_call(_field(request, "CallSid"), None)
    call = Call.objects.select_related("patient").get(pk=found.pk) if found else None
    if call is None:
        return _twiml(twiml.say_and_hang_up(said("en", "nurse_unavailable")))
    reached = _is_reached(request)
    take_over_settle(call_id=call.pk, is_reached=reached)
    if reached:
        return _twiml(twiml.hang_up())
    if AlertSighting.objects.filter(call=call).critical_emergencies().exists():
        return _twiml(to_person(call.language))
    return _twiml(twiml.say_and_hang_up(said(call.language, "nurse_unavailable"), call.language))


def _staff_call(request: HttpRequest) -> StaffCall | None:
    try:
        wanted = UUID(request.GET.get("id", ""))
    except ValueError:
        return None
    row = StaffCall.objects.select_related("patient").filter(pk=wanted).first()
    known = row is None or row.call_sid in (None, _field(request, "CallSid"))
    return row if known else None


@webhook
def staff_call(request: HttpRequest) -> HttpResponse:
    """The nurse has picked up: with a key the patient is dialled, from the clinic's number."""
    row = _staff_call(request)
    if row is None or row.state != State.RINGING:
        return _twiml(twiml.hang_up())
    here = f"{settings.PUBLIC_URL}/voice/staff/call?id={row.pk}"
    if "Digits" not in request.POST:
        return _twiml(twiml.whisper(text=said("en", "staff_call_whisper"), action=here))
    if _field(request, "Digits") != ACCEPTED:
        staff_call_note(staff_call_id=row.pk, state=State.FAILED, code="declined")
        return _twiml(twiml.hang_up())
    staff_call_note(staff_call_id=row.pk, state=State.DIALLING, call_sid=_field(request, "CallSid"))
    result = f"{settings.PUBLIC_URL}/voice/staff/result?id={row.pk}"
    return _twiml(
        twiml.dial_patient(
            number=row.patient.phone, caller_id=settings.TWILIO_FROM_NUMBER, result=result,
            text=said("en", "staff_call_connecting"),
        )
    )  # fmt: skip


@webhook
def result(request: HttpRequest) -> HttpResponse:
    """The nurse's call with the patient is over, or the patient did not answer."""
    row = _staff_call(request)
    if row is not None:
        seconds = _field(request, "DialCallDuration")
        reached = _is_reached(request)
        staff_call_note(
            staff_call_id=row.pk,
            state=State.ENDED if reached else State.UNANSWERED,
            code="" if reached else _field(request, "DialCallStatus"),
            talked_s=int(seconds) if reached and seconds.isdigit() and len(seconds) < 6 else 0,
        )
    return _twiml(twiml.hang_up())


@webhook
def status(request: HttpRequest) -> HttpResponse:
    """The nurse's own leg is over. Where nothing else was said of the call, it came to nothing."""
    row = _staff_call(request)
    if row is not None:
        staff_call_note(staff_call_id=row.pk, state=State.FAILED, code=_field(request, "CallStatus"))
    return HttpResponse(status=204)
