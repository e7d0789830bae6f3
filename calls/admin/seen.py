"""Calls and what they led to: for looking at."""

from __future__ import annotations

from django.contrib import admin

from calls.models import (
    BudgetWarning,
    Call,
    CallFailure,
    CallIntervention,
    EducationGiven,
    FollowUp,
    StaffCall,
    UsageEntry,
)
from calls.words import END_REASONS, FALLBACKS, FAULTS, NOT_CALLED
from patients.admin_base import NotAdded, NotChanged, NotDeleted, ReadOnlyAdmin, by_code


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    words = {"not_called_reason": NOT_CALLED, "end_reason": END_REASONS}
    list_display = (
        "who",
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
    list_select_related = ("patient",)
    date_hierarchy = "planned_for"


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyAdmin):
    list_display = ("who", "follow_up_type", "urgency", "due_at", "state")
    list_filter = ("state", "urgency")
    list_select_related = ("patient",)


@admin.register(EducationGiven)
class EducationGivenAdmin(ReadOnlyAdmin):
    list_display = ("who", "topic", "delivery_method", "created_at")
    list_filter = ("topic",)
    list_select_related = ("patient",)


@admin.register(StaffCall)
class StaffCallAdmin(ReadOnlyAdmin):
    list_display = ("who", "by", "state", "created_at", "talked_s")
    list_filter = ("state",)
    list_select_related = ("patient", "by")


@admin.register(CallIntervention)
class CallInterventionAdmin(ReadOnlyAdmin):
    patient_path = "call__patient"
    list_display = ("who", "by", "kind", "state", "created_at")
    list_filter = ("kind", "state")
    list_select_related = ("call__patient", "by")


@admin.register(UsageEntry)
class UsageEntryAdmin(ReadOnlyAdmin):
    patient_path = "call__patient"
    list_display = ("created_at", "kind", "provider", "model", "cost_usd")
    list_filter = ("provider", "kind", "model")


@admin.register(CallFailure)
class CallFailureAdmin(ReadOnlyAdmin):
    words = {"error_type": FAULTS, "strategy": FALLBACKS}
    patient_path = "call__patient"
    list_display = ("at", "error_type", "error_code", "strategy", "result")
    list_filter = (("error_type", by_code(FAULTS)), ("strategy", by_code(FALLBACKS)))


@admin.register(BudgetWarning)
class BudgetWarningAdmin(NotAdded, NotChanged, NotDeleted, admin.ModelAdmin):
    """What was warned about; aggregates only."""

    list_display = ("month", "percent", "spent_usd", "budget_usd", "created_at")
