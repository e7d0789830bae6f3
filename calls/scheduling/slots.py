"""Local times of a patient's calls as instants, through both clock changes. Pure.

A local time that does not exist moves to the next that does; one that occurs twice means the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.ruleset import Hours


@dataclass(frozen=True, slots=True)
class Window:
    """A patient's calling hours. Times are local to `zone`; `weekdays` are ISO (1 is Monday).

    `legal`: the hours outside which nobody is called but in an emergency, whatever the patient's own are.
    """

    zone: ZoneInfo
    start: time
    end: time
    weekdays: frozenset[int]
    legal: Hours
    quiet_dates: frozenset[date] = frozenset()

    def bounds(self) -> tuple[time, time]:
        """The window within the legal hours."""
        return max(self.start, self.legal.start), min(self.end, self.legal.end)

    def is_legal(self, at: datetime) -> bool:
        """True when the patient may be called at this instant by somebody who has reason to, of whatever day."""
        return self.legal.hold(at.astimezone(self.zone).time())

    def is_call_day(self, day: date) -> bool:
        """True when the patient is called on this local date."""
        return day.isoweekday() in self.weekdays and day not in self.quiet_dates

    def contains(self, at: datetime) -> bool:
        """True when a call may be dialled at this instant."""
        local = at.astimezone(self.zone)
        start, end = self.bounds()
        return self.is_call_day(local.date()) and start <= local.time() < end


def instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local date and time. In a gap: the first minute after it. In an overlap: the first of the two."""
    local = datetime.combine(on, at, tzinfo=zone)  # fold=0 is the first of two
    there_and_back = local.astimezone(UTC).astimezone(zone)
    if there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None):
        return local.astimezone(UTC)
    # In a gap fold=0 uses the offset before it, which lands past the gap by the time asked beyond its start.
    before = local.utcoffset()
    after = local.replace(fold=1).utcoffset()
    assert before is not None and after is not None  # noqa: S101  (an aware datetime has an offset)
    gap_start = local.replace(tzinfo=None)
    while True:
        candidate = gap_start.replace(tzinfo=zone)
        if candidate.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == gap_start:
            return candidate.astimezone(UTC)
        gap_start += timedelta(minutes=1)


def is_as_planned(window: Window, planned: datetime, now: datetime, *, spread_minutes: int) -> bool:
    """True when a check-in planned for that later day would be planned so again: its time is that of the window, and
    no call day lies between today and it. False after the hours, days or the zone have been changed.
    """
    day, today = planned.astimezone(window.zone).date(), now.astimezone(window.zone).date()
    if day <= today:
        return True
    between = (today + timedelta(days=offset) for offset in range(1, (day - today).days))
    if any(window.is_call_day(one) for one in between):
        return False
    return window.is_call_day(day) and slot_on(window, day, spread_minutes=spread_minutes) == planned


def next_slot(window: Window, after: datetime, *, spread_minutes: int = 0) -> tuple[date, datetime] | None:
    """The next call day and instant after `after`; None when the window never opens within 60 days.

    `spread_minutes` moves the call into the window, so that patients with equal windows are not all due at once.
    """
    first = after.astimezone(window.zone).date()
    for offset in range(60):
        day = first + timedelta(days=offset)
        if window.is_call_day(day):
            at = slot_on(window, day, spread_minutes=spread_minutes)
            if at is not None and at > after:
                return day, at
    return None


def slot_on(window: Window, day: date, *, spread_minutes: int = 0) -> datetime | None:
    """When a check-in of that day is due, whether it is a call day or not; None when the window has no minute."""
    start, end = window.bounds()
    if start >= end:
        return None
    length = (datetime.combine(day, end) - datetime.combine(day, start)).total_seconds() / 60
    at = instant(day, start, window.zone) + timedelta(minutes=min(spread_minutes, max(0, length - 30)))
    return at if start <= at.astimezone(window.zone).time() < end else None


def slot_key(patient_id: object, protocol: str, day: date, attempt: int) -> str:
    """The unique name of one attempt of one check-in: whatever runs twice, one row exists."""
    return f"{patient_id}|{protocol}|{day.isoformat()}|{attempt}"


def first_moment(window: Window, from_: datetime) -> datetime | None:
    """The first instant from `from_` on at which the patient may be called; None if there is none within 60 days."""
    if window.contains(from_):
        return from_
    slot = next_slot(window, from_)
    return None if slot is None else slot[1]
