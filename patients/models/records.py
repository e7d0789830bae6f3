"""One check-in's answers. NULL means not asked or not understood; it never means zero."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.fields import PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models.patient import Patient

SCALES = (
    "shortness_of_breath",
    "swelling",
    "fatigue",
    "sleep_difficulty",
    "quality_of_life",
    "mood_assessment",
)


def _scale(verbose: str) -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(verbose, null=True, blank=True)


class PatientRecordQuerySet(models.QuerySet["PatientRecord"]):
    def check_ins(self) -> Self:
        """What was answered in check-ins; without scores that staff entered from a questionnaire."""
        return self.exclude(call__isnull=True, kccq12__isnull=False)


class PatientRecord(UUIDModel):
    """What the patient answered in one check-in. Scores are 0 (none) to 4 (severe); anchors in docs/clinical/scales.md."""

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="records"
    )
    call = models.OneToOneField(
        "calls.Call",
        verbose_name=_("call"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="record",
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    is_identity_verified = models.BooleanField(_("identity verified"), default=False)

    shortness_of_breath = _scale(_("shortness of breath (0-4)"))
    swelling = _scale(_("swelling (0-4)"))
    fatigue = _scale(_("fatigue (0-4)"))
    sleep_difficulty = _scale(_("sleep difficulty (0-4)"))
    quality_of_life = _scale(_("quality of life (0-4)"))
    mood_assessment = _scale(_("mood (0-4)"))
    weight_change_lb = models.DecimalField(
        _("reported change (lb)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    weight_lb = models.DecimalField(_("weight (lb)"), max_digits=5, decimal_places=1, null=True, blank=True)
    weight_confirmed = models.BooleanField(
        _("weight confirmed"), default=False,
        help_text=_("The patient said the same weight again after it was read back."),
    )  # fmt: skip
    heart_rate_bpm = models.PositiveSmallIntegerField(_("heart rate (bpm)"), null=True, blank=True)
    systolic_mmhg = models.PositiveSmallIntegerField(
        _("systolic blood pressure (mmHg)"), null=True, blank=True
    )
    spo2_percent = models.PositiveSmallIntegerField(_("oxygen saturation (%)"), null=True, blank=True)
    takes_ace_inhibitor = models.BooleanField(_("takes the ACE inhibitor"), null=True, blank=True)
    takes_beta_blocker = models.BooleanField(_("takes the beta blocker"), null=True, blank=True)
    takes_diuretic = models.BooleanField(_("takes the diuretic"), null=True, blank=True)
    missed_doses_week = models.PositiveSmallIntegerField(_("missed doses in a week"), null=True, blank=True)
    breathless_at_rest = models.BooleanField(_("breathless at rest"), null=True, blank=True)
    orientation_failed = models.PositiveSmallIntegerField(
        _("failed orientation answers"), null=True, blank=True
    )
    phq2 = models.PositiveSmallIntegerField(_("PHQ-2 (0-6)"), null=True, blank=True)
    kccq12 = models.DecimalField(
        _("KCCQ-12 summary (0-100)"), max_digits=4, decimal_places=1, null=True, blank=True,
        help_text=_("Score only: the questionnaire is licensed and its items are not part of this product."),
    )  # fmt: skip
    given_ms = models.JSONField(
        _("when each answer was given"), default=dict, blank=True,
        help_text=_("ms from the start of the call's audio, by column; empty where the call does not know."),
    )  # fmt: skip
    emergency_flags = models.JSONField(_("emergency flags"), default=list, blank=True)
    notes = PHITextField(_("notes"), blank=True, default="", context="record.notes")

    objects = PatientRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in answers")
        verbose_name_plural = _("check-in answers")
        indexes = [models.Index(fields=["patient", "-recorded_at"])]
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{scale}__isnull": True}) | Q(**{f"{scale}__range": (0, 4)}),
                    name=f"record_{scale}_0_to_4",
                )
                for scale in SCALES
            ),
            models.CheckConstraint(
                condition=Q(weight_lb__isnull=True) | Q(weight_lb__range=(60, 700)),
                name="record_weight_plausible",
            ),
            models.CheckConstraint(
                condition=Q(phq2__isnull=True) | Q(phq2__range=(0, 6)), name="record_phq2_0_to_6"
            ),
            models.CheckConstraint(
                condition=Q(kccq12__isnull=True) | Q(kccq12__range=(0, 100)), name="record_kccq12_0_to_100"
            ),
            models.CheckConstraint(
                condition=Q(spo2_percent__isnull=True) | Q(spo2_percent__range=(40, 100)),
                name="record_spo2_plausible",
            ),
        ]

    @property
    def is_score_only(self) -> bool:
        """A questionnaire's score that staff entered: no check-in took place."""
        return self.call_id is None and self.kccq12 is not None


class KccqScore(PatientRecord):
    """A KCCQ-12 summary score that staff took from the licensed questionnaire, outside any call."""

    class Meta:
        proxy = True
        verbose_name = _("KCCQ-12 score")
        verbose_name_plural = _("KCCQ-12 scores")
