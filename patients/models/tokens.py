"""Keys with which another program speaks for a member of staff."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from heartvoice.shared.models import UUIDModel


class ApiToken(UUIDModel):
    """The right to use the API as one person. Only the SHA-256 of its 256 random bits is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    label = models.CharField(max_length=60, help_text="Which program uses it.")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    may_write = models.BooleanField(
        "may act on alerts", default=False, help_text="Acknowledge and resolve, not only read."
    )
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at"]
