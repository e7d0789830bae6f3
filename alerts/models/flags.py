"""What the phrase scanner heard in a call. Sticky: later words never remove a row."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.models.alert import AlertType, Severity
from heartvoice.shared.fields import PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class CallFlag(UUIDModel):
    """One flag of one call, with the words behind it. Heard again, it only ever gets worse."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="call_flags")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="call_flags")
    flag = models.CharField(max_length=40)
    severity = models.CharField(max_length=8, choices=Severity)
    alert_type = models.CharField(max_length=20, choices=AlertType)
    rule_id = models.CharField(
        max_length=8, blank=True, default="", help_text="Row of the rules table, as heard."
    )
    source = models.CharField(
        max_length=40,
        blank=True,
        default="",
        help_text="Pattern or stage of the scanner that heard it; `score.` and a scale for a number.",
    )
    hours_ago = models.FloatField(null=True, blank=True, help_text="Age of the event; empty: not known.")
    utterance = PHITextField(blank=True, default="", context="call_flag.utterance")
    at_ms = models.PositiveIntegerField(null=True, blank=True, help_text="ms from the start of the stream")
    heard_at = models.DateTimeField()

    class Meta:
        verbose_name = _("flag of a call")
        verbose_name_plural = _("flags of calls")
        indexes = [models.Index(fields=["patient", "heard_at"])]
        constraints = [models.UniqueConstraint(fields=["call", "flag"], name="flag_once_per_call")]
