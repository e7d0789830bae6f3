"""Pages of an alert: deadlines on the row, and one outbox row per person, channel and step.

The outbox row is the truth. A task that is lost, or a worker that dies, costs a delay: the sweep finds the row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction

from alerts.escalation import BREACH_STEP, Page, Unanswered, deadlines, pages_due
from alerts.models import Alert, Notification
from alerts.ruleset import RuleSet
from alerts.selectors import hours_of, responses_of, staff_of
from alerts.severity import AlertType, Severity
from heartvoice.shared.handover import Handover
from patients.models import CareTeam

MERGED, REPEAT = "merged", "repeat"
TELEPHONE = (Notification.Channel.SMS, Notification.Channel.VOICE)
ANSWERED = frozenset(
    {Alert.State.ACKNOWLEDGED, Alert.State.IN_PROGRESS, Alert.State.SNOOZED, Alert.State.RESOLVED}
)


def deadlines_set(alert: Alert, team: CareTeam, rules: RuleSet, now: datetime) -> list[str]:
    """Start the clocks of this severity at `now`; the fields to save."""
    hours, zone = hours_of(team, rules)
    kind = AlertType(alert.alert_type)
    promised = deadlines(Severity(alert.severity), kind, now, responses_of(team, rules), hours, zone)
    alert.paging_since = now
    alert.notify_due_at = promised.notify_by
    alert.acknowledge_due_at = promised.acknowledge_by
    alert.contact_due_at = promised.contact_by
    alert.escalation_level = 0
    return ["paging_since", "notify_due_at", "acknowledge_due_at", "contact_due_at", "escalation_level"]


def pages_write(
    alert: Alert, team: CareTeam, rules: RuleSet, now: datetime, *, also: Iterable[int] = ()
) -> list[Notification]:
    """Put every page that is due by `now` into the outbox, once, and hand it to a worker after the commit."""
    due = pages_due(_unanswered(alert, also), staff_of(team, now=now), responses_of(team, rules), now)
    rows = [_row(alert, team, page, now) for page in due]
    known = set(
        Notification.objects.filter(dedupe_key__in=[row.dedupe_key for row in rows]).values_list(
            "dedupe_key", flat=True
        )
    )
    fresh = [row for row in rows if row.dedupe_key not in known]
    if not fresh:
        return []
    _merge(alert, fresh, now - timedelta(seconds=rules["page_merge_s"]))
    Notification.objects.bulk_create(fresh, ignore_conflicts=True)
    alert.escalation_level = max(alert.escalation_level, *(row.level for row in fresh))
    Alert.objects.filter(pk=alert.pk).update(escalation_level=alert.escalation_level)
    hand_over(row for row in fresh if row.state == Notification.State.PENDING)
    return fresh


def repeat_write(alert: Alert, team: CareTeam, rules: RuleSet, now: datetime) -> list[Notification]:
    """The same emergency in another call while somebody has the alert: they, and who is on call, are told once more.

    It stays with its owner, and no ladder starts; but nobody may be told "your care team knows" when nothing was sent.
    """
    owner = () if alert.owner_id is None else (alert.owner_id,)
    again = replace(_unanswered(alert, owner), since=now, acknowledged=False)
    due = pages_due(again, staff_of(team, now=now), responses_of(team, rules), now)
    rows = []
    for page in (one for one in due if one.step == 0):
        row = _row(alert, team, page, now)
        row.purpose, row.dedupe_key = REPEAT, f"{alert.pk}:{REPEAT}:{now.timestamp():.6f}:{page.key}"
        rows.append(row)
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    hand_over(rows)
    return rows


def _merge(alert: Alert, rows: Iterable[Notification], since: datetime) -> None:
    """Do not ring a person twice at once about one card: such a first page is written, but not sent."""
    ringing = {
        (user, channel)
        for user, channel, severity in Notification.objects.filter(
            alert__episode_id=alert.episode_id, channel__in=TELEPHONE, purpose="page", created_at__gte=since
        )
        .exclude(alert=alert)
        .exclude(state__in=(Notification.State.FAILED, Notification.State.CANCELLED))
        .values_list("recipient_id", "channel", "alert__severity")
        if Severity(severity).rank >= Severity(alert.severity).rank
    }
    for row in rows:
        if row.purpose == "page" and (row.recipient_id, row.channel) in ringing:
            row.state, row.error_code = Notification.State.CANCELLED, MERGED


def _send_task(identity: str) -> None:
    current_app.send_task("alerts.tasks.send_notification", args=[identity])


handover = Handover(_send_task)


def hand_over(rows: Iterable[Notification]) -> None:
    """After the commit, ask workers to send these, without waiting for the broker. The sweep repairs what is lost."""
    ids = [str(row.pk) for row in rows]
    if ids:
        transaction.on_commit(lambda: handover.give(ids), robust=True)


def _unanswered(alert: Alert, also: Iterable[int]) -> Unanswered:
    since = alert.paging_since or alert.created_at
    return Unanswered(
        severity=Severity(alert.severity),
        alert_type=AlertType(alert.alert_type),
        since=since,
        acknowledge_by=alert.acknowledge_due_at or since + timedelta(days=365),
        acknowledged=alert.state in ANSWERED,
        to_role=alert.escalated_to if alert.state == Alert.State.ESCALATED else "",
        also=tuple(also),
    )


def _row(alert: Alert, team: CareTeam, page: Page, now: datetime) -> Notification:
    since = alert.paging_since or alert.created_at
    return Notification(
        alert=alert,
        team=team,
        recipient_id=page.user_id,
        channel=page.channel,
        purpose="page" if page.step == 0 else "escalation",
        level=1 if page.step == BREACH_STEP else page.step,
        next_attempt_at=now,
        dedupe_key=f"{alert.pk}:{since.timestamp():.6f}:{page.key}",
    )
