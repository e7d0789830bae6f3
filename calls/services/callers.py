"""Who is on a line without an assistant: the name that was said, and whose telephone it may be.

A telephone that several patients share says nothing about who calls. There is then one call in the record of each of them
who may be meant, under the first of them at the beginning; identity decides whose the line is. An emergency before that
is everybody's: an alert for each, with the team that belongs to it paged.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from alerts.models import CallFlag, CareTask
from alerts.services import Heard, flags_submit, task_open
from alerts.severity import AlertType, Severity
from calls.models import Call, ScreenResult, Turn
from calls.services.identity import HAND_OVER
from calls.services.rows import call_set
from calls.services.wishes import call_opt_out
from calls.tools.identity import is_own_name, is_same_person
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient

NAME = "name"
VERIFY = "verifyIdentity"
SHARED = "The call came from a telephone that several patients share, and who called is not known. Call back, and ask."


@dataclass(frozen=True, slots=True)
class Overheard:
    """An emergency as it was flagged in the call of another patient of the same telephone."""

    flag: str
    severity: str
    rule_id: str
    max_age_h: float | None
    alert_type: str = AlertType.EMERGENCY.value
    source: str = "shared telephone"


def name_said(call: Call) -> str:
    """What was said to the question for the name, "" while nobody has been asked.

    Each try of identity, and everybody who has the telephone, says it anew.
    """
    since = (
        call.tool_calls.filter(name__in=(VERIFY, HAND_OVER), is_ok=True)
        .order_by("-at_ms")
        .values_list("at_ms", flat=True)
        .first()
    )
    said = call.turns.filter(question_id=NAME, speaker=Turn.Speaker.PATIENT)
    newest = said.order_by("-sequence").first()
    if newest is None or (since is not None and newest.start_ms <= since):
        return ""
    return str(newest.text)


def with_number(index: str) -> list[Patient]:
    """The patients with this telephone (its blind index), in an order that stays."""
    mine = Patient.objects.select_related("care_team").filter(phone_index=index)
    return list(mine.exclude(status=Patient.Status.ENDED).order_by("created_at", "pk"))


def shared_key(patient: Patient, call_sid: str | None) -> str:
    """What makes the one call of a shared line in this patient's record."""
    return f"{patient.pk}|shared:{call_sid}"


def others_possible(call: Call) -> list[Patient]:
    """Who else may have called: the other patients of the telephone, until somebody is known to be on it."""
    is_theirs = call.direction == Call.Direction.INBOUND and call.purpose == Call.Purpose.CALLBACK
    if not is_theirs or call.identity_result == Call.Identity.VERIFIED:
        return []
    return [one for one in with_number(call.patient.phone_index) if one.pk != call.patient_id]


@transaction.atomic
def told_to_all(*, call: Call) -> int:
    """What cannot wait for identity, in a call that may be anybody's of this telephone: every emergency so far is an alert
    for each who may be meant, beside a task that says so; a wish for no more calls to this number is everybody's. Returns
    how many alerts that made or joined; safe to repeat.
    """
    others = others_possible(call) if call.call_sid else []
    if not others:
        return 0
    flags = list(CallFlag.objects.filter(call=call, alert_type=AlertType.EMERGENCY))
    if flags:
        task_open(patient=call.patient, kind="not_verified", call=call, detail=SHARED)
    if CareTask.objects.filter(call=call, kind="opted_out").exists():
        for patient in others:
            call_opt_out(call_id=_call_of(patient, call).pk)
    return sum(_tell(patient, call, flags) for patient in others) if flags else 0


def _tell(patient: Patient, call: Call, flags: list[CallFlag]) -> int:
    twin, raised = _call_of(patient, call), 0
    known = {flag.flag: Severity(flag.severity).rank for flag in CallFlag.objects.filter(call=twin)}
    for flag in flags:
        if flag.flag in known and Severity(flag.severity).rank <= known[flag.flag]:
            continue
        hit = Overheard(flag.flag, flag.severity, flag.rule_id, flag.hours_ago)
        heard = Heard(flag.utterance, flag.at_ms)
        raised += len(flags_submit(patient=patient, call=twin, hits=[hit], heard=heard))
    task_open(patient=patient, kind="not_verified", call=twin, detail=SHARED)
    return raised


@transaction.atomic
def caller_choose(*, call: Call, full_name: str, date_of_birth: str) -> Call:
    """The call in the record of the one patient of this telephone whose name and date of birth were said.

    The line, and what has been said and asked on it, goes over to that call; the one before ends, as of somebody who was
    not verified. The same call when it is that patient's already, or nobody's.
    """
    others = others_possible(call)
    if not others:
        return call
    fits = [one for one in (call.patient, *others) if _is(one, full_name, date_of_birth)]
    exact = [one for one in fits if is_own_name(full_name, one.first_name, one.last_name)]
    [found] = exact if len(exact) == 1 else fits if len(fits) == 1 else [call.patient]
    return call if found.pk == call.patient_id else _goes_over(call, found)


def _is(patient: Patient, full_name: str, date_of_birth: str) -> bool:
    return is_same_person(
        said_name=full_name,
        said_date=date_of_birth,
        first_name=patient.first_name,
        last_name=patient.last_name,
        born_on=patient.date_of_birth,
        language=patient.language,
    )


def _goes_over(before: Call, patient: Patient) -> Call:
    twin, now = _call_of(patient, before), timezone.now()
    sid, before.call_sid = before.call_sid, None
    before.state, before.ended_at, before.end_reason = Call.State.COMPLETED, now, "not_verified"
    call_set(before, "call_sid", "state", "ended_at", "end_reason")
    twin.call_sid, twin.state, twin.ended_at, twin.end_reason = sid, Call.State.IN_PROGRESS, None, ""
    twin.status_sequence, twin.providers, twin.alive_at = before.status_sequence, before.providers, now
    call_set(twin, "call_sid", "state", "ended_at", "end_reason", "status_sequence", "providers", "alive_at")
    before.turns.update(call=twin)
    before.tool_calls.update(call=twin)
    ScreenResult.objects.filter(call=before).update(call=twin, patient=patient)
    for call in (before, twin):
        publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
    return twin


def _call_of(patient: Patient, call: Call) -> Call:
    """This call in the record of another patient who may be meant: over, until the line goes over to it."""
    now = timezone.now()
    twin, _ = Call.objects.select_related("patient__care_team").get_or_create(
        slot_key=shared_key(patient, call.call_sid),
        defaults={
            "patient": patient,
            "direction": call.direction,
            "purpose": call.purpose,
            "planned_for": call.planned_for,
            "answered_at": call.answered_at,
            "ended_at": now,
            "state": Call.State.COMPLETED,
            "end_reason": "not_verified",
            "answer_type": call.answer_type,
            "mode": call.mode,
            "language": patient.language,
        },
    )
    return twin
