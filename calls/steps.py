"""What the telephone network is told to do next in a call without an assistant: the ladder below the model.

Questions that are still open, then a person where one is needed, then goodbye. Reads and writes rows; returns
TwiML. With the database away the callers fall back to fixed sentences.
"""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.utils import timezone

from alerts.phrases.model import ScanContext, Segment
from alerts.rules.facts import Doubt
from alerts.selectors import ruleset_last_known
from alerts.services import Heard, answers_submit, doubts_submit, fault_page, flags_submit, task_open
from calls import crisis, detector
from calls.alarm import DETECTOR_FAULT, critical_kinds, kinds_found, script_for
from calls.checkin import Kind, Question, load_protocol
from calls.ending import CLOSED, CLOSING
from calls.events import EndReason
from calls.models import Call, Turn
from calls.network import addresses, question_url, said, script, to_person
from calls.questionnaire import HINTS, Given, remaining, understood
from calls.recordings import scripts
from calls.screens import screens
from calls.services import call_finish, calls_keep_alive, identity_check, progress_save, tool_call_record
from calls.services.callers import NAME, caller_choose, name_said, others_possible, told_to_all
from calls.services.following import answer_unread
from calls.services.found import rules_found
from calls.services.machines import message_or_nothing
from calls.services.reopening import call_reopen, is_in_crisis, known_kinds
from calls.services.starting import provider_note
from calls.twilio import twiml
from calls.verbatim import is_in
from heartvoice.shared.errors import DomainError

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


def after_stream(call: Call) -> str:
    """The stream is over and the caller still there: why it ended says what comes next."""
    if call.end_reason == EndReason.VOICEMAIL:
        return message_or_nothing(call)
    if call.end_reason == EndReason.DETECTOR_DOWN:
        return without_detector(call)
    if call.end_reason in set(DONE):
        return _said_last(call) or twiml.hang_up()
    if call.end_reason == EndReason.HUMAN_REQUEST or is_in_crisis(
        call
    ):  # the assistant went away in the middle of it
        return crisis.ring(call, crisis.unread(call))
    if not _has_introduced_itself(call):
        return opening(call)
    return questions(call, repeat=said(call.language, "lost_assistant"))


def _has_introduced_itself(call: Call) -> bool:
    """True when the patient has heard from the assistant that it is one."""
    words = scripts(call.language).said["opening_words"]
    spoken = call.turns.filter(speaker=Turn.Speaker.MAYA)
    return any(is_in(turn.text, words) for turn in spoken)


def _said_last(call: Call) -> str:
    """An emergency in words that were understood only after the goodbye: the patient is still there. "" for none."""
    is_agreed = call.end_reason in (EndReason.EMERGENCY, EndReason.STAFF_ENDED)
    words = "" if is_agreed else crisis.unread(call)
    return crisis.ring(call, words) if words else ""


def without_detector(call: Call, *, is_new: bool = False) -> str:
    """Nobody may judge what the patient says: the clinic is told, and a person is rung. Who has just picked up a call
    of ours (`is_new`) is called again later instead, unless it is an emergency.
    """
    team = call.patient.care_team
    fault_page(team=team, what=DETECTOR_FAULT)
    call_finish(call_id=call.pk, reason=EndReason.DETECTOR_DOWN)
    is_ours = call.direction == Call.Direction.OUTBOUND and call.purpose not in Call.EMERGENCY_PURPOSES
    if is_new and is_ours:
        clinic = team.spoken_name or settings.CLINIC_SPOKEN_NAME
        text = said(call.language, "detector_down_dialled", clinic=clinic)
        return twiml.say_and_hang_up(text, call.language)
    words = " ".join(filter(None, (crisis.unread(call), said(call.language, "detector_down"))))
    return crisis.ring(call, words)


def back_to_maya(call: Call | None) -> str:
    """Nobody took the line of a patient in an emergency: whoever had it before stays with them, Maya or the
    telephone network's own voice. "" for every other call.
    """
    if call is None or "questionnaire" in call.providers:
        return crisis.nobody_came(call) if call else ""
    token = call_reopen(call_id=call.pk)
    return twiml.stream(addresses(), token) if token else ""


def opening(call: Call) -> str:
    """A call that has no assistant from the start: who calls, that it is a machine, and the first question. Whose team it
    is says nothing while the call may be somebody else's.
    """
    own = "" if others_possible(call) else call.patient.care_team.spoken_name
    clinic = own or settings.CLINIC_SPOKEN_NAME
    is_inbound = call.direction == Call.Direction.INBOUND
    wording = "questionnaire_opening_inbound" if is_inbound else "questionnaire_opening"
    return questions(call, repeat=said(call.language, wording, clinic=clinic))


def questions(call: Call, *, repeat: str = "") -> str:
    """Ask who is there, or the next open question, or say goodbye."""
    calls_keep_alive(call_ids=[call.pk])
    if "questionnaire" not in call.providers:
        provider_note(call_id=call.pk, provider="questionnaire", model="")
    if call.identity_result == Call.Identity.FAILED:
        return _close(call, EndReason.NOT_VERIFIED, said(call.language, "not_verified"))
    if call.identity_result != Call.Identity.VERIFIED:
        return _ask_birthday(call, repeat) if name_said(call) else _ask_name(call, repeat=repeat)
    left = remaining(load_protocol(call.protocol_version or "checkin-1"), call.questions_answered)
    if not left:
        return _close(call, EndReason.COMPLETED, said(call.language, "thanks_goodbye"))
    return _ask(call, left[0], tries=0, repeat=repeat)


def _ask_name(call: Call, *, tries: int = 0, repeat: str = "") -> str:
    return twiml.ask(
        text=said(call.language, "verify_name"),
        hint="",
        action=question_url(call.language, NAME, n=tries),
        language=call.language,
        digits=None,
        repeat=repeat,
    )


def _ask_birthday(call: Call, repeat: str = "") -> str:
    return twiml.ask(
        text=said(call.language, "verify_dob"),
        hint="",
        action=question_url(call.language, "identity"),
        language=call.language,
        digits=8,
        repeat=repeat,
    )


def _ask(call: Call, question: Question, *, tries: int, repeat: str = "") -> str:
    hint = HINTS.get(question.kind)
    return twiml.ask(
        text=question.text.get(call.language, question.text["en"]),
        hint=said(call.language, hint) if hint else "",
        action=question_url(call.language, question.id, n=tries),
        language=call.language,
        digits=1 if question.kind in (Kind.SCALE, Kind.YES_NO) else None,
        repeat=repeat,
    )


def answer(call: Call, question_id: str, tries: int, *, digits: str, speech: str, silent: int = 0) -> str:
    """Take an answer and say what comes next. What was said is judged for safety whatever was asked, and told to everybody
    whom it may concern before the answer is given.

    Raises KeyError for a question that does not exist.
    """
    text = _answer(call, question_id, tries, digits=digits, speech=speech, silent=silent)
    told_to_all(call=call)
    return text


def _answer(call: Call, question_id: str, tries: int, *, digits: str, speech: str, silent: int) -> str:
    go_on = partial(_go_on, call)
    match question_id.partition("."):
        case ("offer", _, ""):
            return crisis.offered(call, digits=digits, speech=speech)
        case ("waiting", _, ""):
            return crisis.waited(call, tries, silent, digits=digits, speech=speech)
        case ("screen", ".", name):
            return crisis.screen_answered(call, name, tries, go_on, digits=digits, speech=speech)
    if speech and (alarmed := _heard(call, question_id, speech)):
        return alarmed
    if question_id == NAME:
        return crisis.go_on(call, partial(_named, call, tries, speech))
    if question_id == "identity":
        return _identity(call, digits or speech)
    question = load_protocol(call.protocol_version or "checkin-1").question(question_id)
    given = understood(question, digits=digits, speech=speech)
    if given is None:
        return crisis.go_on(call, lambda lead: _not_understood(call, question, tries, lead))
    if alarmed := _take(call, question, given, is_by_key=bool(digits)):
        return alarmed
    return crisis.go_on(call, go_on)


def _go_on(call: Call, lead: str) -> str:
    call.refresh_from_db()
    return questions(call, repeat=lead)


def _named(call: Call, tries: int, speech: str, lead: str) -> str:
    """The name has been said, or not: keys are no name. Asked for twice; then the date alone proves nothing."""
    if speech or tries + 1 >= MAX_TRIES:
        return _ask_birthday(call, lead)
    return _ask_name(call, tries=tries + 1, repeat=f"{lead} {said(call.language, 'not_understood')}".strip())


def _identity(call: Call, text: str) -> str:
    """The date of birth, by keys or voice, beside the name that was said before. A relative who has said so is not asked
    further here: a person will call.
    """
    name = name_said(call)
    call = caller_choose(call=call, full_name=name, date_of_birth=text)
    number = f"questionnaire-{timezone.now().timestamp():.3f}"
    try:
        found = identity_check(call_id=call.pk, full_name=name, date_of_birth=text)
    except DomainError:
        task_open(patient=call.patient, kind="not_verified", call=call)
        return _close(call, EndReason.NOT_VERIFIED, said(call.language, "not_verified"))
    tool_call_record(
        call_id=call.pk,
        model_call_id=number,
        name="verifyIdentity",
        arguments={"by": "keys"},
        at_ms=crisis.since_answered_ms(call),
        result={"ok": True, "verified": found.is_verified, "tries_left": found.tries_left},
    )
    call.refresh_from_db()
    repeat = "" if found.is_verified else said(call.language, "not_understood")
    return crisis.go_on(call, partial(_go_on, call), lead=repeat)


def _not_understood(call: Call, question: Question, tries: int, lead: str) -> str:
    """Once more; then the question is left open and the next one is asked. `lead` was owed and is said first."""
    if tries + 1 < MAX_TRIES:
        words = f"{lead} {said(call.language, 'not_understood')}".strip()
        return _ask(call, question, tries=tries + 1, repeat=words)
    doubts_submit(patient=call.patient, call=call, doubts=[Doubt(question.id, "unanswered")])
    if answer_unread(call, question.id, at_ms=crisis.since_answered_ms(call)):
        words = f"{lead} {script(call.language, 'comprehension_done')}".strip()
        return _close(call, EndReason.PATIENT_REQUEST, words)
    protocol = load_protocol(call.protocol_version or "checkin-1")
    left = remaining(protocol, call.questions_answered)
    ids = [one.id for one in left]
    after = left[ids.index(question.id) + 1 :] if question.id in ids else left
    if not after:
        return _close(
            call, EndReason.PATIENT_REQUEST, f"{lead} {said(call.language, 'try_again_later')}".strip()
        )
    return _ask(call, after[0], tries=0, repeat=lead)


def _take(call: Call, question: Question, given: Given, *, is_by_key: bool) -> str:
    """Record an answer, and judge it where its words have not been; TwiML when it is an emergency."""
    known, critical = known_kinds(call), frozenset()
    alerts = []
    if given.columns:
        at_ms = crisis.since_answered_ms(call)
        answers = dict(given.columns)
        alerts = answers_submit(patient=call.patient, call=call, answers=answers, at_ms=at_ms).alerts
    elif question.emergency and given.is_yes and is_by_key:
        context = ScanContext(
            last_question=question.text["en"], question_id=question.id, identity_verified=True
        )
        found = detector.judged(Segment("Yes."), context)
        alerts = flags_submit(patient=call.patient, call=call, hits=found.flags, heard=Heard("yes (by key)"))
        critical = critical_kinds(found)
        for screen in screens().values():
            if screen.is_begun_by(found.flags):
                crisis.want(call, screen.id)
    crisis.follow(call, alerts)
    progress_save(call_id=call.pk, asked=[question.id], answered=[question.id])
    new = (critical | kinds_found(rules_found(alerts, call.pk))) - known
    return crisis.take_over(call, new) if new else ""


def _heard(call: Call, question_id: str, speech: str) -> str:
    """Keep and judge what was said; TwiML when it is an emergency, or a wish that goes first."""
    protocol = load_protocol(call.protocol_version or "checkin-1")
    known = {question.id: question for question in protocol.questions}
    asked = known.get(question_id)
    meant = crisis.hear(
        call,
        speech,
        question_id=question_id,
        item=f"questionnaire:{question_id}",
        asked=asked.text["en"] if asked else "",
        protocol_id=asked.id if asked else "",
    )
    if meant.critical:
        return crisis.take_over(call, meant.new)
    if "opt_out" in meant.judged.controls and not is_in_crisis(call):
        return _close(call, EndReason.OPT_OUT, script(call.language, "opt_out_done"))
    if "human_request" in meant.judged.controls:
        return crisis.ring(call)
    return questions(call) if crisis.changes_hands(call, speech) else ""


def without_rows(question_id: str, *, digits: str, speech: str, language: str) -> str:
    """The database is away: an answer that is an emergency all the same gets its script and a person. Else ""."""
    question = next((one for one in load_protocol("checkin-1").questions if one.id == question_id), None)
    context = ScanContext(
        last_question=question.text["en"] if question else None, question_id=question.id if question else None
    )
    try:
        critical = critical_kinds(detector.judged(Segment(speech), context)) if speech else frozenset()
    except detector.DetectorFailed:
        return to_person(language, said(language, "detector_down"))
    key = script_for(critical) if critical else ""
    given = understood(question, digits=digits, speech=speech) if question else None
    if not key and question is not None and given is not None:
        is_yes = question.emergency and given.is_yes
        worst = ruleset_last_known().rule("E03")["score"]
        key = "call_911" if is_yes or given.columns.get("shortness_of_breath", 0) >= worst else ""
    return to_person(language, f"{script(language, key)} {script(language, 'alert_failed')}") if key else ""


def _close(call: Call, reason: EndReason, text: str) -> str:
    """The end, with the last sentence of every call: that this was automated, and how to reach a person. Not after an
    emergency, and a wish for no more calls is confirmed in one sentence.
    """
    call_finish(call_id=call.pk, reason=reason)
    is_danger = call.purpose in Call.EMERGENCY_PURPOSES or is_in_crisis(call)
    is_last = reason in CLOSED and not is_danger
    words = f"{text} {script(call.language, CLOSING)}" if is_last else text
    return twiml.say_and_hang_up(words, call.language)
