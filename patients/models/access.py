"""Who looked at what. Append-only; the seals make removal, change and reordering visible."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PhiAccess(models.Model):
    """One look at protected data. Patient and address are keyed hashes, so that the log itself names nobody."""

    at = models.DateTimeField(_("when"), db_index=True)
    user_id = models.BigIntegerField(_("staff number"), null=True)
    role = models.CharField(_("role"), max_length=12, blank=True)
    care_team_id = models.UUIDField(_("care team number"), null=True)
    action = models.CharField(_("action"), max_length=20)
    purpose = models.CharField(_("purpose"), max_length=40)
    resource = models.CharField(_("resource"), max_length=60)
    patient_hash = models.CharField(_("patient hash"), max_length=32, blank=True, db_index=True)
    address_hash = models.CharField(_("address hash"), max_length=32, blank=True)
    request_id = models.CharField(_("request id"), max_length=36, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, default="success")
    row_count = models.PositiveIntegerField(_("rows"), default=1)

    class Meta:
        verbose_name = _("look at patient data")
        verbose_name_plural = _("looks at patient data")

    def __str__(self) -> str:
        return f"access {self.pk}"


class PhiAccessSeal(models.Model):
    """A keyed chain value over a batch of access rows: HMAC(previous value | canonical rows)."""

    sealed_at = models.DateTimeField()
    row_ids = models.JSONField()
    previous = models.CharField(max_length=64, blank=True)
    value = models.CharField(max_length=64)
    purged_at = models.DateTimeField(
        null=True, help_text="its rows left by retention; the value still links the chain"
    )

    class Meta:
        verbose_name = _("seal of the access log")
        verbose_name_plural = _("seals of the access log")

    def __str__(self) -> str:
        return f"seal {self.pk}"
