"""Whether pages reach people, and who is paged here and now. Counts and colleagues only: no patient is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.models import Notification
from alerts.selectors import ChannelHealth, channel_health
from heartvoice.dashboard.staff import Staff
from patients.models import CareTeam

WAITING = ("new", "escalated", "reopened")
State, Channel = Notification.State, Notification.Channel


@dataclass(frozen=True, slots=True)
class Banner:
    """What everybody of the team must know at the bottom of every page. Nothing of it: no banner."""

    unwell: Sequence[ChannelHealth]
    pages_to_me: int
    is_critical: bool

    @property
    def is_empty(self) -> bool:
        return not (self.unwell or self.pages_to_me)


def banner(staff: Staff) -> Banner:
    """Channels that do not get through, and this person's own unanswered pages. One query, and one for each team."""
    unwell = [
        health
        for team_id in staff.roles
        for health in channel_health(CareTeam(pk=team_id))
        if health.is_configured and not health.is_well
    ]
    mine = set(
        Notification.objects.filter(
            team_id__in=list(staff.roles),
            channel=Channel.DASHBOARD,
            recipient_id=staff.user_id,
            alert__state__in=WAITING,
        )
        .exclude(state__in=(State.CANCELLED, State.FAILED))
        .values_list("alert_id", "alert__severity")
    )
    return Banner(
        unwell=unwell, pages_to_me=len(mine), is_critical=any(severity == "critical" for _, severity in mine)
    )
