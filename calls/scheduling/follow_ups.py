"""What Maya promised: a follow-up becomes a call in the patient's hours, or a nurse's task."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from alerts.models import CareTask
from alerts.selectors import ruleset_in_force
from alerts.services import task_open
from calls.models import Call, FollowUp
from calls.scheduling.facts import end_of, window_of
from calls.scheduling.outcomes import NOT_TODAY, CallEnd, Outcome, outcome_of
from calls.scheduling.planning import call_request
from calls.scheduling.slots import first_moment, instant

A_RUN = 500  # follow-ups looked at in one run
# The patient was there, and the promise is still owed: the line went silent, or wants no more of our calls.
NOT_HELD = frozenset({"silence", "opt_out"})


def follow_ups_plan(now: datetime | None = None) -> int:
    """Every open follow-up has its call or its task. Returns how many calls were asked for."""
    now = now or timezone.now()
    waiting = (
        FollowUp.objects.filter(state=FollowUp.State.OPEN)
        .exclude(resulting_call__state__in=[Call.State.PLANNED, *Call.LIVE_STATES])
        .exclude(~Q(follow_up_type=FollowUp.Type.VOICE_CALL), _has_task())
    )
    return sum(_plan(pk, now) for pk in list(waiting.order_by("due_at").values_list("pk", flat=True)[:A_RUN]))


def _has_task() -> Exists:
    """Follow-ups that a nurse has a task for: an appointment stays open until somebody has made it."""
    key = Concat(Value("follow_up:"), Cast(OuterRef("pk"), CharField()))
    return Exists(CareTask.objects.filter(dedupe_key=key))


@transaction.atomic
def _plan(follow_up_id: UUID, now: datetime) -> int:
    """1 when a call was asked for."""
    promised = (
        FollowUp.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("patient", "resulting_call")
        .filter(pk=follow_up_id, state=FollowUp.State.OPEN)
        .first()
    )
    if promised is None:
        return 0
    if promised.follow_up_type != FollowUp.Type.VOICE_CALL:
        task_open(
            patient=promised.patient, kind="follow_up", key=str(promised.pk), due_at=promised.due_at, now=now
        )
        return 0
    if promised.resulting_call is None:
        return _call(promised, max(promised.due_at, now), 1)
    end = end_of(promised.resulting_call)
    if outcome_of(end) is Outcome.RUNNING:
        return 0
    if _was_held(end):
        promised.state = FollowUp.State.DONE
        promised.save(update_fields=["state"])
        return 0
    tries = promised.resulting_call.attempt_no
    rules = ruleset_in_force()
    if tries < rules["follow_up_tries"] and _may_ring_again(end):
        return _call(
            promised, _next_try(promised, end, now, rules.general["follow_up_gap_min"].lasts), tries + 1
        )
    task_open(patient=promised.patient, kind="follow_up_unreached", key=str(promised.pk), now=now)
    promised.state = FollowUp.State.CANCELLED
    promised.save(update_fields=["state"])
    return 0


def _was_held(end: CallEnd) -> bool:
    """True when what was promised to the patient was kept: with them, or with who may answer for them."""
    return outcome_of(end) in (Outcome.DONE, Outcome.REACHED) and end.end_reason not in NOT_HELD


def _may_ring_again(end: CallEnd) -> bool:
    return outcome_of(end) is not Outcome.CALLED_OFF and end.end_reason != "opt_out"


def _next_try(promised: FollowUp, end: CallEnd, now: datetime, gap: timedelta) -> datetime:
    """After the gap; on another day when somebody has said that the patient is not there."""
    if outcome_of(end) is not Outcome.NOT_PATIENT or end.end_reason not in NOT_TODAY:
        return now + gap
    zone = window_of(promised.patient, getattr(promised.patient, "call_schedule", None)).zone
    rung = (end.ended_at or now).astimezone(zone).date()
    return max(now, instant(rung + timedelta(days=1), time(), zone))


def _call(promised: FollowUp, wanted: datetime, number: int) -> int:
    """Ask for the call at the first moment from `wanted` on that the patient's hours hold."""
    patient = promised.patient
    at = first_moment(window_of(patient, getattr(patient, "call_schedule", None)), wanted)
    if at is None:
        task_open(patient=patient, kind="follow_up_unreached", key=str(promised.pk), now=wanted)
        return 0
    key = f"{patient.pk}|follow-up:{promised.pk}|{at.date().isoformat()}|{number}"
    call = call_request(patient=patient, purpose=Call.Purpose.FOLLOW_UP, at=at, key=key)
    Call.objects.filter(pk=call.pk).update(attempt_no=number)
    promised.resulting_call = call
    promised.save(update_fields=["resulting_call"])
    return 1
