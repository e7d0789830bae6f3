"""Reads what the pure decisions need."""

from __future__ import annotations

import zlib
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from alerts.models import AlertSighting, CallFlag, OnCallShift
from alerts.ruleset import RuleSet
from alerts.selectors import ruleset_in_force
from alerts.severity import AlertType, Severity
from calls.models import Call, CallSchedule
from calls.scheduling.attempts import Cadence, Day, attempts_today
from calls.scheduling.eligibility import DialFacts
from calls.scheduling.outcomes import CallEnd
from calls.scheduling.slots import Window
from patients.models import Consent, Patient
from patients.services import consent_in_force

EVERY_DAY = frozenset(range(1, 8))
SPREAD_MINUTES = 120
HOURS = ("window_start", "window_end", "weekdays", "quiet_dates")
# What these decisions read of rows that hold much more, encrypted text among it.
OF_SCHEDULES = (
    *HOURS,
    "patient",
    "protocol",
    "is_active",
    "attempts_max",
    "attempt_gap_minutes",
    "next_due_at",
    "why_not_next",
)
OF_PATIENTS = ("care_team", "status", "time_zone", "language", "interpreter_needed", "enrolled_on")
OF_CALLS = (
    "patient", "schedule", "purpose", "slot_key", "attempt_no", "planned_for", "state", "mode", "dialled_at", "ended_at",
    "end_reason", "answer_type", "identity_result", "is_completed", "not_called_reason", "questions_answered",
)  # fmt: skip
CALLS_OF_A_DAY = 16  # more than any mix of attempts, redials and refused dials of one day


def window_of(patient: Patient, schedule: CallSchedule | None, rules: RuleSet | None = None) -> Window:
    """The patient's calling hours in the patient's zone; the usual ones, every day, where there is no schedule.

    `rules`: those in force, where the caller has them. Raises ValueError or KeyError for a row that holds no such
    zone or date.
    """
    rules = rules or ruleset_in_force()
    if schedule is None:
        usual = rules.usual_hours
        return Window(ZoneInfo(patient.time_zone), usual.start, usual.end, EVERY_DAY, rules.legal_hours)
    return window_from(rules, patient.time_zone, *(getattr(schedule, name) for name in HOURS))


def window_from(
    rules: RuleSet, zone: str, start: time, end: time, weekdays: list[int], quiet_dates: list[str]
) -> Window:
    """As `window_of`, of the columns of a row."""
    quiet = frozenset(date.fromisoformat(day) for day in quiet_dates)
    return Window(ZoneInfo(zone), start, end, frozenset(weekdays), rules.legal_hours, quiet)


def cadence_of(patient: Patient, schedule: CallSchedule, rules: RuleSet, *, day: date) -> Cadence:
    """How often the patient is tried on that local date."""
    return Cadence(
        attempts=attempts_today(
            attempts_max=schedule.attempts_max,
            a_day=int(rules["attempts_a_day"]),
            enrolled_on=patient.enrolled_on,
            day=day,
            first_days=int(rules["first_days"]),
        ),
        gap=timedelta(minutes=schedule.attempt_gap_minutes),
        redial_after=timedelta(seconds=rules["redial_after_s"]),
        redials=int(rules["redials"]),
        retry_not_placed=timedelta(minutes=rules["not_placed_retry_min"]),
        spread_minutes=spread_of(patient.pk),
    )


def spread_of(patient_id: UUID) -> int:
    """A fixed minute within two hours per patient: equal windows do not all ring at once."""
    return zlib.crc32(str(patient_id).encode()) % SPREAD_MINUTES


def is_team_on_call(team_id: UUID, now: datetime, rules: RuleSet | None = None) -> bool:
    """True when the roster covers the team from now for as long as the rule set's gate asks, by one or several shifts."""
    ahead = (rules or ruleset_in_force()).general["roster_gate_min"].lasts
    covered = now
    shifts = OnCallShift.objects.filter(
        team_id=team_id, ends_at__gt=now, starts_at__lt=now + ahead, user__is_active=True
    )
    for starts, ends in sorted(shifts.values_list("starts_at", "ends_at")):
        if starts > covered:
            return False
        covered = max(covered, ends)
    return covered >= now + ahead


def dial_facts(call: Call, now: datetime, *, is_scanner_well: bool) -> DialFacts:
    """The facts of one planned call, read at dial time."""
    patient, rules = call.patient, ruleset_in_force()
    window = window_of(patient, call.schedule, rules)
    is_check_in = call.purpose == Call.Purpose.SCHEDULED and call.slot_key is not None
    return DialFacts(
        is_active=patient.status == Patient.Status.ACTIVE,
        has_consent=consent_in_force(patient=patient, scope=Consent.Scope.AI_VOICE_CALL),
        needs_interpreter=patient.interpreter_needed,
        has_live_call=Call.objects.live().filter(patient=patient).exclude(pk=call.pk).exists(),
        is_staff_on_call=is_team_on_call(patient.care_team_id, now, rules),
        is_scanner_well=is_scanner_well,
        window=window,
        is_emergency=call.purpose in Call.EMERGENCY_PURPOSES,
        placed_by_staff=call.purpose == Call.Purpose.MANUAL,
        slot_day=slot_day(call) if is_check_in else None,
        is_schedule_on=call.schedule is not None and call.schedule.is_active,
        is_done_today=is_check_in and done_on(patient, window, now) == now.astimezone(window.zone).date(),
    )


def last_calls(patient: Patient) -> list[Call]:
    """The scheduled calls of the newest day that has any, oldest first; whatever schedule they were made for."""
    newest = list(
        patient.calls.filter(purpose=Call.Purpose.SCHEDULED, slot_key__isnull=False)
        .only(*OF_CALLS)
        .annotate(flagged=is_flagged())
        .order_by("-planned_for", "-attempt_no")[:CALLS_OF_A_DAY]
    )
    if not newest:
        return []
    day = slot_day(newest[0])
    return [call for call in reversed(newest) if slot_day(call) == day]


def is_flagged() -> Q:
    """Calls with a critical emergency: by words, by an answer (a score, a key), or by the model.

    What a call adds to the alert of an earlier one is a sighting of its own.
    """
    own = {"call": OuterRef("pk")}
    flags = CallFlag.objects.filter(severity=Severity.CRITICAL, alert_type=AlertType.EMERGENCY, **own)
    return Q(Exists(flags)) | Q(Exists(AlertSighting.objects.critical_emergencies().filter(**own)))


def day_of(calls: list[Call]) -> Day | None:
    """These calls, all of one day, as the pure code sees them."""
    return Day(slot_day(calls[0]), tuple(end_of(call) for call in calls)) if calls else None


def end_of(call: Call) -> CallEnd:
    """A call's row as far as its outcome depends on it."""
    return CallEnd(
        state=call.state,
        end_reason=call.end_reason,
        answer_type=call.answer_type,
        is_verified=call.identity_result == Call.Identity.VERIFIED,
        is_completed=call.is_completed,
        ended_at=call.ended_at,
        attempt=call.attempt_no,
        not_called_reason=call.not_called_reason,
        is_flagged=getattr(call, "flagged", False),
    )


def done_on(patient: Patient, window: Window, now: datetime) -> date | None:
    """The patient's local date of the last check-in completed today or yesterday, in whatever call."""
    completed = (
        patient.calls.filter(is_completed=True, answered_at__gt=now - timedelta(days=2), answered_at__lte=now)
        .order_by("-answered_at")
        .values_list("answered_at", flat=True)
        .first()
    )
    return None if completed is None else completed.astimezone(window.zone).date()


def slot_day(call: Call) -> date:
    """The local date that the call's slot key names."""
    return date.fromisoformat((call.slot_key or "").split("|")[2])
