"""What follows an attempt."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from calls.scheduling.attempts import Attempt, LastCall, NoneLeft, Waiting, is_missed, next_attempt
from calls.scheduling.slots import Window

ZONE = ZoneInfo("America/New_York")
WINDOW = Window(ZONE, time(9), time(19), frozenset({1, 3, 5}))
MONDAY = date(2026, 11, 23)
TEN = datetime(2026, 11, 23, 15, tzinfo=UTC)
GAP = timedelta(minutes=90)


def last(state: str, *, attempt: int = 1, ended: datetime = TEN, drops: int = 0, **others: bool) -> LastCall:
    return LastCall(
        day=MONDAY,
        attempt=attempt,
        state=state,
        was_answered_by_machine=others.get("machine", False),
        is_completed=others.get("completed", False),
        ended_at=ended,
        drops=drops,
        was_refused_for_good=others.get("refused", False),
    )


def following(previous: LastCall | None, now: datetime = TEN) -> object:
    return next_attempt(WINDOW, previous, now, attempts_max=3, gap=GAP, spread_minutes=0)


def test_the_first_call_of_a_patient_is_at_the_next_opening() -> None:
    assert following(None) == Attempt(date(2026, 11, 25), datetime(2026, 11, 25, 14, tzinfo=UTC), 1)


def test_a_running_call_is_waited_for() -> None:
    assert following(last("in_progress")) == Waiting()


@pytest.mark.parametrize("state", ["no_answer", "busy", "failed"])
def test_an_unanswered_call_is_tried_again_after_the_gap(state: str) -> None:
    assert following(last(state)) == Attempt(MONDAY, TEN + GAP, 2)


def test_a_voicemail_counts_as_unanswered() -> None:
    assert following(last("completed", machine=True)) == Attempt(MONDAY, TEN + GAP, 2)


def test_a_dropped_call_is_redialled_within_a_minute_and_twice_at_most() -> None:
    again = following(last("interrupted", drops=1))
    assert isinstance(again, Attempt) and again.at - TEN <= timedelta(seconds=60) and again.day == MONDAY
    assert following(last("interrupted", attempt=3, drops=3)) == Attempt(
        date(2026, 11, 25), datetime(2026, 11, 25, 14, tzinfo=UTC), 1
    )


@pytest.mark.parametrize(
    "previous",
    [
        last("completed", completed=True),
        last("no_answer", attempt=3),
        last("interrupted", refused=True),
        last("canceled"),
    ],
    ids=["completed", "attempts used up", "patient refused", "cancelled"],
)
def test_the_next_day_follows_when_the_day_is_over(previous: LastCall) -> None:
    slot = following(previous)
    assert isinstance(slot, Attempt) and slot.day == date(2026, 11, 25) and slot.number == 1


def test_an_attempt_past_the_window_is_not_made() -> None:
    late = datetime(2026, 11, 23, 23, tzinfo=UTC)  # 18:00: 19:30 would be too late
    slot = following(last("no_answer", ended=late), late)
    assert isinstance(slot, Attempt) and slot.day == date(2026, 11, 25)
    assert is_missed(last("no_answer", ended=late), WINDOW, late, attempts_max=3, gap=GAP)


@pytest.mark.parametrize(
    ("previous", "missed"),
    [
        (last("no_answer", attempt=3), True),
        (last("completed", attempt=3, machine=True), True),
        (last("no_answer", attempt=1), False),
        (last("completed", completed=True), False),
        (last("completed"), False),
        (last("canceled", attempt=3), False),
    ],
)
def test_missed_means_not_reached_and_no_attempt_left(previous: LastCall, missed: bool) -> None:
    assert is_missed(previous, WINDOW, TEN, attempts_max=3, gap=GAP) is missed


def test_no_opening_says_why() -> None:
    shut = Window(ZONE, time(9), time(19), frozenset())
    assert isinstance(next_attempt(shut, None, TEN, attempts_max=3, gap=GAP, spread_minutes=0), NoneLeft)
