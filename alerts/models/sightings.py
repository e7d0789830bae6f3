"""In which calls an alert was seen, and how bad it was there. An alert itself names only the call that began it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.models.alert import Alert, AlertType, Severity
from heartvoice.shared.models import UUIDModel


class AlertSightingQuerySet(models.QuerySet["AlertSighting"]):
    def emergencies(self) -> Self:
        return self.filter(alert_type=AlertType.EMERGENCY)

    def critical_emergencies(self) -> Self:
        """A life at risk now."""
        return self.emergencies().filter(severity=Severity.CRITICAL)


class AlertSighting(UUIDModel):
    """One alert as one call told of it: by words, a score, a key or the voice model. It only ever gets worse.

    `severity`, `alert_type` and `rule_id` are what was found in this call, whatever other calls found before.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="sightings")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="sightings")
    severity = models.CharField(max_length=8, choices=Severity)
    alert_type = models.CharField(max_length=20, choices=AlertType)
    rule_id = models.CharField(max_length=20)
    at = models.DateTimeField()

    objects = AlertSightingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sighting of an alert")
        verbose_name_plural = _("sightings of alerts")
        indexes = [models.Index(fields=["call", "alert_type", "severity"], name="sighting_of_call_idx")]
        constraints = [models.UniqueConstraint(fields=["alert", "call"], name="sighting_once_per_call")]
