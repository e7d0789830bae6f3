"""A machine has answered: nothing of anybody's health is said to it, and a message only with consent."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from alerts.selectors import ruleset_in_force
from calls.answering import Answerer, answerer
from calls.events import EndReason
from calls.models import Call, Turn
from calls.recordings import scripts
from calls.services.ending import call_finish
from calls.services.reopening import is_in_crisis
from calls.services.rows import call_set
from calls.twilio import twiml
from patients.models import Consent
from patients.services import consent_in_force

MACHINES = frozenset({Call.AnswerType.VOICEMAIL, Call.AnswerType.FAX})
# A verdict of the network is a hint by sound alone, and may come before the first words are transcribed: a screening
# service sounds like a machine. It is acted on that much later, unless the words have said otherwise.
HINT_HOLDS_S = 8


@transaction.atomic
def machine_answered(*, call_id: UUID) -> str:
    """The call is over; the TwiML that ends the line: a short message to a mailbox, or nothing. "" when it was over.

    Words that were heard count for more than the sound that the network judged by: "" for a screening service, which
    is answered, and for whoever talks like a person.
    """
    call = Call.objects.select_related("patient", "patient__care_team").get(pk=call_id)
    if not _is_machine(call) or is_in_crisis(call):
        return ""
    if not call_finish(call_id=call.pk, reason=EndReason.VOICEMAIL):
        return ""
    return message_or_nothing(call)


def _is_machine(call: Call) -> bool:
    """True when the verdict stands: the words say so too, or there were none."""
    if call.answer_type not in MACHINES:
        return False
    turns = call.turns.filter(speaker=Turn.Speaker.PATIENT).exclude(item_id__startswith="keys:")
    kinds = {answerer(turn.text) for turn in turns}
    if call.answer_type == Call.AnswerType.FAX or not kinds or kinds & {Answerer.VOICEMAIL, Answerer.IVR}:
        return True
    is_screened = Answerer.SCREENING in kinds
    call.answer_type = Call.AnswerType.SCREENING if is_screened else Call.AnswerType.HUMAN
    call_set(call, "answer_type")
    return False


def message_or_nothing(call: Call) -> str:
    """The TwiML that ends a machine's line: who called and a number to ring, with consent and once a day; else nothing."""
    is_patients = call.purpose != Call.Purpose.EMERGENCY_CONTACT
    if not is_patients or call.answer_type != Call.AnswerType.VOICEMAIL or not _may_leave_message(call):
        return twiml.hang_up()
    number = " ".join(call.patient.care_team.phone.removeprefix("+1"))
    text = scripts(call.language).said["voicemail"].format(number=number)
    return twiml.say_and_hang_up(text, call.language)


def _may_leave_message(call: Call) -> bool:
    """With consent, with a number to ring, and at most once a day."""
    if not call.patient.care_team.phone:
        return False
    if not consent_in_force(patient=call.patient, scope=Consent.Scope.VOICEMAIL):
        return False
    gap = ruleset_in_force().general["voicemail_gap_h"].lasts
    earlier = Call.objects.filter(
        patient=call.patient, end_reason=EndReason.VOICEMAIL, ended_at__gt=timezone.now() - gap
    )
    return not earlier.exclude(pk=call.pk).exists()
