"""Who is on call, what they must be told, and whether they were."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alerts.models.alert import Alert, Severity
from heartvoice.shared.models import UUIDModel
from patients.models import CareTeam


class OnCallShift(UUIDModel):
    """One person's duty for one team."""

    class Level(models.TextChoices):
        PRIMARY = "primary", _("first on call")
        SECONDARY = "secondary", _("second on call")
        LEAD = "lead", _("clinical lead")

    team = models.ForeignKey(
        CareTeam, verbose_name=_("team"), on_delete=models.CASCADE, related_name="shifts"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member of staff"),
        on_delete=models.PROTECT,
        related_name="shifts",
    )
    level = models.CharField(_("place on the roster"), max_length=10, choices=Level, default=Level.PRIMARY)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))

    class Meta:
        verbose_name = _("on-call shift")
        verbose_name_plural = _("on-call shifts")
        indexes = [models.Index(fields=["team", "starts_at", "ends_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_ends_after_start",
                violation_error_message=_("A shift ends after it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}, {self.starts_at:%Y-%m-%d %H:%M} UTC"


class EscalationPolicy(UUIDModel):
    """A team's own ladder for one severity, where it differs from the rule set's."""

    team = models.ForeignKey(
        CareTeam, verbose_name=_("team"), on_delete=models.CASCADE, related_name="escalation_policies"
    )
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    steps = models.JSONField(_("steps"), default=list)  # [{"after_minutes": 5, "level": "secondary"}, …]
    repeat_every_minutes = models.PositiveSmallIntegerField(
        _("repeat every (minutes)"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("escalation ladder")
        verbose_name_plural = _("escalation ladders")
        constraints = [models.UniqueConstraint(fields=["team", "severity"], name="policy_one_per_severity")]

    def __str__(self) -> str:
        return str(self.get_severity_display())


class Notification(UUIDModel):
    """The outbox: a message that must reach a person. Swept until it is sent; no health data in its text."""

    class Channel(models.TextChoices):
        SMS = "sms", _("text message")
        VOICE = "voice", _("voice call")
        EMAIL = "email", _("e-mail")
        DASHBOARD = "dashboard", _("dashboard banner")

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    alert = models.ForeignKey(
        Alert,
        verbose_name=_("alert"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notifications",
    )
    team = models.ForeignKey(CareTeam, verbose_name=_("team"), on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    purpose = models.CharField(
        _("purpose"), max_length=16, default="page", help_text=_("page, escalation, test, heartbeat")
    )
    level = models.PositiveSmallIntegerField(_("step of the ladder"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    provider_sid = models.CharField(_("provider’s id"), max_length=64, blank=True, default="", db_index=True)
    error_code = models.CharField(_("error code"), max_length=40, blank=True, default="")
    dedupe_key = models.CharField(_("key against doubles"), max_length=160, unique=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [models.Index(fields=["state", "next_attempt_at"])]
