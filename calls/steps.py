"""What the telephone network is told to do next in a call without an assistant: the ladder below the model.

Questions that are still open, then a person where one is needed, then goodbye. Reads and writes rows; returns
TwiML. With the database away the callers fall back to fixed sentences.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from alerts.phrases import scan
from alerts.phrases.model import ScanContext, Segment
from alerts.rules.facts import Doubt
from alerts.services import Heard, answers_submit, doubts_submit, flags_submit
from calls.alarm import critical_hits
from calls.checkin import Kind, Question, load_protocol
from calls.events import EndReason
from calls.models import Call
from calls.plan import scan_facts
from calls.questionnaire import HINTS, Given, remaining, understood
from calls.recordings import scripts
from calls.services import (
    call_finish,
    calls_keep_alive,
    identity_check,
    progress_save,
    tool_call_record,
    turn_add,
)
from calls.services.machines import message_or_nothing
from calls.services.reopening import call_reopen
from calls.services.starting import provider_note
from calls.services.wishes import call_opt_out
from calls.twilio import twiml
from calls.twilio.signature import socket_url

MAX_TRIES = 2
DONE = frozenset(
    {
        EndReason.COMPLETED,
        EndReason.EMERGENCY,  # ended by agreement, so that the line is free for 911
        EndReason.PATIENT_REQUEST,
        EndReason.NOT_VERIFIED,
        EndReason.WRONG_PERSON,
        EndReason.SILENCE,
        EndReason.TIME_LIMIT,
        EndReason.COST_LIMIT,
        EndReason.VOICEMAIL,
        EndReason.STAFF_ENDED,
        EndReason.OPT_OUT,
    }
)


def addresses() -> twiml.Addresses:
    """Our own addresses, from the public URL."""
    url = settings.PUBLIC_URL
    return twiml.Addresses(
        media=socket_url(url, "/media"),
        ended=f"{url}/voice/ended",
        stream_status=f"{url}/voice/stream-status",
        questionnaire=f"{url}/voice/questionnaire",
        nurse_whisper=f"{url}/voice/nurse",
        nurse_result=f"{url}/voice/nurse-result",
    )


def said(language: str, key: str, **values: str) -> str:
    """Approved wording for the telephone's own voice."""
    return scripts(language).said[key].format(**values)


def after_stream(call: Call) -> str:
    """The stream is over and the caller still there: why it ended says what comes next."""
    if call.end_reason == EndReason.VOICEMAIL:
        return message_or_nothing(call)
    if call.end_reason in set(DONE):
        return twiml.hang_up()
    if call.end_reason == EndReason.HUMAN_REQUEST or _has_emergency(call):
        call_finish(call_id=call.pk, reason=EndReason.HUMAN_REQUEST)  # nobody of ours carries it any more
        return to_person(call.language, said(call.language, "emergency_say") if _is_unread(call) else "")
    return questions(call, repeat=said(call.language, "lost_assistant"))


def _is_unread(call: Call) -> bool:
    """An emergency of a call in which no approved script was heard: the network's own voice says it."""
    return _has_emergency(call) and not call.turns.filter(speaker="system").exists()


def back_to_maya(call: Call | None) -> str:
    """Nobody took the line of a patient in an emergency: Maya stays with them. "" for every other call."""
    token = call_reopen(call_id=call.pk) if call is not None else ""
    return twiml.stream(addresses(), token) if token else ""


def _has_emergency(call: Call) -> bool:
    """The assistant went away in the middle of one: a person must take the line."""
    return call.alerts.filter(severity="critical", alert_type="emergency").exists()


def to_person(language: str, text: str = "") -> str:
    """Ring the nurse line; the patient hears that we do. Needs nothing but the settings."""
    return twiml.dial_nurse(
        addresses(),
        number=settings.NURSE_LINE_NUMBER,
        caller_id=settings.TWILIO_FROM_NUMBER,
        text=" ".join(filter(None, (text, said(language, "connecting_nurse")))),
        language=language,
    )


def opening(call: Call) -> str:
    """A call that has no assistant from the start: who calls, that it is a machine, and the first question."""
    clinic = call.patient.care_team.spoken_name or settings.CLINIC_SPOKEN_NAME
    return questions(call, repeat=said(call.language, "questionnaire_opening", clinic=clinic))


def questions(call: Call, *, repeat: str = "") -> str:
    """Ask who is there, or the next open question, or say goodbye."""
    calls_keep_alive(call_ids=[call.pk])
    if "questionnaire" not in call.providers:
        provider_note(call_id=call.pk, provider="questionnaire", model="")
    if call.identity_result == Call.Identity.FAILED:
        return _close(call, EndReason.NOT_VERIFIED, said(call.language, "not_verified"))
    where = addresses().questionnaire
    if call.identity_result != Call.Identity.VERIFIED:
        return twiml.ask(
            text=said(call.language, "verify_dob"),
            hint="",
            action=f"{where}?q=identity",
            language=call.language,
            digits=8,
            repeat=repeat,
        )
    left = remaining(load_protocol(call.protocol_version or "checkin-1"), call.questions_answered)
    if not left:
        return _close(call, EndReason.COMPLETED, said(call.language, "thanks_goodbye"))
    return _ask(call, left[0], tries=0, repeat=repeat)


def _ask(call: Call, question: Question, *, tries: int, repeat: str = "") -> str:
    hint = HINTS.get(question.kind)
    return twiml.ask(
        text=question.text.get(call.language, question.text["en"]),
        hint=said(call.language, hint) if hint else "",
        action=f"{addresses().questionnaire}?q={question.id}&n={tries}",
        language=call.language,
        digits=1 if question.kind in (Kind.SCALE, Kind.YES_NO) else None,
        repeat=repeat,
    )


def answer(call: Call, question_id: str, tries: int, *, digits: str, speech: str) -> str:
    """Take an answer and say what comes next. What was said is judged for safety whatever was asked."""
    if speech and (alarmed := _heard(call, question_id, speech)):
        return alarmed
    if question_id == "identity":
        return _identity(call, digits or speech)
    question = load_protocol(call.protocol_version or "checkin-1").question(question_id)
    given = understood(question, digits=digits, speech=speech)
    if given is None:
        return _not_understood(call, question, tries)
    if alarmed := _take(call, question, given):
        return alarmed
    call.refresh_from_db()
    return questions(call)


def _identity(call: Call, text: str) -> str:
    """The date of birth by keys stands for the name too: the number called is the patient's own."""
    patient = call.patient
    name = f"{patient.first_name} {patient.last_name}"
    number = f"questionnaire-{timezone.now().timestamp():.3f}"
    found = identity_check(call_id=call.pk, full_name=name, date_of_birth=text)
    tool_call_record(
        call_id=call.pk,
        model_call_id=number,
        name="verifyIdentity",
        arguments={"by": "keys"},
        result={"ok": True, "verified": found.is_verified, "tries_left": found.tries_left},
    )
    call.refresh_from_db()
    repeat = "" if found.is_verified else said(call.language, "not_understood")
    return questions(call, repeat=repeat)


def _not_understood(call: Call, question: Question, tries: int) -> str:
    """Once more; then the question is left open and the next one is asked."""
    if tries + 1 < MAX_TRIES:
        return _ask(call, question, tries=tries + 1, repeat=said(call.language, "not_understood"))
    doubts_submit(patient=call.patient, call=call, doubts=[Doubt(question.id, "unanswered")])
    protocol = load_protocol(call.protocol_version or "checkin-1")
    left = remaining(protocol, call.questions_answered)
    ids = [one.id for one in left]
    after = left[ids.index(question.id) + 1 :] if question.id in ids else left
    if not after:
        return _close(call, EndReason.PATIENT_REQUEST, said(call.language, "try_again_later"))
    return _ask(call, after[0], tries=0)


def _take(call: Call, question: Question, given: Given) -> str:
    """Record and judge an answer; TwiML when it is an emergency."""
    alerts = []
    if given.columns:
        alerts = answers_submit(patient=call.patient, call=call, answers=dict(given.columns)).alerts
    elif question.emergency and given.is_yes:
        wording = question.text["en"]
        context = ScanContext(last_question=wording, question_id=question.id, identity_verified=True)
        hits = scan(Segment("Yes."), context).flags
        alerts = flags_submit(patient=call.patient, call=call, hits=hits, heard=Heard("yes (by key)"))
    progress_save(call_id=call.pk, asked=[question.id], answered=[question.id])
    if any(alert.severity == "critical" for alert in alerts):
        return to_person(call.language, said(call.language, "emergency_say"))
    return ""


def _heard(call: Call, question_id: str, speech: str) -> str:
    """Keep and scan what was said; TwiML when it is an emergency."""
    protocol = load_protocol(call.protocol_version or "checkin-1")
    known = {question.id: question for question in protocol.questions}
    asked = known.get(question_id)
    local = datetime.now(UTC)
    context = ScanContext(
        last_question=asked.text["en"] if asked else None,
        question_id=asked.id if asked else None,
        facts=scan_facts(call.patient, local.date()),
        now=local,
        identity_verified=call.identity_result == Call.Identity.VERIFIED,
    )
    result = scan(Segment(speech, speaker="patient"), context)
    since = int((timezone.now() - (call.answered_at or call.planned_for)).total_seconds() * 1000)
    _keep_turn(call.pk, question_id, speech, max(since, 0))
    if result.flags:
        flags_submit(patient=call.patient, call=call, hits=result.flags, heard=Heard(speech, max(since, 0)))
    if critical_hits(result):
        return to_person(call.language, said(call.language, "emergency_say"))
    if "opt_out" in result.controls:
        call_opt_out(call_id=call.pk)
        return _close(call, EndReason.OPT_OUT, scripts(call.language).recorded["opt_out_done"].text)
    return ""


def _keep_turn(call_id: UUID, question_id: str, speech: str, at_ms: int) -> None:
    turn_add(
        call_id=call_id,
        speaker="patient",
        item=f"questionnaire:{question_id}:{at_ms}",
        text=speech,
        start_ms=at_ms,
        end_ms=at_ms,
        question_id=question_id,
    )


def _close(call: Call, reason: EndReason, text: str) -> str:
    call_finish(call_id=call.pk, reason=reason)
    return twiml.say_and_hang_up(text, call.language)
