"""Who is on call, what they must be told, and whether they were."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alerts.models.alert import Alert, Severity
from heartvoice.shared.models import UUIDModel
from patients.models import CareTeam


class OnCallShift(UUIDModel):
    """One person's duty for one team."""

    class Level(models.TextChoices):
        PRIMARY = "primary", "first on call"
        SECONDARY = "secondary", "second on call"
        LEAD = "lead", "clinical lead"

    team = models.ForeignKey(CareTeam, on_delete=models.CASCADE, related_name="shifts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shifts")
    level = models.CharField(max_length=10, choices=Level, default=Level.PRIMARY)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["team", "starts_at", "ends_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start")
        ]


class EscalationPolicy(UUIDModel):
    """A team's own ladder for one severity, where it differs from the rule set's."""

    team = models.ForeignKey(CareTeam, on_delete=models.CASCADE, related_name="escalation_policies")
    severity = models.CharField(max_length=8, choices=Severity)
    steps = models.JSONField(default=list, help_text='[{"after_minutes": 5, "level": "secondary"}, …]')
    repeat_every_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "escalation policies"
        constraints = [models.UniqueConstraint(fields=["team", "severity"], name="policy_one_per_severity")]


class Notification(UUIDModel):
    """The outbox: a message that must reach a person. Swept until it is sent; no health data in its text."""

    class Channel(models.TextChoices):
        SMS = "sms", "text message"
        VOICE = "voice", "voice call"
        EMAIL = "email", "e-mail"
        DASHBOARD = "dashboard", "dashboard banner"

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        SENDING = "sending", "sending"
        SENT = "sent", "sent"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    team = models.ForeignKey(CareTeam, on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=Channel)
    purpose = models.CharField(max_length=16, default="page", help_text="page, escalation, test, heartbeat")
    level = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    provider_sid = models.CharField(max_length=64, blank=True, default="", db_index=True)
    error_code = models.CharField(max_length=40, blank=True, default="")
    dedupe_key = models.CharField(max_length=160, unique=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_attempt_at"])]
