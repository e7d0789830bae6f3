"""Teams, their members, and who may sign in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from patients.admin.zones import checked_zone
from patients.admin_base import ConfigurationAdmin
from patients.models import CareTeam, Membership, User

admin.site.unregister(Group)  # roles are memberships of care teams


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0


class CareTeamForm(forms.ModelForm):
    class Meta:
        model = CareTeam
        fields = (
            "name", "spoken_name", "phone", "time_zone", "staffed_from", "staffed_until", "staffed_weekdays",
        )  # fmt: skip

    def clean_time_zone(self) -> str:
        return checked_zone(self.cleaned_data["time_zone"])

    def clean_staffed_weekdays(self) -> list[int]:
        days = self.cleaned_data["staffed_weekdays"] or []
        if not isinstance(days, list) or any(day not in range(1, 8) for day in days):
            raise forms.ValidationError(_("Numbers 1 (Monday) to 7 in a list, such as [1, 2, 3, 4, 5]."))
        return sorted(set(days))


@admin.register(CareTeam)
class CareTeamAdmin(ConfigurationAdmin):
    """Teams, their hours, and who is in them with which role."""

    form = CareTeamForm
    list_display = ("name", "time_zone", "staffed_from", "staffed_until", "people")
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CareTeam]:
        return super().get_queryset(request).annotate(people_n=Count("memberships"))

    @admin.display(description=_("people"), ordering="people_n")
    def people(self, team: Any) -> int:
        return int(team.people_n)


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Staff. Left people are deactivated: the audit trail names them."""

    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__team", "memberships__role")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Paging"), {"fields": ("phone", "time_zone")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    inlines = (MembershipInline,)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False
