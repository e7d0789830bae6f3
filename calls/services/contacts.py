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
from alerts.services.tasks import task_detail_set
from alerts.services.transitions import event
from calls.events import EndReason
from calls.models import Call
from calls.recordings import scripts
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


@transaction.atomic
def emergency_contact_ring(*, root: Call, now: datetime | None = None) -> Call | None:
    """The planned call to the emergency contact after this lost call, once; None when there is no number on file.

    Asked again when that call is over, it sees to it that a contact who was not told is on the nurse's task: whether
    somebody is sent to look (a welfare check) is the nurse's decision.
    """
    now = now or timezone.now()
    patient = root.patient
    if not patient.emergency_contact_phone:
        _on_timeline(root, "contact_missing", now)
        task_detail_set(kind="emergency_contact", call=root, detail=NOBODY_ON_FILE)
        return None
    call, is_new = Call.objects.get_or_create(
        slot_key=f"{patient.pk}|contact:{root.pk}|{root.planned_for.date().isoformat()}|1",
        defaults={
            "patient": patient,
            "retry_of": root,
            "direction": Call.Direction.OUTBOUND,
            "purpose": Call.Purpose.EMERGENCY_CONTACT,
            "planned_for": now,
            "language": patient.language,
        },
    )
    if is_new:
        _on_timeline(root, "contact_rung", now)
        publish_on_commit("calls", team_id=patient.care_team_id, call=call.pk, patient=patient.pk)
    elif call.state in Call.END_STATES and call.end_reason != EndReason.CONTACT_TOLD:
        _on_timeline(root, "contact_unreached", now)
        task_detail_set(kind="emergency_contact", call=root, detail=NOT_REACHED)
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
        contact_note(call_id=call.pk, result="no_answer")
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
