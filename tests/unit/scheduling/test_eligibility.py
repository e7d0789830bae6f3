"""Who may be dialled now, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from alerts.ruleset import Hours
from calls.scheduling.eligibility import DialFacts, Refusal, refusal
from calls.scheduling.slots import Window

NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)  # a Monday, 12:00 in New York
NIGHT = datetime(2026, 11, 23, 4, tzinfo=UTC)  # 23:00 the evening before
FINE = DialFacts(
    is_active=True,
    has_consent=True,
    needs_interpreter=False,
    has_live_call=False,
    is_staff_on_call=True,
    is_scanner_well=True,
    window=Window(
        ZoneInfo("America/New_York"), time(9), time(17), frozenset(range(1, 6)), Hours(time(8), time(21))
    ),
)


def test_a_patient_in_hours_with_consent_is_dialled() -> None:
    assert refusal(FINE, NOON) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_active": False}, Refusal.NOT_ACTIVE),
        ({"has_consent": False}, Refusal.NO_CONSENT),
        ({"needs_interpreter": True}, Refusal.INTERPRETER),
        ({"has_live_call": True}, Refusal.LIVE_CALL),
        ({"is_staff_on_call": False}, Refusal.NOBODY_ON_CALL),
        ({"is_scanner_well": False}, Refusal.SCANNER_DOWN),
    ],
)
def test_each_missing_condition_has_its_reason(change: dict[str, bool], why: Refusal) -> None:
    assert refusal(replace(FINE, **change), NOON) is why  # type: ignore[arg-type]


def test_nobody_is_dialled_at_night_but_for_an_emergency() -> None:
    assert refusal(FINE, NIGHT) is Refusal.OUTSIDE_WINDOW
    assert refusal(replace(FINE, placed_by_staff=True), NIGHT) is Refusal.OUTSIDE_WINDOW
    assert refusal(replace(FINE, is_emergency=True, is_staff_on_call=False), NIGHT) is None


def test_a_nurse_may_call_outside_the_patients_own_hours() -> None:
    evening = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # 18:30 in New York
    assert refusal(FINE, evening) is Refusal.OUTSIDE_WINDOW
    assert refusal(replace(FINE, placed_by_staff=True), evening) is None


def test_two_calls_at_once_are_never_placed_even_in_an_emergency() -> None:
    assert refusal(replace(FINE, is_emergency=True, has_live_call=True), NOON) is Refusal.LIVE_CALL


TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (NOON, None),
        (datetime(2026, 11, 23, 13, 59, tzinfo=UTC), Refusal.OUTSIDE_WINDOW),  # 08:59: it will open
        (datetime(2026, 11, 23, 22, tzinfo=UTC), Refusal.TOO_LATE),  # 17:00: it has closed
        (datetime(2026, 11, 24, 15, tzinfo=UTC), Refusal.TOO_LATE),  # the day after
    ],
)
def test_a_check_in_is_too_late_when_its_day_has_no_hours_left(now: datetime, why: Refusal | None) -> None:
    assert refusal(replace(FINE, slot_day=TODAY), now) is why


def test_a_check_in_on_a_day_that_became_quiet_is_called_off() -> None:
    quiet = replace(FINE.window, quiet_dates=frozenset({TODAY}))
    assert refusal(replace(FINE, slot_day=TODAY, window=quiet), NOON) is Refusal.TOO_LATE


def test_who_has_checked_in_today_is_not_rung_for_it_but_for_what_staff_ask() -> None:
    assert refusal(replace(FINE, slot_day=TODAY, is_done_today=True), NOON) is Refusal.ALREADY_DONE
    assert refusal(replace(FINE, is_done_today=True, placed_by_staff=True), NOON) is None


def test_a_check_in_of_a_schedule_that_was_switched_off_or_removed_is_called_off() -> None:
    assert refusal(replace(FINE, slot_day=TODAY, is_schedule_on=False), NOON) is Refusal.SWITCHED_OFF
    assert refusal(replace(FINE, is_schedule_on=False, placed_by_staff=True), NOON) is None
