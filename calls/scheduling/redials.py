"""After an emergency flag the line was lost: ring again at once, twice, then a person rings the emergency contact.

Rule E17 (docs/clinical/emergencies.md) raises and pages at the same moment; this is the call beside it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alerts.selectors import ruleset_in_force
from alerts.services import task_open
from calls.events import EndReason
from calls.models import Call
from calls.scheduling.facts import end_of, is_flagged
from calls.scheduling.outcomes import Outcome, outcome_of
from calls.scheduling.planning import call_request
from calls.services.contacts import emergency_contact_ring

LOOK_BACK = timedelta(minutes=60)
SPOKE = frozenset({Outcome.DONE, Outcome.REACHED, Outcome.NOT_PATIENT})
# Every question may have been answered before the line went: such a call is completed, and lost all the same.
GONE = (EndReason.HANGUP, EndReason.LINE_DEAD, EndReason.SILENCE)
LOST = Q(state=Call.State.INTERRUPTED) | Q(state=Call.State.COMPLETED, end_reason__in=GONE)


def emergency_redials(now: datetime | None = None) -> int:
    """Ring everybody again whose line was lost after a critical flag. Returns how many calls were asked for."""
    now = now or timezone.now()
    lost = Call.objects.ended_between(now - LOOK_BACK, now).filter(LOST, is_flagged())
    roots = lost.exclude(purpose__in=Call.EMERGENCY_PURPOSES)
    return sum(_ring_again(pk, now) for pk in list(roots.values_list("pk", flat=True)))


@transaction.atomic
def _ring_again(root_id: UUID, now: datetime) -> int:
    """1 when another call was asked for. Twice unheard: the emergency contact is rung, and a nurse told to."""
    root = Call.objects.select_for_update(of=("self",)).select_related("patient").get(pk=root_id)
    redials = list(
        root.retries.filter(purpose=Call.Purpose.EMERGENCY_REDIAL).order_by("planned_for", "attempt_no")
    )
    outcomes = [outcome_of(end_of(call)) for call in redials]
    if Outcome.RUNNING in outcomes or SPOKE.intersection(outcomes) or _was_heard_since(root):
        return 0
    if len(redials) >= int(ruleset_in_force()["emergency_redials"]):
        task_open(patient=root.patient, kind="emergency_contact", call=root, now=now)
        emergency_contact_ring(root=root, now=now)
        return 0
    call = call_request(
        patient=root.patient,
        purpose=Call.Purpose.EMERGENCY_REDIAL,
        at=now,
        key=f"{root.patient_id}|redial:{root.pk}|{now.date().isoformat()}|{len(redials) + 1}",
        retry_of=root,
    )
    Call.objects.filter(pk=call.pk).update(attempt_no=len(redials) + 1)
    return 1


def _was_heard_since(root: Call) -> bool:
    """True when the patient, or somebody for them, was on the telephone after the line was lost."""
    later = root.patient.calls.filter(answered_at__gt=root.ended_at).exclude(pk=root.pk)
    return (
        later.filter(Q(state__in=Call.LIVE_STATES) | Q(state=Call.State.COMPLETED))
        .exclude(answer_type__in=(Call.AnswerType.VOICEMAIL, Call.AnswerType.FAX, Call.AnswerType.IVR))
        .exclude(end_reason="silence")
        .exists()
    )
