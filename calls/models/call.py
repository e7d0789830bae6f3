"""A patient's schedule and the calls made of it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class CallSchedule(UUIDModel):
    """When a patient wants to be called. Local times in the patient's own zone."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="call_schedule")
    is_active = models.BooleanField(default=True)
    protocol = models.CharField(max_length=40, default="checkin-1")
    weekdays = models.JSONField(default=list, help_text="ISO weekdays, 1 is Monday")
    window_start = models.TimeField(default="09:00")
    window_end = models.TimeField(default="19:00")
    quiet_dates = models.JSONField(default=list, blank=True, help_text="ISO dates without calls")
    attempts_max = models.PositiveSmallIntegerField(default=3)
    attempt_gap_minutes = models.PositiveSmallIntegerField(default=90)
    next_due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    why_not_next = models.CharField(
        max_length=80, blank=True, default="", help_text="Why no next call is planned."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    window_start__gte="08:00",
                    window_end__lte="21:00",
                    window_end__gt=models.F("window_start"),
                ),
                name="schedule_inside_legal_hours",
            ),
            models.CheckConstraint(condition=Q(attempts_max__range=(1, 6)), name="schedule_attempts_1_to_6"),
        ]


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: object) -> Self:
        """Calls of the patients of the user's teams."""
        if not getattr(user, "is_active", False) or getattr(user, "pk", None) is None:
            return self.none()
        return self.filter(patient__care_team__memberships__user=user)

    def live(self) -> Self:
        return self.filter(state__in=Call.LIVE_STATES)


class Call(UUIDModel):
    """One telephone call, from the plan to its end. Its state only moves forward."""

    class Direction(models.TextChoices):
        OUTBOUND = "outbound", "outbound"
        INBOUND = "inbound", "inbound"

    class Purpose(models.TextChoices):
        SCHEDULED = "scheduled", "scheduled check-in"
        FOLLOW_UP = "follow_up", "follow-up call"
        MANUAL = "manual", "placed by staff"
        CALLBACK = "callback", "patient called"
        EMERGENCY_REDIAL = "emergency_redial", "redial after an emergency"
        EMERGENCY_CONTACT = "emergency_contact", "emergency contact rung"
        SOFTPHONE = "softphone", "softphone"

    class State(models.TextChoices):
        PLANNED = "planned", "planned"
        DIALLING = "dialling", "dialling"
        RINGING = "ringing", "ringing"
        IN_PROGRESS = "in_progress", "in progress"
        COMPLETED = "completed", "completed"
        NO_ANSWER = "no_answer", "no answer"
        BUSY = "busy", "busy"
        FAILED = "failed", "failed"
        CANCELED = "canceled", "cancelled"
        INTERRUPTED = "interrupted", "interrupted"

    EMERGENCY_PURPOSES = ("emergency_redial", "emergency_contact")
    LIVE_STATES = ("dialling", "ringing", "in_progress")
    END_STATES = ("completed", "no_answer", "busy", "failed", "canceled", "interrupted")

    class AnswerType(models.TextChoices):
        UNKNOWN = "unknown", "unknown"
        HUMAN = "human", "human"
        VOICEMAIL = "voicemail", "voicemail"
        SCREENING = "call_screening", "call screening"
        IVR = "ivr", "phone menu"
        FAX = "fax", "fax"

    class Mode(models.TextChoices):
        """What carries the conversation; anything but the first is the budget's doing."""

        ASSISTANT = "assistant", "Maya"
        SMALL_MODEL = "small_model", "Maya on the small model"
        QUESTIONNAIRE = "questionnaire", "questionnaire by keys and voice"

    class SpokeWith(models.TextChoices):
        UNKNOWN = "", "not known"
        PATIENT = "patient", "the patient"
        PROXY = "proxy", "a proxy"
        OTHER = "other", "somebody else"

    class Identity(models.TextChoices):
        NOT_ATTEMPTED = "not_attempted", "not attempted"
        PENDING = "pending", "pending"
        VERIFIED = "verified", "verified"
        FAILED = "failed", "failed"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="calls")
    schedule = models.ForeignKey(
        CallSchedule, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls"
    )
    retry_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="retries"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    direction = models.CharField(max_length=8, choices=Direction)
    purpose = models.CharField(max_length=18, choices=Purpose)
    slot_key = models.CharField(
        max_length=120,
        null=True,
        blank=True,
        unique=True,
        help_text="patient, protocol, local date, slot, attempt",
    )
    attempt_no = models.PositiveSmallIntegerField(default=1)
    planned_for = models.DateTimeField(db_index=True)
    not_called_reason = models.CharField(max_length=80, blank=True, default="")

    state = models.CharField(max_length=12, choices=State, default=State.PLANNED)
    mode = models.CharField(max_length=14, choices=Mode, default=Mode.ASSISTANT)
    answer_type = models.CharField(max_length=16, choices=AnswerType, default=AnswerType.UNKNOWN)
    identity_result = models.CharField(max_length=14, choices=Identity, default=Identity.NOT_ATTEMPTED)
    spoke_with = models.CharField(max_length=8, choices=SpokeWith, blank=True, default="")
    call_sid = models.CharField(max_length=40, null=True, blank=True, unique=True)
    stream_sid = models.CharField(max_length=40, blank=True, default="")
    status_sequence = models.IntegerField(default=-1, help_text="highest SequenceNumber seen")
    dialled_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    alive_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when a process last said that it carries this call"
    )
    duration_s = models.FloatField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True, default="")

    language = models.CharField(max_length=8, default="en")
    providers = models.JSONField(default=list, blank=True, help_text="voice providers used, in order")
    model = models.CharField(max_length=60, blank=True, default="")
    protocol_version = models.CharField(max_length=40, blank=True, default="")
    prompt_version = models.CharField(max_length=40, blank=True, default="")
    prompt_hash = models.CharField(max_length=64, blank=True, default="")
    rules_version = models.CharField(max_length=40, blank=True, default="")
    scanner_version = models.CharField(max_length=40, blank=True, default="")

    questions_asked = models.JSONField(default=list, blank=True)
    questions_answered = models.JSONField(default=list, blank=True)
    phase_s = models.JSONField(
        default=dict, blank=True, help_text="seconds in each phase of the conversation"
    )
    reviewed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when the whole transcript was judged once more"
    )
    completion_percent = models.PositiveSmallIntegerField(default=0)
    is_completed = models.BooleanField(default=False, help_text="every required question was answered")
    satisfaction = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="0-4, when the patient said so"
    )

    latency_ms = models.JSONField(
        default=dict, blank=True, help_text="first_audio, turn_p50, turn_p95, barge_in_p95, …"
    )
    counters = models.JSONField(
        default=dict, blank=True, help_text="dropped frames, reconnects, bad messages, …"
    )
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=9, decimal_places=5, default=0)

    objects = CallQuerySet.as_manager()

    class Meta:
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

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class CallFailure(models.Model):
    """Something failed in a call, what was done about it, and whether that worked."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="failures")
    at = models.DateTimeField()
    error_type = models.CharField(
        max_length=40, help_text="connection_timeout, rate_limit, audio_error, critical, …"
    )
    error_code = models.CharField(max_length=80, blank=True, default="")
    strategy = models.CharField(max_length=40, blank=True, default="")
    result = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return f"call failure {self.pk}"
