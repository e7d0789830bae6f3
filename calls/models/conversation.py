"""What was said in a call, what it led to, and what the next call should remember."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models.call import Call
from heartvoice.shared.fields import PHIJSONField, PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class Turn(UUIDModel):
    """One final utterance, as it was heard."""

    class Speaker(models.TextChoices):
        PATIENT = "patient", _("patient")
        CAREGIVER = "caregiver", _("caregiver")
        MAYA = "maya", _("Maya")
        SYSTEM = "system", _("approved script")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="turns")
    sequence = models.PositiveIntegerField()
    speaker = models.CharField(max_length=10, choices=Speaker)
    text = PHITextField(context="turn.text")
    start_ms = models.PositiveIntegerField(help_text="ms from the start of the stream")
    end_ms = models.PositiveIntegerField(help_text="ms from the start of the stream")
    item_id = models.CharField(max_length=64)
    question_id = models.CharField(max_length=40, blank=True, default="")
    is_interrupted = models.BooleanField(default=False)
    flags = models.JSONField(default=list, blank=True, help_text="flags of the phrase scanner")

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["call", "item_id"], name="turn_once_per_item"),
            models.CheckConstraint(
                condition=Q(end_ms__gte=models.F("start_ms")), name="turn_ends_after_start"
            ),
        ]


class ToolCall(UUIDModel):
    """A tool that the voice model asked for, and what came of it. Refused ones are kept too."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="tool_calls")
    model_call_id = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    arguments = PHIJSONField(blank=True, default=dict, context="tool_call.arguments")
    result = PHIJSONField(blank=True, default=dict, context="tool_call.result")
    is_ok = models.BooleanField(default=False)
    error_code = models.CharField(max_length=40, blank=True, default="")
    at_ms = models.PositiveIntegerField(default=0, help_text="ms from the start of the stream")
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tool call")
        verbose_name_plural = _("tool calls")
        ordering = ["at_ms", "created_at"]
        constraints = [models.UniqueConstraint(fields=["call", "model_call_id"], name="tool_call_once")]


class ConversationMemory(UUIDModel):
    """What the next call may refer to. The row is the truth; Redis holds an encrypted copy for seven days."""

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="conversation_memory")
    call = models.ForeignKey(Call, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    body = PHIJSONField(
        default=dict, context="memory.body",
        help_text="last_call_on, previous_concerns, medication_changes, personal_topics, follow_up_items",
    )  # fmt: skip

    class Meta:
        verbose_name = _("memory of a conversation")
        verbose_name_plural = _("memories of conversations")


class FollowUp(UUIDModel):
    """A follow-up that was promised: it becomes a call or a nurse's task, with a due time from its urgency."""

    class Type(models.TextChoices):
        VOICE_CALL = "voice_call", _("voice call")
        CLINIC_APPOINTMENT = "clinic_appointment", _("clinic appointment")
        TELEHEALTH = "telehealth", _("telehealth")

    class Urgency(models.TextChoices):
        ROUTINE = "routine", _("routine")
        PRIORITY = "priority", _("priority")
        URGENT = "urgent", _("urgent")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("follow-up", "open")
        DONE = "done", pgettext_lazy("follow-up", "done")
        CANCELLED = "cancelled", pgettext_lazy("follow-up", "cancelled")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="follow_ups"
    )
    call = models.ForeignKey(
        Call,
        verbose_name=_("call"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="follow_ups",
    )
    model_call_id = models.CharField(_("id of the tool call"), max_length=80, blank=True, default="")
    follow_up_type = models.CharField(_("type"), max_length=20, choices=Type)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency)
    timeframe = PHITextField(
        _("recommended timeframe"), blank=True, default="", context="follow_up.timeframe"
    )
    reason = PHITextField(_("reason"), context="follow_up.reason")
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    resulting_call = models.ForeignKey(
        Call,
        verbose_name=_("call that came of it"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "model_call_id"],
                condition=~Q(model_call_id=""),
                name="follow_up_once_per_tool_call",
            )
        ]


class EducationGiven(UUIDModel):
    """A reviewed text that was explained in a call."""

    class Topic(models.TextChoices):
        MEDICATION = "medication_management", _("medication management")
        SODIUM = "diet_sodium", _("sodium in the diet")
        FLUID = "fluid_restriction", _("fluid restriction")
        EXERCISE = "exercise", _("exercise")
        MONITORING = "symptom_monitoring", _("symptom monitoring")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="education_given"
    )
    call = models.ForeignKey(
        Call, verbose_name=_("call"), on_delete=models.CASCADE, related_name="education_given"
    )
    model_call_id = models.CharField(_("id of the tool call"), max_length=80)
    topic = models.CharField(_("topic"), max_length=24, choices=Topic)
    delivery_method = models.CharField(_("how it was explained"), max_length=24, default="verbal_explanation")
    patient_context = PHITextField(_("context"), blank=True, default="", context="education.context")

    class Meta:
        verbose_name = _("explanation given")
        verbose_name_plural = _("explanations given")
        constraints = [
            models.UniqueConstraint(fields=["call", "model_call_id"], name="education_once_per_tool_call")
        ]
