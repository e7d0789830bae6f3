"""What the time log said before somebody put it right. Append-only, by a trigger of the database."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.fields import PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models.documents import TimeLog


class TimeLogChange(UUIDModel):
    """The values of an entry before it was corrected or withdrawn (`created_at`), by whom and why."""

    entry = models.ForeignKey(
        TimeLog, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="changes"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    reason = PHITextField(_("reason"), context="timelog.reason")
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    activity = models.CharField(_("activity"), max_length=40)
    programme = models.CharField(_("programme"), max_length=8)
    is_interactive = models.BooleanField(_("with the patient or caregiver"))
    is_withdrawal = models.BooleanField(_("withdrawn"), default=False)

    class Meta:
        verbose_name = _("change of a time log")
        verbose_name_plural = _("changes of time logs")
        ordering = ["created_at"]
