"""Deadlines in staffed hours and working days, over nights, weekends, holidays and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from alerts.ruleset import Span, StaffedHours
from alerts.staffed_time import due, is_staffed

NEW_YORK = ZoneInfo("America/New_York")
HOURS = StaffedHours(frozenset({1, 2, 3, 4, 5}), time(8), time(18))
THANKSGIVING = StaffedHours(HOURS.weekdays, HOURS.opens, HOURS.closes, frozenset({date(2026, 11, 26)}))
ALL_DAY = StaffedHours(frozenset(range(1, 8)), time(0), time(23, 59))


def local(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A New York wall-clock time in 2026. November 18 is a Wednesday."""
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "staffed"),
    [
        pytest.param(local(18, 8), True, id="opening time"),
        pytest.param(local(18, 17, 59), True, id="last minute"),
        pytest.param(local(18, 18), False, id="closing time"),
        pytest.param(local(18, 3), False, id="night"),
        pytest.param(local(21, 12), False, id="Saturday"),
    ],
)
def test_a_team_is_staffed_in_its_own_local_hours(at: datetime, staffed: bool) -> None:
    assert is_staffed(at, HOURS, NEW_YORK) is staffed


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        pytest.param(local(21, 3), Span(5, "min"), local(21, 3, 5), id="minutes run through the night"),
        pytest.param(local(21, 3), Span(2, "h"), local(21, 5), id="hours run by the clock"),
        pytest.param(local(18, 9), Span(4, "staffed_h"), local(18, 13), id="within one day"),
        pytest.param(local(18, 14), Span(4, "staffed_h"), local(18, 18), id="exactly to closing time"),
        pytest.param(local(18, 15), Span(4, "staffed_h"), local(19, 9), id="over a night"),
        pytest.param(local(20, 17), Span(4, "staffed_h"), local(23, 11), id="over a weekend"),
        pytest.param(local(21, 12), Span(4, "staffed_h"), local(23, 12), id="from a Saturday"),
        pytest.param(local(18, 5), Span(4, "staffed_h"), local(18, 12), id="from before opening"),
        pytest.param(local(18, 9), Span(1, "working_d"), local(19, 18), id="the next working day"),
        pytest.param(local(20, 9), Span(1, "working_d"), local(23, 18), id="Friday's next is Monday"),
        pytest.param(local(20, 9), Span(2, "working_d"), local(24, 18), id="two working days"),
    ],
)
def test_a_deadline_counts_only_the_time_it_is_meant_to(start: datetime, span: Span, end: datetime) -> None:
    assert due(start, span, HOURS, NEW_YORK) == end


def test_a_holiday_is_no_working_day() -> None:
    assert due(local(25, 9), Span(1, "working_d"), THANKSGIVING, NEW_YORK) == local(27, 18)
    assert due(local(25, 16), Span(4, "staffed_h"), THANKSGIVING, NEW_YORK) == local(27, 10)


@pytest.mark.parametrize(
    ("month", "day", "length_h"),
    [pytest.param(11, 1, 24.0, id="clocks go back"), pytest.param(3, 8, 22.0, id="clocks go forward")],
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_really_is(
    month: int, day: int, length_h: float
) -> None:
    """A round-the-clock team has 25 or 23 hours that day; the minute before midnight is not staffed."""
    start = local(day, 0, month=month)
    end = due(start, Span(length_h, "staffed_h"), ALL_DAY, NEW_YORK)
    assert (end - start).total_seconds() == length_h * 3600


def test_a_team_that_never_opens_is_an_error_and_not_an_endless_search() -> None:
    shut = StaffedHours(
        frozenset({1}), time(8), time(9), frozenset(date(2026, 11, n) for n in (2, 9, 16, 23, 30))
    )
    with pytest.raises(ValueError, match="closed"):
        due(local(1, 9), Span(200, "staffed_h"), shut, NEW_YORK)
