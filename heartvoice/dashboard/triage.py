"""Who needs a nurse first, why, and how long there is. Pure: open alerts in, ordered cards out.

All open alerts of one patient share a card; its worst alert leads it. Order: severity, time left, risk, age.
Counts are taken over the same marks that filter the cards, so that a count is always right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import compress, product
from math import inf
from typing import NamedTuple, Protocol
from uuid import UUID

SEVERITY_ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3}
IN_HAND = frozenset({"acknowledged", "in_progress"})
NEVER = datetime.max.replace(tzinfo=UTC)
WHOSE = ("", "mine", "unclaimed", "late", "snoozed")
ASLEEP = frozenset({"snoozed"})
AWAKE = {  # (mine, unclaimed, late) to the filters that show such a card
    flags: frozenset(["", *compress(("mine", "unclaimed", "late"), flags)])
    for flags in product((False, True), repeat=3)
}


class Timed(Protocol):
    """An alert's state and clocks."""

    state: str
    acknowledge_due_at: datetime | None
    contact_due_at: datetime | None
    contacted_at: datetime | None
    snoozed_until: datetime | None


def due_of(alert: Timed) -> datetime | None:
    """The next deadline: somebody must take it, then reach the patient; a snoozed one wakes; a resolved one has none."""
    match alert.state:
        case "resolved":
            return None
        case "snoozed":
            return alert.snoozed_until
        case state if state not in IN_HAND:
            return alert.acknowledge_due_at
    return alert.contact_due_at if alert.contacted_at is None else None


class OpenAlert(NamedTuple):
    """What ordering needs of an alert that is not resolved.

    Thousands are read at a time: times are Unix seconds, and a tuple is made in a quarter of a frozen dataclass's time.
    """

    id: UUID
    patient_id: UUID
    severity: str
    alert_type: str
    state: str
    owner_id: int | None
    due_s: float | None
    created_s: float
    discharged_on: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """One patient's open alerts, worst first. It sleeps when all of them do: one that is awake leads and wakes it."""

    alerts: tuple[OpenAlert, ...]
    risk: int

    @property
    def lead(self) -> OpenAlert:
        return self.alerts[0]

    @property
    def patient_id(self) -> UUID:
        return self.alerts[0].patient_id

    @property
    def is_snoozed(self) -> bool:
        return self.alerts[0].state == "snoozed"

    def is_owned_by(self, user_id: int) -> bool:
        return any(alert.owner_id == user_id for alert in self.alerts)

    def marks(self, *, user_id: int, now_s: float) -> frozenset[str]:
        """Under which of WHOSE the card is shown. A sleeping card is shown under "snoozed" only."""
        if self.is_snoozed:
            return ASLEEP
        mine = unclaimed = late = False
        for alert in self.alerts:
            mine = mine or alert.owner_id == user_id
            if alert.state != "snoozed":
                unclaimed = unclaimed or alert.owner_id is None
                late = late or (alert.due_s is not None and alert.due_s < now_s)
        return AWAKE[mine, unclaimed, late]


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the worklist. Empty text: no restriction."""

    severity: str = ""
    alert_type: str = ""
    whose: str = ""
    team: str = ""  # chosen where the alerts are read: cards of other teams never come here

    def shows(self, card: Card, marks: frozenset[str]) -> bool:
        """Whether a card with these marks is shown. An unknown `whose` shows what is awake."""
        return (
            (self.whose if self.whose in WHOSE else "") in marks
            and self.severity in ("", card.lead.severity)
            and (not self.alert_type or any(alert.alert_type == self.alert_type for alert in card.alerts))
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Cards under each choice: `whose` for the first row of filters, severities and types within the choice."""

    whose: Mapping[str, int]
    severity: Mapping[str, int]
    alert_type: Mapping[str, int]


def cards(alerts: Iterable[OpenAlert], *, today: date, recent_days: float) -> list[Card]:
    """Open alerts as ordered cards, one for each patient. `today` is the team's date, `recent_days` how long a discharge
    counts as recent.
    """
    by_patient: dict[UUID, list[OpenAlert]] = {}
    for alert in alerts:
        by_patient.setdefault(alert.patient_id, []).append(alert)
    made: list[Card] = []
    for group in by_patient.values():
        if len(group) > 1:
            group.sort(key=_alert_order)
        made.append(Card(tuple(group), risk_of(group, today=today, recent_days=recent_days)))
    return sorted(made, key=_card_order)


def counts(marked: Iterable[tuple[Card, frozenset[str]]], choice: Choice) -> Counts:
    """How many cards each filter would show; severities and types within the choice of `whose`."""
    every: Counter[frozenset[str]] = Counter()
    severity: Counter[str] = Counter()
    alert_type: Counter[str] = Counter()
    within = choice.whose if choice.whose in WHOSE else ""
    for card, marks in marked:
        every[marks] += 1
        if within in marks:
            alerts = card.alerts
            severity[alerts[0].severity] += 1
            if len(alerts) == 1:
                alert_type[alerts[0].alert_type] += 1
            else:
                alert_type.update({alert.alert_type for alert in alerts})
    whose = {name: sum(count for marks, count in every.items() if name in marks) for name in WHOSE}
    return Counts(whose=whose, severity=severity, alert_type=alert_type)


def is_recent(discharged_on: date | None, *, today: date, recent_days: float) -> bool:
    """True for so many days from a discharge on."""
    return discharged_on is not None and timedelta(0) <= today - discharged_on <= timedelta(days=recent_days)


def risk_of(alerts: Iterable[OpenAlert], *, today: date, recent_days: float) -> int:
    """Points for cards of equal severity and deadline: a recent discharge, several or worsening alerts."""
    count = is_discharged = is_worsening = 0
    for alert in alerts:
        count += 1
        if alert.alert_type == "symptom_worsening":
            is_worsening = 1
        if is_recent(alert.discharged_on, today=today, recent_days=recent_days):
            is_discharged = 1
    return 2 * is_discharged + is_worsening + min(max(count - 1, 0), 3)


def _alert_order(alert: OpenAlert) -> tuple[bool, int, float, float]:
    return (
        alert.state == "snoozed",
        SEVERITY_ORDER.get(alert.severity, len(SEVERITY_ORDER)),
        inf if alert.due_s is None else alert.due_s,
        alert.created_s,
    )


def _card_order(card: Card) -> tuple[bool, int, float, int, float]:
    asleep, severity, due_s, created_s = _alert_order(card.alerts[0])
    return asleep, severity, due_s, -card.risk, created_s
