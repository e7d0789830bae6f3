"""When patients are called, and whom nothing will call."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alerts.selectors import ruleset_in_force
from calls.models import CallSchedule
from calls.scheduling.audit import forgotten
from calls.words import NOT_CALLED
from patients.admin import PatientAdmin
from patients.admin.form_fields import DAYS, DatesField, WeekdaysField
from patients.admin_base import TeamWallAdmin


class ScheduleForm(forms.ModelForm):
    """When a patient is called. What the table would refuse is said next to its field."""

    weekdays = WeekdaysField(label=_("Weekdays"))
    quiet_dates = DatesField(label=_("Days without calls"))

    class Meta:
        model = CallSchedule
        fields = (
            "patient", "is_active", "weekdays", "window_start", "window_end", "quiet_dates", "attempts_max",
            "attempt_gap_minutes",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, end = values.get("window_start"), values.get("window_end")
        legal = ruleset_in_force().legal_hours
        if start and end and not legal.start <= start < end <= legal.end:
            refused = _("Calls lie between %(from)s and %(until)s, and the end after the start.")
            raise forms.ValidationError(
                {"window_end": refused % {"from": f"{legal.start:%H:%M}", "until": f"{legal.end:%H:%M}"}}
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
    words = {"why_not_next": NOT_CALLED}
    form = ScheduleForm
    list_display = ("who", "is_active", "days", "window_start", "window_end", "next_due_at", "why_not_next")
    list_filter = (NextCallFilter, "is_active")
    list_select_related = ("patient",)
    autocomplete_fields = ("patient",)
    readonly_fields = ("person", "next_due_at", "why")

    @admin.display(description=_("days"))
    def days(self, row: CallSchedule) -> str:
        names = dict(DAYS)
        return ", ".join(str(names.get(day, day))[:3] for day in row.weekdays)

    @admin.display(description=_("patient"))
    def person(self, row: CallSchedule) -> Any:
        return self.in_words("patient")(row)

    @admin.display(description=_("why no next call"))
    def why(self, row: CallSchedule) -> Any:
        return self.in_words("why_not_next")(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The patient of a schedule stays; what the planner says is no field."""
        rest = (
            "is_active", "weekdays", ("window_start", "window_end"), ("attempts_max", "attempt_gap_minutes"), "quiet_dates",
        )  # fmt: skip
        return ("patient", *rest) if obj is None else ("person", *rest, "next_due_at", "why")
