"""Who may be dialled now, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

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
    is_within_budget=True,
    is_scanner_well=True,
    window=Window(ZoneInfo("America/New_York"), time(9), time(17), frozenset(range(1, 6))),
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
        ({"is_within_budget": False}, Refusal.OVER_BUDGET),
        ({"is_scanner_well": False}, Refusal.SCANNER_DOWN),
    ],
)
def test_each_missing_condition_has_its_reason(change: dict[str, bool], why: Refusal) -> None:
    assert refusal(replace(FINE, **change), NOON) is why  # type: ignore[arg-type]


def test_nobody_is_dialled_at_night_but_for_an_emergency() -> None:
    assert refusal(FINE, NIGHT) is Refusal.OUTSIDE_WINDOW
    assert refusal(replace(FINE, placed_by_staff=True), NIGHT) is Refusal.OUTSIDE_WINDOW
    assert (
        refusal(replace(FINE, is_emergency=True, is_within_budget=False, is_staff_on_call=False), NIGHT)
        is None
    )


def test_a_nurse_may_call_outside_the_patients_own_hours() -> None:
    evening = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # 18:30 in New York
    assert refusal(FINE, evening) is Refusal.OUTSIDE_WINDOW
    assert refusal(replace(FINE, placed_by_staff=True), evening) is None


def test_two_calls_at_once_are_never_placed_even_in_an_emergency() -> None:
    assert refusal(replace(FINE, is_emergency=True, has_live_call=True), NOON) is Refusal.LIVE_CALL
