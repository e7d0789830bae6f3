"""Sending a failed message again, because somebody asked for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from alerts.models import Alert, Notification
from heartvoice.shared.errors import Conflict


@transaction.atomic
def notification_resend(*, notification: Notification, now: datetime | None = None) -> Notification:
    """The failed message is pending again with fresh attempts; the sweep sends it.

    Raises Conflict when it is not a failed one, or when its alert is resolved: nobody is paged for what is over.
    """
    row = Notification.objects.select_for_update().get(pk=notification.pk)
    if row.state != Notification.State.FAILED:
        raise Conflict("only a failed message is sent again", code="wrong_state")
    if row.alert is not None and row.alert.state == Alert.State.RESOLVED:
        raise Conflict("its alert is resolved", code="resolved")
    row.state, row.attempts, row.error_code = Notification.State.PENDING, 0, ""
    row.next_attempt_at = now or timezone.now()
    row.save(update_fields=["state", "attempts", "error_code", "next_attempt_at"])
    return row
