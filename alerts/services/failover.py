"""When a person cannot be reached at all, the next one is paged at once instead of after the ladder's wait."""

from __future__ import annotations

from datetime import datetime

from alerts.models import Alert, Notification
from alerts.selectors import staff_of
from alerts.services.paging import TELEPHONE
from alerts.services.patient_texts import MISSED
from alerts.services.transitions import event

HOPEFUL = (
    Notification.State.PENDING,
    Notification.State.SENDING,
    Notification.State.SENT,
    Notification.State.DELIVERED,
)
OVER = frozenset(
    {Alert.State.ACKNOWLEDGED, Alert.State.IN_PROGRESS, Alert.State.SNOOZED, Alert.State.RESOLVED}
)


def next_person_page(failed: Notification, now: datetime) -> list[Notification]:
    """New outbox rows for the next person of the team who was not told yet; none if this one still may be."""
    alert = failed.alert
    if failed.purpose == MISSED:  # it was for the patient: no colleague is told instead
        return []
    if alert is None or alert.state in OVER or failed.channel not in TELEPHONE:
        return []
    this_round = Notification.objects.filter(
        alert=alert, created_at__gte=alert.paging_since or alert.created_at
    )
    telephoned = this_round.filter(channel__in=TELEPHONE)
    if telephoned.filter(recipient=failed.recipient, state__in=HOPEFUL).exists():
        return []
    event(alert, "page_failed", at=now, channel=failed.channel, code=failed.error_code)
    told = set(telephoned.values_list("recipient_id", flat=True))
    staff = staff_of(failed.team, now=now)
    order = [
        duty.user_id
        for level in ("primary", "secondary", "lead")
        for duty in staff.duties
        if duty.level == level
    ]
    waiting = [user for user in (*order, *staff.team_leads, *staff.members) if user not in told]
    if not waiting:
        return []
    rows = [
        Notification(
            alert=alert,
            team=failed.team,
            recipient_id=waiting[0],
            channel=channel,
            purpose="escalation",
            level=failed.level,
            next_attempt_at=now,
            dedupe_key=f"{failed.dedupe_key.rsplit(':', 3)[0]}:instead:{waiting[0]}:{channel}",
        )
        for channel in TELEPHONE
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return rows
