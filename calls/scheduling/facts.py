"""Reads what the pure decisions need."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.models import OnCallShift
from calls.models import Call, CallSchedule
from calls.scheduling.attempts import LastCall
from calls.scheduling.eligibility import DialFacts
from calls.scheduling.slots import Window
from patients.models import Consent, Patient
from patients.services import consent_in_force

ROSTER_AHEAD = timedelta(minutes=60)
EVERY_DAY = frozenset(range(1, 8))


def window_of(patient: Patient, schedule: CallSchedule | None) -> Window:
    """The patient's calling hours in the patient's zone; defaults where there is no schedule."""
    zone = ZoneInfo(patient.time_zone)
    if schedule is None:
        return Window(zone, time(9), time(19), EVERY_DAY)
    return Window(
        zone=zone,
        start=schedule.window_start,
        end=schedule.window_end,
        weekdays=frozenset(schedule.weekdays),
        quiet_dates=frozenset(date.fromisoformat(day) for day in schedule.quiet_dates),
    )


def is_team_on_call(team_id: object, now: datetime) -> bool:
    """True when the roster covers the team from now for the next hour, by one or several shifts."""
    covered = now
    shifts = OnCallShift.objects.filter(team_id=team_id, ends_at__gt=now, starts_at__lt=now + ROSTER_AHEAD)
    for starts, ends in sorted(shifts.values_list("starts_at", "ends_at")):
        if starts > covered:
            return False
        covered = max(covered, ends)
    return covered >= now + ROSTER_AHEAD


def dial_facts(call: Call, now: datetime, *, is_within_budget: bool, is_scanner_well: bool) -> DialFacts:
    """The facts of one planned call, read at dial time."""
    patient = call.patient
    return DialFacts(
        is_active=patient.status == Patient.Status.ACTIVE,
        has_consent=consent_in_force(patient=patient, scope=Consent.Scope.AI_VOICE_CALL),
        needs_interpreter=patient.interpreter_needed,
        has_live_call=Call.objects.live().filter(patient=patient).exclude(pk=call.pk).exists(),
        is_staff_on_call=is_team_on_call(patient.care_team_id, now),
        is_within_budget=is_within_budget,
        is_scanner_well=is_scanner_well,
        window=window_of(patient, call.schedule),
        is_emergency=call.purpose == Call.Purpose.EMERGENCY_REDIAL,
        placed_by_staff=call.purpose == Call.Purpose.MANUAL,
    )


def last_call(schedule: CallSchedule) -> LastCall | None:
    """The newest scheduled call, as the pure code sees it."""
    call = schedule.calls.filter(slot_key__isnull=False).order_by("-planned_for", "-attempt_no").first()
    if call is None:
        return None
    day = slot_day(call)
    return LastCall(
        day=day,
        attempt=call.attempt_no,
        state=call.state,
        was_answered_by_machine=call.answer_type
        in {Call.AnswerType.VOICEMAIL, Call.AnswerType.FAX, Call.AnswerType.IVR},
        is_completed=call.is_completed,
        ended_at=call.ended_at,
        drops=schedule.calls.filter(
            slot_key__contains=f"|{day.isoformat()}|", state=Call.State.INTERRUPTED
        ).count(),
        was_refused_for_good=call.end_reason in {"opt_out", "not_verified", "wrong_person", "bad_number"},
    )


def slot_day(call: Call) -> date:
    """The local date that the call's slot key names."""
    return date.fromisoformat((call.slot_key or "").split("|")[2])
