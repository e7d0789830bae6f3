"""Alerts for looking at; rosters, ladders, rule sets and failed notifications for acting on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from alerts.models import Alert, CareTask, EscalationPolicy, Notification, OnCallShift, RuleSetVersion
from alerts.rules import parse_ruleset
from alerts.ruleset import RuleSetError
from alerts.selectors import ruleset_in_force, with_policy
from alerts.services import ruleset_activate, trial_page_send
from alerts.severity import Severity
from heartvoice.shared.errors import DomainError
from patients.admin_base import ReadOnlyAdmin


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("id", "severity", "alert_type", "rule_id", "state", "owner", "created_at", "resolved_at")
    list_filter = ("state", "severity", "alert_type")


@admin.register(CareTask)
class CareTaskAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "owner", "due_at", "done_at")
    list_filter = ("state", "kind")


@admin.register(OnCallShift)
class OnCallShiftAdmin(admin.ModelAdmin):
    list_display = ("team", "user", "level", "starts_at", "ends_at")
    list_filter = ("team", "level")
    date_hierarchy = "starts_at"
    actions = ("test_pages",)

    @admin.action(description="Send a test page by text and by telephone", permissions=["change"])
    def test_pages(self, request: HttpRequest, queryset: QuerySet[OnCallShift]) -> None:
        """What a person on call should see and hear before the night begins."""
        people = {(shift.team, shift.user) for shift in queryset.select_related("team", "user")}
        for team, person in people:
            for channel in (Notification.Channel.SMS, Notification.Channel.VOICE):
                trial_page_send(team=team, person=person, channel=channel)
        self.message_user(
            request, f"{len(people)} person(s) will be paged for a test: see the notifications."
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
            raise forms.ValidationError({"version": f"the text calls itself {rules.version}"})
        return values


@admin.register(RuleSetVersion)
class RuleSetVersionAdmin(admin.ModelAdmin):
    form = RuleSetVersionForm
    actions = ("put_into_force",)
    list_display = ("version", "signed_off_by", "signed_off_on", "in_force_since", "retired_at")
    readonly_fields = ("activated_by", "in_force_since", "retired_at")

    @admin.action(description="Put into force", permissions=["view"])
    def put_into_force(self, request: HttpRequest, queryset: QuerySet[RuleSetVersion]) -> None:
        """One version at a time, signed off, and checked again."""
        if queryset.count() != 1:
            self.message_user(request, "Choose one version.", messages.ERROR)
            return
        try:
            row = ruleset_activate(version=queryset.get(), by=request.user)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{row.version} is in force.")

    def has_change_permission(self, request: HttpRequest, obj: RuleSetVersion | None = None) -> bool:
        return obj is None or obj.in_force_since is None

    def has_delete_permission(self, request: HttpRequest, obj: RuleSetVersion | None = None) -> bool:
        return obj is not None and obj.in_force_since is None


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):
    """The outbox. Failed messages can be sent again."""

    list_display = (
        "id",
        "team",
        "recipient",
        "channel",
        "purpose",
        "state",
        "attempts",
        "error_code",
        "created_at",
    )
    list_filter = ("state", "channel", "purpose")
    actions = ("send_again",)

    @admin.action(description="Send again", permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        again = queryset.filter(state=Notification.State.FAILED).update(
            state=Notification.State.PENDING, attempts=0, next_attempt_at=timezone.now(), error_code=""
        )
        self.message_user(request, f"{again} notification(s) will be sent again.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
