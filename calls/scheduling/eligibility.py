"""May this patient be dialled now? Yes, later, or no and why. Pure; checked again at dial time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from calls.scheduling.slots import Window


class Refusal(StrEnum):
    """Why a call is not placed. Shown on the board as it stands."""

    NOT_ACTIVE = "patient is not active"
    NO_CONSENT = "no consent to AI voice calls"
    OUTSIDE_WINDOW = "outside the patient's calling hours"
    NOBODY_ON_CALL = "nobody is on call"
    INTERPRETER = "needs an interpreter"
    LIVE_CALL = "already on a call"
    SCANNER_DOWN = "the emergency phrase scanner failed its self-test"
    TOO_LATE = "the slot has passed"
    ALREADY_DONE = "already checked in today"
    SWITCHED_OFF = "the schedule is switched off"
    HEARD_SINCE = "the patient has been on the telephone since"


class WhyNone(StrEnum):
    """Why an active patient has no next call. Shown on the patient's page; `name` is the metric's label."""

    NO_SCHEDULE = "no call schedule"
    SWITCHED_OFF = "the schedule is switched off"
    NO_CONSENT = "no consent to AI voice calls"
    INTERPRETER = "needs an interpreter"
    NO_HOURS = "no calling hours within 60 days"
    CANNOT_PLAN = "the schedule cannot be read"
    OVERDUE = "planned, but not dialled for a day"


# A check-in that was called off for one of these was not missed by the patient.
EXCUSED = frozenset(
    {
        Refusal.NOT_ACTIVE,
        Refusal.NO_CONSENT,
        Refusal.INTERPRETER,
        Refusal.ALREADY_DONE,
        Refusal.SWITCHED_OFF,
    }
)
# These do not pass with time: the call is called off, not put off.
FINAL = EXCUSED | {Refusal.TOO_LATE, Refusal.HEARD_SINCE}


@dataclass(frozen=True, slots=True)
class DialFacts:
    """Everything the decision needs, read once. `on_call_until` is when the current roster cover ends."""

    is_active: bool
    has_consent: bool
    needs_interpreter: bool
    has_live_call: bool
    is_staff_on_call: bool
    is_scanner_well: bool
    window: Window
    is_emergency: bool = False
    placed_by_staff: bool = False
    slot_day: date | None = None
    is_schedule_on: bool = True
    is_done_today: bool = False


def refusal(facts: DialFacts, now: datetime) -> Refusal | None:
    """The first reason against dialling now, or None. Emergency call-backs ignore hours and roster.

    `slot_day` and `is_done_today` are of a scheduled check-in: one that cannot be made any more on its day is too late.
    """
    if facts.has_live_call:
        return Refusal.LIVE_CALL
    if facts.is_emergency:
        return None
    if not facts.is_active:
        return Refusal.NOT_ACTIVE
    if not facts.has_consent:
        return Refusal.NO_CONSENT
    if facts.needs_interpreter:
        return Refusal.INTERPRETER
    if facts.slot_day is not None and not facts.is_schedule_on:
        return Refusal.SWITCHED_OFF
    if facts.slot_day is not None and facts.is_done_today:
        return Refusal.ALREADY_DONE
    if facts.slot_day is not None and is_over(facts.window, facts.slot_day, now):
        return Refusal.TOO_LATE
    if not facts.is_scanner_well:
        return Refusal.SCANNER_DOWN
    if not _in_hours(facts, now):
        return Refusal.OUTSIDE_WINDOW
    if not facts.is_staff_on_call:
        return Refusal.NOBODY_ON_CALL
    return None


def is_over(window: Window, slot_day: date, now: datetime) -> bool:
    """True when the slot's day has no calling hours left: its window has closed, or it is no call day any more."""
    local = now.astimezone(window.zone)
    if local.date() != slot_day:
        return local.date() > slot_day
    return local.time() >= window.bounds()[1] or not window.is_call_day(slot_day)


def _in_hours(facts: DialFacts, now: datetime) -> bool:
    """A nurse may call outside the patient's own hours, never outside the legal ones."""
    if facts.placed_by_staff:
        return facts.window.is_legal(now)
    return facts.window.contains(now)
