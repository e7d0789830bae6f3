"""The background half of alerting. Tasks carry ids; the rows say what there is to do. All are safe to run twice."""

from __future__ import annotations

from celery import shared_task

from alerts.services import escalations_sweep, notification_send, notifications_sweep
from alerts.services.sweeping import heartbeat


@shared_task(name="alerts.tasks.send_notification", acks_late=True, soft_time_limit=45, time_limit=60)  # type: ignore[untyped-decorator]
def send_notification(notification_id: str) -> None:
    """Send one message of the outbox."""
    notification_send(notification_id=notification_id)


@shared_task(name="alerts.tasks.sweep_notifications", soft_time_limit=45, time_limit=60)  # type: ignore[untyped-decorator]
def sweep_notifications() -> int:
    """Hand over what was lost on the way to a worker, and probe the telephone channel now and then."""
    count = notifications_sweep()
    heartbeat()
    return count


@shared_task(name="alerts.tasks.sweep_escalations", soft_time_limit=100, time_limit=120)  # type: ignore[untyped-decorator]
def sweep_escalations() -> int:
    """Climb the ladders and wake the sleepers."""
    return escalations_sweep()
