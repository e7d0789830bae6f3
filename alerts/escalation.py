"""Who must act by when: deadlines of an alert, who is on call, and the pages that are due. Pure.

Numbers come from the rule set (docs/clinical/escalation.md). Calling this twice for the same moment gives the
same pages; the caller stores each under its `key`, so that none is sent twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.ruleset import LadderStep, Response, Span, StaffedHours
from alerts.severity import AlertType, Severity
from alerts.staffed_time import due, is_staffed

ROLE_ABOVE = {"primary": "secondary", "secondary": "lead", "lead": "team_lead"}
BREACH_STEP = 900


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Latest times in UTC; None: nothing is promised."""

    notify_by: datetime | None
    acknowledge_by: datetime
    contact_by: datetime | None


@dataclass(frozen=True, slots=True)
class Duty:
    """One person's time on call at one level: primary, secondary or lead. The end is exclusive."""

    user_id: int
    level: str
    starts_at: datetime
    ends_at: datetime

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Staff:
    """Who can be told: duties, the team's leads, and all members as the last resort."""

    duties: tuple[Duty, ...] = ()
    team_leads: tuple[int, ...] = ()
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An alert that somebody may have to be told about. `since`: when it took its present severity or role.

    `acknowledge_by` is the deadline promised then. `also` is told with the first page (a previous owner);
    `to_role` is the role it was escalated to, which replaces the first page's.
    """

    severity: Severity
    alert_type: AlertType
    since: datetime
    acknowledge_by: datetime
    acknowledged: bool = False
    to_role: str = ""
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One message to one person on one channel. `step` 0 is the first page, 1 and up the ladder."""

    step: int
    role: str
    user_id: int
    channel: str
    due_at: datetime

    @property
    def key(self) -> str:
        return f"{self.step}:{self.user_id}:{self.channel}"


def deadlines(
    severity: Severity,
    alert_type: AlertType,
    raised_at: datetime,
    responses: Mapping[Severity, Response],
    hours: StaffedHours,
    zone: ZoneInfo,
) -> Deadlines:
    """What is promised for an alert raised at this instant. An emergency is always pushed."""
    response = responses[severity]
    notify = response.notify
    if notify is None and alert_type is AlertType.EMERGENCY:
        notify = responses[Severity.HIGH].notify
    acknowledge = response.acknowledge
    if response.acknowledge_off_hours is not None and not is_staffed(raised_at, hours, zone):
        acknowledge = response.acknowledge_off_hours
    return Deadlines(
        notify_by=None if notify is None else due(raised_at, notify, hours, zone),
        acknowledge_by=due(raised_at, acknowledge, hours, zone),
        contact_by=None if response.contact is None else due(raised_at, response.contact, hours, zone),
    )


def pages_due(
    alert: Unanswered, staff: Staff, responses: Mapping[Severity, Response], now: datetime
) -> tuple[Page, ...]:
    """Every page that should have left by `now`, in order. Of the endless repeats only the latest."""
    response = _paging_response(alert, responses)
    pages = list(_pages(0, _first_step(alert, response), alert.since, staff, now))
    if pages and alert.also:
        pages += [replace(pages[0], user_id=user) for user in alert.also if user != pages[0].user_id]
    if not alert.acknowledged:
        pages += _ladder(alert, response, staff, now)
        if response.at_breach is not None and now >= alert.acknowledge_by:
            pages += _pages(BREACH_STEP, response.at_breach, alert.acknowledge_by, staff, now)
    return tuple(dict.fromkeys(pages))


def _paging_response(alert: Unanswered, responses: Mapping[Severity, Response]) -> Response:
    """The severity's own answer; an emergency, and an alert escalated by hand, page at least like high."""
    response = responses[alert.severity]
    if response.page_roles or not (alert.alert_type is AlertType.EMERGENCY or alert.to_role):
        return response
    high = responses[Severity.HIGH]
    return replace(response, page_roles=high.page_roles, page_channels=high.page_channels)


def _first_step(alert: Unanswered, response: Response) -> LadderStep:
    role = alert.to_role or (response.page_roles[0] if response.page_roles else "")
    return LadderStep(0, role, response.page_channels)


def _ladder(alert: Unanswered, response: Response, staff: Staff, now: datetime) -> list[Page]:
    pages: list[Page] = []
    for number, step in enumerate(response.ladder, start=1):
        at = alert.since + timedelta(minutes=step.after_min)
        if at <= now:
            pages += _pages(number, step, at, staff, now)
    repeat = _seconds(response.repeat)
    if not response.ladder or repeat is None:
        return pages
    last = alert.since + timedelta(minutes=response.ladder[-1].after_min)
    times = int((now - last).total_seconds() // repeat) if now >= last else 0
    if times >= 1:
        at = last + timedelta(seconds=repeat * times)
        for step in (_first_step(alert, response), *response.ladder):
            pages += _pages(len(response.ladder) + times, step, at, staff, now)
    return pages


def _seconds(span: Span | None) -> float | None:
    if span is None:
        return None
    return span.value * {"s": 1.0, "min": 60.0, "h": 3600.0}[span.unit]


def _pages(number: int, step: LadderStep, at: datetime, staff: Staff, now: datetime) -> list[Page]:
    if not step.role:
        return []
    return [
        Page(number, step.role, user, channel, at)
        for user in who(step.role, staff, now)
        for channel in step.channels
    ]


def who(role: str, staff: Staff, now: datetime) -> tuple[int, ...]:
    """The people in a role now; if there is nobody, the role above, then the leads, then the whole team."""
    looking: str | None = role
    while looking is not None and looking != "team_lead":
        if found := tuple(
            duty.user_id for duty in staff.duties if duty.level == looking and duty.covers(now)
        ):
            return tuple(dict.fromkeys(found))
        looking = ROLE_ABOVE.get(looking)
    return staff.team_leads or staff.members


def uncovered_from(duties: Iterable[Duty], now: datetime, minutes: float) -> datetime | None:
    """The first instant within the next `minutes` at which nobody is on call; None if somebody always is.

    The roster gate: while this is not None, no check-in calls are placed.
    """
    covered, end = now, now + timedelta(minutes=minutes)
    for duty in sorted(duties, key=lambda one: one.starts_at):
        if duty.starts_at <= covered < duty.ends_at:
            covered = duty.ends_at
        if covered >= end:
            return None
    return covered
