"""Teams, their members, and who may sign in."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from patients.admin.form_fields import WeekdaysField, ZoneField
from patients.admin_base import ConfigurationAdmin, InForceFilter, NotChanged, NotDeleted
from patients.models import ApiToken, CareTeam, Membership, User
from patients.phone import BadPhone, e164
from patients.services.tokens import LONGEST_DAYS, api_token_issue, api_token_revoke

admin.site.unregister(Group)  # roles are memberships of care teams
admin.site.unregister(EmailAddress)  # addresses are those of the accounts


class MemberInline(admin.StackedInline):
    """Who is in a team."""

    model = Membership
    extra = 0
    fields = (("user", "role"),)


class MembershipInline(admin.StackedInline):
    """Which teams somebody is in."""

    model = Membership
    extra = 0
    fields = (("team", "role"),)


class CareTeamForm(forms.ModelForm):
    time_zone = ZoneField(label=_("Time zone"), initial="America/New_York")
    staffed_weekdays = WeekdaysField(
        label=_("Staffed weekdays"), required=False, help_text=_("None ticked means Monday to Friday.")
    )

    class Meta:
        model = CareTeam
        fields = (
            "name", "spoken_name", "phone", "time_zone", "staffed_from", "staffed_until", "staffed_weekdays",
        )  # fmt: skip


@admin.register(CareTeam)
class CareTeamAdmin(ConfigurationAdmin):
    """Teams, their hours, and who is in them with which role."""

    form = CareTeamForm
    list_display = ("name", "time_zone", "staffed_from", "staffed_until", "people")
    inlines = (MemberInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CareTeam]:
        return super().get_queryset(request).annotate(people_n=Count("memberships"))

    @admin.display(description=_("people"), ordering="people_n")
    def people(self, team: Any) -> int:
        return int(team.people_n)


class NewStaffForm(forms.ModelForm):
    """An account that nobody can sign in to until its owner has set a password."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")

    def save(self, commit: bool = True) -> User:
        person: User = super().save(commit=False)
        person.set_unusable_password()
        if commit:
            person.save()
        return person


class StaffForm(UserChangeForm):
    """Staff without the password, which its owner sets."""

    password = None
    time_zone = ZoneField(label=_("Time zone"), required=False, help_text=_("Empty means that of the team."))

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        try:
            return e164(phone) if phone else ""
        except BadPhone:
            raise forms.ValidationError(_("Not a phone number. Write it like +1 201 555 0100.")) from None


@admin.register(User)
class StaffAdmin(NotDeleted, UserAdmin):
    """Staff. Left people are deactivated: the audit trail names them.

    Nobody sets a colleague's password here: the page starts a link by which its owner does.
    """

    form = StaffForm
    add_form = NewStaffForm
    add_form_template = "admin/clinic/new_staff.html"
    change_form_template = "admin/clinic/staff.html"
    add_fieldsets = ((None, {"fields": ("username", "first_name", "last_name", "email")}),)
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__team", "memberships__role")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username",)}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Paging"), {"fields": ("phone", "time_zone", "language")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    inlines = (MembershipInline,)

    def get_urls(self) -> list[Any]:
        """Without the page on which Django sets anybody's password."""
        return [each for each in super().get_urls() if each.name != "auth_user_password_change"]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        raise PermissionDenied


class ApiTokenForm(forms.ModelForm):
    days = forms.IntegerField(
        label=_("Days until it expires"), min_value=1, max_value=LONGEST_DAYS, initial=90
    )

    class Meta:
        model = ApiToken
        fields = ("user", "label", "may_write")


@admin.register(ApiToken)
class ApiTokenAdmin(NotChanged, ConfigurationAdmin):
    """Tokens for programs. The text is shown once, on the page that answers the form."""

    form = ApiTokenForm
    list_display = ("label", "user", "may_write", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_filter = (InForceFilter, "may_write")
    list_select_related = ("user",)
    actions = ("revoke",)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        values = form.cleaned_data
        row, form.text = api_token_issue(
            user=values["user"], label=values["label"], days=values["days"], may_write=values["may_write"]
        )
        obj.__dict__.update(row.__dict__)
        request.token_text = form.text  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: Any = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("The new API token"),
            "token": request.token_text,  # type: ignore[attr-defined]
            "row": obj,
        }
        return TemplateResponse(request, "admin/clinic/token.html", context)

    @admin.action(description=_("Revoke at once"), permissions=["add"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        ended = sum(api_token_revoke(token=token) for token in queryset)
        said = ngettext("%(n)s token revoked.", "%(n)s tokens revoked.", ended)
        self.message_user(request, said % {"n": ended})
