"""The telephone network's webhooks. Signed or refused; every repeat answered the same; never an error page.

What goes wrong here must still leave the patient with a sentence: with the database away the answers are fixed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from alerts.services import transfer_missed_submit
from calls import detector, remembered, steps
from calls.deadlines import deadline
from calls.events import EndReason
from calls.metrics import WEBHOOKS_REFUSED
from calls.models import Call
from calls.network import addresses, said, script, to_person
from calls.services import (
    UnknownCaller,
    answer_type_note,
    call_finish,
    call_lost_waiting,
    call_start,
    call_status_note,
)
from calls.services.contacts import contact_said
from calls.services.machines import HINT_HOLDS_S, MACHINES
from calls.services.status import find_call
from calls.tasks import end_machine_call
from calls.twilio import twiml
from calls.twilio.signature import is_signed
from heartvoice.shared.errors import DomainError

log = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse]
MAX_FIELD = 200
MAX_SPEECH = 1_000
WEBHOOK_S = 8.0  # the telephone network waits 15 s at most
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def webhook(view: View) -> View:
    """POST, form, signed over our public URL; anything else is refused before anything is read or written."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        is_form = (request.content_type or "") == "application/x-www-form-urlencoded"
        tokens = [settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_PREVIOUS]
        if not is_form or not is_signed(
            url=settings.PUBLIC_URL + request.get_full_path(),
            params=request.POST,
            signature=request.headers.get("X-Twilio-Signature", ""),
            tokens=tokens,
        ):
            WEBHOOKS_REFUSED.inc()
            return HttpResponseForbidden()
        try:
            with deadline(WEBHOOK_S):
                return _judged(view, request)
        except (DatabaseError, InterfaceError):
            log.exception("a webhook could not use the database", extra={"path": request.path})
            return _twiml(_without_database(request))

    return csrf_exempt(login_not_required(checked))


def _judged(view: View, request: HttpRequest) -> HttpResponse:
    """The view's answer; a person where the patient's words could not be judged."""
    try:
        return view(request)
    except detector.DetectorFailed:
        call = _found(request)
        return _twiml(steps.without_detector(call) if call else twiml.hang_up())


def _without_database(request: HttpRequest) -> str:
    """A person for an emergency that this process remembers or that was said just now; a sentence for everybody else."""
    call_sid = _field(request, "CallSid")
    if language := remembered.PROCESS.language_of(call_sid):
        return to_person(language)
    language = "es" if request.GET.get("l") == "es" else "en"
    text = steps.without_rows(
        request.GET.get("q", ""),
        digits=_field(request, "Digits"),
        speech=_speech(request),
        language=language,
    )
    if text:
        remembered.PROCESS.needs_person(call_sid, language)
    return text or twiml.say_and_hang_up(said(language, "try_again_later"), language)


def _speech(request: HttpRequest) -> str:
    return str(request.POST.get("SpeechResult", ""))[:MAX_SPEECH]


def _count(request: HttpRequest, name: str) -> int:
    """A count in one of our own addresses; 0 for anything odd."""
    text = request.GET.get(name, "0")
    return int(text) if text.isdigit() and len(text) < 3 else 0


def _twiml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/xml")


def _field(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, ""))[:MAX_FIELD]


def _call_id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("call", ""))
    except ValueError:
        return None


def _receipt_key(request: HttpRequest, *parts: str) -> str:
    """The network's own name for this request, or what makes the event one."""
    token = request.headers.get("I-Twilio-Idempotency-Token", "")[:64]
    return f"{request.path}|{token}" if token else "|".join((request.path, *parts))[:160]


def _found(request: HttpRequest) -> Call | None:
    call = find_call(_field(request, "CallSid"), _call_id(request))
    return Call.objects.select_related("patient", "patient__care_team").get(pk=call.pk) if call else None


@webhook
def voice(request: HttpRequest) -> HttpResponse:
    """A call is answered, in or out: connect it to us."""
    call_sid = _field(request, "CallSid")
    if not call_sid.startswith("CA") or len(call_sid) > 40:
        return HttpResponse(status=400)
    call_id = _call_id(request)
    try:
        started = call_start(
            call_sid=call_sid,
            caller=_field(request, "From"),
            call_id=call_id,
            receipt_key=_receipt_key(request, call_sid),
        )
    except UnknownCaller:
        return _twiml(_polite_refusal())
    except DomainError:
        return _twiml(twiml.hang_up())
    if not detector.PROCESS.is_well():
        return _twiml(steps.without_detector(started.call, is_new=True))
    if started.call.mode == Call.Mode.QUESTIONNAIRE:
        return _twiml(steps.opening(started.call))
    return _twiml(twiml.stream(addresses(), started.token))


def _polite_refusal() -> str:
    digits = " ".join(settings.NURSE_LINE_NUMBER.removeprefix("+1"))
    number = said("en", "unknown_caller_number", number=digits)
    return twiml.say_and_hang_up(f"{said('en', 'unknown_caller')} {number}")


@webhook
def status(request: HttpRequest) -> HttpResponse:
    """How the call stands, as the network sees it."""
    sequence = _field(request, "SequenceNumber")
    call_status_note(
        call_sid=_field(request, "CallSid"),
        call_id=_call_id(request),
        status=_field(request, "CallStatus"),
        sequence=int(sequence) if sequence.isdigit() and len(sequence) < 9 else -1,
        receipt_key=_receipt_key(
            request, _field(request, "CallSid"), _field(request, "CallStatus"), sequence
        ),
    )
    return HttpResponse(status=204)


@webhook
def amd(request: HttpRequest) -> HttpResponse:
    """Who or what answered, as far as the network can tell."""
    call_sid, call_id = _field(request, "CallSid"), _call_id(request)
    kind = answer_type_note(call_sid=call_sid, call_id=call_id, answered_by=_field(request, "AnsweredBy"))
    call = find_call(call_sid, call_id)
    if call is not None and kind in MACHINES and call.answer_type in MACHINES:  # its own words count for more
        wait_s = 0 if kind == Call.AnswerType.FAX else HINT_HOLDS_S
        end_machine_call.apply_async((str(call.pk),), countdown=wait_s)
    return HttpResponse(status=204)


@webhook
def ended(request: HttpRequest) -> HttpResponse:
    """Our stream is over and the call is not: what comes next."""
    if _field(request, "CallStatus") in OVER:
        return _twiml(twiml.nothing())
    call = _found(request)
    if call is None:
        return _twiml(twiml.say_and_hang_up(said("en", "try_again_later")))
    return _twiml(steps.after_stream(call))


@webhook
def stream_status(request: HttpRequest) -> HttpResponse:
    """The network's view of the stream; errors are logged, the call itself is decided by `ended`."""
    if _field(request, "StreamEvent") == "stream-error":
        log.warning(
            "the telephone network reports a stream error",
            extra={"call_sid": _field(request, "CallSid")[:40], "code": _field(request, "StreamError")[:60]},
        )
    return HttpResponse(status=204)


@webhook
def questionnaire(request: HttpRequest) -> HttpResponse:
    """One step of the check-in without an assistant."""
    call = _found(request)
    if call is None:
        return _twiml(twiml.say_and_hang_up(said("en", "try_again_later")))
    question_id = request.GET.get("q", "")
    if not question_id:
        return _twiml(steps.questions(call))
    try:
        text = steps.answer(
            call,
            question_id,
            _count(request, "n"),
            digits=_field(request, "Digits"),
            speech=_speech(request),
            silent=_count(request, "e"),
        )
    except KeyError:
        return HttpResponse(status=400)
    return _twiml(text)


@webhook
def contact(request: HttpRequest) -> HttpResponse:
    """The emergency contact has picked up, or pressed a key."""
    call_sid = _field(request, "CallSid")
    call = _found(request)
    if call is None or call.purpose != Call.Purpose.EMERGENCY_CONTACT or call.state in Call.END_STATES:
        return _twiml(twiml.hang_up())
    number = _count(request, "n")
    if not number:
        call_status_note(
            call_sid=call_sid,
            call_id=call.pk,
            status="answered",
            sequence=-1,
            receipt_key=_receipt_key(request, call_sid),
        )
    text = contact_said(call, digits=_field(request, "Digits"), asked=number)
    return _twiml(text or to_person(call.language))


@webhook
def nurse(request: HttpRequest) -> HttpResponse:
    """The person who was rung hears what this is about, and accepts with a key."""
    if _field(request, "Digits") == "1":
        return _twiml(twiml.nothing())
    if "Digits" in request.POST:
        return _twiml(twiml.hang_up())
    where = addresses().nurse_whisper
    return _twiml(twiml.whisper(text=said("en", "nurse_whisper"), action=where))


@webhook
def nurse_result(request: HttpRequest) -> HttpResponse:
    """The transfer is over. Nobody took it: that is an alert, and only then is the patient told so."""
    is_reached = (
        _field(request, "DialCallStatus") == "completed" and _field(request, "DialBridged") != "false"
    )
    try:
        language = _transfer_over(request, is_reached=is_reached)
    except (DatabaseError, InterfaceError):  # nobody can be told: ringing again would only keep 911 waiting
        log.exception("the end of a transfer could not be noted", extra={"path": request.path})
        language = remembered.PROCESS.language_of(_field(request, "CallSid")) or "en"
        text = script(language, "alert_failed")
        return _twiml(twiml.hang_up() if is_reached else twiml.say_and_hang_up(text, language))
    if is_reached or _field(request, "CallStatus") in OVER:
        return _twiml(twiml.hang_up())
    return _twiml(
        steps.back_to_maya(_found(request))
        or twiml.say_and_hang_up(said(language, "nurse_unavailable"), language)
    )


def _transfer_over(request: HttpRequest, *, is_reached: bool) -> str:
    """What the record and the care team learn of it; the call's language."""
    call = _found(request)
    if call is None:
        return "en"
    if not is_reached:
        transfer_missed_submit(patient=call.patient, call=call)
    call_finish(call_id=call.pk, reason=EndReason.HUMAN_REQUEST)
    if not is_reached and _field(request, "CallStatus") in OVER:
        call_lost_waiting(call_id=call.pk)
    return str(call.language)
