"""A patient's schedule and the calls made of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models import usual
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class CallSchedule(UUIDModel):
    """When a patient wants to be called. Local times in the patient's own zone."""

    patient = models.OneToOneField(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="call_schedule"
    )
    is_active = models.BooleanField(_("active"), default=True)
    protocol = models.CharField(_("questions"), max_length=40, default="checkin-1")
    weekdays = models.JSONField(_("weekdays"), default=list, help_text=_("ISO weekdays, 1 is Monday."))
    window_start = models.TimeField(_("calls from"), default=usual.window_start)
    window_end = models.TimeField(_("calls until"), default=usual.window_end)
    quiet_dates = models.JSONField(
        _("days without calls"), default=list, blank=True, help_text=_("ISO dates without calls")
    )
    attempts_max = models.PositiveSmallIntegerField(_("attempts a day"), default=usual.attempts_max)
    attempt_gap_minutes = models.PositiveSmallIntegerField(
        _("minutes between attempts"), default=usual.attempt_gap_minutes
    )
    next_due_at = models.DateTimeField(_("next call"), null=True, blank=True, db_index=True)
    why_not_next = models.CharField(
        _("why no next call"),
        max_length=80,
        blank=True,
        default="",
        help_text=_("Why no next call is planned."),
    )

    class Meta:
        verbose_name = _("call schedule")
        verbose_name_plural = _("call schedules")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    # The law's bound, whatever a rule set says: alerts/rulesets can only narrow it.
                    window_start__gte="08:00",
                    window_end__lte="21:00",
                    window_end__gt=models.F("window_start"),
                ),
                name="schedule_inside_legal_hours",
            ),
            models.CheckConstraint(
                condition=Q(attempts_max__range=(1, 6)),
                name="schedule_attempts_1_to_6",
                violation_error_message=_("1 to 6 attempts a day."),
            ),
        ]


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: object) -> Self:
        """Calls of the patients of the user's teams."""
        if not getattr(user, "is_active", False) or getattr(user, "pk", None) is None:
            return self.none()
        return self.filter(patient__care_team__memberships__user=user)

    def live(self) -> Self:
        return self.filter(state__in=Call.LIVE_STATES)

    def ended_between(self, start: datetime, end: datetime) -> Self:
        """Calls that ended after `start`, at `end` at the latest: found by an index, which knows when they were planned."""
        planned_after = start - Call.LONGEST_WAIT
        return self.filter(planned_for__gt=planned_after, ended_at__gt=start, ended_at__lte=end)


class Call(UUIDModel):
    """One telephone call, from the plan to its end. Its state only moves forward."""

    LONGEST_WAIT = timedelta(days=3)  # from the plan to the end: what is planned is dialled within a day

    class Direction(models.TextChoices):
        OUTBOUND = "outbound", _("outbound")
        INBOUND = "inbound", _("inbound")

    class Purpose(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled check-in")
        FOLLOW_UP = "follow_up", _("follow-up call")
        MANUAL = "manual", _("placed by staff")
        CALLBACK = "callback", _("patient called")
        EMERGENCY_REDIAL = "emergency_redial", _("redial after an emergency")
        EMERGENCY_CONTACT = "emergency_contact", _("emergency contact rung")
        SOFTPHONE = "softphone", _("softphone")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        DIALLING = "dialling", _("dialling")
        RINGING = "ringing", _("ringing")
        IN_PROGRESS = "in_progress", _("in progress")
        COMPLETED = "completed", _("completed")
        NO_ANSWER = "no_answer", _("no answer")
        BUSY = "busy", _("busy")
        FAILED = "failed", _("failed")
        CANCELED = "canceled", _("cancelled")
        INTERRUPTED = "interrupted", _("interrupted")

    EMERGENCY_PURPOSES = ("emergency_redial", "emergency_contact")
    LIVE_STATES = ("dialling", "ringing", "in_progress")
    END_STATES = ("completed", "no_answer", "busy", "failed", "canceled", "interrupted")

    class AnswerType(models.TextChoices):
        UNKNOWN = "unknown", _("unknown")
        HUMAN = "human", _("human")
        VOICEMAIL = "voicemail", _("voicemail")
        SCREENING = "call_screening", _("call screening")
        IVR = "ivr", _("phone menu")
        FAX = "fax", _("fax")

    class Mode(models.TextChoices):
        """What carries the conversation; anything but the first is the budget's doing."""

        ASSISTANT = "assistant", _("Maya")
        SMALL_MODEL = "small_model", _("Maya on the small model")
        QUESTIONNAIRE = "questionnaire", _("questionnaire by keys and voice")

    class SpokeWith(models.TextChoices):
        UNKNOWN = "", _("not known")
        PATIENT = "patient", _("the patient")
        PROXY = "proxy", _("a proxy")
        OTHER = "other", _("somebody else")

    class Identity(models.TextChoices):
        NOT_ATTEMPTED = "not_attempted", _("not attempted")
        PENDING = "pending", _("pending")
        VERIFIED = "verified", _("verified")
        FAILED = "failed", _("failed")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="calls"
    )
    schedule = models.ForeignKey(
        CallSchedule,
        verbose_name=_("schedule"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="calls",
    )
    retry_of = models.ForeignKey(
        "self",
        verbose_name=_("retry of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="retries",
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("placed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    purpose = models.CharField(_("purpose"), max_length=18, choices=Purpose)
    slot_key = models.CharField(
        _("slot"),
        max_length=120,
        null=True,
        blank=True,
        unique=True,
        help_text=_("patient, protocol, local date, slot, attempt"),
    )
    attempt_no = models.PositiveSmallIntegerField(_("attempt"), default=1)
    planned_for = models.DateTimeField(_("planned for"), db_index=True)
    not_called_reason = models.CharField(_("why not called"), max_length=80, blank=True, default="")

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PLANNED)
    mode = models.CharField(_("carried by"), max_length=14, choices=Mode, default=Mode.ASSISTANT)
    answer_type = models.CharField(
        _("answered by"), max_length=16, choices=AnswerType, default=AnswerType.UNKNOWN
    )
    identity_result = models.CharField(
        _("identity"), max_length=14, choices=Identity, default=Identity.NOT_ATTEMPTED
    )
    spoke_with = models.CharField(_("spoke with"), max_length=8, choices=SpokeWith, blank=True, default="")
    call_sid = models.CharField(
        _("call id of the network"), max_length=40, null=True, blank=True, unique=True
    )
    stream_sid = models.CharField(_("stream id of the network"), max_length=40, blank=True, default="")
    status_sequence = models.IntegerField(
        _("last status number"), default=-1, help_text=_("highest SequenceNumber seen")
    )
    dialled_at = models.DateTimeField(_("dialled at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    alive_at = models.DateTimeField(
        _("last sign of life"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("when a process last said that it carries this call"),
    )
    duration_s = models.FloatField(_("length (s)"), null=True, blank=True)
    end_reason = models.CharField(_("how it ended"), max_length=40, blank=True, default="")

    language = models.CharField(_("language"), max_length=8, default="en")
    providers = models.JSONField(
        _("voice services"), default=list, blank=True, help_text=_("voice providers used, in order")
    )
    model = models.CharField(_("voice model"), max_length=60, blank=True, default="")
    protocol_version = models.CharField(_("version of the questions"), max_length=40, blank=True, default="")
    prompt_version = models.CharField(_("version of the prompt"), max_length=40, blank=True, default="")
    prompt_hash = models.CharField(_("hash of the prompt"), max_length=64, blank=True, default="")
    rules_version = models.CharField(_("rule set"), max_length=40, blank=True, default="")
    scanner_version = models.CharField(
        _("version of the phrase scanner"), max_length=40, blank=True, default=""
    )

    questions_asked = models.JSONField(_("questions asked"), default=list, blank=True)
    questions_answered = models.JSONField(_("questions answered"), default=list, blank=True)
    phase_s = models.JSONField(
        _("seconds in each phase"),
        default=dict,
        blank=True,
        help_text=_("seconds in each phase of the conversation"),
    )
    reviewed_at = models.DateTimeField(
        _("reviewed at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("when the whole transcript was judged once more"),
    )
    completion_percent = models.PositiveSmallIntegerField(_("answered (%)"), default=0)
    is_completed = models.BooleanField(
        _("completed"), default=False, help_text=_("every required question was answered")
    )
    satisfaction = models.PositiveSmallIntegerField(
        _("satisfaction"), null=True, blank=True, help_text=_("0-4, when the patient said so")
    )

    latency_ms = models.JSONField(
        _("delays (ms)"),
        default=dict,
        blank=True,
        help_text="first_audio, turn_p50, turn_p95, barge_in_p95, …",
    )
    counters = models.JSONField(
        _("counters"), default=dict, blank=True, help_text=_("dropped frames, reconnects, bad messages, …")
    )
    input_tokens = models.PositiveIntegerField(_("tokens in"), default=0)
    output_tokens = models.PositiveIntegerField(_("tokens out"), default=0)
    cost_usd = models.DecimalField(_("cost (US dollars)"), max_digits=9, decimal_places=5, default=0)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [
            models.Index(fields=["patient", "-planned_for"]),
            models.Index(fields=["state", "planned_for"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(completion_percent__lte=100), name="call_completion_0_to_100"),
            models.CheckConstraint(
                condition=~Q(
                    state__in=["completed", "no_answer", "busy", "failed", "canceled", "interrupted"]
                )
                | Q(ended_at__isnull=False),
                name="call_ended_has_time",
            ),
        ]


class StreamToken(models.Model):
    """The right to open one media stream for one call, once. Only the hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="stream_tokens")
    call_sid = models.CharField(max_length=40)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stream token")
        verbose_name_plural = _("stream tokens")

    def __str__(self) -> str:
        return f"stream token {self.pk}"


class WebhookReceipt(models.Model):
    """A webhook that was handled. A repeat finds its row and changes nothing."""

    key = models.CharField(
        max_length=160, unique=True, help_text="idempotency token, or kind, CallSid, status and sequence"
    )
    kind = models.CharField(max_length=24)
    call = models.ForeignKey(
        Call, on_delete=models.CASCADE, null=True, blank=True, related_name="webhook_receipts"
    )
    received_at = models.DateTimeField(auto_now_add=True)
    reply = models.TextField(
        blank=True, default="", help_text="the TwiML that was answered; holds a token's place, never a token"
    )

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class CallFailure(models.Model):
    """Something failed in a call, what was done about it, and whether that worked."""

    call = models.ForeignKey(Call, verbose_name=_("call"), on_delete=models.CASCADE, related_name="failures")
    at = models.DateTimeField(_("when"))
    error_type = models.CharField(
        _("error"), max_length=40, help_text="connection_timeout, rate_limit, audio_error, critical, …"
    )
    error_code = models.CharField(_("error code"), max_length=80, blank=True, default="")
    strategy = models.CharField(_("what was tried"), max_length=40, blank=True, default="")
    result = models.CharField(_("result"), max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("fault in a call")
        verbose_name_plural = _("faults in calls")

    def __str__(self) -> str:
        return f"call failure {self.pk}"
