"""What one shift leaves to the next: open, late, asleep, promised, unreached; and who confirmed earlier hand-overs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Value, When

from alerts.models import Alert, CareTask, Handover
from calls.models import Call, FollowUp
from heartvoice.dashboard.selectors.board import MISSED_STATES
from heartvoice.dashboard.staff import Staff
from heartvoice.dashboard.triage import NEVER, SEVERITY_ORDER, due_of

WAKES_WITHIN = timedelta(hours=16)
PROMISED_WITHIN = timedelta(hours=24)
LISTED = 100
EARLIER = 8
WORST_FIRST = Case(
    *(When(severity=name, then=Value(rank)) for name, rank in SEVERITY_ORDER.items()), default=Value(9)
)


@dataclass(frozen=True, slots=True)
class Sections:
    """The five lists. An alert that is late is in `breached` only."""

    open: Sequence[Alert]
    breached: Sequence[Alert]
    snoozed: Sequence[Alert]
    tasks: Sequence[CareTask]
    follow_ups: Sequence[FollowUp]
    unreached: Sequence[Call]
    alerts_left_out: int = 0  # open ones that stand in no list here: the mildest

    @property
    def is_cut(self) -> bool:
        """A list of promises or of the unreached is longer than what is shown."""
        return max(map(len, (self.tasks, self.follow_ups, self.unreached))) >= LISTED

    def ids(self) -> Mapping[str, Sequence[str]]:
        """What is kept of a hand-over: ids by section."""
        return {
            "open": _ids(self.open),
            "breached": _ids(self.breached),
            "snoozed": _ids(self.snoozed),
            "promised": _ids([*self.tasks, *self.follow_ups]),
            "unreached": _ids(self.unreached),
        }

    def patient_ids(self) -> set[UUID]:
        rows = [*self.open, *self.breached, *self.snoozed, *self.tasks, *self.follow_ups, *self.unreached]
        return {row.patient_id for row in rows}


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """The lists of one team as they stand now, and its last hand-overs, newest first."""

    team_id: UUID
    sections: Sections
    handovers: Sequence[Handover]


def handover_page(*, user: Any, staff: Staff, team_id: UUID) -> HandoverPage:
    """Six queries."""
    return HandoverPage(
        team_id=team_id,
        sections=sections(user=user, staff=staff, team_id=team_id),
        handovers=list(
            Handover.objects.filter(team_id=team_id).select_related("given_by", "confirmed_by")[:EARLIER]
        ),
    )


def sections(*, user: Any, staff: Staff, team_id: UUID) -> Sections:
    """The five lists of a team, the worst first where there are too many. Five queries, six where there are."""
    now = staff.now()
    every = Alert.objects.visible_to(user).open().filter(patient__care_team_id=team_id)
    alerts = list(
        every.select_related("patient", "owner")
        .defer("inputs", "evidence", "resolution_note")
        .order_by(WORST_FIRST, "created_at")[: 4 * LISTED]
    )
    awake = sorted((alert for alert in alerts if alert.state != "snoozed"), key=_urgency)
    late = [alert for alert in awake if (due := due_of(alert)) is not None and due < now]
    in_time = [alert for alert in awake if (due := due_of(alert)) is None or due >= now]
    not_read = every.count() - len(alerts) if len(alerts) == 4 * LISTED else 0
    return Sections(
        open=in_time[:LISTED],
        breached=late[:LISTED],
        alerts_left_out=not_read + len(in_time[LISTED:]) + len(late[LISTED:]),
        snoozed=[
            alert
            for alert in alerts
            if alert.state == "snoozed" and alert.snoozed_until and alert.snoozed_until < now + WAKES_WITHIN
        ],
        tasks=list(
            CareTask.objects.filter(
                patient__care_team_id=team_id, state="open", due_at__lt=now + PROMISED_WITHIN
            )
            .select_related("patient", "owner")
            .order_by("due_at")[:LISTED]
        ),
        follow_ups=list(
            FollowUp.objects.filter(
                patient__care_team_id=team_id, state="open", due_at__lt=now + PROMISED_WITHIN
            )
            .select_related("patient")
            .order_by("due_at")[:LISTED]
        ),
        unreached=_unreached(user, team_id, now),
    )


def _unreached(user: Any, team_id: UUID, now: datetime) -> list[Call]:
    """The newest missed check-in of the last 24 hours of everybody who was not reached since. One query."""
    since = now - timedelta(hours=24)
    reached = Call.objects.visible_to(user).filter(
        patient_id=OuterRef("patient_id"), state="completed", identity_result="verified", ended_at__gte=since
    )
    missed = (
        Call.objects.visible_to(user)
        .filter(patient__care_team_id=team_id, state__in=MISSED_STATES, planned_for__gte=since)
        .exclude(Exists(reached))
        .select_related("patient")
        .order_by("patient_id", "-planned_for")
        .distinct("patient_id")
    )
    return sorted(missed[:LISTED], key=lambda call: call.planned_for)


def _urgency(alert: Alert) -> tuple[int, datetime]:
    return SEVERITY_ORDER.get(alert.severity, len(SEVERITY_ORDER)), due_of(alert) or NEVER


def _ids(rows: Sequence[Any]) -> list[str]:
    return [str(row.pk) for row in rows]
