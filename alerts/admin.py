"""Alerts for looking at; rosters, ladders, rule sets and failed notifications for acting on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from alerts.models import Alert, CareTask, EscalationPolicy, Notification, OnCallShift, RuleSetVersion
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


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(admin.ModelAdmin):
    list_display = ("team", "severity", "repeat_every_minutes")


@admin.register(RuleSetVersion)
class RuleSetVersionAdmin(admin.ModelAdmin):
    list_display = ("version", "signed_off_by", "signed_off_on", "in_force_since", "retired_at")
    readonly_fields = ("activated_by", "in_force_since", "retired_at")

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
