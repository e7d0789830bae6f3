"""The patient, their medicines, consents and personal thresholds."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from heartvoice.shared.fields import BlindIndexField, PHICharField, PHIDateField, PHIJSONField, PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models.care import CareTeam


class PatientQuerySet(models.QuerySet["Patient"]):
    """The vocabulary of patient queries. Views, serializers, consumers and tools start at `visible_to`."""

    def visible_to(self, user: object) -> Self:
        """The patients of the teams that the user belongs to; nobody's for anyone else."""
        if not getattr(user, "is_active", False) or getattr(user, "pk", None) is None:
            return self.none()
        return self.filter(care_team__memberships__user=user)

    def active(self) -> Self:
        return self.filter(status=Patient.Status.ACTIVE)


class Patient(UUIDModel):
    """A person whom Maya calls."""

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        PAUSED = "paused", "paused"
        ENDED = "ended", "ended"

    class Sex(models.TextChoices):
        FEMALE = "f", "female"
        MALE = "m", "male"
        UNKNOWN = "unknown", "unknown"

    care_team = models.ForeignKey(CareTeam, on_delete=models.PROTECT, related_name="patients")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_patients",
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    pause_reason = PHICharField(max_length=200, blank=True, default="", context="patient.pause_reason")
    paused_until = models.DateField(null=True, blank=True)

    first_name = PHICharField(max_length=80, context="patient.first_name")
    last_name = PHICharField(max_length=80, context="patient.last_name")
    date_of_birth = PHIDateField(context="patient.date_of_birth")
    sex = models.CharField("sex (for voice analysis)", max_length=8, choices=Sex, default=Sex.UNKNOWN)
    phone = PHICharField(max_length=20, context="patient.phone")
    phone_index = BlindIndexField(source="phone", purpose="phone", db_index=True)
    record_number = PHICharField(max_length=40, blank=True, default="", context="patient.record_number")
    record_number_index = BlindIndexField(source="record_number", purpose="record_number", db_index=True)
    address = PHITextField(blank=True, default="", context="patient.address")
    city = PHICharField(max_length=80, blank=True, default="", context="patient.city")
    state = models.CharField(max_length=40, blank=True, default="")
    time_zone = models.CharField("IANA time zone", max_length=64)
    language = models.CharField(max_length=8, default="en")
    interpreter_needed = models.BooleanField(default=False)

    family_context = PHITextField(blank=True, default="", context="patient.family_context")
    interests = PHIJSONField(blank=True, default=list, context="patient.interests")
    primary_concerns = PHIJSONField(blank=True, default=list, context="patient.primary_concerns")
    monitoring_priorities = PHIJSONField(blank=True, default=list, context="patient.monitoring_priorities")
    emergency_contact_name = PHICharField(
        max_length=120, blank=True, default="", context="patient.emergency_name"
    )
    emergency_contact_phone = PHICharField(
        max_length=20, blank=True, default="", context="patient.emergency_phone"
    )
    voice_accommodations = models.JSONField(
        default=dict, blank=True, help_text="speed (0.25-1.5), silence_ms (end of turn), hard_of_hearing."
    )

    nyha_class = models.PositiveSmallIntegerField("NYHA class", null=True, blank=True)
    on_blood_thinner = models.BooleanField(default=False)
    has_icd = models.BooleanField("has an ICD", default=False)
    has_suicide_history = models.BooleanField(default=False)
    has_fall_risk = models.BooleanField(default=False)
    discharged_on = models.DateField("last discharge", null=True, blank=True)
    enrolled_on = models.DateField()
    enrolment_scales = models.JSONField(
        default=dict, blank=True, help_text="Scale name to 0-4, before a baseline exists."
    )
    enrolment_weight_lb = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    on_legal_hold = models.BooleanField(default=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["care_team", "status"]),
            # Which patients a team has, read without their rows, which are wide with sealed text: the worklist.
            models.Index(fields=["care_team", "id"], include=["discharged_on"], name="patient_in_team_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(nyha_class__isnull=True) | Q(nyha_class__range=(1, 4)), name="patient_nyha_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "paused", "ended"]), name="patient_status_known"
            ),
            models.CheckConstraint(
                condition=Q(enrolment_weight_lb__isnull=True) | Q(enrolment_weight_lb__range=(60, 700)),
                name="patient_weight_plausible",
            ),
        ]


class Medication(UUIDModel):
    """A medicine as prescribed, and the patient's own word for it."""

    class Class(models.TextChoices):
        ACEI = "acei", "ACE inhibitor"
        ARB = "arb", "ARB"
        ARNI = "arni", "ARNI"
        BETA_BLOCKER = "beta_blocker", "beta blocker"
        MRA = "mra", "MRA"
        SGLT2I = "sglt2i", "SGLT2 inhibitor"
        LOOP_DIURETIC = "loop_diuretic", "loop diuretic"
        THIAZIDE = "thiazide", "thiazide"
        HYDRALAZINE_NITRATE = "hydralazine_nitrate", "hydralazine and nitrate"
        IVABRADINE = "ivabradine", "ivabradine"
        VERICIGUAT = "vericiguat", "vericiguat"
        DIGOXIN = "digoxin", "digoxin"
        ANTICOAGULANT = "anticoagulant", "anticoagulant"
        ANTIARRHYTHMIC = "antiarrhythmic", "antiarrhythmic"
        POTASSIUM = "potassium", "potassium"
        OTHER = "other", "other"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="medications")
    medication_class = models.CharField(max_length=24, choices=Class)
    name = PHICharField(max_length=120, context="medication.name")
    dose = PHICharField(max_length=80, blank=True, default="", context="medication.dose")
    patient_word = PHICharField(
        "patient's own word", max_length=80, blank=True, default="", context="medication.patient_word"
    )
    is_active = models.BooleanField(default=True)
    started_on = models.DateField(null=True, blank=True)
    stopped_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(stopped_on__gte=models.F("started_on")),
                name="medication_stops_after_start",
            ),
        ]


class Consent(UUIDModel):
    """One scope that a patient agreed to, in which words, and whether it still holds. Checked at dial time."""

    class Scope(models.TextChoices):
        AI_VOICE_CALL = "ai_voice_call", "calls by an AI voice"
        VOICE_BIOMARKER = "voice_biomarker", "voice measurement"
        VOICEMAIL = "voicemail", "voicemail message"
        SMS = "sms", "text messages"
        PROXY = "proxy", "a proxy may answer"
        RECORDING = "recording", "recording"
        RESEARCH = "research", "de-identified research export"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="consents")
    scope = models.CharField(max_length=20, choices=Scope)
    wording_version = models.CharField(max_length=40)
    language = models.CharField(max_length=8, default="en")
    method = models.CharField(max_length=40, help_text="paper, portal, voice, …")
    given_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_how = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "scope"],
                condition=Q(revoked_at__isnull=True),
                name="consent_one_in_force_per_scope",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=models.F("given_at")),
                name="consent_revoked_after_given",
            ),
        ]


class Proxy(UUIDModel):
    """Somebody who may speak for a patient, how far, on whose authority, and until when.

    Nobody needs to be one to report an emergency: hearing is not disclosing.
    """

    class Level(models.TextChoices):
        CALLED = "called", "may hear that we called"
        ANSWER = "answer", "may answer for the patient"
        FULL = "full", "may hear and answer everything"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="proxies")
    name = PHICharField(max_length=120, context="proxy.name")
    relation = models.CharField(max_length=40, blank=True, default="")
    level = models.CharField(max_length=8, choices=Level)
    authority = models.CharField(
        max_length=80, help_text="the patient's own word, power of attorney, guardian, …"
    )
    valid_until = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["called", "answer", "full"]), name="proxy_level_known"
            )
        ]


class ThresholdOverride(UUIDModel):
    """A rule's number for one patient: who set it, why, and until when. E rules have none."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="threshold_overrides")
    rule_id = models.CharField(max_length=8)
    parameter = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=8, decimal_places=2)
    reason = PHITextField(context="override.reason")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(rule_id__startswith="E"), name="override_never_of_an_emergency_rule"
            ),
            models.UniqueConstraint(
                fields=["patient", "rule_id", "parameter"],
                condition=Q(revoked_at__isnull=True),
                name="override_one_in_force",
            ),
        ]
