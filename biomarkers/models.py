"""What was measured of a voice. Numbers only: no audio is ever a column."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from heartvoice.shared.fields import PHICharField
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class VoiceBiomarkerQuerySet(models.QuerySet["VoiceBiomarker"]):
    def visible_to(self, user: object) -> Self:
        """Rows of the patients of the user's teams."""
        if not getattr(user, "is_active", False) or getattr(user, "pk", None) is None:
            return self.none()
        return self.filter(patient__care_team__memberships__user=user)

    def settled_with_audio(self) -> Self:
        """Rows with a result whose sealed audio is not yet known to be gone."""
        return self.exclude(state="pending").exclude(audio_key="")


def _measure(unit: str) -> models.FloatField[float | None, float | None]:
    return models.FloatField(null=True, blank=True, help_text=unit)


class VoiceBiomarker(UUIDModel):
    """One segment of a patient's speech. NULL means not measurable; `gate_reasons` says why."""

    class State(models.TextChoices):
        PENDING = "pending", "waiting for extraction"
        MEASURED = "measured", "measured"
        GATED = "gated", "refused by a quality gate"
        LOST = "lost", "audio lost before extraction"

    class Context(models.TextChoices):
        GENERAL = "general", "general"
        CLINICAL = "clinical", "clinical"
        EMOTIONAL = "emotional", "emotional"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="voice_biomarkers")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="voice_biomarkers")
    segment_id = models.CharField(
        max_length=64, help_text="Unique in the call: the item and part it came from."
    )
    item_id = models.CharField(
        max_length=64, blank=True, default="", help_text="The conversation item (turn) it belongs to."
    )
    start_ms = models.PositiveIntegerField(help_text="ms from the start of the stream")
    end_ms = models.PositiveIntegerField(help_text="ms from the start of the stream")
    context = models.CharField(max_length=10, choices=Context, default=Context.GENERAL)
    question_id = models.CharField(max_length=40, blank=True, default="")
    perceived_voice_quality = models.CharField(
        max_length=10, blank=True, default="", help_text="what the voice model heard"
    )
    speech_content = PHICharField(max_length=400, blank=True, default="", context="biomarker.speech_content")

    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    algorithm_version = models.CharField(max_length=20, blank=True, default="")
    gate_reasons = models.JSONField(default=dict, blank=True, help_text="gate or feature name to reason")
    quality = models.JSONField(default=dict, blank=True, help_text="voiced seconds, SNR, clipping, losses, …")
    channel = models.JSONField(
        default=dict, blank=True, help_text="channel fingerprint: levels in bands, noise floor"
    )

    jitter = _measure("local, ratio")
    jitter_ppq5 = _measure("ppq5, ratio")
    shimmer = _measure("local, ratio")
    hnr = _measure("dB")
    cpps = _measure("dB")
    f0_mean = _measure("Hz")
    f0_median = _measure("Hz")
    f0_sd_semitones = _measure("semitones")
    speech_rate = _measure("syllables per second")
    articulation_rate = _measure("syllables per second of speech")
    pause_ratio = _measure("ratio")
    pauses_per_min = _measure("1/min")
    mean_phrase_s = _measure("s")
    max_phrase_s = _measure("s")
    phonation_s = _measure("s")
    breath_pauses = _measure("count")
    loudness_range_db = _measure("dB")
    voice_quality_score = _measure("0-100, descriptive; never raises an alert")

    audio_key = models.CharField(
        max_length=64,
        blank=True,
        default="",
        editable=False,
        help_text="random name of the sealed audio, while it may exist",
    )
    audio_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    measured_at = models.DateTimeField(null=True, blank=True)

    objects = VoiceBiomarkerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-created_at"]),
            models.Index(
                fields=["state", "audio_expires_at"],
                condition=Q(state="pending"),
                name="biomarker_pending_idx",
            ),
            models.Index(
                fields=["created_at"],
                condition=~Q(audio_key="") & ~Q(state="pending"),
                name="biomarker_audio_left_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["call", "segment_id"], name="biomarker_once_per_segment"),
            models.CheckConstraint(condition=Q(end_ms__gte=F("start_ms")), name="biomarker_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state__in=["measured", "gated"]) | ~Q(algorithm_version=""),
                name="biomarker_done_names_algorithm",
            ),
        ]


class CallVoice(UUIDModel):
    """The pooled voice of one call, its distance from the patient's own baseline and what may have confused it."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="call_voices")
    call = models.OneToOneField("calls.Call", on_delete=models.CASCADE, related_name="voice")
    at = models.DateTimeField()
    algorithm_version = models.CharField(max_length=20)
    voiced_s = models.FloatField(default=0)
    segments_total = models.PositiveSmallIntegerField(default=0)
    segments_measured = models.PositiveSmallIntegerField(default=0)
    features = models.JSONField(default=dict, blank=True, help_text="feature name (with unit) to value")
    reasons = models.JSONField(default=dict, blank=True)
    channel = models.JSONField(default=dict, blank=True)
    confounders = models.JSONField(
        default=list, blank=True, help_text="cold, dentures, loud_room, speakerphone, …"
    )
    is_usable = models.BooleanField(default=False, help_text="fit for baseline and change detection")
    z_scores = models.JSONField(default=dict, blank=True)
    composite_z = models.FloatField(null=True, blank=True)
    cusum = models.FloatField(null=True, blank=True)
    is_outside_baseline = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["patient", "-at"])]


class Baseline(UUIDModel):
    """What is usual for this patient on this channel: median and MAD per feature over stable calls. Frozen."""

    class End(models.TextChoices):
        ADMISSION = "admission", "the patient was in hospital"
        CLINICIAN = "clinician", "a clinician asked for a new one"
        RESCORED = "rescored", "computed anew from the same calls"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="voice_baselines")
    channel = models.CharField(max_length=40, default="default")
    algorithm_version = models.CharField(max_length=20)
    calls_n = models.PositiveSmallIntegerField()
    features = models.JSONField(help_text="feature to {median, mad, n}")
    composite = models.JSONField(default=dict, blank=True)
    first_call_at = models.DateTimeField()
    frozen_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True, help_text="judges no call from then on")
    reason = models.CharField(max_length=40, default="first")
    end_reason = models.CharField(max_length=12, choices=End, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "channel", "algorithm_version"],
                condition=Q(superseded_at__isnull=True),
                name="baseline_one_in_force",
            )
        ]
