"""What comes after a check-in attempt: another attempt, the next slot, or "missed". Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from calls.scheduling.slots import Window, instant, next_slot

REDIAL_AFTER_DROP = timedelta(seconds=30)  # a dropped call is redialled within a minute
REDIALS_AFTER_DROP = 2
UNREACHED = frozenset({"no_answer", "busy", "failed"})


@dataclass(frozen=True, slots=True)
class LastCall:
    """The newest scheduled call of a patient. `day` is the local date of its slot."""

    day: date
    attempt: int
    state: str
    was_answered_by_machine: bool
    is_completed: bool
    ended_at: datetime | None
    drops: int
    was_refused_for_good: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """Dial at this instant, as this attempt of that day's check-in."""

    day: date
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call is planned or running already."""


@dataclass(frozen=True, slots=True)
class NoneLeft:
    """No slot can be found; the reason is shown on the dashboard."""

    why: str


Next = Attempt | Waiting | NoneLeft


def next_attempt(
    window: Window,
    last: LastCall | None,
    now: datetime,
    *,
    attempts_max: int,
    gap: timedelta,
    spread_minutes: int,
) -> Next:
    """The next attempt of a patient's check-ins."""
    if last is not None and last.state not in _ENDED:
        return Waiting()
    again = None if last is None else _again(window, last, now, attempts_max, gap)
    if again is not None:
        return again
    after = now if last is None else max(now, _end_of(last, window))
    slot = next_slot(window, after, spread_minutes=spread_minutes)
    if slot is None:
        return NoneLeft("no calling hours within 60 days")
    return Attempt(slot[0], slot[1], 1)


def is_missed(last: LastCall, window: Window, now: datetime, *, attempts_max: int, gap: timedelta) -> bool:
    """True when the day's check-in was not reached and no further attempt of it will be made."""
    if last.is_completed or last.state not in _ENDED or last.state == "canceled":
        return False
    reached = last.state in {"completed", "interrupted"} and not last.was_answered_by_machine
    return not reached and _again(window, last, now, attempts_max, gap) is None


_ENDED = frozenset({"completed", "no_answer", "busy", "failed", "canceled", "interrupted"})


def _again(
    window: Window, last: LastCall, now: datetime, attempts_max: int, gap: timedelta
) -> Attempt | None:
    """Another attempt of the same day, or None."""
    if last.is_completed or last.was_refused_for_good or last.ended_at is None:
        return None
    if last.state == "interrupted":
        if last.drops > REDIALS_AFTER_DROP:
            return None
        at = max(now, last.ended_at + REDIAL_AFTER_DROP)
    elif last.state in UNREACHED or (last.state == "completed" and last.was_answered_by_machine):
        if last.attempt >= attempts_max:
            return None
        at = max(now, last.ended_at + gap)
    else:
        return None
    same_day = at.astimezone(window.zone).date() == last.day
    return Attempt(last.day, at, last.attempt + 1) if same_day and window.contains(at) else None


def _end_of(last: LastCall, window: Window) -> datetime:
    """The end of the last slot's day, so that one day holds one check-in."""
    _, end = window.bounds()
    return instant(last.day, end, window.zone)
