"""Deadlines per severity, the ladder minute by minute, and who is told when a post is empty."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.escalation import (
    BREACH_STEP,
    Duty,
    Page,
    Staff,
    Unanswered,
    deadlines,
    pages_due,
    uncovered_from,
    who,
)
from alerts.rules import load_ruleset
from alerts.ruleset import StaffedHours
from alerts.severity import AlertType, Severity

RULES = load_ruleset("rules-1")
RESPONSES = RULES.responses
NEW_YORK = ZoneInfo("America/New_York")
HOURS = StaffedHours(frozenset({1, 2, 3, 4, 5}), time(8), time(18))
WEDNESDAY_10 = datetime(2026, 11, 18, 10, tzinfo=NEW_YORK).astimezone(UTC)
SATURDAY_3 = datetime(2026, 11, 21, 3, tzinfo=NEW_YORK).astimezone(UTC)
NURSE, SECOND, LEAD, TEAM_LEAD = 1, 2, 3, 4
CRITICAL, HIGH, MEDIUM, LOW = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW
EMERGENCY, SYMPTOM = AlertType.EMERGENCY, AlertType.SYMPTOM_WORSENING


def duty(user: int, level: str, *, start_h: float = -1, end_h: float = 12) -> Duty:
    return Duty(user, level, WEDNESDAY_10 + timedelta(hours=start_h), WEDNESDAY_10 + timedelta(hours=end_h))


FULL = Staff(
    (duty(NURSE, "primary"), duty(SECOND, "secondary"), duty(LEAD, "lead")),
    (TEAM_LEAD,),
    (NURSE, SECOND, TEAM_LEAD),
)


def minutes(amount: float) -> timedelta:
    return timedelta(minutes=amount)


def unanswered(severity: Severity, kind: AlertType = EMERGENCY, **more: object) -> Unanswered:
    by = deadlines(severity, kind, WEDNESDAY_10, RESPONSES, HOURS, NEW_YORK).acknowledge_by
    return Unanswered(severity, kind, WEDNESDAY_10, by, **more)  # type: ignore[arg-type]


def paged(alert: Unanswered, after_min: float, staff: Staff = FULL) -> tuple[Page, ...]:
    return pages_due(alert, staff, RESPONSES, WEDNESDAY_10 + minutes(after_min))


def told(pages: tuple[Page, ...]) -> set[tuple[int, int]]:
    return {(page.step, page.user_id) for page in pages}


@pytest.mark.parametrize(
    ("severity", "kind", "raised_at", "notify_s", "acknowledge_min", "contact_min"),
    [
        pytest.param(CRITICAL, EMERGENCY, WEDNESDAY_10, 30, 5, 10, id="critical by day"),
        pytest.param(CRITICAL, EMERGENCY, SATURDAY_3, 30, 5, 10, id="critical at night is the same"),
        pytest.param(HIGH, SYMPTOM, WEDNESDAY_10, 60, 30, 120, id="high while staffed"),
        pytest.param(HIGH, SYMPTOM, SATURDAY_3, 60, 60, 120, id="high on call"),
        pytest.param(
            MEDIUM, SYMPTOM, WEDNESDAY_10, None, 4 * 60, 32 * 60, id="medium: staffed hours, next day"
        ),
        pytest.param(LOW, SYMPTOM, WEDNESDAY_10, None, 56 * 60, None, id="low: two working days"),
        pytest.param(
            MEDIUM, EMERGENCY, WEDNESDAY_10, 60, 4 * 60, 32 * 60, id="an emergency is always pushed"
        ),
    ],
)
def test_every_severity_promises_its_own_times(
    severity: Severity,
    kind: AlertType,
    raised_at: datetime,
    notify_s: float | None,
    acknowledge_min: float,
    contact_min: float | None,
) -> None:
    promised = deadlines(severity, kind, raised_at, RESPONSES, HOURS, NEW_YORK)
    assert promised.notify_by == (None if notify_s is None else raised_at + timedelta(seconds=notify_s))
    assert promised.acknowledge_by == raised_at + minutes(acknowledge_min)
    assert promised.contact_by == (None if contact_min is None else raised_at + minutes(contact_min))


@pytest.mark.parametrize(
    ("after_min", "people"),
    [
        pytest.param(0, {(0, NURSE)}, id="at once: first on call"),
        pytest.param(4.9, {(0, NURSE)}, id="not yet five minutes"),
        pytest.param(5, {(0, NURSE), (1, SECOND)}, id="exactly five minutes: second on call"),
        pytest.param(10, {(0, NURSE), (1, SECOND), (2, LEAD)}, id="ten minutes: clinical lead"),
        pytest.param(
            15,
            {(0, NURSE), (1, SECOND), (2, LEAD), (3, NURSE), (3, SECOND), (3, LEAD)},
            id="then everybody again every five minutes",
        ),
        pytest.param(
            62,
            {(0, NURSE), (1, SECOND), (2, LEAD), (12, NURSE), (12, SECOND), (12, LEAD)},
            id="after a pause only the latest repeat",
        ),
    ],
)
def test_an_unacknowledged_critical_alert_climbs_the_ladder(
    after_min: float, people: set[tuple[int, int]]
) -> None:
    assert told(paged(unanswered(CRITICAL), after_min)) == people


def test_a_critical_page_uses_voice_text_and_dashboard() -> None:
    assert {page.channel for page in paged(unanswered(CRITICAL), 0)} == {"voice", "sms", "dashboard"}


def test_acknowledging_stops_the_ladder_of_that_alert() -> None:
    assert told(paged(unanswered(CRITICAL, acknowledged=True), 60)) == {(0, NURSE)}


def test_a_high_alert_goes_to_the_team_lead_only_when_its_deadline_is_missed() -> None:
    alert = unanswered(HIGH, SYMPTOM)
    assert told(paged(alert, 29.9)) == {(0, NURSE)}
    assert told(paged(alert, 30)) == {(0, NURSE), (BREACH_STEP, TEAM_LEAD)}


def test_medium_pages_nobody_until_it_is_missed_and_then_writes_to_the_lead() -> None:
    alert = unanswered(MEDIUM, SYMPTOM)
    assert paged(alert, 239) == ()
    assert [(page.user_id, page.channel) for page in paged(alert, 240)] == [(TEAM_LEAD, "email")]


def test_low_pages_nobody_ever() -> None:
    assert paged(unanswered(LOW, SYMPTOM), 60 * 24 * 30) == ()


def test_an_emergency_of_whatever_severity_is_pushed_at_once() -> None:
    assert told(paged(unanswered(MEDIUM, EMERGENCY), 0)) == {(0, NURSE)}


def test_an_alert_escalated_by_hand_pages_the_role_it_names() -> None:
    assert told(paged(unanswered(MEDIUM, SYMPTOM, to_role="lead"), 0)) == {(0, LEAD)}


def test_the_previous_owner_is_told_with_the_first_page_once() -> None:
    assert told(paged(unanswered(HIGH, also=(9,)), 0)) == {(0, NURSE), (0, 9)}
    assert len(paged(unanswered(HIGH, also=(NURSE,)), 0)) == 2


@pytest.mark.parametrize(
    ("staff", "people"),
    [
        pytest.param(Staff((duty(SECOND, "secondary"), duty(LEAD, "lead"))), {SECOND}, id="no first on call"),
        pytest.param(Staff((duty(LEAD, "lead"),)), {LEAD}, id="only the clinical lead"),
        pytest.param(Staff((), (TEAM_LEAD,), (7, TEAM_LEAD)), {TEAM_LEAD}, id="empty roster: team leads"),
        pytest.param(Staff((), (), (7, 8)), {7, 8}, id="no lead either: everybody"),
        pytest.param(Staff(), set(), id="an empty team"),
        pytest.param(
            Staff((duty(NURSE, "primary"), duty(5, "primary"))), {NURSE, 5}, id="two share the post"
        ),
        pytest.param(
            Staff((duty(NURSE, "primary", start_h=-9, end_h=0), duty(LEAD, "lead"))), {LEAD}, id="just over"
        ),
    ],
)
def test_an_empty_post_passes_the_page_upwards(staff: Staff, people: set[int]) -> None:
    assert set(who("primary", staff, WEDNESDAY_10)) == people


def test_the_same_moment_gives_the_same_pages_and_every_page_its_own_key() -> None:
    pages = paged(unanswered(CRITICAL), 22)
    assert pages == paged(unanswered(CRITICAL), 22)
    assert len({page.key for page in pages}) == len(pages)


@pytest.mark.parametrize(
    ("duties", "gap_min"),
    [
        pytest.param([duty(1, "primary")], None, id="covered"),
        pytest.param([], 0, id="nobody"),
        pytest.param([duty(1, "primary", end_h=0.5)], 30, id="ends in half an hour"),
        pytest.param([duty(1, "primary", end_h=1)], None, id="ends in exactly an hour"),
        pytest.param(
            [duty(1, "primary", end_h=0.5), duty(2, "secondary", start_h=0.5)], None, id="handed over"
        ),
        pytest.param(
            [duty(1, "primary", end_h=0.5), duty(2, "primary", start_h=0.6)], 30, id="a gap of six minutes"
        ),
        pytest.param([duty(1, "primary", start_h=0.1)], 0, id="starts too late"),
    ],
)
def test_the_roster_gate_wants_somebody_on_call_for_the_whole_hour(
    duties: list[Duty], gap_min: float | None
) -> None:
    gap = uncovered_from(duties, WEDNESDAY_10, RULES["roster_gate_min"])
    assert gap == (None if gap_min is None else WEDNESDAY_10 + minutes(gap_min))
