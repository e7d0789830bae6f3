"""Plans calls: every active patient has a next call or a reason."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from alerts.services import missed_checkin_submit
from django.db import IntegrityError, transaction
from django.utils import timezone

from calls.models import Call, CallSchedule
from calls.scheduling.attempts import Attempt, NoneLeft, Waiting, is_missed, next_attempt
from calls.scheduling.facts import last_call, slot_day, window_of
from calls.scheduling.slots import slot_key
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient, User

SPREAD_MINUTES = 120


def plan_all(now: datetime | None = None) -> int:
    """Plan the next call of every schedule that lacks one. Returns how many were planned."""
    now = now or timezone.now()
    due = CallSchedule.objects.filter(is_active=True, patient__status=Patient.Status.ACTIVE).exclude(
        calls__state__in=[Call.State.PLANNED, *Call.LIVE_STATES]
    )
    return sum(
        plan_next(schedule_id=pk, now=now) is not None for pk in due.values_list("pk", flat=True).iterator()
    )


@transaction.atomic
def plan_next(*, schedule_id: object, now: datetime) -> Call | None:
    """The next call of one schedule as a planned row; None when one exists or none is possible (the reason is kept)."""
    schedule = CallSchedule.objects.select_for_update().select_related("patient").get(pk=schedule_id)
    patient = schedule.patient
    window = window_of(patient, schedule)
    last = last_call(schedule)
    gap = timedelta(minutes=schedule.attempt_gap_minutes)
    if last is not None and is_missed(last, window, now, attempts_max=schedule.attempts_max, gap=gap):
        missed_checkin_submit(patient=patient, day=last.day)
    match next_attempt(
        window, last, now, attempts_max=schedule.attempts_max, gap=gap, spread_minutes=_spread(patient)
    ):
        case Attempt(day, at, number):
            call = _planned_row(
                schedule, day_key=slot_key(patient.pk, schedule.protocol, day, number), at=at, attempt=number
            )
            schedule.next_due_at, schedule.why_not_next = at, ""
        case Waiting():
            return None
        case NoneLeft(why):
            call, schedule.next_due_at, schedule.why_not_next = None, None, why
    schedule.save(update_fields=["next_due_at", "why_not_next"])
    return call


def _planned_row(schedule: CallSchedule, *, day_key: str, at: datetime, attempt: int) -> Call | None:
    """The row under its unique slot key; None when another scheduler was first."""
    try:
        with transaction.atomic():
            call = Call.objects.create(
                patient=schedule.patient,
                schedule=schedule,
                direction=Call.Direction.OUTBOUND,
                purpose=Call.Purpose.SCHEDULED,
                slot_key=day_key,
                attempt_no=attempt,
                planned_for=at,
                language=schedule.patient.language,
            )
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
) -> Call:
    """A call to this patient as soon as it may be dialled: asked for by staff, a follow-up, or an emergency redial."""
    call = Call.objects.create(
        patient=patient,
        schedule=CallSchedule.objects.filter(patient=patient).first(),
        direction=Call.Direction.OUTBOUND,
        purpose=purpose,
        planned_for=at or timezone.now(),
        started_by=by,
        language=patient.language,
    )
    publish_on_commit("calls", team_id=patient.care_team_id, call=call.pk, patient=patient.pk)
    return call


@transaction.atomic
def checkin_bring_forward(*, patient: Patient, now: datetime) -> Call:
    """Today's check-in, due now instead of later in the patient's window; a new one when none is planned."""
    schedule = CallSchedule.objects.select_for_update().get(patient=patient)
    planned = schedule.calls.filter(state=Call.State.PLANNED).order_by("planned_for").first()
    day = now.astimezone(window_of(patient, schedule).zone).date()
    if planned is not None and slot_day(planned) == day:
        planned.planned_for = now
        planned.save(update_fields=["planned_for"])
        return planned
    if planned is not None:
        planned.delete()
    number = 1 + schedule.calls.filter(slot_key__contains=f"|{day.isoformat()}|").count()
    key = slot_key(patient.pk, schedule.protocol, day, number)
    call = _planned_row(schedule, day_key=key, at=now, attempt=number)
    if call is None:  # the other scheduler made this very slot in between
        call = Call.objects.get(slot_key=key)
    return call


def _spread(patient: Patient) -> int:
    """A fixed minute within two hours per patient: equal windows do not all ring at once."""
    return zlib.crc32(str(patient.pk).encode()) % SPREAD_MINUTES
