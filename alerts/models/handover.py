"""Shift hand-over: what one shift left, and who of the next one has read it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.fields import PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models import CareTeam


class Handover(UUIDModel):
    """One shift's end. `items` are ids and codes as they stood then; the incoming nurse confirms it once."""

    team = models.ForeignKey(CareTeam, on_delete=models.CASCADE, related_name="handovers")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = PHITextField(blank=True, default="", context="handover.note")
    items = models.JSONField(
        default=dict, help_text="section to ids: open, breached, snoozed, promised, unreached"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["team", "-created_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("given_by")),
                name="handover_confirmed_by_another",
            )
        ]
