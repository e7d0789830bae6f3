"""What was measured of a voice. Numbers only: no audio is ever a column."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

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


def _measure(name: str, unit: str) -> models.FloatField[float | None, float | None]:
    return models.FloatField(name, null=True, blank=True, help_text=unit)


class VoiceBiomarker(UUIDModel):
    """One segment of a patient's speech. NULL means not measurable; `gate_reasons` says why."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for extraction")
        MEASURED = "measured", _("measured")
        GATED = "gated", _("refused by a quality gate")
        LOST = "lost", _("audio lost before extraction")

    class Context(models.TextChoices):
        GENERAL = "general", _("general")
        CLINICAL = "clinical", _("clinical")
        EMOTIONAL = "emotional", _("emotional")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="voice_biomarkers"
    )
    call = models.ForeignKey(
        "calls.Call", verbose_name=_("call"), on_delete=models.CASCADE, related_name="voice_biomarkers"
    )
    segment_id = models.CharField(
        _("segment"), max_length=64, help_text=_("Unique in the call: the item and part it came from.")
    )
    item_id = models.CharField(
        _("turn"),
        max_length=64,
        blank=True,
        default="",
        help_text=_("The conversation item (turn) it belongs to."),
    )
    start_ms = models.PositiveIntegerField(_("start (ms)"), help_text=_("ms from the start of the stream"))
    end_ms = models.PositiveIntegerField(_("end (ms)"), help_text=_("ms from the start of the stream"))
    context = models.CharField(_("context"), max_length=10, choices=Context, default=Context.GENERAL)
    question_id = models.CharField(_("question"), max_length=40, blank=True, default="")
    perceived_voice_quality = models.CharField(
        _("voice as heard by the model"),
        max_length=10,
        blank=True,
        default="",
        help_text=_("what the voice model heard"),
    )
    speech_content = PHICharField(
        _("what was said"), max_length=400, blank=True, default="", context="biomarker.speech_content"
    )

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    algorithm_version = models.CharField(_("version of the algorithm"), max_length=20, blank=True, default="")
    gate_reasons = models.JSONField(
        _("why not measured"), default=dict, blank=True, help_text=_("gate or feature name to reason")
    )
    quality = models.JSONField(
        _("quality"), default=dict, blank=True, help_text=_("voiced seconds, SNR, clipping, losses, …")
    )
    channel = models.JSONField(
        _("line"), default=dict, blank=True, help_text=_("channel fingerprint: levels in bands, noise floor")
    )

    jitter = _measure(_("jitter"), _("local, ratio"))
    jitter_ppq5 = _measure(_("jitter (ppq5)"), _("ppq5, ratio"))
    shimmer = _measure(_("shimmer"), _("local, ratio"))
    hnr = _measure(_("harmonics-to-noise ratio"), "dB")
    cpps = _measure(_("cepstral peak (CPPS)"), "dB")
    f0_mean = _measure(_("mean pitch"), "Hz")
    f0_median = _measure(_("median pitch"), "Hz")
    f0_sd_semitones = _measure(_("spread of pitch"), _("semitones"))
    speech_rate = _measure(_("speech rate"), _("syllables per second"))
    articulation_rate = _measure(_("articulation rate"), _("syllables per second of speech"))
    pause_ratio = _measure(_("share of pauses"), _("ratio"))
    pauses_per_min = _measure(_("pauses per minute"), "1/min")
    mean_phrase_s = _measure(_("mean phrase length"), "s")
    max_phrase_s = _measure(_("longest phrase"), "s")
    phonation_s = _measure(_("phonation"), "s")
    breath_pauses = _measure(_("pauses for breath"), _("count"))
    loudness_range_db = _measure(_("range of loudness"), "dB")
    voice_quality_score = _measure(_("voice quality score"), _("0-100, descriptive; never raises an alert"))

    audio_key = models.CharField(
        _("name of the sealed audio"),
        max_length=64,
        blank=True,
        default="",
        editable=False,
        help_text=_("random name of the sealed audio, while it may exist"),
    )
    audio_expires_at = models.DateTimeField(_("audio expires at"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    measured_at = models.DateTimeField(_("measured at"), null=True, blank=True)

    objects = VoiceBiomarkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("voice measurement of a segment")
        verbose_name_plural = _("voice measurements of segments")
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

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="call_voices"
    )
    call = models.OneToOneField(
        "calls.Call", verbose_name=_("call"), on_delete=models.CASCADE, related_name="voice"
    )
    at = models.DateTimeField(_("when"))
    algorithm_version = models.CharField(_("version of the algorithm"), max_length=20)
    voiced_s = models.FloatField(_("voiced speech (s)"), default=0)
    segments_total = models.PositiveSmallIntegerField(_("segments"), default=0)
    segments_measured = models.PositiveSmallIntegerField(_("segments measured"), default=0)
    features = models.JSONField(
        _("features"), default=dict, blank=True, help_text=_("feature name (with unit) to value")
    )
    reasons = models.JSONField(_("reasons"), default=dict, blank=True)
    channel = models.JSONField(_("line"), default=dict, blank=True)
    confounders = models.JSONField(
        _("what may confuse"),
        default=list,
        blank=True,
        help_text="cold, dentures, loud_room, speakerphone, …",
    )
    is_usable = models.BooleanField(
        _("usable"), default=False, help_text=_("fit for baseline and change detection")
    )
    z_scores = models.JSONField(_("distances from the usual (SD)"), default=dict, blank=True)
    composite_z = models.FloatField(_("distance from the usual (SD)"), null=True, blank=True)
    cusum = models.FloatField(_("lasting change (CUSUM)"), null=True, blank=True)
    is_outside_baseline = models.BooleanField(_("outside the patient’s own baseline"), default=False)

    class Meta:
        verbose_name = _("voice of a call")
        verbose_name_plural = _("voices of calls")
        indexes = [models.Index(fields=["patient", "-at"])]


class Baseline(UUIDModel):
    """What is usual for this patient on this channel: median and MAD per feature over stable calls. Frozen."""

    class End(models.TextChoices):
        ADMISSION = "admission", _("the patient was in hospital")
        CLINICIAN = "clinician", _("a clinician asked for a new one")
        RESCORED = "rescored", _("computed anew from the same calls")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="voice_baselines"
    )
    channel = models.CharField(_("line"), max_length=40, default="default")
    algorithm_version = models.CharField(_("version of the algorithm"), max_length=20)
    calls_n = models.PositiveSmallIntegerField(_("calls"))
    features = models.JSONField(_("features"), help_text=_("feature to {median, mad, n}"))
    composite = models.JSONField(_("composite"), default=dict, blank=True)
    first_call_at = models.DateTimeField(_("first call at"))
    frozen_at = models.DateTimeField(_("frozen at"))
    superseded_at = models.DateTimeField(
        _("replaced at"), null=True, blank=True, help_text=_("judges no call from then on")
    )
    reason = models.CharField(_("why it was made"), max_length=40, default="first")
    end_reason = models.CharField(
        _("why it was replaced"), max_length=12, choices=End, blank=True, default=""
    )

    class Meta:
        verbose_name = _("voice baseline")
        verbose_name_plural = _("voice baselines")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "channel", "algorithm_version"],
                condition=Q(superseded_at__isnull=True),
                name="baseline_one_in_force",
            )
        ]
