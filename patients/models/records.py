"""One check-in's answers. NULL means not asked or not understood; it never means zero."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

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
    return models.PositiveSmallIntegerField(f"{verbose} (0-4)", null=True, blank=True)


class PatientRecord(UUIDModel):
    """What the patient answered in one check-in. Scores are 0 (none) to 4 (severe); anchors in docs/clinical/scales.md."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="records")
    call = models.OneToOneField(
        "calls.Call", on_delete=models.PROTECT, null=True, blank=True, related_name="record"
    )
    recorded_at = models.DateTimeField()
    is_identity_verified = models.BooleanField(default=False)

    shortness_of_breath = _scale("shortness of breath")
    swelling = _scale("swelling")
    fatigue = _scale("fatigue")
    sleep_difficulty = _scale("sleep difficulty")
    quality_of_life = _scale("quality of life")
    mood_assessment = _scale("mood")
    weight_change_lb = models.DecimalField(
        "reported change (lb)", max_digits=5, decimal_places=1, null=True, blank=True
    )
    weight_lb = models.DecimalField("weight (lb)", max_digits=5, decimal_places=1, null=True, blank=True)
    heart_rate_bpm = models.PositiveSmallIntegerField(null=True, blank=True)
    systolic_mmhg = models.PositiveSmallIntegerField(null=True, blank=True)
    spo2_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    takes_ace_inhibitor = models.BooleanField(null=True, blank=True)
    takes_beta_blocker = models.BooleanField(null=True, blank=True)
    takes_diuretic = models.BooleanField(null=True, blank=True)
    missed_doses_week = models.PositiveSmallIntegerField(null=True, blank=True)
    breathless_at_rest = models.BooleanField(null=True, blank=True)
    orientation_failed = models.PositiveSmallIntegerField("failed orientation answers", null=True, blank=True)
    phq2 = models.PositiveSmallIntegerField("PHQ-2 (0-6)", null=True, blank=True)
    kccq12 = models.DecimalField(
        "KCCQ-12 summary (0-100)", max_digits=4, decimal_places=1, null=True, blank=True,
        help_text="Score only: the questionnaire is licensed and its items are not part of this product.",
    )  # fmt: skip
    emergency_flags = models.JSONField(default=list, blank=True)
    notes = PHITextField(blank=True, default="", context="record.notes")

    class Meta:
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
