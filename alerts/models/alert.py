"""The alert, its episode (one card on the worklist) and its append-only timeline."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heartvoice.shared.fields import PHIJSONField, PHITextField
from heartvoice.shared.models import UUIDModel
from patients.models import Patient


class Severity(models.TextChoices):
    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")
    CRITICAL = "critical", _("critical")


class AlertType(models.TextChoices):
    """The original design's four types, and missed contact."""

    SYMPTOM_WORSENING = "symptom_worsening", _("symptom worsening")
    MEDICATION_ISSUE = "medication_issue", _("medication issue")
    EMERGENCY = "emergency", _("emergency")
    VOICE_BIOMARKER = "voice_biomarker", _("voice biomarker")
    MISSED_CONTACT = "missed_contact", _("missed contact")


SEVERITY_RANK = {"low": 1, "medium": 2, "high": 3, "critical": 4}


class Episode(UUIDModel):
    """One worsening of one patient: alerts within 72 hours share a card. Severity only goes up while it is open."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="episodes")
    severity = models.CharField(max_length=8, choices=Severity)
    opened_at = models.DateTimeField()
    last_alert_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("episode")
        verbose_name_plural = _("episodes")
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(closed_at__isnull=True), name="episode_one_open_per_patient"
            )
        ]


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: object) -> Self:
        """Alerts of the patients of the user's teams."""
        if not getattr(user, "is_active", False) or getattr(user, "pk", None) is None:
            return self.none()
        return self.filter(patient__care_team__memberships__user=user)

    def open(self) -> Self:
        return self.exclude(state=Alert.State.RESOLVED)


class Alert(UUIDModel):
    """Something worrying, with its reason and evidence, that a person must act on."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        IN_PROGRESS = "in_progress", _("in progress")
        SNOOZED = "snoozed", _("snoozed")
        ESCALATED = "escalated", _("escalated")
        RESOLVED = "resolved", _("resolved")
        REOPENED = "reopened", _("reopened")

    class Source(models.TextChoices):
        RULE = "rule", _("rule")
        PHRASE = "phrase", _("phrase scanner")
        MODEL = "model", _("voice model")
        CALL = "call", _("call event")
        STAFF = "staff", _("staff")

    class Disposition(models.TextChoices):
        EMERGENCY_SERVICES = "emergency_services", _("911 or emergency department")
        SAME_DAY_VISIT = "same_day_visit", _("same-day visit")
        DRUG_CHANGE = "drug_change", _("drug change by clinician")
        EDUCATION = "education", _("nurse education")
        FALSE_ALARM = "false_alarm", _("false alarm")
        UNREACHABLE = "unreachable", _("unable to reach")
        OTHER = "other", _("other")

    class FalseAlarm(models.TextChoices):
        MISHEARD = "misheard", _("misheard")
        KNOWN = "known", _("already known")
        WRONG_PERSON = "wrong_person", _("wrong person")

    patient = models.ForeignKey(
        Patient, verbose_name=_("patient"), on_delete=models.CASCADE, related_name="alerts"
    )
    episode = models.ForeignKey(
        Episode, verbose_name=_("episode"), on_delete=models.CASCADE, related_name="alerts"
    )
    call = models.ForeignKey(
        "calls.Call",
        verbose_name=_("call"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
    )
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    alert_type = models.CharField(_("type"), max_length=20, choices=AlertType)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    rule_id = models.CharField(_("rule"), max_length=20, help_text=_("Rule of the rule set, or `model`."))
    rule_version = models.CharField(_("rule set"), max_length=40, blank=True, default="")
    flag = models.CharField(
        _("flag"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Flag of the phrase scanner, when one raised it."),
    )
    topic = models.CharField(
        _("topic"),
        max_length=40,
        blank=True,
        default="",
        help_text=_("Reasons with the same topic are one alert of an episode."),
    )
    dedupe_key = models.CharField(
        _("key against doubles"),
        max_length=120,
        help_text=_("Same key for the same patient: the same alert."),
    )
    description = PHITextField(_("description"), context="alert.description")
    recommended_action = PHITextField(_("advice"), blank=True, default="", context="alert.recommended_action")
    evidence = PHIJSONField(_("evidence"), blank=True, default=list, context="alert.evidence")
    inputs = PHIJSONField(_("numbers behind it"), blank=True, default=dict, context="alert.inputs")
    requires_immediate_response = models.BooleanField(_("needs an answer at once"), default=False)
    occurrences = models.PositiveIntegerField(_("times seen"), default=1)
    last_seen_at = models.DateTimeField(_("last seen at"))

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.NEW)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_alerts",
    )
    escalated_to = models.CharField(_("escalated to"), max_length=12, blank=True, default="")
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    paging_since = models.DateTimeField(
        _("paging since"),
        null=True,
        blank=True,
        help_text=_("When it took its present severity or role: deadlines run from here."),
    )
    notify_due_at = models.DateTimeField(_("page due at"), null=True, blank=True)
    acknowledge_due_at = models.DateTimeField(_("acknowledge by"), null=True, blank=True)
    contact_due_at = models.DateTimeField(_("reach the patient by"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("patient reached at"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    disposition = models.CharField(_("outcome"), max_length=20, choices=Disposition, blank=True, default="")
    false_alarm_reason = models.CharField(
        _("why a false alarm"), max_length=12, choices=FalseAlarm, blank=True, default=""
    )
    resolution_note = PHITextField(_("closing note"), blank=True, default="", context="alert.resolution_note")
    escalation_level = models.PositiveSmallIntegerField(_("step of the ladder"), default=0)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        indexes = [
            models.Index(fields=["patient", "-created_at"]),
            models.Index(
                fields=["state", "severity", "acknowledge_due_at"],
                condition=~Q(state="resolved"),
                name="alert_open_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["patient", "dedupe_key"], name="alert_once_per_reason"),
            models.CheckConstraint(
                condition=Q(severity__in=list(SEVERITY_RANK)), name="alert_severity_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | (Q(resolved_at__isnull=False) & ~Q(disposition="")),
                name="alert_resolved_with_disposition",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "reopened", "snoozed", "resolved", "escalated"])
                | Q(owner__isnull=False),
                name="alert_in_hand_has_owner",
            ),
        ]


class AlertEvent(models.Model):
    """One thing that happened to an alert. Never changed, never removed."""

    class Kind(models.TextChoices):
        """What happened, in the words of the alert's timeline."""

        RAISED = "raised", _("Raised")
        SEEN_AGAIN = "seen_again", _("Seen again")
        WORSENED = "worsened", _("Worsened")
        REASON_ADDED = "reason_added", _("Another reason")
        ACKNOWLEDGED = "acknowledged", _("Claimed")
        STARTED = "started", _("Started")
        PATIENT_REACHED = "patient_reached", _("Patient reached")
        SNOOZED = "snoozed", _("Snoozed")
        WOKE = "woke", _("Woken")
        ESCALATED = "escalated", _("Escalated")
        RELEASED = "released", _("Given back")
        TAKEN_OVER = "taken_over", _("Taken over")
        RESOLVED = "resolved", _("Resolved")
        REOPENED = "reopened", _("Opened again")
        NOTE = "note", _("Note")
        PAGED = "paged", _("Paged the next person")
        DEADLINE_MISSED = "deadline_missed", _("Nobody claimed it in time: paged the next person")
        PAGE_FAILED = "page_failed", _("A page could not be delivered")
        SCREEN = "screen", _("Questions asked in the call")
        CONTACT_RUNG = "contact_rung", _("The emergency contact is being rung")
        CONTACT_MISSING = "contact_missing", _("No emergency contact on file")
        CONTACT_UNREACHED = "contact_unreached", _("The emergency contact did not answer")
        CONTACT_TOLD = "contact_told", _("The emergency contact was told")

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=24, choices=Kind)
    from_state = models.CharField(max_length=12, blank=True, default="")
    to_state = models.CharField(max_length=12, blank=True, default="")
    from_severity = models.CharField(max_length=8, blank=True, default="")
    to_severity = models.CharField(max_length=8, blank=True, default="")
    data = PHIJSONField(blank=True, default=dict, context="alert_event.data")

    class Meta:
        verbose_name = _("event of an alert")
        verbose_name_plural = _("events of alerts")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"alert event {self.pk}"
