"""Alerts for looking at; rosters, ladders, rule sets and failed notifications for acting on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alerts.models import Alert, CareTask, EscalationPolicy, Notification, OnCallShift, RuleSetVersion
from alerts.rules import parse_ruleset
from alerts.ruleset import RuleSetError
from alerts.selectors import ruleset_in_force, with_policy
from alerts.services import ruleset_activate, threshold_set, trial_page_send
from alerts.services.resending import notification_resend
from alerts.severity import Severity
from heartvoice.shared.errors import Conflict, DomainError
from patients.admin_base import ReadOnlyAdmin, TeamWallAdmin
from patients.models import ThresholdOverride
from patients.services import override_revoke


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("who", "severity", "alert_type", "rule_id", "state", "owner", "created_at", "resolved_at")
    list_select_related = ("patient", "owner")
    list_filter = ("state", "severity", "alert_type")


@admin.register(CareTask)
class CareTaskAdmin(ReadOnlyAdmin):
    list_display = ("who", "kind", "state", "owner", "due_at", "done_at")
    list_select_related = ("patient", "owner")
    list_filter = ("state", "kind")


@admin.register(OnCallShift)
class OnCallShiftAdmin(admin.ModelAdmin):
    list_display = ("team", "user", "level", "starts_at", "ends_at")
    list_filter = ("team", "level", "user")
    list_select_related = ("team", "user")
    date_hierarchy = "starts_at"
    actions = ("test_pages",)

    def has_delete_permission(self, request: HttpRequest, obj: OnCallShift | None = None) -> bool:
        """A duty that has begun is history: who was on call then stays known."""
        return obj is not None and obj.starts_at > timezone.now()

    @admin.action(description=_("Send a test page by text and by telephone"), permissions=["change"])
    def test_pages(self, request: HttpRequest, queryset: QuerySet[OnCallShift]) -> None:
        """What a person on call should see and hear before the night begins."""
        people = {(shift.team, shift.user) for shift in queryset.select_related("team", "user")}
        for team, person in people:
            for channel in (Notification.Channel.SMS, Notification.Channel.VOICE):
                trial_page_send(team=team, person=person, channel=channel)
        self.message_user(
            request,
            ngettext(
                "%(n)s person will be paged for a test: see the notifications.",
                "%(n)s people will be paged for a test: see the notifications.",
                len(people),
            )
            % {"n": len(people)},
        )


class EscalationPolicyForm(forms.ModelForm):
    """Steps are checked when they are written: a ladder that does not hold would be ignored at night."""

    class Meta:
        model = EscalationPolicy
        fields = ("team", "severity", "steps", "repeat_every_minutes")

    def clean_steps(self) -> Any:
        steps = self.cleaned_data["steps"]
        try:
            with_policy(ruleset_in_force().responses[Severity.CRITICAL], steps, None)
        except RuleSetError as error:
            raise forms.ValidationError(str(error)) from None
        return steps


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(admin.ModelAdmin):
    """A team's own ladder. Removing one puts the rule set's ladder back in force."""

    form = EscalationPolicyForm
    list_display = ("team", "severity", "repeat_every_minutes")


class RuleSetVersionForm(forms.ModelForm):
    """The text is checked when it is written, not when the next patient calls."""

    class Meta:
        model = RuleSetVersion
        fields = ("version", "body", "signed_off_by", "signed_off_on")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        try:
            rules = parse_ruleset(values.get("body", ""))
        except RuleSetError as error:
            raise forms.ValidationError({"body": str(error)}) from None
        if rules.version != values.get("version"):
            raise forms.ValidationError(
                {"version": _("The text calls itself %(version)s.") % {"version": rules.version}}
            )
        return values


@admin.register(RuleSetVersion)
class RuleSetVersionAdmin(admin.ModelAdmin):
    form = RuleSetVersionForm
    actions = ("put_into_force",)
    list_display = ("version", "signed_off_by", "signed_off_on", "in_force_since", "retired_at")
    readonly_fields = ("activated_by", "in_force_since", "retired_at")

    @admin.action(description=_("Put into force"), permissions=["view"])
    def put_into_force(self, request: HttpRequest, queryset: QuerySet[RuleSetVersion]) -> None:
        """One version at a time, signed off, and checked again."""
        if queryset.count() != 1:
            self.message_user(request, _("Choose one version."), messages.ERROR)
            return
        try:
            row = ruleset_activate(version=queryset.get(), by=request.user)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("%(version)s is in force.") % {"version": row.version})

    def has_change_permission(self, request: HttpRequest, obj: RuleSetVersion | None = None) -> bool:
        return obj is None or obj.in_force_since is None

    def has_delete_permission(self, request: HttpRequest, obj: RuleSetVersion | None = None) -> bool:
        return obj is not None and obj.in_force_since is None


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):
    """The outbox of the administrator's teams. Failed messages can be sent again."""

    list_select_related = ("team", "recipient")
    show_full_result_count = False
    fields = (
        "team", "recipient", "channel", "purpose", "level", "state", "attempts", "next_attempt_at", "error_code",
        "provider_sid", "created_at", "sent_at", "delivered_at", "acknowledged_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return super().get_queryset(request).filter(team__memberships__user=request.user)

    list_display = (
        "created_at",
        "team",
        "recipient",
        "channel",
        "purpose",
        "state",
        "attempts",
        "error_code",
    )
    list_filter = ("state", "channel", "purpose", "team")
    date_hierarchy = "created_at"
    actions = ("send_again",)

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        sent = 0
        for row in queryset:
            try:
                notification_resend(notification=row)
            except Conflict:
                continue
            sent += 1
        said = ngettext("%(n)s message will be sent again.", "%(n)s messages will be sent again.", sent)
        level = messages.SUCCESS if sent else messages.WARNING
        self.message_user(request, said % {"n": sent}, level)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ThresholdForm(forms.ModelForm):
    """A patient's own number, as the rules in force allow it."""

    class Meta:
        model = ThresholdOverride
        fields = ("patient", "rule_id", "parameter", "value", "reason", "valid_until")

    by: Any = None
    saved: ThresholdOverride

    def clean_rule_id(self) -> str:
        return str(self.cleaned_data["rule_id"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """Sets it, because only the service knows whether the rules allow it; a refusal stands next to the form."""
        values = super().clean() or {}
        if not self.errors:
            try:
                self.saved = threshold_set(**values, set_by=self.by)
            except DomainError as error:
                raise forms.ValidationError(str(error)) from None
        return values

    def validate_unique(self) -> None:
        """The service has revoked the one before."""

    def validate_constraints(self) -> None:
        """The row is written already; the database has checked it."""


@admin.register(ThresholdOverride)
class ThresholdOverrideAdmin(TeamWallAdmin):
    """Personal thresholds: set through the service that asks the rule set, revoked, never edited."""

    form = ThresholdForm
    list_display = ("who", "rule_id", "parameter", "value", "set_by", "valid_until", "revoked_at")
    list_filter = ("rule_id", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("patient", "set_by")
    autocomplete_fields = ("patient",)
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: ThresholdOverride, form: Any, change: bool) -> None:
        obj.__dict__.update(form.saved.__dict__)

    @admin.action(description=_("Revoke: the rule set’s own number holds again"), permissions=["add"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ThresholdOverride]) -> None:
        rows = list(queryset.filter(revoked_at__isnull=True))
        for row in rows:
            override_revoke(override=row)
        said = ngettext("%(n)s threshold revoked.", "%(n)s thresholds revoked.", len(rows))
        self.message_user(request, said % {"n": len(rows)})
