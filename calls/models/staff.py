"""What staff do by telephone: step into one of Maya's calls, or ring a patient themselves through the platform."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class CallIntervention(UUIDModel):
    """A member of staff took over or ended a call. Never changed but for what came of it."""

    class Kind(models.TextChoices):
        TAKE_OVER = "take_over", _("take over")
        END = "end", _("end")

    class State(models.TextChoices):
        ASKED = "asked", _("asked of the telephone network")
        CONNECTED = "connected", _("connected")
        UNANSWERED = "unanswered", _("the phone was not answered")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    call = models.ForeignKey(
        Call, verbose_name=_("call"), on_delete=models.CASCADE, related_name="interventions"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ASKED)
    code = models.CharField(
        _("error code"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("why it failed, in the network's code"),
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("intervention in a call")
        verbose_name_plural = _("interventions in calls")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(state="asked"), name="intervention_one_at_a_time"
            )
        ]


class StaffCall(UUIDModel):
    """A nurse's own call to a patient: the platform rings the nurse, then the patient from the clinic's number."""

    class State(models.TextChoices):
        RINGING = "ringing", _("ringing the nurse")
        DIALLING = "dialling", _("dialling the patient")
        ENDED = "ended", _("ended")
        UNANSWERED = "unanswered", _("the patient did not answer")
        FAILED = "failed", _("failed")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="staff_calls"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RINGING)
    call_sid = models.CharField(
        _("call id of the network"), max_length=40, null=True, blank=True, unique=True
    )
    code = models.CharField(_("error code"), max_length=40, blank=True, default="")
    dialled_at = models.DateTimeField(_("dialled at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    talked_s = models.PositiveIntegerField(_("talked (s)"), default=0)

    class Meta:
        verbose_name = _("staff call")
        verbose_name_plural = _("staff calls")
        indexes = [models.Index(fields=["patient", "-created_at"])]
