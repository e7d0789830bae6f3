"""Whether pages reach people, and who is paged here and now. Counts and colleagues only: no patient is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from alerts.models import Notification
from heartvoice.dashboard.staff import Staff

LOOKED_BACK = timedelta(hours=1)
STUCK_AFTER = timedelta(minutes=2)
WAITING = ("new", "escalated", "reopened")
LISTED = 200
State, Channel = Notification.State, Notification.Channel


@dataclass(frozen=True, slots=True)
class Banner:
    """What everybody of the team must know at the bottom of every page. Nothing of it: no banner."""

    failed: Sequence[tuple[str, int]]  # channel and count, most first
    failed_last_at: datetime | None
    stuck: int
    pages_to_me: int
    is_critical: bool

    @property
    def is_empty(self) -> bool:
        return not (self.failed or self.stuck or self.pages_to_me)


def banner(staff: Staff) -> Banner:
    """Failed and stuck messages of the last hour, and this person's own unanswered pages. One query."""
    now = timezone.now()
    failed = Q(state=State.FAILED, created_at__gte=now - LOOKED_BACK)
    stuck = Q(state__in=(State.PENDING, State.SENDING), next_attempt_at__lt=now - STUCK_AFTER)
    mine = Q(channel=Channel.DASHBOARD, recipient_id=staff.user_id, alert__state__in=WAITING) & ~Q(
        state__in=(State.CANCELLED, State.FAILED)
    )
    rows = list(
        Notification.objects.filter(failed | stuck | mine, team_id__in=list(staff.roles))
        .order_by("-created_at")
        .values_list(
            "state",
            "channel",
            "recipient_id",
            "created_at",
            "alert_id",
            "alert__severity",
            "alert__state",
            "next_attempt_at",
        )[:LISTED]
    )
    lost = [row for row in rows if row[0] == State.FAILED]
    own = [
        row
        for row in rows
        if row[1] == Channel.DASHBOARD
        and row[2] == staff.user_id
        and row[6] in WAITING
        and row[0] != State.FAILED
    ]
    late = [
        row for row in rows if row[0] in (State.PENDING, State.SENDING) and row[7] < now - STUCK_AFTER
    ]  # fmt: skip
    return Banner(
        failed=Counter(row[1] for row in lost).most_common(),
        failed_last_at=lost[0][3] if lost else None,
        stuck=len(late),
        pages_to_me=len({row[4] for row in own}),
        is_critical=any(row[5] == "critical" for row in own),
    )
