"""Schedules to change; calls and what they led to, for looking at."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.models import (
    BudgetWarning,
    Call,
    CallFailure,
    CallIntervention,
    CallSchedule,
    EducationGiven,
    FollowUp,
    StaffCall,
    UsageEntry,
)
from calls.scheduling.audit import forgotten
from patients.admin import PatientAdmin
from patients.admin_base import ReadOnlyAdmin, TeamWallAdmin

DAYS = (
    (1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")), (5, _("Friday")),
    (6, _("Saturday")), (7, _("Sunday")),
)  # fmt: skip


class ScheduleForm(forms.ModelForm):
    """When a patient is called. What the table would refuse is said next to its field."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = CallSchedule
        fields = (
            "patient", "is_active", "weekdays", "window_start", "window_end", "quiet_dates", "attempts_max",
            "attempt_gap_minutes",
        )  # fmt: skip

    def clean_weekdays(self) -> list[int]:
        return sorted(set(self.cleaned_data["weekdays"]))

    def clean_quiet_dates(self) -> list[str]:
        days = self.cleaned_data["quiet_dates"] or []
        try:
            return sorted({date.fromisoformat(day).isoformat() for day in days})
        except (TypeError, ValueError):
            raise forms.ValidationError(_('Dates in a list, such as ["2026-12-25"].')) from None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, end = values.get("window_start"), values.get("window_end")
        if start and end and not (start.hour >= 8 and start < end and (end.hour, end.minute) <= (21, 0)):
            raise forms.ValidationError(
                {"window_end": _("Calls lie between 08:00 and 21:00, and the end after the start.")}
            )
        return values


class ScheduleInline(admin.StackedInline):
    model = CallSchedule
    form = ScheduleForm
    extra = 0
    can_delete = False
    fields = (("is_active", "attempts_max", "attempt_gap_minutes"), "weekdays", ("window_start", "window_end"),
              "quiet_dates")  # fmt: skip


PatientAdmin.inlines = [*PatientAdmin.inlines, ScheduleInline]


class NextCallFilter(admin.SimpleListFilter):
    """Active patients that nothing will call: each with the reason that the planner wrote down."""

    title = _("next call")
    parameter_name = "next"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("none planned"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "none":
            return queryset
        lost = forgotten(timezone.now())
        if queryset.model is CallSchedule:
            return queryset.filter(Exists(lost.filter(pk=OuterRef("patient_id"))))
        return queryset.filter(Exists(lost.filter(pk=OuterRef("pk"))))


PatientAdmin.list_filter = (*PatientAdmin.list_filter, NextCallFilter)


@admin.register(CallSchedule)
class CallScheduleAdmin(TeamWallAdmin):
    form = ScheduleForm
    list_display = ("who", "is_active", "days", "window_start", "window_end", "next_due_at", "why_not_next")
    list_filter = (NextCallFilter, "is_active", ("why_not_next", admin.EmptyFieldListFilter))
    list_select_related = ("patient",)
    autocomplete_fields = ("patient",)
    readonly_fields = ("next_due_at", "why_not_next")

    @admin.display(description=_("days"))
    def days(self, row: CallSchedule) -> str:
        names = dict(DAYS)
        return ", ".join(str(names.get(day, day))[:3] for day in row.weekdays)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = ("patient",) if obj is not None else ()
        return (*fixed, "next_due_at", "why_not_next")


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
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
    patient_path = "call__patient"
    list_display = ("at", "error_type", "error_code", "strategy", "result")
    list_filter = ("error_type", "strategy")


@admin.register(BudgetWarning)
class BudgetWarningAdmin(admin.ModelAdmin):
    """What was warned about; aggregates only."""

    list_display = ("month", "percent", "spent_usd", "budget_usd", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
