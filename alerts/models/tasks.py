"""Work for a nurse that is not an alarm: arrange another way, verify a number, call back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.fields import PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class CareTask(UUIDModel):
    """Something a person must do by a time."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="care_tasks"
    )
    call = models.ForeignKey(
        "calls.Call",
        verbose_name=_("call"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="care_tasks",
    )
    kind = models.CharField(_("kind"), max_length=40)
    detail = PHITextField(_("detail"), blank=True, default="", context="care_task.detail")
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    dedupe_key = models.CharField(_("key against doubles"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("care task")
        verbose_name_plural = _("care tasks")
        indexes = [models.Index(fields=["state", "due_at"])]
