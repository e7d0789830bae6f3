"""Runs one tool: strict arguments in, one service called, a short answer out. Never raises for bad input.

Record-writing tools need a verified identity; an alert never does. The first answer to a call id stands: the
same id again changes nothing. The patient is the call's, never an argument's.
"""

from __future__ import annotations

import logging
import time
from datetime import time as time_of_day
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from alerts.services import answers_submit, model_alert_submit
from biomarkers.services import confounders_set
from calls.checkin import fields_in
from calls.education import explanation
from calls.events import EndReason
from calls.models import Call, ToolCall
from calls.services.during import tool_call_record
from calls.services.follow_ups import education_give, follow_up_schedule
from calls.services.found import rules_found
from calls.services.identity import identity_check
from calls.services.voice import voice_context_note
from calls.services.wishes import call_times_change
from calls.tools.alarms import emergencies_named
from calls.tools.engine import PREFIX, run_engine
from calls.tools.outcome import Outcome, refused
from calls.tools.schemas import (
    Arguments,
    BadArguments,
    ChangeCallTimes,
    EndCallArguments,
    ProvideEducation,
    RecordVitals,
    RecordVoiceBiomarkers,
    RecordVoiceConditions,
    ScheduleFollowUp,
    StartScreen,
    TriggerAlert,
    UpdatePatientRecord,
    VerifyIdentity,
    read_arguments,
)
from heartvoice.shared.errors import DomainError

log = logging.getLogger(__name__)

NEEDS_NO_IDENTITY = (VerifyIdentity, TriggerAlert, EndCallArguments, StartScreen, ChangeCallTimes)
PROXIES = {
    "called": "This person may know only that you called. Say nothing else; ask them to have the patient call back.",
    "answer": "This person may answer the questions for the patient. Tell them nothing of the record.",
    "full": "This person may hear and answer everything.",
}
SCREENS_OF_A_CHECK_IN = frozenset(
    {"phq2", "steadi"}
)  # the others are about a danger now, whoever is on the line
ADHERENCE = {
    "ace_inhibitor": "takes_ace_inhibitor",
    "beta_blocker": "takes_beta_blocker",
    "diuretic": "takes_diuretic",
    "missed_doses_week": "missed_doses_week",
}
SYMPTOMS = {"weight_change": "weight_change_lb"}
CONFIRM_WEIGHT = (
    "This weight is far from the last one. Read it back now and ask whether the scale shows exactly that. If the patient"
    " says it again or says yes, send recordVitals with the same weight_lb and weight_confirmed true; if not, send the"
    " right one."
)


def run_tool(*, call_id: UUID, model_call_id: str, name: str, arguments: str, at_ms: int = 0) -> Outcome:
    """The outcome of one tool call, committed with its row."""
    began = time.monotonic()
    with transaction.atomic():
        call = Call.objects.select_related("patient").get(pk=call_id)
        known = ToolCall.objects.filter(call=call, model_call_id=model_call_id[:80]).first()
        if known is not None:
            return Outcome(known.result)
        outcome = _checked(call, model_call_id, name, arguments, at_ms)
        tool_call_record(
            call_id=call_id,
            model_call_id=model_call_id,
            name=name,
            arguments=_readable(arguments),
            result=outcome.result,
            at_ms=at_ms,
            duration_ms=int((time.monotonic() - began) * 1000),
        )
    return outcome


def _readable(arguments: str) -> Any:
    """The arguments as data where they are JSON, else the text, for the record."""
    try:
        return orjson.loads(arguments or "{}")
    except ValueError:
        return {"unreadable": arguments[:400]}


def _checked(call: Call, model_call_id: str, name: str, arguments: str, at_ms: int) -> Outcome:
    if name.startswith(PREFIX):
        with transaction.atomic():
            return run_engine(call, name, _readable(arguments))
    try:
        wanted = read_arguments(name, arguments)
    except BadArguments as bad:
        return refused("bad_arguments", str(bad))
    is_verified = call.identity_result == Call.Identity.VERIFIED
    if not is_verified and not isinstance(wanted, NEEDS_NO_IDENTITY):
        return refused("not_verified", "Verify the person's identity first.")
    try:
        with transaction.atomic():
            return _run(call, model_call_id, wanted, at_ms or None)
    except DomainError as error:
        return refused(error.code, str(error))


def _run(call: Call, model_call_id: str, wanted: Arguments, at_ms: int | None) -> Outcome:
    match wanted:
        case VerifyIdentity():
            return _verify(call, wanted)
        case UpdatePatientRecord():
            return _update_record(call, wanted, at_ms)
        case RecordVitals():
            return _vitals(call, wanted, at_ms)
        case TriggerAlert():
            return _alert(call, model_call_id, wanted)
        case ScheduleFollowUp():
            return _follow_up(call, model_call_id, wanted)
        case ProvideEducation():
            return _education(call, model_call_id, wanted)
        case RecordVoiceBiomarkers():
            return _voice(call, wanted)
        case RecordVoiceConditions(conditions=conditions):
            confounders_set(call_id=call.pk, confounders=conditions)
            return Outcome({"ok": True, "recorded": sorted(set(conditions))}, answered=("voice_conditions",))
        case ChangeCallTimes():
            return _call_times(call, wanted)
        case StartScreen(screen=screen):
            return _screen(call, screen)
        case EndCallArguments(reason=reason):
            return Outcome({"ok": True, "ending": True}, end=EndReason(reason))
    return refused("unknown_tool", "There is no tool of that name.")


def _verify(call: Call, wanted: VerifyIdentity) -> Outcome:
    found = identity_check(
        call_id=call.pk,
        full_name=wanted.full_name,
        date_of_birth=wanted.date_of_birth,
        speaker_name=wanted.speaker_name or "",
    )
    result: dict[str, Any] = {"ok": True, "verified": found.is_verified, "tries_left": found.tries_left}
    if found.level:
        result["proxy"] = PROXIES[found.level]
    return Outcome(result, is_verified=found.is_verified, tries_left=found.tries_left)


def _update_record(call: Call, wanted: UpdatePatientRecord, at_ms: int | None) -> Outcome:
    given = wanted.model_dump(exclude_none=True)
    answers = {SYMPTOMS.get(name, name): value for name, value in given.pop("symptoms").items()}
    answers |= {ADHERENCE[name]: value for name, value in given.pop("medication_adherence", {}).items()}
    answers |= given
    answered = fields_in(wanted.model_dump(exclude_none=True))
    return _submit(call, answers, at_ms, answered=tuple(sorted(answered)))


def _vitals(call: Call, wanted: RecordVitals, at_ms: int | None) -> Outcome:
    """Readings. A weight counts as confirmed only when it was sent before: never at the first telling."""
    given = wanted.model_dump(exclude_none=True)
    return _submit(call, given, at_ms, confirms_weight=given.pop("weight_confirmed", False))


def _submit(
    call: Call,
    answers: dict[str, Any],
    at_ms: int | None,
    *,
    answered: tuple[str, ...] = (),
    confirms_weight: bool = False,
) -> Outcome:
    if not answers:
        return refused("nothing_given", "Send at least one value that the patient has said.")
    submitted = answers_submit(
        patient=call.patient,
        call=call,
        answers=answers,
        is_identity_verified=True,
        confirms_weight=confirms_weight,
        at_ms=at_ms,
    )
    result: dict[str, Any] = {
        "ok": True, "record_updated": True, "alerts_triggered": len(submitted.alerts),
    }  # fmt: skip
    if submitted.doubts_weight and "weight_lb" in answers:
        result["confirm"] = CONFIRM_WEIGHT
    return Outcome(
        result,
        answered=answered,
        found=rules_found(submitted.alerts, call.pk),
    )


def _call_times(call: Call, wanted: ChangeCallTimes) -> Outcome:
    hours = call_times_change(
        call_id=call.pk,
        not_before=time_of_day.fromisoformat(wanted.not_before) if wanted.not_before else None,
        not_after=time_of_day.fromisoformat(wanted.not_after) if wanted.not_after else None,
    )
    return Outcome({"ok": True, "call_between": f"{hours.start:%H:%M} and {hours.end:%H:%M} local time"})


def _screen(call: Call, screen: str) -> Outcome:
    if screen in SCREENS_OF_A_CHECK_IN and call.identity_result != Call.Identity.VERIFIED:
        return refused("not_verified", "Verify the person's identity first.")
    return Outcome({"ok": True, "say": "Nothing: the fixed questions are asked for you now."}, screen=screen)


def _alert(call: Call, model_call_id: str, wanted: TriggerAlert) -> Outcome:
    alert = model_alert_submit(
        patient=call.patient,
        call=call,
        severity=wanted.severity,
        alert_type=wanted.type,
        description=wanted.description,
        recommended_action=wanted.recommended_action,
        immediate=bool(wanted.requires_immediate_response),
        reference=model_call_id,
    )
    is_emergency = wanted.severity == "critical" and wanted.type == "emergency"
    alarm = emergencies_named(wanted.description) if is_emergency else ()
    result = {"ok": True, "alert_id": str(alert.pk), "severity": alert.severity, "care_team_alerted": True}
    return Outcome(result, alarm=alarm)


def _follow_up(call: Call, model_call_id: str, wanted: ScheduleFollowUp) -> Outcome:
    row = follow_up_schedule(
        call_id=call.pk,
        model_call_id=model_call_id,
        follow_up_type=wanted.type,
        urgency=wanted.urgency,
        reason=wanted.reason,
        timeframe=wanted.recommended_timeframe or "",
    )
    return Outcome({"ok": True, "scheduled": True, "due_at": row.due_at.date().isoformat()})


def _education(call: Call, model_call_id: str, wanted: ProvideEducation) -> Outcome:
    education_give(
        call_id=call.pk,
        model_call_id=model_call_id,
        topic=wanted.topic,
        delivery_method=wanted.delivery_method or "verbal_explanation",
        patient_context=wanted.patient_specific_context or "",
    )
    return Outcome({"ok": True, "say": explanation(wanted.topic, call.language)})


def _voice(call: Call, wanted: RecordVoiceBiomarkers) -> Outcome:
    segment_id = voice_context_note(
        call_id=call.pk,
        context=wanted.context,
        speech_content=wanted.speech_content,
        perceived_voice_quality=wanted.perceived_voice_quality or "",
    )
    return Outcome({"ok": True, "biomarkers_captured": bool(segment_id), "segment_id": segment_id or None})
