"""What a screen came to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from heartvoice.shared.fields import PHIJSONField
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class ScreenResult(UUIDModel):
    """One screen of one call: its replies by step, and the outcome. Fixed questions, fixed codes, no free text."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="screen_results")
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="screen_results")
    screen = models.CharField(max_length=24)
    version = models.CharField(max_length=24)
    replies = PHIJSONField(
        default=dict, context="screen_result.replies",
        help_text="step to yes, no, unsure, silent, right, wrong, told or 0-3",
    )  # fmt: skip
    outcome = models.CharField(max_length=24)
    tier = models.CharField(max_length=24, help_text="what the outcome means, as the screen's table says")
    score = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("screen result")
        verbose_name_plural = _("screen results")
        indexes = [models.Index(fields=["patient", "screen", "-created_at"])]
        constraints = [models.UniqueConstraint(fields=["call", "screen"], name="screen_once_per_call")]
