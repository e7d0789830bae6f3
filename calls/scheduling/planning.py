"""Plans calls: every active patient has a next call or a reason."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from alerts.models import CareTask
from alerts.ruleset import RuleSet
from alerts.selectors import ruleset_in_force
from alerts.services import missed_checkin_submit, task_open
from calls.models import Call, CallSchedule
from calls.scheduling.attempts import Attempt, Day, NoneLeft, Waiting, is_missed, is_over, next_attempt
from calls.scheduling.eligibility import WhyNone
from calls.scheduling.facts import (
    HOURS,
    OF_PATIENTS,
    OF_SCHEDULES,
    cadence_of,
    day_of,
    done_on,
    end_of,
    last_calls,
    slot_day,
    spread_of,
    window_from,
    window_of,
)
from calls.scheduling.outcomes import has_no_line, task_after
from calls.scheduling.slots import Window, is_as_planned, slot_key
from heartvoice.shared.live import publish_on_commit
from patients.models import Consent, Patient, User
from patients.services import consent_in_force

log = logging.getLogger(__name__)


def plan_all(now: datetime | None = None, *, only_new: bool = False, waits: bool = False) -> int:
    """Plan the next call of every schedule that lacks one. Returns how many were planned.

    `only_new` leaves out those that had a reason against it the last time; whom that reason still holds back is left
    out in any case. What another scheduler has in hand is left to it, or with `waits` waited for. One row that cannot
    be read costs that patient's plan, with a reason, and nobody else's.
    """
    now = now or timezone.now()
    lacking = without_next_call()
    lacking = lacking.filter(why_not_next="") if only_new else lacking.exclude(_still_held_back())
    schedule_ids = list(lacking.values_list("pk", flat=True))
    if not schedule_ids:
        return 0
    planned, rules = 0, ruleset_in_force()
    for schedule_id in schedule_ids:
        try:
            planned += plan_next(schedule_id=schedule_id, now=now, rules=rules, waits=waits) is not None
        except (KeyError, ValueError, TypeError) as error:  # a zone, date or weekday that is none
            log.error(
                "a schedule cannot be planned: %s", type(error).__name__, extra={"schedule_id": schedule_id}
            )
            CallSchedule.objects.filter(pk=schedule_id).update(
                next_due_at=None, why_not_next=WhyNone.CANNOT_PLAN
            )
    return planned


def replan_changed(now: datetime | None = None) -> int:
    """Take back what was planned by hours, days or a zone that are no longer the patient's. Returns how many.

    Calls that staff have moved stay where they are. `plan_all` plans anew.
    """
    now = now or timezone.now()
    planned = Call.objects.filter(
        state=Call.State.PLANNED,
        purpose=Call.Purpose.SCHEDULED,
        attempt_no=1,
        started_by__isnull=True,
        planned_for__gt=now,
        schedule__isnull=False,
    ).values_list(
        "pk", "planned_for", "patient_id", "patient__time_zone", *(f"schedule__{name}" for name in HOURS)
    )
    rules = ruleset_in_force()
    return sum(_take_back(pk) for pk, at, *hours in planned if not _is_as_planned(rules, at, now, *hours))


def _is_as_planned(rules: RuleSet, planned: datetime, now: datetime, patient_id: UUID, *hours: Any) -> bool:
    try:
        window = window_from(rules, *hours)
        return is_as_planned(window, planned, now, spread_minutes=spread_of(patient_id))
    except (KeyError, ValueError, TypeError):  # at dial time it is called off
        return True


@transaction.atomic
def _take_back(call_id: UUID) -> bool:
    locked = Call.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        pk=call_id, state=Call.State.PLANNED
    )
    if not locked.values_list("pk", flat=True):
        return False
    Call.objects.filter(pk=call_id).delete()
    return True


def without_next_call() -> QuerySet[CallSchedule]:
    """Schedules of active patients with no check-in planned or on the line."""
    return CallSchedule.objects.filter(is_active=True, patient__status=Patient.Status.ACTIVE).exclude(
        Exists(_under_way())
    )


def _under_way() -> QuerySet[Call]:
    """Check-ins of a schedule's patient that are planned or on the line."""
    return Call.objects.filter(
        patient_id=OuterRef("patient_id"),
        purpose=Call.Purpose.SCHEDULED,
        state__in=[Call.State.PLANNED, *Call.LIVE_STATES],
    )


def _still_held_back() -> Q:
    """Schedules whose known reason is one that a statement can look up, and that has not gone."""
    consents = Exists(
        Consent.objects.filter(
            patient_id=OuterRef("patient_id"), scope=Consent.Scope.AI_VOICE_CALL, revoked_at__isnull=True
        )
    )
    needs_interpreter = Q(why_not_next=WhyNone.INTERPRETER, patient__interpreter_needed=True)
    return (Q(why_not_next=WhyNone.NO_CONSENT) & ~consents) | (needs_interpreter & consents)


@transaction.atomic
def plan_next(
    *, schedule_id: UUID, now: datetime, rules: RuleSet | None = None, waits: bool = True
) -> Call | None:
    """The next call of one schedule as a planned row; None when one exists or none is possible (the reason is kept).

    `waits`: for whoever else holds the schedule. Without, it is left to them.
    """
    schedule = (
        CallSchedule.objects.select_for_update(of=("self",), skip_locked=not waits)
        .select_related("patient")
        .only(*OF_SCHEDULES, *(f"patient__{name}" for name in OF_PATIENTS))
        .filter(pk=schedule_id)
        .exclude(Exists(_under_way()))
        .first()
    )
    if schedule is None:
        return None
    patient, rules = schedule.patient, rules or ruleset_in_force()
    window = window_of(patient, schedule, rules)
    calls = last_calls(patient)
    day = day_of(calls)
    on = day.on if day is not None else now.astimezone(window.zone).date()
    cadence = cadence_of(patient, schedule, rules, day=on)
    done = done_on(patient, window, now)
    upcoming = next_attempt(window, day, now, cadence, done_on=done)
    if isinstance(upcoming, Waiting):
        return None
    if day is not None:
        if is_missed(window, day, now, cadence, done_on=done):
            missed_checkin_submit(patient=patient, day=day.on, now=now)
        was_begun, over = day.was_begun(done), is_over(window, day, now, cadence)
        _leave_task(patient, calls[-1], day, rules, now, was_begun=was_begun, over=over)
    if (why := _why_none(patient, upcoming)) is not None:
        _none(schedule, why, now)
        return None
    assert isinstance(upcoming, Attempt)  # noqa: S101  (the other two have been dealt with)
    key = slot_key(patient.pk, schedule.protocol, upcoming.day, upcoming.number)
    call = _planned_row(schedule, key, upcoming, calls)
    if call is None:
        return None
    CallSchedule.objects.filter(pk=schedule.pk).update(next_due_at=upcoming.at, why_not_next="")
    return call


def _why_none(patient: Patient, upcoming: Attempt | NoneLeft) -> WhyNone | None:
    """The reason against any next call. Checked again at dial time; here, so that staff see it in time."""
    if not consent_in_force(patient=patient, scope=Consent.Scope.AI_VOICE_CALL):
        return WhyNone.NO_CONSENT
    if patient.interpreter_needed:
        return WhyNone.INTERPRETER
    return upcoming.why if isinstance(upcoming, NoneLeft) else None


def _none(schedule: CallSchedule, why: WhyNone, now: datetime) -> None:
    if schedule.why_not_next == why and schedule.next_due_at is None:
        return
    CallSchedule.objects.filter(pk=schedule.pk).update(next_due_at=None, why_not_next=why)
    if why is WhyNone.NO_CONSENT:
        taken_back = Consent.objects.filter(
            patient=schedule.patient, scope=Consent.Scope.AI_VOICE_CALL, revoked_at__isnull=False
        )
        if (consent := taken_back.order_by("-revoked_at").first()) is not None:
            task_open(patient=schedule.patient, kind="opted_out", key=f"consent:{consent.pk}", now=now)
    publish_on_commit("patients", team_id=schedule.patient.care_team_id, patient=schedule.patient_id)


def _leave_task(
    patient: Patient, call: Call, day: Day, rules: RuleSet, now: datetime, *, was_begun: bool, over: bool
) -> None:
    """What the day's last call leaves for a nurse."""
    earlier = patient.calls.filter(end_reason="wrong_person").exclude(pk=call.pk)
    is_no_line = has_no_line(day.last)
    times = int(rules["number_doubted_after"])
    kind = task_after(
        day.last,
        is_over=over,
        was_begun=was_begun,
        wrong_person_before=day.last.end_reason == "wrong_person" and earlier.count() >= times - 1,
        no_line_before=is_no_line and _had_no_line_before(patient, call, times - 1),
    )
    if kind and not (is_no_line and patient.care_tasks.filter(kind=kind, state=CareTask.State.OPEN).exists()):
        detail = f"Busy, or failed, {times} times running." if is_no_line else ""
        task_open(patient=patient, kind=kind, call=call, detail=detail, now=now)


def _had_no_line_before(patient: Patient, call: Call, times: int) -> bool:
    """True when so many check-in calls before this one, of whatever day, did not get through to the number either."""
    dialled = patient.calls.filter(purpose=Call.Purpose.SCHEDULED, dialled_at__isnull=False)
    before = dialled.exclude(pk=call.pk).order_by("-planned_for")[:times]
    return len(before) == times and all(has_no_line(end_of(one)) for one in before)


def _planned_row(
    schedule: CallSchedule, key: str, attempt: Attempt, earlier: Sequence[Call] = ()
) -> Call | None:
    """The row under its unique slot key; None when another scheduler was first.

    After a drop the new call knows what was answered before and goes on from there, and so do the attempts after
    it on that day when nobody takes that one. `earlier`: the calls of the newest day, oldest first.
    """
    today = [call for call in earlier if slot_day(call) == attempt.day]
    call = Call(
        patient=schedule.patient,
        schedule=schedule,
        direction=Call.Direction.OUTBOUND,
        purpose=Call.Purpose.SCHEDULED,
        slot_key=key,
        attempt_no=attempt.number,
        planned_for=attempt.at,
        language=schedule.patient.language,
        retry_of=today[-1] if attempt.resumes else None,
        questions_answered=today[-1].questions_answered if today else [],
    )
    try:
        with transaction.atomic():
            Call.objects.bulk_create([call])  # past the change log, see call_set
    except IntegrityError:
        return None
    publish_on_commit(
        "calls", team_id=schedule.patient.care_team_id, call=call.pk, patient=schedule.patient_id
    )
    return call


@transaction.atomic
def call_request(
    *,
    patient: Patient,
    purpose: str = Call.Purpose.MANUAL,
    at: datetime | None = None,
    by: User | None = None,
    key: str | None = None,
    retry_of: Call | None = None,
) -> Call:
    """A call to this patient as soon as it may be dialled: asked for by staff, a follow-up, or an emergency redial.

    With a `key`, the same key is the same call.
    """
    values = {
        "patient": patient,
        "schedule": CallSchedule.objects.filter(patient=patient).first(),
        "direction": Call.Direction.OUTBOUND,
        "purpose": purpose,
        "planned_for": at or timezone.now(),
        "started_by": by,
        "language": patient.language,
        "retry_of": retry_of,
    }
    if key is None:
        call = Call.objects.create(**values)
    else:
        call, _ = Call.objects.get_or_create(slot_key=key, defaults=values)
    publish_on_commit("calls", team_id=patient.care_team_id, call=call.pk, patient=patient.pk)
    return call


@transaction.atomic
def checkin_bring_forward(*, patient: Patient, now: datetime) -> Call:
    """Today's check-in, due now instead of later in the patient's window; a new one when none is planned.

    When today's is done already, it is a call that staff asked for beside the schedule.
    """
    schedule = CallSchedule.objects.select_for_update().get(patient=patient)
    planned = schedule.calls.filter(state=Call.State.PLANNED, purpose=Call.Purpose.SCHEDULED)
    first = planned.order_by("planned_for").first()
    window: Window = window_of(patient, schedule)
    day = now.astimezone(window.zone).date()
    if done_on(patient, window, now) == day:
        return call_request(patient=patient, at=now)
    if first is not None and slot_day(first) == day:
        first.planned_for = now
        first.save(update_fields=["planned_for"])
        return first
    if first is not None:
        first.delete()
    number = 1 + patient.calls.filter(slot_key__contains=f"|{day.isoformat()}|").count()
    key = slot_key(patient.pk, schedule.protocol, day, number)
    call = _planned_row(schedule, key, Attempt(day, now, number))
    if call is None:  # the other scheduler made this very slot in between
        call = Call.objects.get(slot_key=key)
    return call
