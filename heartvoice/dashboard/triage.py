"""Who needs a nurse first, why, and how long there is. Pure: open alerts in, ordered cards out.

All open alerts of one patient share a card; its worst alert leads it. Order: severity, time left, risk, age.
Counts are taken over the same cards with the same test that filters them, so that a count is always right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from uuid import UUID

SEVERITY_ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3}
RECENT_DISCHARGE = timedelta(days=30)
IN_HAND = frozenset({"acknowledged", "in_progress"})
NEVER = datetime.max.replace(tzinfo=UTC)


class Timed(Protocol):
    """An alert's state and clocks, as a row or in outline."""

    state: str
    acknowledge_due_at: datetime | None
    contact_due_at: datetime | None
    contacted_at: datetime | None
    snoozed_until: datetime | None


def due_of(alert: Timed | OpenAlert) -> datetime | None:
    """The next deadline: somebody must take it, then reach the patient; a snoozed one wakes; a resolved one has none."""
    match alert.state:
        case "resolved":
            return None
        case "snoozed":
            return alert.snoozed_until
        case state if state not in IN_HAND:
            return alert.acknowledge_due_at
    return alert.contact_due_at if alert.contacted_at is None else None


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """What ordering needs of an alert that is not resolved. Times are aware."""

    id: UUID
    patient_id: UUID
    severity: str
    alert_type: str
    state: str
    owner_id: int | None
    acknowledge_due_at: datetime | None
    contact_due_at: datetime | None
    contacted_at: datetime | None
    snoozed_until: datetime | None
    created_at: datetime
    discharged_on: date | None

    @property
    def due_at(self) -> datetime | None:
        """The next deadline: somebody must take it, then reach the patient; a snoozed one wakes."""
        return due_of(self)


@dataclass(frozen=True, slots=True)
class Card:
    """One patient's open alerts, worst first."""

    alerts: tuple[OpenAlert, ...]
    risk: int

    @property
    def lead(self) -> OpenAlert:
        return self.alerts[0]

    @property
    def patient_id(self) -> UUID:
        return self.lead.patient_id

    @property
    def is_snoozed(self) -> bool:
        """Every alert sleeps; one that is awake leads the card and wakes it."""
        return all(alert.state == "snoozed" for alert in self.alerts)

    def is_late(self, now: datetime) -> bool:
        """A deadline of an alert that is awake has passed."""
        return any(
            alert.due_at is not None and alert.due_at < now
            for alert in self.alerts
            if alert.state != "snoozed"
        )

    def is_owned_by(self, user_id: int) -> bool:
        return any(alert.owner_id == user_id for alert in self.alerts)

    @property
    def is_unclaimed(self) -> bool:
        return not self.is_snoozed and any(
            alert.owner_id is None for alert in self.alerts if alert.state != "snoozed"
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the worklist. Empty text: no restriction."""

    severity: str = ""
    alert_type: str = ""
    whose: str = ""

    def test(self, *, user_id: int, now: datetime) -> Callable[[Card], bool]:
        """Whether a card is shown. Cards that sleep are shown only under "snoozed"."""
        kinds: Mapping[str, Callable[[Card], bool]] = {
            "": lambda card: not card.is_snoozed,
            "mine": lambda card: not card.is_snoozed and card.is_owned_by(user_id),
            "unclaimed": lambda card: card.is_unclaimed,
            "late": lambda card: card.is_late(now),
            "snoozed": lambda card: card.is_snoozed,
        }
        is_theirs = kinds.get(self.whose, kinds[""])

        def is_shown(card: Card) -> bool:
            return (
                is_theirs(card)
                and self.severity in ("", card.lead.severity)
                and (not self.alert_type or any(alert.alert_type == self.alert_type for alert in card.alerts))
            )

        return is_shown


@dataclass(frozen=True, slots=True)
class Counts:
    """Cards under each choice: `whose` for the first row of filters, severities and types within the choice."""

    whose: Mapping[str, int]
    severity: Mapping[str, int]
    alert_type: Mapping[str, int]


WHOSE = ("", "mine", "unclaimed", "late", "snoozed")


def cards(alerts: Iterable[OpenAlert], *, today: date) -> list[Card]:
    """Open alerts as ordered cards, one for each patient. `today` is the team's date."""
    by_patient: dict[UUID, list[OpenAlert]] = {}
    for alert in alerts:
        by_patient.setdefault(alert.patient_id, []).append(alert)
    made = [
        Card(tuple(sorted(group, key=_alert_order)), risk=risk_of(group, today=today))
        for group in by_patient.values()
    ]
    return sorted(made, key=_card_order)


def counts(all_cards: Iterable[Card], choice: Choice, *, user_id: int, now: datetime) -> Counts:
    """How many cards each filter would show, given the others of `choice`."""
    every = list(all_cards)
    tests = {whose: Choice(whose=whose).test(user_id=user_id, now=now) for whose in WHOSE}
    in_whose = tests.get(choice.whose, tests[""])
    severity: Counter[str] = Counter()
    alert_type: Counter[str] = Counter()
    for card in every:
        if in_whose(card):
            severity[card.lead.severity] += 1
            alert_type.update({alert.alert_type for alert in card.alerts})
    return Counts(
        whose={whose: sum(1 for card in every if test(card)) for whose, test in tests.items()},
        severity=severity,
        alert_type=alert_type,
    )


def risk_of(alerts: Iterable[OpenAlert], *, today: date) -> int:
    """Points that order cards of equal severity and deadline: discharge within 30 days, several or worsening alerts."""
    group = list(alerts)
    discharged = [alert.discharged_on for alert in group if alert.discharged_on]
    is_recent = any(timedelta(0) <= today - on <= RECENT_DISCHARGE for on in discharged)
    is_worsening = any(alert.alert_type == "symptom_worsening" for alert in group)
    return 2 * is_recent + is_worsening + min(len(group) - 1, 3)


def _alert_order(alert: OpenAlert) -> tuple[bool, int, datetime, datetime]:
    return (
        alert.state == "snoozed",
        SEVERITY_ORDER.get(alert.severity, len(SEVERITY_ORDER)),
        alert.due_at or NEVER,
        alert.created_at,
    )


def _card_order(card: Card) -> tuple[bool, int, datetime, int, datetime]:
    asleep, severity, due_at, created_at = _alert_order(card.lead)
    return asleep, severity, due_at, -card.risk, created_at
