"""Keys with which another program speaks for a member of staff."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.models import UUIDModel


class ApiToken(UUIDModel):
    """The right to use the API as one person. Only the SHA-256 of its 256 random bits is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.PROTECT, related_name="api_tokens"
    )
    label = models.CharField(_("label"), max_length=60, help_text=_("Which program uses it."))
    token_hash = models.CharField(_("token hash"), max_length=64, unique=True, editable=False)
    may_write = models.BooleanField(
        _("may act on alerts"), default=False, help_text=_("Acknowledge and resolve, not only read.")
    )
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]
