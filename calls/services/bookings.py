"""What staff change of planned calls: ring now, ring later, and no calls for a while.

The rules of dialling stay in force: consent, status and roster always, the patient's own hours but for a call that a
nurse asks for at once, which only the legal hours hold back.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from alerts.phrases import self_test
from calls.models import Call, CallSchedule
from calls.scheduling.eligibility import Refusal, refusal
from calls.scheduling.facts import dial_facts, slot_day, window_of
from calls.scheduling.planning import call_request, checkin_bring_forward, plan_next
from calls.scheduling.slots import slot_key
from heartvoice.shared.errors import Conflict, DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient, User
from patients.services import patient_pause, patient_resume

AHEAD = timedelta(days=14)
SOON = timedelta(minutes=2)


class NotNow(DomainError):
    """The patient may not be dialled now; `code` is the name of the first reason against it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(str(why), code=why.name.lower())
        self.why = why


@transaction.atomic
def call_now(*, patient: Patient, by: User, now: datetime | None = None) -> Call:
    """Maya rings the patient as soon as a line is free: today's check-in, or a call beside the schedule.

    Two clicks are one call. Raises NotNow with the reason that would hold the call back.
    """
    now = now or timezone.now()
    row = Patient.objects.select_for_update(no_key=True, of=("self",)).get(pk=patient.pk)
    schedule = CallSchedule.objects.filter(patient=row).first()
    probe = Call(patient=row, schedule=schedule, purpose=Call.Purpose.MANUAL, planned_for=now)
    if (why := refusal(dial_facts(probe, now, is_scanner_well=self_test().passed), now)) is not None:
        raise NotNow(why)
    planned = Call.objects.filter(patient=row, state=Call.State.PLANNED)
    asked = planned.filter(purpose=Call.Purpose.MANUAL, planned_for__lte=now + SOON).first()
    if asked is not None:
        return asked
    window = window_of(row, schedule)
    today = now.astimezone(window.zone).date()
    check_in = planned.filter(purpose=Call.Purpose.SCHEDULED, slot_key__isnull=False).first()
    if check_in is not None and slot_day(check_in) == today and window.contains(now):
        call = checkin_bring_forward(patient=row, now=now)
        call.started_by = by
        call.save(update_fields=["started_by"])
        _publish(call)
        return call
    return call_request(patient=row, at=now, by=by)


@transaction.atomic
def call_reschedule(*, call: Call, by: User, at: datetime, now: datetime | None = None) -> Call:
    """The planned call at another time within two weeks, inside the hours in which it may be made.

    Raises Conflict (not_planned) and DomainError (bad_time, outside_window).
    """
    now = now or timezone.now()
    row = (
        Call.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient", "schedule")
        .get(pk=call.pk)
    )
    if row.state != Call.State.PLANNED:
        raise Conflict("the call is not planned any more", code="not_planned")
    if not now < at <= now + AHEAD:
        raise DomainError("a call is planned within the next two weeks", code="bad_time")
    window = window_of(row.patient, row.schedule)
    local = at.astimezone(window.zone)
    is_check_in = row.purpose == Call.Purpose.SCHEDULED
    if not (window.contains(at) if is_check_in else window.is_legal(at)):
        raise DomainError("outside the hours in which the patient may be called", code="outside_window")
    fields = ["planned_for", "not_called_reason", "started_by"]
    if row.slot_key is not None and slot_day(row) != local.date():
        row.slot_key, row.attempt_no = _free_key(row, local.date())
        fields += ["slot_key", "attempt_no"]
    row.planned_for, row.not_called_reason, row.started_by = at.astimezone(UTC), "", by
    row.save(update_fields=fields)
    if row.schedule is not None and is_check_in:
        CallSchedule.objects.filter(pk=row.schedule_id).update(next_due_at=row.planned_for)
    _publish(row)
    return row


@transaction.atomic
def calls_pause(*, patient: Patient, by: User, reason: str, until: date | None = None) -> Patient:
    """No calls until then, or until somebody resumes; what was planned is called off at once. The reason is shown."""
    if until is not None and until <= timezone.localdate():
        raise DomainError("a pause ends in the future", code="bad_time")
    paused = patient_pause(patient=patient, reason=reason[:200], until=until)
    planned = Call.objects.filter(patient=paused, state=Call.State.PLANNED).exclude(
        purpose=Call.Purpose.EMERGENCY_REDIAL
    )
    for call in planned.select_for_update(no_key=True, of=("self",)).select_related("patient"):
        call.state, call.ended_at = Call.State.CANCELED, timezone.now()
        call.end_reason, call.not_called_reason = "not_eligible", Refusal.NOT_ACTIVE
        call.save(update_fields=["state", "ended_at", "end_reason", "not_called_reason"])
        _publish(call)
    CallSchedule.objects.filter(patient=paused).update(next_due_at=None)
    return paused


@transaction.atomic
def calls_resume(*, patient: Patient, by: User, now: datetime | None = None) -> Patient:
    """Calls are planned again, the next one at once."""
    resumed = patient_resume(patient=patient)
    schedule = CallSchedule.objects.filter(patient=resumed, is_active=True).first()
    if schedule is not None:
        plan_next(schedule_id=schedule.pk, now=now or timezone.now())
    return resumed


def _free_key(call: Call, day: date) -> tuple[str, int]:
    """The first name of an attempt on that day that no call of the patient has."""
    protocol = call.schedule.protocol if call.schedule else (call.slot_key or "||").split("|")[1]
    taken = set(
        Call.objects.filter(patient=call.patient, slot_key__contains=f"|{day.isoformat()}|").values_list(
            "slot_key", flat=True
        )
    )
    number = 1
    while (key := slot_key(call.patient_id, protocol, day, number)) in taken:
        number += 1
    return key, number


def _publish(call: Call) -> None:
    publish_on_commit("calls", team_id=call.patient.care_team_id, call=call.pk, patient=call.patient_id)
