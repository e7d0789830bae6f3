"""Versions of the clinical rules: written, signed, put into force, never edited after."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alerts.models import RuleSetVersion
from alerts.rules import parse_ruleset
from alerts.ruleset import RuleSetError
from alerts.services import ruleset_activate
from heartvoice.shared.errors import DomainError

REFUSALS = {
    "": _("These rules cannot be put into force."),
    "already_used": _("This version has been in force already."),
    "not_signed_off": _("A rule set is signed off before it is put into force."),
    "unusable_ruleset": _("These rules cannot be used. Open the version and save it: the page says why."),
    "weakens_emergency": _("These rules weaken emergency rules: they cannot be put into force."),
}


class RuleSetVersionForm(forms.ModelForm):
    """The text is checked when it is written, not when the next patient calls."""

    class Meta:
        model = RuleSetVersion
        fields = ("version", "body", "signed_off_by", "signed_off_on")
        widgets = {
            "body": forms.Textarea(attrs={"rows": 28, "cols": 110, "class": "hv-code", "spellcheck": "false"})
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        try:
            rules = parse_ruleset(values.get("body", ""))
        except RuleSetError as error:
            said = _("These rules cannot be used: %(why)s") % {"why": error}
            raise forms.ValidationError({"body": said}) from None
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
            self.message_user(request, REFUSALS.get(error.code, REFUSALS[""]), messages.ERROR)
        else:
            self.message_user(request, _("%(version)s is in force.") % {"version": row.version})

    def has_change_permission(self, request: HttpRequest, obj: RuleSetVersion | None = None) -> bool:
        return obj is None or obj.in_force_since is None

    def has_delete_permission(self, request: HttpRequest, obj: RuleSetVersion | None = None) -> bool:
        return obj is not None and obj.in_force_since is None
