"""What a call cost, from the server's own usage figures."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from heartvoice.shared.models import UUIDModel


class BudgetWarning(UUIDModel):
    """A month's spending has passed a share of the budget; told once."""

    month = models.DateField(_("month"), help_text=_("its first day"))
    percent = models.PositiveSmallIntegerField(_("share of the budget (%)"))
    spent_usd = models.DecimalField(_("spent (US dollars)"), max_digits=12, decimal_places=2)
    budget_usd = models.DecimalField(_("budget (US dollars)"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("budget warning")
        verbose_name_plural = _("budget warnings")
        constraints = [
            models.UniqueConstraint(fields=["month", "percent"], name="budget_warning_once_a_month")
        ]


class UsageEntry(UUIDModel):
    """One billed response or transcription. Cached tokens are a part of the input tokens."""

    class Kind(models.TextChoices):
        RESPONSE = "response", _("response")
        TRANSCRIPTION = "transcription", _("transcription")
        MINUTES = "minutes", _("minutes")

    call = models.ForeignKey(
        Call, verbose_name=_("call"), on_delete=models.CASCADE, related_name="usage_entries"
    )
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    provider = models.CharField(_("voice service"), max_length=20)
    model = models.CharField(_("voice model"), max_length=60)
    reference = models.CharField(_("reference"), max_length=80, help_text=_("response id or item id"))
    input_text_tokens = models.PositiveIntegerField(_("text tokens in"), default=0)
    input_audio_tokens = models.PositiveIntegerField(_("audio tokens in"), default=0)
    cached_text_tokens = models.PositiveIntegerField(_("text tokens from the cache"), default=0)
    cached_audio_tokens = models.PositiveIntegerField(_("audio tokens from the cache"), default=0)
    output_text_tokens = models.PositiveIntegerField(_("text tokens out"), default=0)
    output_audio_tokens = models.PositiveIntegerField(_("audio tokens out"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    price_version = models.CharField(_("version of the prices"), max_length=20)
    cost_usd = models.DecimalField(_("cost (US dollars)"), max_digits=10, decimal_places=6)

    class Meta:
        verbose_name = _("item of the bill")
        verbose_name_plural = _("items of the bill")
        constraints = [
            models.UniqueConstraint(fields=["call", "kind", "reference"], name="usage_once_per_reference")
        ]
