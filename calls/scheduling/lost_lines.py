"""Which calls were lost in an emergency (rule E17), and whether the patient was heard since.

One answer for whoever asks: the sweep that rings again, and the dialler right before it dials.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from alerts.models import AlertSighting
from alerts.phrases.flags import LOST_RULE
from alerts.services.voice_faults import TRANSFER_RULE
from calls.events import EndReason
from calls.models import Call
from calls.scheduling.facts import is_flagged

# Every question may have been answered before the line went: such a call is completed, and lost all the same.
GONE = (EndReason.HANGUP, EndReason.LINE_DEAD, EndReason.SILENCE)
# Help has come, or a person of the team has the patient, whoever it was that answered.
SETTLED = (EndReason.EMERGENCY, EndReason.HUMAN_REQUEST, EndReason.TAKEN_OVER, EndReason.STAFF_ENDED)
TO_A_PERSON = (EndReason.HUMAN_REQUEST, EndReason.TAKEN_OVER)
AGREED = (EndReason.COMPLETED, EndReason.PATIENT_REQUEST, EndReason.OPT_OUT)
MACHINES = (Call.AnswerType.VOICEMAIL, Call.AnswerType.FAX, Call.AnswerType.IVR)
# Nobody but the patient's own telephone: an emergency contact is somebody else's, a rehearsal nobody's.
NOT_THEIRS = (Call.Purpose.EMERGENCY_CONTACT, Call.Purpose.SOFTPHONE)
WITH_THE_END = timedelta(seconds=5)  # an alarm so near the call's end is of words that nobody answered


def lost_calls(start: datetime, end: datetime) -> QuerySet[Call]:
    """Calls that ended in this time, in an emergency, and without an end that the patient agreed to.

    Redials are not among them, they belong to the call that they ring again for; nor are rehearsals, in which no
    patient was on any line.
    """
    ended = Call.objects.ended_between(start, end).exclude(
        purpose__in=(*Call.EMERGENCY_PURPOSES, Call.Purpose.SOFTPHONE)
    )
    dropped = Q(state=Call.State.INTERRUPTED) | Q(state=Call.State.COMPLETED, end_reason__in=GONE)
    alarmed = Q(Exists(_alarms())) & ~(_is_agreed() & ~Q(Exists(_alarms_with_the_end())))
    return ended.filter((dropped & is_flagged()) | (~Q(end_reason__in=SETTLED) & alarmed))


def is_heard() -> Q:
    """Of the calls of `lost_calls`: those after which the patient is, or was, on the telephone.

    On the line with us now, whoever it is. Afterwards only an end that somebody agreed to counts: help has come, a
    person of the team took the line, or the patient, known to be them, or a proxy, came to the end. Silence, a wrong
    person, somebody who is not known to be the patient: nobody was heard.
    """
    theirs = {"patient": OuterRef("patient"), "answered_at__gt": OuterRef("ended_at")}
    later = Call.objects.filter(**theirs) | Call.objects.filter(
        retry_of=OuterRef("pk"), purpose=Call.Purpose.EMERGENCY_REDIAL
    )
    return Q(
        Exists(later.exclude(purpose__in=NOT_THEIRS).exclude(answer_type__in=MACHINES).filter(_was_heard()))
    )


def is_owed(root: Call, now: datetime) -> bool:
    """True while somebody must be rung for this lost call: nobody was heard, and no later lost call took its place."""
    is_open = Call.objects.filter(pk=root.pk).exclude(is_heard()).exists()
    if not is_open or root.ended_at is None:
        return False
    return not lost_calls(root.ended_at, now).filter(patient=root.patient_id).exclude(pk=root.pk).exists()


def _was_heard() -> Q:
    on_the_line = Q(state__in=Call.LIVE_STATES, answered_at__isnull=False)
    missed = AlertSighting.objects.filter(call=OuterRef("pk"), rule_id=TRANSFER_RULE)
    settled = Q(end_reason__in=SETTLED) & ~(Q(end_reason__in=TO_A_PERSON) & Exists(missed))
    agreed = _is_agreed() & ~Q(Exists(_alarms_with_the_end()))
    return on_the_line | (Q(state=Call.State.COMPLETED) & (settled | agreed))


def _is_agreed() -> Q:
    """The patient, or a proxy, has said all that was asked, or wished to stop."""
    ended = Q(end_reason__in=AGREED) | Q(is_completed=True, end_reason=EndReason.HANGUP)
    return Q(identity_result=Call.Identity.VERIFIED) & ended


def _alarms() -> QuerySet[AlertSighting]:
    return AlertSighting.objects.filter(rule_id=LOST_RULE, call=OuterRef("pk"))


def _alarms_with_the_end() -> QuerySet[AlertSighting]:
    return _alarms().filter(at__gte=OuterRef("ended_at") - WITH_THE_END)
