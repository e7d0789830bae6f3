"""What follows an attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.ruleset import Hours
from calls.scheduling.attempts import (
    Attempt,
    Cadence,
    Day,
    NoneLeft,
    Waiting,
    attempts_today,
    is_missed,
    next_attempt,
)
from calls.scheduling.eligibility import Refusal, WhyNone
from calls.scheduling.outcomes import CallEnd
from calls.scheduling.slots import Window

ZONE = ZoneInfo("America/New_York")
LEGAL = Hours(time(8), time(21))
WINDOW = Window(ZONE, time(9), time(19), frozenset({1, 3, 5}), LEGAL)
MONDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 25)
TEN = datetime(2026, 11, 23, 15, tzinfo=UTC)
GAP = timedelta(minutes=90)
CADENCE = Cadence(3, GAP, timedelta(seconds=30), 2, timedelta(minutes=10))
ON_WEDNESDAY = Attempt(WEDNESDAY, datetime(2026, 11, 25, 14, tzinfo=UTC), 1)

NO_ANSWER = CallEnd("no_answer", ended_at=TEN)
DROPPED = CallEnd("interrupted", end_reason="hangup", ended_at=TEN)
DONE = CallEnd("completed", is_completed=True, is_verified=True, ended_at=TEN)
REFUSED = CallEnd("completed", end_reason="patient_request", is_verified=True, ended_at=TEN)
NOT_PLACED = CallEnd("failed", end_reason="carrier_busy", ended_at=TEN)


def stranger(reason: str) -> CallEnd:
    """Somebody answered who is not known to be the patient."""
    return CallEnd("completed", end_reason=reason, answer_type="human", ended_at=TEN)


def called_off(why: str) -> CallEnd:
    return CallEnd("canceled", end_reason="not_eligible", not_called_reason=why, ended_at=TEN)


def day(*calls: CallEnd) -> Day:
    return Day(MONDAY, calls)


def following(before: Day | None, now: datetime = TEN, **others: date) -> object:
    return next_attempt(WINDOW, before, now, CADENCE, **others)


def test_the_first_call_of_a_patient_is_at_the_next_opening() -> None:
    assert following(None) == ON_WEDNESDAY


def test_a_running_call_is_waited_for() -> None:
    assert following(day(CallEnd("in_progress"))) == Waiting()
    assert following(day(NO_ANSWER, CallEnd("planned"))) == Waiting()


@pytest.mark.parametrize("state", ["no_answer", "busy", "failed"])
def test_an_unanswered_call_is_tried_again_after_the_gap(state: str) -> None:
    assert following(day(CallEnd(state, ended_at=TEN))) == Attempt(MONDAY, TEN + GAP, 2)


@pytest.mark.parametrize("machine", ["voicemail", "fax", "ivr"])
def test_a_machine_counts_as_unanswered_however_its_line_ended(machine: str) -> None:
    for state in ("completed", "interrupted"):
        heard = CallEnd(state, answer_type=machine, end_reason="voicemail", ended_at=TEN)
        assert following(day(heard)) == Attempt(MONDAY, TEN + GAP, 2)


def test_a_dropped_call_is_redialled_within_a_minute_and_twice_at_most() -> None:
    again = following(day(DROPPED))
    assert again == Attempt(MONDAY, TEN + timedelta(seconds=30), 2, resumes=True)
    assert isinstance(following(day(DROPPED, DROPPED)), Attempt)
    assert following(day(DROPPED, DROPPED, DROPPED)) == ON_WEDNESDAY


def test_a_redial_does_not_use_up_an_attempt() -> None:
    assert following(day(NO_ANSWER, DROPPED, NO_ANSWER)) == Attempt(MONDAY, TEN + GAP, 2)


def test_a_call_that_the_network_refused_is_repeated_soon_and_costs_no_attempt() -> None:
    soon = TEN + timedelta(minutes=10)
    assert following(day(NOT_PLACED)) == Attempt(MONDAY, soon, 2)
    tired = day(NO_ANSWER, NO_ANSWER, NOT_PLACED)
    assert following(tired) == Attempt(MONDAY, soon, 2)
    assert following(day(NO_ANSWER, NOT_PLACED, NO_ANSWER, NO_ANSWER)) == ON_WEDNESDAY


def test_a_line_lost_in_an_emergency_is_left_to_the_emergency_redial() -> None:
    lost = CallEnd("interrupted", end_reason="line_dead", ended_at=TEN, is_flagged=True)
    assert following(day(lost)) == ON_WEDNESDAY
    assert not is_missed(WINDOW, day(lost), TEN, CADENCE, done_on=None)


@pytest.mark.parametrize(
    "before",
    [day(DONE), day(NO_ANSWER, NO_ANSWER, NO_ANSWER), day(REFUSED), day(called_off(Refusal.TOO_LATE))],
    ids=["completed", "attempts used up", "patient refused", "called off"],
)
def test_the_next_day_follows_when_the_day_is_over(before: Day) -> None:
    assert following(before) == ON_WEDNESDAY


def test_a_check_in_done_in_another_call_is_not_asked_for_again_that_day() -> None:
    assert following(day(NO_ANSWER), done_on=MONDAY) == ON_WEDNESDAY
    early = datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert following(None, early, done_on=MONDAY) == ON_WEDNESDAY
    assert following(None, early) == Attempt(MONDAY, datetime(2026, 11, 23, 14, tzinfo=UTC), 1)


def test_an_attempt_past_the_window_is_not_made() -> None:
    late = datetime(2026, 11, 23, 23, tzinfo=UTC)  # 18:00: 19:30 would be too late
    before = day(CallEnd("no_answer", ended_at=late))
    assert following(before, late) == ON_WEDNESDAY
    assert is_missed(WINDOW, before, late, CADENCE, done_on=None)


VOICEMAIL = CallEnd("completed", answer_type="voicemail", end_reason="voicemail", ended_at=TEN)


@pytest.mark.parametrize(
    ("before", "missed"),
    [
        (day(NO_ANSWER, NO_ANSWER, NO_ANSWER), True),
        (day(NO_ANSWER, NO_ANSWER, VOICEMAIL), True),
        (day(CallEnd("failed", end_reason="bad_number", ended_at=TEN)), True),
        (day(DROPPED, DROPPED, DROPPED), True),
        (day(DROPPED, DROPPED, CallEnd("interrupted", is_verified=True, ended_at=TEN)), False),
        (day(NO_ANSWER, NO_ANSWER), False),
        (day(DONE), False),
        (day(NO_ANSWER, REFUSED), False),
        (day(NO_ANSWER, called_off(Refusal.TOO_LATE)), True),
        (day(NO_ANSWER, called_off(Refusal.NO_CONSENT)), False),
        (day(NO_ANSWER, called_off(Refusal.ALREADY_DONE)), False),
        (day(called_off(Refusal.TOO_LATE)), False),
        (day(CallEnd("planned")), False),
    ],
)
def test_missed_means_rung_but_not_reached_and_no_attempt_left(before: Day, missed: bool) -> None:
    assert is_missed(WINDOW, before, TEN, CADENCE, done_on=None) is missed


@pytest.mark.parametrize(
    "reason", ["wrong_person", "not_verified", "patient_request", "human_request", "opt_out", "emergency"]
)
def test_somebody_who_said_that_it_is_not_the_moment_is_not_rung_again_that_day(reason: str) -> None:
    assert following(day(NO_ANSWER, stranger(reason))) == ON_WEDNESDAY


def test_a_call_that_ended_by_itself_with_nobody_known_is_one_of_the_days_attempts() -> None:
    held = stranger("time_limit")
    assert following(day(held)) == Attempt(MONDAY, TEN + GAP, 2)
    assert following(day(NO_ANSWER, held, NO_ANSWER)) == ON_WEDNESDAY
    assert not is_missed(WINDOW, day(held), TEN, CADENCE, done_on=None)


@pytest.mark.parametrize("reason", ["wrong_person", "not_verified", "patient_request", "human_request"])
def test_a_day_on_which_only_somebody_else_answered_is_missed(reason: str) -> None:
    assert is_missed(WINDOW, day(stranger(reason)), TEN, CADENCE, done_on=None)
    assert not is_missed(WINDOW, day(stranger(reason)), TEN, CADENCE, done_on=MONDAY)
    assert not is_missed(WINDOW, day(replace(stranger(reason), is_verified=True)), TEN, CADENCE, done_on=None)


@pytest.mark.parametrize("reason", ["opt_out", "emergency", "taken_over", "staff_ended"])
def test_what_the_team_has_in_hand_is_not_missed(reason: str) -> None:
    assert not is_missed(WINDOW, day(NO_ANSWER, stranger(reason)), TEN, CADENCE, done_on=None)


def test_a_check_in_was_begun_when_the_patient_was_on_the_line_and_did_not_finish_it() -> None:
    begun = CallEnd("interrupted", is_verified=True, ended_at=TEN)
    assert day(begun, NO_ANSWER).was_begun(None)
    assert not day(begun, NO_ANSWER).was_begun(MONDAY)
    assert not day(begun, DONE).was_begun(None)
    assert not day(begun, called_off(Refusal.NO_CONSENT)).was_begun(None)
    assert not day(NO_ANSWER, stranger("wrong_person")).was_begun(None)


def test_a_check_in_done_in_another_call_was_not_missed() -> None:
    assert not is_missed(WINDOW, day(NO_ANSWER, NO_ANSWER, NO_ANSWER), TEN, CADENCE, done_on=MONDAY)


@pytest.mark.parametrize(
    ("days_since_enrolment", "allowed"), [(0, 3), (6, 3), (7, 2), (8, 2)], ids=lambda value: str(value)
)
def test_after_the_first_week_a_day_holds_two_attempts(days_since_enrolment: int, allowed: int) -> None:
    enrolled = MONDAY - timedelta(days=days_since_enrolment)
    told = attempts_today(attempts_max=3, a_day=2, enrolled_on=enrolled, day=MONDAY, first_days=7)
    assert told == allowed


def test_no_opening_says_why() -> None:
    shut = Window(ZONE, time(9), time(19), frozenset(), LEGAL)
    assert next_attempt(shut, None, TEN, CADENCE) == NoneLeft(WhyNone.NO_HOURS)


ENDS = st.builds(
    CallEnd,
    state=st.sampled_from(["completed", "no_answer", "busy", "failed", "canceled", "interrupted"]),
    end_reason=st.sampled_from(
        ["", "hangup", "lost", "silence", "carrier_error", "bad_number", "wrong_person", "time_limit"]
    ),
    answer_type=st.sampled_from(["unknown", "human", "voicemail", "call_screening"]),
    is_verified=st.booleans(),
    is_completed=st.booleans(),
    is_flagged=st.booleans(),
)


@given(
    ends=st.lists(ENDS, min_size=1, max_size=8),
    minute=st.integers(0, 24 * 60 - 1),
    start=st.integers(0, 22),
    length=st.integers(1, 14),
    weekdays=st.frozensets(st.integers(1, 7)),
    zone=st.sampled_from(["America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Asia/Kolkata"]),
    on=st.dates(date(2026, 2, 25), date(2026, 11, 10)),
    pause=st.integers(0, 600),
)
def test_whatever_happened_the_next_call_is_in_hours_later_and_far_enough_apart(
    ends: list[CallEnd],
    minute: int,
    start: int,
    length: int,
    weekdays: frozenset[int],
    zone: str,
    on: date,
    pause: int,
) -> None:
    hours = Window(ZoneInfo(zone), time(start), time(min(start + length, 23)), weekdays, LEGAL)
    ended = datetime.combine(on, time(minute // 60, minute % 60), hours.zone).astimezone(UTC)
    before = Day(on, [replace(call, ended_at=ended, attempt=n) for n, call in enumerate(ends, 1)])
    now = ended + timedelta(minutes=pause)
    upcoming = next_attempt(hours, before, now, CADENCE)
    if not isinstance(upcoming, Attempt):
        assert upcoming == NoneLeft(WhyNone.NO_HOURS)
        return
    local = upcoming.at.astimezone(hours.zone)
    assert local.date() == upcoming.day and local.isoweekday() in weekdays
    assert max(hours.start, time(8)) <= local.time() < min(hours.end, time(21))
    assert upcoming.at >= now
    if upcoming.day == on:
        assert upcoming.number == len(ends) + 1
        rest = upcoming.at - ended
        assert rest >= (timedelta(seconds=30) if upcoming.resumes else timedelta(minutes=10))
        assert not is_missed(hours, before, now, CADENCE, done_on=None)
    else:
        assert upcoming.number == 1 and upcoming.day > on
