"""Schedules to change; calls and what they led to, for looking at."""

from __future__ import annotations

from django.contrib import admin

from calls.models import Call, CallFailure, CallSchedule, EducationGiven, FollowUp, UsageEntry
from patients.admin_base import ReadOnlyAdmin, TeamWallAdmin


@admin.register(CallSchedule)
class CallScheduleAdmin(TeamWallAdmin):
    list_display = (
        "id",
        "is_active",
        "weekdays",
        "window_start",
        "window_end",
        "next_due_at",
        "why_not_next",
    )
    list_filter = ("is_active", "why_not_next")
    autocomplete_fields = ("patient",)
    readonly_fields = ("next_due_at", "why_not_next")


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "purpose",
        "state",
        "planned_for",
        "duration_s",
        "is_completed",
        "identity_result",
        "not_called_reason",
        "cost_usd",
    )
    list_filter = ("state", "purpose", "direction", "identity_result")
    date_hierarchy = "planned_for"


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyAdmin):
    list_display = ("id", "follow_up_type", "urgency", "due_at", "state")
    list_filter = ("state", "urgency")


@admin.register(EducationGiven)
class EducationGivenAdmin(ReadOnlyAdmin):
    list_display = ("id", "topic", "delivery_method", "created_at")
    list_filter = ("topic",)


@admin.register(UsageEntry)
class UsageEntryAdmin(ReadOnlyAdmin):
    patient_path = "call__patient"
    list_display = ("id", "kind", "provider", "model", "cost_usd", "created_at")
    list_filter = ("provider", "kind", "model")


@admin.register(CallFailure)
class CallFailureAdmin(ReadOnlyAdmin):
    patient_path = "call__patient"
    list_display = ("at", "error_type", "error_code", "strategy", "result")
    list_filter = ("error_type", "strategy")
