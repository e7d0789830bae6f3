"""What staff write about a patient: notes, and minutes for billing support."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.fields import PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models.patient import Patient


class PatientNote(UUIDModel):
    """A member of staff's note. Corrected by a second note, never edited."""

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="patient_notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    text = PHITextField(_("text"), context="note.text")

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at"]


class TimeLogQuerySet(models.QuerySet["TimeLog"]):
    def counted(self) -> Self:
        """Entries that stand: what was withdrawn is kept and counts for nothing."""
        return self.filter(withdrawn_at__isnull=True)


class TimeLog(UUIDModel):
    """Minutes of one person for one patient. One minute is counted once; overlaps are refused by the service.

    Put right by that person only; what it said before is kept (`TimeLogChange`).
    """

    objects = TimeLogQuerySet.as_manager()

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="time_logs"
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member of staff"),
        on_delete=models.PROTECT,
        related_name="time_logs",
    )
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    activity = models.CharField(_("activity"), max_length=40)
    programme = models.CharField(_("programme"), max_length=8, default="RPM")
    is_interactive = models.BooleanField(_("with the patient or caregiver"), default=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("time log")
        verbose_name_plural = _("time logs")
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="timelog_ends_after_start")
        ]
