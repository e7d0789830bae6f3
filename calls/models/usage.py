"""What a call cost, from the server's own usage figures."""

from __future__ import annotations

from django.db import models

from calls.models.call import Call
from heartvoice.shared.models import UUIDModel


class BudgetWarning(UUIDModel):
    """A month's spending has passed a share of the budget; told once."""

    month = models.DateField(help_text="its first day")
    percent = models.PositiveSmallIntegerField()
    spent_usd = models.DecimalField(max_digits=12, decimal_places=2)
    budget_usd = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "percent"], name="budget_warning_once_a_month")
        ]


class UsageEntry(UUIDModel):
    """One billed response or transcription. Cached tokens are a part of the input tokens."""

    class Kind(models.TextChoices):
        RESPONSE = "response", "response"
        TRANSCRIPTION = "transcription", "transcription"
        MINUTES = "minutes", "minutes"

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="usage_entries")
    kind = models.CharField(max_length=14, choices=Kind)
    provider = models.CharField(max_length=20)
    model = models.CharField(max_length=60)
    reference = models.CharField(max_length=80, help_text="response id or item id")
    input_text_tokens = models.PositiveIntegerField(default=0)
    input_audio_tokens = models.PositiveIntegerField(default=0)
    cached_text_tokens = models.PositiveIntegerField(default=0)
    cached_audio_tokens = models.PositiveIntegerField(default=0)
    output_text_tokens = models.PositiveIntegerField(default=0)
    output_audio_tokens = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    price_version = models.CharField(max_length=20)
    cost_usd = models.DecimalField(max_digits=10, decimal_places=6)

    class Meta:
        verbose_name_plural = "usage entries"
        constraints = [
            models.UniqueConstraint(fields=["call", "kind", "reference"], name="usage_once_per_reference")
        ]
