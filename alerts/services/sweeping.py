"""What time alone brings about: ladders climb, deadlines are missed, snoozes end, channels are probed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alerts import channels
from alerts.channels import ChannelError
from alerts.lifecycle import SYSTEM, Action
from alerts.models import Alert, EscalationPolicy, Notification
from alerts.selectors import ruleset_in_force
from alerts.services.paging import pages_write
from alerts.services.raising import patient_lock
from alerts.services.transitions import event, move
from heartvoice.shared.live import publish_on_commit
from patients.models import CareTeam

log = logging.getLogger(__name__)
WAITING = (Alert.State.NEW, Alert.State.ESCALATED, Alert.State.REOPENED)
HEARTBEAT_EVERY = timedelta(minutes=15)
HEARTBEATS_KEPT = timedelta(days=7)


def escalations_sweep(*, now: datetime | None = None) -> int:
    """Write every page that has become due, and wake what has slept long enough. Returns how many alerts were touched."""
    now = now or timezone.now()
    touched = 0
    for alert_id in list(_may_be_due(now)):
        touched += _climb(alert_id, now)
    for alert_id in list(
        Alert.objects.open()
        .filter(state=Alert.State.SNOOZED, snoozed_until__lte=now)
        .values_list("pk", flat=True)
    ):
        touched += _wake(alert_id, now)
    return touched


def _may_be_due(now: datetime) -> list[UUID]:
    """Unanswered alerts that may owe a page: critical ones, missed deadlines not told yet, teams with own ladders."""
    own = Q()
    for team_id, severity in EscalationPolicy.objects.values_list("team_id", "severity"):
        own |= Q(patient__care_team_id=team_id, severity=severity)
    late = Q(acknowledge_due_at__lte=now, escalation_level=0) & ~Q(severity="low")
    due = Alert.objects.open().filter(state__in=WAITING).filter(Q(severity="critical") | late | own)
    return list(due.order_by("acknowledge_due_at").values_list("pk", flat=True))


@transaction.atomic
def _climb(alert_id: UUID, now: datetime) -> int:
    alert = Alert.objects.select_related("patient").get(pk=alert_id)
    patient = patient_lock(alert.patient)
    alert.refresh_from_db()
    if alert.state not in WAITING:
        return 0
    pages = pages_write(alert, patient.care_team, ruleset_in_force(), now)
    if not pages:
        return 0
    late = alert.acknowledge_due_at is not None and alert.acknowledge_due_at <= now
    event(
        alert, "deadline_missed" if late else "paged", at=now, pages=len(pages), level=alert.escalation_level
    )
    _publish(alert, patient.care_team_id)
    return 1


@transaction.atomic
def _wake(alert_id: UUID, now: datetime) -> int:
    alert = Alert.objects.select_related("patient").get(pk=alert_id)
    patient = patient_lock(alert.patient)
    alert.refresh_from_db()
    if alert.state != Alert.State.SNOOZED or alert.snoozed_until is None or alert.snoozed_until > now:
        return 0
    fields = move(alert, Action.WAKE, SYSTEM)
    alert.snoozed_until = None
    alert.save(update_fields=[*fields, "snoozed_until"])
    event(alert, "woke", at=now, from_state=Alert.State.SNOOZED)
    _publish(alert, patient.care_team_id)
    return 1


def _publish(alert: Alert, team_id: object) -> None:
    publish_on_commit(
        "alerts", team_id=str(team_id), alert=alert.pk, patient=alert.patient_id, episode=alert.episode_id
    )


Channel = Notification.Channel
PROBES: tuple[tuple[tuple[Notification.Channel, ...], Callable[[], None]], ...] = (
    ((Channel.SMS, Channel.VOICE), lambda: channels.telephone_heartbeat()),
    ((Channel.EMAIL,), lambda: channels.mail_heartbeat()),
    ((Channel.DASHBOARD,), lambda: channels.dashboard_heartbeat()),
)


def heartbeat(*, now: datetime | None = None) -> bool | None:
    """Ask each channel's own server whether it would take a page. None: asked lately. A failure is a row people see.

    Nothing is sent to anybody. Mail that is not configured does not fail: channel_health says so.
    """
    now = now or timezone.now()
    beats = Notification.objects.filter(purpose="heartbeat")
    if beats.filter(created_at__gt=now - HEARTBEAT_EVERY).exists():
        return None
    beats.filter(created_at__lt=now - HEARTBEATS_KEPT).delete()
    codes = [(which, _probe(probe)) for which, probe in PROBES]
    rows = [
        _beat(team, channel, code, now)
        for team in CareTeam.objects.all()
        for which, code in codes
        for channel in which
        if code != channels.MAIL_NOT_CONFIGURED
    ]
    with transaction.atomic():
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        for row in rows:
            if row.state == Notification.State.FAILED:
                publish_on_commit("notifications", team_id=row.team_id, notification=row.pk)
    return all(code in ("", channels.MAIL_NOT_CONFIGURED) for _, code in codes)


def _probe(probe: Callable[[], None]) -> str:
    """ "", or the code of what is wrong."""
    try:
        probe()
    except ChannelError as error:
        if error.code != channels.MAIL_NOT_CONFIGURED:
            log.error("a paging channel does not answer: code=%s", error.code)
        return error.code
    return ""


def _beat(team: CareTeam, channel: Notification.Channel, code: str, now: datetime) -> Notification:
    return Notification(
        team=team,
        channel=channel,
        purpose="heartbeat",
        state=Notification.State.FAILED if code else Notification.State.DELIVERED,
        attempts=1,
        error_code=code[:40],
        next_attempt_at=now,
        sent_at=now,
        delivered_at=None if code else now,
        dedupe_key=f"heartbeat:{channel}:{team.pk}:{now.timestamp():.6f}",
    )
