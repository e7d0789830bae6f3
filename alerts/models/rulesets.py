"""Rule sets as they were put into force: text, who signed, when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.models import UUIDModel


class RuleSetVersion(UUIDModel):
    """One version of the clinical rules. At most one is in force; none is ever edited after it was."""

    version = models.CharField(_("version"), max_length=40, unique=True)
    body = models.TextField(_("text"), help_text=_("The rule set as TOML; holds no patient data."))
    signed_off_by = models.CharField(_("signed off by"), max_length=120, blank=True, default="")
    signed_off_on = models.DateField(_("signed off on"), null=True, blank=True)
    in_force_since = models.DateTimeField(_("in force since"), null=True, blank=True)
    retired_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("put into force by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(in_force_since__isnull=False, retired_at__isnull=True),
                name="ruleset_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.version
