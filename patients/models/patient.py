"""The patient, their medicines, consents and personal thresholds."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heartvoice.shared.fields import BlindIndexField, PHICharField, PHIDateField, PHIJSONField, PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models.care import CareTeam
from patients.words import CONSENT_METHODS


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
        ACTIVE = "active", pgettext_lazy("patient", "active")
        PAUSED = "paused", pgettext_lazy("patient", "paused")
        ENDED = "ended", pgettext_lazy("patient", "ended")

    class Sex(models.TextChoices):
        FEMALE = "f", _("female")
        MALE = "m", _("male")
        UNKNOWN = "unknown", _("unknown")

    care_team = models.ForeignKey(
        CareTeam, verbose_name=_("care team"), on_delete=models.PROTECT, related_name="patients"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_patients",
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.ACTIVE)
    pause_reason = PHICharField(
        _("reason of the pause"), max_length=200, blank=True, default="", context="patient.pause_reason"
    )
    paused_until = models.DateField(_("paused until"), null=True, blank=True)

    first_name = PHICharField(_("first name"), max_length=80, context="patient.first_name")
    last_name = PHICharField(_("last name"), max_length=80, context="patient.last_name")
    date_of_birth = PHIDateField(_("date of birth"), context="patient.date_of_birth")
    sex = models.CharField(_("sex (for voice analysis)"), max_length=8, choices=Sex, default=Sex.UNKNOWN)
    phone = PHICharField(_("phone"), max_length=20, context="patient.phone")
    phone_index = BlindIndexField(_("phone index"), source="phone", purpose="phone", db_index=True)
    record_number = PHICharField(
        _("record number"), max_length=40, blank=True, default="", context="patient.record_number"
    )
    record_number_index = BlindIndexField(
        _("record number index"), source="record_number", purpose="record_number", db_index=True
    )
    address = PHITextField(_("address"), blank=True, default="", context="patient.address")
    city = PHICharField(_("city"), max_length=80, blank=True, default="", context="patient.city")
    state = models.CharField(_("state or province"), max_length=40, blank=True, default="")
    time_zone = models.CharField(_("IANA time zone"), max_length=64)
    language = models.CharField(_("language"), max_length=8, default="en")
    interpreter_needed = models.BooleanField(_("needs an interpreter"), default=False)

    family_context = PHITextField(_("family"), blank=True, default="", context="patient.family_context")
    interests = PHIJSONField(_("interests"), blank=True, default=list, context="patient.interests")
    primary_concerns = PHIJSONField(
        _("main concerns"), blank=True, default=list, context="patient.primary_concerns"
    )
    monitoring_priorities = PHIJSONField(
        _("what to watch"), blank=True, default=list, context="patient.monitoring_priorities"
    )
    emergency_contact_name = PHICharField(
        _("name of the emergency contact"),
        max_length=120,
        blank=True,
        default="",
        context="patient.emergency_name",
    )
    emergency_contact_phone = PHICharField(
        _("phone of the emergency contact"),
        max_length=20,
        blank=True,
        default="",
        context="patient.emergency_phone",
    )
    voice_accommodations = models.JSONField(
        _("adjustments of the voice"),
        default=dict,
        blank=True,
        help_text=_("speed (0.25-1.5), silence_ms (end of turn), hard_of_hearing."),
    )

    nyha_class = models.PositiveSmallIntegerField(_("NYHA class"), null=True, blank=True)
    on_blood_thinner = models.BooleanField(_("takes a blood thinner"), default=False)
    has_icd = models.BooleanField(_("has an ICD"), default=False)
    has_suicide_history = models.BooleanField(_("history of suicide attempts"), default=False)
    has_fall_risk = models.BooleanField(_("at risk of falls"), default=False)
    discharged_on = models.DateField(_("last discharge"), null=True, blank=True)
    enrolled_on = models.DateField(_("enrolled on"))
    enrolment_scales = models.JSONField(
        _("symptoms at enrolment"),
        default=dict,
        blank=True,
        help_text=_("Scale name to 0-4, before a baseline exists."),
    )
    enrolment_weight_lb = models.DecimalField(
        _("weight at enrolment (lb)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    last_contact_at = models.DateTimeField(_("last contact"), null=True, blank=True)
    on_legal_hold = models.BooleanField(_("legal hold: keep everything"), default=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
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
                violation_error_message=_("A weight is between 60 and 700 lb."),
            ),
        ]


class Medication(UUIDModel):
    """A medicine as prescribed, and the patient's own word for it."""

    class Class(models.TextChoices):
        ACEI = "acei", _("ACE inhibitor")
        ARB = "arb", _("ARB")
        ARNI = "arni", _("ARNI")
        BETA_BLOCKER = "beta_blocker", _("beta blocker")
        MRA = "mra", _("MRA")
        SGLT2I = "sglt2i", _("SGLT2 inhibitor")
        LOOP_DIURETIC = "loop_diuretic", _("loop diuretic")
        THIAZIDE = "thiazide", _("thiazide")
        HYDRALAZINE_NITRATE = "hydralazine_nitrate", _("hydralazine and nitrate")
        IVABRADINE = "ivabradine", _("ivabradine")
        VERICIGUAT = "vericiguat", _("vericiguat")
        DIGOXIN = "digoxin", _("digoxin")
        ANTICOAGULANT = "anticoagulant", _("anticoagulant")
        ANTIARRHYTHMIC = "antiarrhythmic", _("antiarrhythmic")
        POTASSIUM = "potassium", _("potassium")
        OTHER = "other", _("other")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="medications"
    )
    medication_class = models.CharField(_("class"), max_length=24, choices=Class)
    name = PHICharField(_("name of the medicine"), max_length=120, context="medication.name")
    dose = PHICharField(_("dose"), max_length=80, blank=True, default="", context="medication.dose")
    patient_word = PHICharField(
        _("patient's own word"), max_length=80, blank=True, default="", context="medication.patient_word"
    )
    is_active = models.BooleanField(_("active"), default=True)
    started_on = models.DateField(_("taken since"), null=True, blank=True)
    stopped_on = models.DateField(_("taken until"), null=True, blank=True)

    class Meta:
        verbose_name = _("medicine")
        verbose_name_plural = _("medicines")
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(stopped_on__gte=models.F("started_on")),
                name="medication_stops_after_start",
                violation_error_message=_("It cannot have been stopped before it was started."),
            ),
        ]


class Consent(UUIDModel):
    """One scope that a patient agreed to, in which words, and whether it still holds. Checked at dial time."""

    class Scope(models.TextChoices):
        AI_VOICE_CALL = "ai_voice_call", _("calls by an AI voice")
        VOICE_BIOMARKER = "voice_biomarker", _("voice measurement")
        VOICEMAIL = "voicemail", _("voicemail message")
        SMS = "sms", _("text messages")
        PROXY = "proxy", _("a proxy may answer")
        RECORDING = "recording", _("recording")
        RESEARCH = "research", _("de-identified research export")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="consents"
    )
    scope = models.CharField(_("scope"), max_length=20, choices=Scope)
    wording_version = models.CharField(_("version of the wording"), max_length=40)
    language = models.CharField(_("language"), max_length=8, default="en")
    method = models.CharField(_("how it was given"), max_length=40, choices=[*CONSENT_METHODS.items()])
    given_at = models.DateTimeField(_("given at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_how = models.CharField(
        _("how it was revoked"), max_length=40, blank=True, default="", choices=[*CONSENT_METHODS.items()]
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
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
        CALLED = "called", _("may hear that we called")
        ANSWER = "answer", _("may answer for the patient")
        FULL = "full", _("may hear and answer everything")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="proxies"
    )
    name = PHICharField(_("name"), max_length=120, context="proxy.name")
    relation = models.CharField(_("relation to the patient"), max_length=40, blank=True, default="")
    level = models.CharField(_("how far"), max_length=8, choices=Level)
    authority = models.CharField(
        _("on whose authority"),
        max_length=80,
        help_text=_("the patient's own word, power of attorney, guardian, …"),
    )
    document = PHICharField(
        _("where the document is"), max_length=120, blank=True, default="", context="proxy.document",
        help_text=_("Number or place of the signed paper or scan in the clinic’s own files."),
    )  # fmt: skip
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("proxy")
        verbose_name_plural = _("proxies")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["called", "answer", "full"]), name="proxy_level_known"
            )
        ]


class ThresholdOverride(UUIDModel):
    """A rule's number for one patient: who set it, why, and until when. E rules have none."""

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="threshold_overrides"
    )
    rule_id = models.CharField(_("rule"), max_length=8)
    parameter = models.CharField(_("number of the rule"), max_length=60)
    value = models.DecimalField(_("value"), max_digits=8, decimal_places=2)
    reason = PHITextField(_("reason"), context="override.reason")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("set by"), on_delete=models.PROTECT, related_name="+"
    )
    valid_until = models.DateField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    revoke_reason = PHITextField(_("why it ended"), blank=True, default="", context="override.revoke_reason")

    class Meta:
        verbose_name = _("personal threshold")
        verbose_name_plural = _("personal thresholds")
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
