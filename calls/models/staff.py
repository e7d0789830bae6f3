"""What staff do by telephone: step into one of Maya's calls, or ring a patient themselves through the platform."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from calls.models.call import Call
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class CallIntervention(UUIDModel):
    """A member of staff took over or ended a call. Never changed but for what came of it."""

    class Kind(models.TextChoices):
        TAKE_OVER = "take_over", "take over"
        END = "end", "end"

    class State(models.TextChoices):
        ASKED = "asked", "asked of the telephone network"
        CONNECTED = "connected", "connected"
        UNANSWERED = "unanswered", "the phone was not answered"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="interventions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    code = models.CharField(
        max_length=40, blank=True, default="", help_text="why it failed, in the network's code"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(state="asked"), name="intervention_one_at_a_time"
            )
        ]


class StaffCall(UUIDModel):
    """A nurse's own call to a patient: the platform rings the nurse, then the patient from the clinic's number."""

    class State(models.TextChoices):
        RINGING = "ringing", "ringing the nurse"
        DIALLING = "dialling", "dialling the patient"
        ENDED = "ended", "ended"
        UNANSWERED = "unanswered", "the patient did not answer"
        FAILED = "failed", "failed"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="staff_calls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.RINGING)
    call_sid = models.CharField(max_length=40, null=True, blank=True, unique=True)
    code = models.CharField(max_length=40, blank=True, default="")
    dialled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    talked_s = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["patient", "-created_at"])]
