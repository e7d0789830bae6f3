"""Rule sets as they were put into force: text, who signed, when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from heartvoice.shared.models import UUIDModel


class RuleSetVersion(UUIDModel):
    """One version of the clinical rules. At most one is in force; none is ever edited after it was."""

    version = models.CharField(max_length=40, unique=True)
    body = models.TextField(help_text="The rule set as TOML; holds no patient data.")
    signed_off_by = models.CharField(max_length=120, blank=True, default="")
    signed_off_on = models.DateField(null=True, blank=True)
    in_force_since = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(in_force_since__isnull=False, retired_at__isnull=True),
                name="ruleset_one_in_force",
            )
        ]
