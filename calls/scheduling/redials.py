"""After an emergency flag the line was lost: ring again at once, twice, then the emergency contact and a nurse.

Rule E17 (docs/clinical/emergencies.md) raises and pages at the same moment; these are the calls beside it. Every way
ends: in a patient who was heard, or in a nurse's task.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from alerts.models import CareTask
from alerts.ruleset import RuleSet
from alerts.selectors import ruleset_in_force
from alerts.services import task_open
from alerts.services.tasks import task_detail_set
from calls.models import Call
from calls.scheduling.facts import end_of
from calls.scheduling.lost_lines import is_heard, is_owed, lost_calls
from calls.scheduling.outcomes import Outcome, outcome_of
from calls.scheduling.planning import call_request
from calls.services.contacts import emergency_contact_ring

TASK = "emergency_contact"
# No telephone rang: the network took no call, or another call held the line until it was too late.
NEVER_RANG = frozenset({Outcome.NOT_PLACED, Outcome.CALLED_OFF})
TOO_LATE = (
    "The line was lost after an emergency, and for too long nobody could be rung again by the machine. "
    "Ring the patient, then the emergency contact, or decide on a welfare check at the address on file."
)


def emergency_redials(now: datetime | None = None) -> int:
    """Ring everybody again whose line was lost in an emergency. Returns how many calls were asked for."""
    now, rules = now or timezone.now(), ruleset_in_force()
    lost = lost_calls(now - rules.general["emergency_look_back_h"].lasts, now).order_by("ended_at")
    newest = dict(lost.values_list("patient_id", "pk"))
    if not newest:
        return 0
    settled = CareTask.objects.filter(
        call=OuterRef("pk"), kind=TASK, due_at__lt=now - rules.general["emergency_redial_within_min"].lasts
    )
    open_ones = Call.objects.filter(pk__in=newest.values()).exclude(is_heard() | Exists(settled))
    return sum(_ring_again(pk, rules, now) for pk in list(open_ones.values_list("pk", flat=True)))


@transaction.atomic
def _ring_again(root_id: UUID, rules: RuleSet, now: datetime) -> int:
    """1 when another call was asked for. Often enough unheard: the emergency contact is rung, and a nurse told to."""
    root = Call.objects.select_for_update(of=("self",)).select_related("patient").get(pk=root_id)
    redials = list(
        root.retries.filter(purpose=Call.Purpose.EMERGENCY_REDIAL).order_by("planned_for", "attempt_no")
    )
    outcomes = [outcome_of(end_of(call)) for call in redials]
    if Outcome.RUNNING in outcomes or not is_owed(root, now):
        return 0
    is_late = now - _last_end(root, redials, outcomes) > rules.general["emergency_redial_within_min"].lasts
    if not is_late and _may_ring(outcomes, rules):
        return _redial(root, redials, outcomes, rules, now)
    task_open(patient=root.patient, kind=TASK, call=root, now=now)
    if is_late and not root.retries.filter(purpose=Call.Purpose.EMERGENCY_CONTACT).exists():
        task_detail_set(kind=TASK, call=root, detail=TOO_LATE)
        return 0
    emergency_contact_ring(root=root, now=now)
    return 0


def _last_end(root: Call, redials: Sequence[Call], outcomes: Sequence[Outcome]) -> datetime:
    """When the lost call ended, or the last redial that was not merely called off."""
    made = [
        call for call, outcome in zip(redials, outcomes, strict=True) if outcome is not Outcome.CALLED_OFF
    ]
    return max(call.ended_at for call in (root, *made) if call.ended_at is not None)


def _may_ring(outcomes: Sequence[Outcome], rules: RuleSet) -> bool:
    """A call that the network did not take is none of the redials, but it is not asked for without end either."""
    not_rung = sum(outcome in NEVER_RANG for outcome in outcomes)
    rung = len(outcomes) - not_rung
    return rung < int(rules["emergency_redials"]) and not_rung < int(rules["emergency_not_placed"])


def _redial(
    root: Call, redials: Sequence[Call], outcomes: Sequence[Outcome], rules: RuleSet, now: datetime
) -> int:
    """Ask for the next redial; a nurse knows meanwhile when the network has refused as many as are allowed."""
    if len(redials) >= int(rules["emergency_redials"]):
        task_open(patient=root.patient, kind=TASK, call=root, now=now)
    if outcomes and outcomes[-1] in NEVER_RANG:
        ended = redials[-1].ended_at
        if ended is not None and now - ended < rules.general["emergency_retry_s"].lasts:
            return 0
    number = len(redials) + 1
    call = call_request(
        patient=root.patient,
        purpose=Call.Purpose.EMERGENCY_REDIAL,
        at=now,
        key=f"{root.patient_id}|redial:{root.pk}|{now.date().isoformat()}|{number}",
        retry_of=root,
    )
    Call.objects.filter(pk=call.pk).update(attempt_no=number)
    return 1
