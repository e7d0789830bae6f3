"""The emergency contact, rung after two redials that nobody heard (rule E17): told to look in on the patient, no more.

Without a proxy's level the contact may hear that we called and could not reach the patient. No condition, no words,
no reason; whoever answers may still report what they see, and may be connected with the care team.
Source: 45 CFR 164.512(j): to prevent a serious and imminent threat, to a person able to prevent it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alerts.models import Alert
from alerts.selectors import ruleset_in_force
from alerts.services.tasks import task_detail_set
from alerts.services.transitions import event
from calls.events import EndReason
from calls.models import Call
from calls.recordings import scripts
from calls.scheduling.facts import end_of
from calls.scheduling.outcomes import Outcome, outcome_of
from calls.services.ending import call_finish
from calls.twilio import twiml
from heartvoice.shared.live import publish_on_commit

WILL_CHECK, CONNECT = "1", "2"
ASKED_TWICE = 2
NOBODY_ON_FILE = (
    "The patient could not be rung again and no emergency contact is on file. "
    "Decide on a welfare check at the address on file."
)
NOT_REACHED = (
    "The patient could not be rung again and the emergency contact did not answer. "
    "Ring them yourself, or decide on a welfare check at the address on file."
)
NO_KEY = (
    "The patient could not be rung again. The emergency contact's telephone was answered, by somebody or by a machine, "
    "and no key was pressed. Ring them yourself, or decide on a welfare check at the address on file."
)


@transaction.atomic
def emergency_contact_ring(*, root: Call, now: datetime | None = None) -> Call | None:
    """The planned call to the emergency contact after this lost call, once; None when there is no number on file.

    A call that the telephone network did not take is asked for again, spaced and not without end. Asked again when
    that call is over, it sees to it that a contact who was not told is on the nurse's task: whether somebody is sent
    to look (a welfare check) is the nurse's decision.
    """
    now = now or timezone.now()
    patient = root.patient
    if not patient.emergency_contact_phone:
        _on_timeline(root, "contact_missing", now)
        task_detail_set(kind="emergency_contact", call=root, detail=NOBODY_ON_FILE)
        return None
    rung = list(
        root.retries.filter(purpose=Call.Purpose.EMERGENCY_CONTACT).order_by("planned_for", "attempt_no")
    )
    if not rung:
        return _ring(root, 1, now)
    last = rung[-1]
    if last.state not in Call.END_STATES or last.end_reason == EndReason.CONTACT_TOLD:
        return last
    rules = ruleset_in_force()
    if outcome_of(end_of(last)) is Outcome.NOT_PLACED and len(rung) < int(rules["emergency_not_placed"]):
        is_due = last.ended_at is None or now - last.ended_at >= rules.general["emergency_retry_s"].lasts
        return _ring(root, len(rung) + 1, now) if is_due else last
    _on_timeline(root, "contact_unreached", now)
    detail = NO_KEY if last.end_reason == EndReason.SILENCE else NOT_REACHED
    task_detail_set(kind="emergency_contact", call=root, detail=detail)
    return last


def _ring(root: Call, number: int, now: datetime) -> Call:
    patient = root.patient
    call, is_new = Call.objects.get_or_create(
        slot_key=f"{patient.pk}|contact:{root.pk}|{root.planned_for.date().isoformat()}|{number}",
        defaults={
            "patient": patient,
            "retry_of": root,
            "direction": Call.Direction.OUTBOUND,
            "purpose": Call.Purpose.EMERGENCY_CONTACT,
            "attempt_no": number,
            "planned_for": now,
            "language": patient.language,
        },
    )
    if is_new:
        _on_timeline(root, "contact_rung", now)
        publish_on_commit("calls", team_id=patient.care_team_id, call=call.pk, patient=patient.pk)
    return call


def contact_said(call: Call, *, digits: str, asked: int) -> str:
    """What the contact hears next: the message, then what their key means."""
    language = call.language
    said = scripts(language).said
    if digits == WILL_CHECK:
        contact_note(call_id=call.pk, result="will_check")
        return twiml.say_and_hang_up(said["contact_thanks"], language)
    if digits == CONNECT:
        contact_note(call_id=call.pk, result="connected")
        return ""
    if asked >= ASKED_TWICE:
        call_finish(
            call_id=call.pk, reason=EndReason.SILENCE
        )  # perhaps a machine: nobody is known to be told
        return twiml.say_and_hang_up(said["contact_goodbye"], language)
    patient = call.patient
    clinic = patient.care_team.spoken_name or settings.CLINIC_SPOKEN_NAME
    number = " ".join((patient.care_team.phone or settings.NURSE_LINE_NUMBER).removeprefix("+1"))
    text = said["contact"].format(clinic=clinic, name=patient.first_name, number=number)
    return twiml.ask(
        text=text,
        hint=said["contact_keys"],
        action=f"{settings.PUBLIC_URL}/voice/contact?call={call.pk}&n={asked + 1}",
        language=language,
        digits=1,
    )


@transaction.atomic
def contact_note(*, call_id: UUID, result: str) -> None:
    """What came of the call to the contact, on the call and on the emergency's timeline."""
    call = Call.objects.select_related("patient", "retry_of").get(pk=call_id)
    if call_finish(call_id=call_id, reason=EndReason.CONTACT_TOLD) and call.retry_of is not None:
        _on_timeline(call.retry_of, "contact_told", timezone.now(), result=result)


def _on_timeline(root: Call, kind: str, now: datetime, **data: str) -> None:
    """One line on each emergency of the lost call; the same kind once."""
    emergencies = Alert.objects.filter(patient=root.patient, alert_type="emergency").open()
    for alert in emergencies.exclude(events__kind=kind):
        event(alert, kind, at=now, **data)
