"""What comes after a check-in attempt: another attempt, the next slot, or "missed". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from calls.scheduling.eligibility import EXCUSED, WhyNone
from calls.scheduling.outcomes import NOT_TODAY, WITH_THE_TEAM, CallEnd, Outcome, outcome_of
from calls.scheduling.slots import Window, instant, next_slot

RANG = frozenset({Outcome.UNHEARD, Outcome.DROPPED, Outcome.NOT_PATIENT, Outcome.BAD_NUMBER})
SPOKE = frozenset({Outcome.DONE, Outcome.REACHED})
FRUITLESS = (Outcome.UNHEARD, Outcome.NOT_PATIENT)  # each is one of a day's attempts


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a patient is tried. `attempts`: on one day, before the check-in counts as missed."""

    attempts: int
    gap: timedelta
    redial_after: timedelta
    redials: int
    retry_not_placed: timedelta
    spread_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """The newest day of a patient's scheduled calls, oldest call first. `on` is the local date of its slots."""

    on: date
    calls: Sequence[CallEnd]

    @property
    def last(self) -> CallEnd:
        return self.calls[-1]

    def count(self, *outcomes: Outcome) -> int:
        return sum(outcome_of(call) in outcomes for call in self.calls)

    def was_begun(self, done_on: date | None) -> bool:
        """True when the patient was on the line that day, and the check-in still waits to be completed."""
        is_done = done_on == self.on or self.count(Outcome.DONE) > 0 or self.last.not_called_reason in EXCUSED
        return not is_done and any(call.is_verified for call in self.calls)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Dial at this instant, as this attempt of that day's check-in. `resumes`: go on where the line broke."""

    day: date
    at: datetime
    number: int
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call is planned or running already."""


@dataclass(frozen=True, slots=True)
class NoneLeft:
    """No slot can be found; the reason is shown on the dashboard."""

    why: WhyNone


Next = Attempt | Waiting | NoneLeft


def attempts_today(*, attempts_max: int, a_day: int, enrolled_on: date, day: date, first_days: int) -> int:
    """How many unheard attempts a day may hold: all of them in the first days, later at most `a_day`."""
    is_new = day < enrolled_on + timedelta(days=first_days)
    return attempts_max if is_new else min(attempts_max, a_day)


def next_attempt(
    window: Window, day: Day | None, now: datetime, cadence: Cadence, *, done_on: date | None = None
) -> Next:
    """The next attempt of a patient's check-ins.

    `done_on`: the local date of the last check-in that was completed in whatever call; that day needs no other.
    """
    if day is not None and outcome_of(day.last) is Outcome.RUNNING:
        return Waiting()
    again = None if day is None or done_on == day.on else _again(window, day, now, cadence)
    if again is not None:
        return again
    over = [_end_of(on, window) for on in (day.on if day else None, done_on) if on is not None]
    slot = next_slot(window, max([now, *over]), spread_minutes=cadence.spread_minutes)
    if slot is None:
        return NoneLeft(WhyNone.NO_HOURS)
    return Attempt(slot[0], slot[1], 1)


def is_missed(window: Window, day: Day, now: datetime, cadence: Cadence, *, done_on: date | None) -> bool:
    """True when the telephone rang that day, the patient was not reached, and no further attempt of it will be made.

    Who answered counts only once they are known to be the patient, or to answer for them.
    """
    outcomes = [outcome_of(call) for call in day.calls]
    if outcomes[-1] is Outcome.RUNNING or done_on == day.on:
        return False
    if day.last.is_flagged or day.last.not_called_reason in EXCUSED or not RANG.intersection(outcomes):
        return False
    if SPOKE.intersection(outcomes) or any(call.is_verified or _has_the_team(call) for call in day.calls):
        return False
    return _again(window, day, now, cadence) is None


def _has_the_team(call: CallEnd) -> bool:
    return outcome_of(call) is Outcome.NOT_PATIENT and call.end_reason in WITH_THE_TEAM


def is_over(window: Window, day: Day, now: datetime, cadence: Cadence) -> bool:
    """True when nobody is rung again on that day."""
    return outcome_of(day.last) is not Outcome.RUNNING and _again(window, day, now, cadence) is None


def _again(window: Window, day: Day, now: datetime, cadence: Cadence) -> Attempt | None:
    """Another attempt of the same day, or None."""
    last, ended = day.last, day.last.ended_at
    if ended is None or last.is_flagged:  # after an emergency there are calls of another kind
        return None
    match outcome_of(last):
        case Outcome.DROPPED if day.count(Outcome.DROPPED) <= cadence.redials:
            at, resumes = ended + cadence.redial_after, True
        case Outcome.NOT_PATIENT if last.end_reason in NOT_TODAY:
            return None
        case Outcome.UNHEARD | Outcome.NOT_PATIENT if day.count(*FRUITLESS) < cadence.attempts:
            at, resumes = ended + cadence.gap, False
        case Outcome.NOT_PLACED:
            at, resumes = ended + cadence.retry_not_placed, False
        case _:
            return None
    at = max(now, at)
    same_day = at.astimezone(window.zone).date() == day.on
    if not (same_day and window.contains(at)):
        return None
    return Attempt(day.on, at, max(call.attempt for call in day.calls) + 1, resumes)


def _end_of(day: date, window: Window) -> datetime:
    """The end of a day's window, so that one day holds one check-in."""
    _, end = window.bounds()
    return instant(day, end, window.zone)
