"""Work for a nurse that is not an alarm: arrange another way, verify a number, call back."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from heartvoice.shared.fields import PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class CareTask(UUIDModel):
    """Something a person must do by a time."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        DONE = "done", "done"
        CANCELLED = "cancelled", "cancelled"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="care_tasks")
    call = models.ForeignKey(
        "calls.Call", on_delete=models.PROTECT, null=True, blank=True, related_name="care_tasks"
    )
    kind = models.CharField(max_length=40)
    detail = PHITextField(blank=True, default="", context="care_task.detail")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"])]
