"""Local calling times as instants, through both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.ruleset import Hours
from calls.scheduling.slots import (
    Window,
    first_moment,
    instant,
    is_as_planned,
    next_slot,
)

NEW_YORK = ZoneInfo("America/New_York")
ALL_WEEK = frozenset(range(1, 8))
LEGAL = Hours(time(8), time(21))
ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Phoenix",
    "America/Los_Angeles",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
]


def window(
    zone: str = "America/New_York", start: time = time(9), end: time = time(19), **others: object
) -> Window:
    return Window(ZoneInfo(zone), start, end, others.pop("weekdays", ALL_WEEK), LEGAL, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on", "at", "utc"),
    [
        pytest.param(date(2026, 7, 1), time(9), datetime(2026, 7, 1, 13, tzinfo=UTC), id="summer"),
        pytest.param(date(2026, 1, 5), time(9), datetime(2026, 1, 5, 14, tzinfo=UTC), id="winter"),
        pytest.param(
            date(2026, 3, 8),
            time(2, 30),
            datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
            id="gap moves to the next time that exists",
        ),
        pytest.param(
            date(2026, 11, 1),
            time(1, 30),
            datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
            id="overlap means the first",
        ),
    ],
)
def test_a_local_time_is_one_instant(on: date, at: time, utc: datetime) -> None:
    assert instant(on, at, NEW_YORK) == utc


@given(
    zone=st.sampled_from(ZONES),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
        lambda moment: moment.replace(tzinfo=UTC)
    ),
    start=st.times(time(0), time(23)),
    hours=st.integers(1, 14),
    spread=st.integers(0, 600),
    weekdays=st.frozensets(st.integers(1, 7)),
)
def test_a_slot_is_always_inside_the_window_and_the_legal_hours(
    zone: str, after: datetime, start: time, hours: int, spread: int, weekdays: frozenset[int]
) -> None:
    end = (datetime.combine(date(2026, 1, 1), start) + timedelta(hours=hours)).time()
    chosen = Window(ZoneInfo(zone), start, max(start, end), weekdays, LEGAL)
    slot = next_slot(chosen, after, spread_minutes=spread)
    if slot is None:
        return
    day, at = slot
    local = at.astimezone(chosen.zone)
    assert at > after
    assert local.date() == day
    assert day.isoweekday() in weekdays
    assert max(LEGAL.start, start) <= local.time() < min(LEGAL.end, max(start, end))


def test_quiet_dates_and_weekdays_are_skipped() -> None:
    friday_noon = datetime(2026, 11, 20, 17, tzinfo=UTC)
    chosen = window(weekdays=frozenset({1, 5}), quiet_dates=frozenset({date(2026, 11, 23)}))
    slot = next_slot(chosen, friday_noon)
    assert slot is not None and slot[0] == date(2026, 11, 27)


def test_a_window_outside_the_legal_hours_never_opens() -> None:
    assert next_slot(window(start=time(5), end=time(7)), datetime(2026, 1, 1, tzinfo=UTC)) is None


MONDAY_NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)


def planned_for(hours: Window) -> datetime:
    slot = next_slot(hours, datetime(2026, 11, 24, tzinfo=UTC), spread_minutes=20)
    assert slot is not None
    return slot[1]


@pytest.mark.parametrize(
    ("was", "changed"),
    [
        ({"weekdays": frozenset({3})}, {"weekdays": ALL_WEEK}),
        ({"weekdays": frozenset({3})}, {"weekdays": frozenset({2, 3})}),
        ({}, {"start": time(13)}),
        ({}, {"zone": "America/Los_Angeles"}),
        ({}, {"weekdays": frozenset({5})}),
        ({}, {"quiet_dates": frozenset({date(2026, 11, 24)})}),
    ],
    ids=["every day now", "a day more", "later", "moved", "another day", "quiet that day"],
)
def test_a_plan_made_by_other_hours_is_seen(was: dict[str, object], changed: dict[str, object]) -> None:
    before = window(**was)  # type: ignore[arg-type]
    at = planned_for(before)
    assert is_as_planned(before, at, MONDAY_NOON, spread_minutes=20)
    assert not is_as_planned(window(**{**was, **changed}), at, MONDAY_NOON, spread_minutes=20)  # type: ignore[arg-type]


def test_what_is_planned_for_today_is_left_to_the_dial() -> None:
    assert is_as_planned(window(weekdays=frozenset()), MONDAY_NOON, MONDAY_NOON, spread_minutes=0)


@pytest.mark.parametrize(
    ("wanted", "at"),
    [
        (MONDAY_NOON, MONDAY_NOON),
        (datetime(2026, 11, 24, 3, tzinfo=UTC), datetime(2026, 11, 24, 14, tzinfo=UTC)),
    ],
)
def test_the_first_moment_is_now_or_the_next_opening(wanted: datetime, at: datetime) -> None:
    assert first_moment(window(), wanted) == at
