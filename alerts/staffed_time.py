"""Deadlines by the clock, in staffed hours, and in working days of a care team. Pure.

Opening hours are local wall-clock times: on the days when the clocks change the day is an hour shorter or longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.ruleset import Span, StaffedHours

_LONGEST_CLOSURE_DAYS = 60


def is_staffed(at: datetime, hours: StaffedHours, zone: ZoneInfo) -> bool:
    """True if the team's nurses are at work at this instant. Opening time counts, closing time does not."""
    day = at.astimezone(zone).date()
    return any(opens <= at < closes for opens, closes in _days(day, hours, zone, until=day))


def due(start: datetime, span: Span, hours: StaffedHours, zone: ZoneInfo) -> datetime:
    """When `span` after `start` is over, in UTC.

    `working_d` n ends at closing time of the n-th working day after the local day of `start`.
    """
    match span.unit:
        case "s":
            return start + timedelta(seconds=span.value)
        case "min":
            return start + timedelta(minutes=span.value)
        case "h":
            return start + timedelta(hours=span.value)
        case "staffed_h":
            return _after_staffed_hours(start, timedelta(hours=span.value), hours, zone)
        case "working_d":
            tomorrow = start.astimezone(zone).date() + timedelta(days=1)
            return _nth_closing(tomorrow, int(span.value), hours, zone)


def _days(
    first: date, hours: StaffedHours, zone: ZoneInfo, *, until: date | None = None
) -> Iterator[tuple[datetime, datetime]]:
    """Opening and closing time in UTC of every working day from `first`."""
    last = until or first + timedelta(days=_LONGEST_CLOSURE_DAYS)
    day = first
    while day <= last:
        if day.isoweekday() in hours.weekdays and day not in hours.holidays:
            opens = datetime.combine(day, hours.opens, zone).astimezone(UTC)
            yield opens, datetime.combine(day, hours.closes, zone).astimezone(UTC)
        day += timedelta(days=1)


def _after_staffed_hours(start: datetime, left: timedelta, hours: StaffedHours, zone: ZoneInfo) -> datetime:
    for opens, closes in _days(start.astimezone(zone).date(), hours, zone):
        begins = max(start.astimezone(UTC), opens)
        if begins >= closes:
            continue
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    raise ValueError("the team is closed for longer than two months")


def _nth_closing(first: date, n: int, hours: StaffedHours, zone: ZoneInfo) -> datetime:
    for count, (_, closes) in enumerate(_days(first, hours, zone), start=1):
        if count >= n:
            return closes
    raise ValueError("the team is closed for longer than two months")
