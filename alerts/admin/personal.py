"""Numbers of one patient: personal thresholds, and scores of questionnaires."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alerts.overrides import adjustable
from alerts.selectors import ruleset_in_force
from alerts.services import kccq_record, threshold_set
from alerts.words import number_in_words
from heartvoice.shared.errors import DomainError
from patients.admin_base import InForceFilter, NotChanged, TeamWallAdmin
from patients.models import KccqScore, ThresholdOverride
from patients.services import override_revoke

ADMIN_REASON = "ended in the administration"  # its list asks for no words; who did it is on record


class ThresholdForm(forms.ModelForm):
    """A patient's own number, as the rules in force allow it."""

    number = forms.ChoiceField(label=_("Rule and number"))

    class Meta:
        model = ThresholdOverride
        fields = ("patient", "value", "reason", "valid_until")

    by: Any = None
    saved: ThresholdOverride

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "number" in self.fields:  # not on the page that only shows one
            self.numbers = {each.key: each for each in adjustable(ruleset_in_force())}
            self.fields["number"].choices = [  # type: ignore[attr-defined]
                ("", "–"), *((key, number_in_words(each)) for key, each in self.numbers.items()),
            ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Sets it, because only the service knows whether the rules allow it; a refusal stands next to the form."""
        values = super().clean() or {}
        if not self.errors:
            number = self.numbers[values.pop("number")]
            if not number.lowest <= values["value"] <= number.highest:
                words = {"low": f"{number.lowest:g}", "high": f"{number.highest:g}"}
                raise forms.ValidationError(
                    {"value": _("This number is between %(low)s and %(high)s.") % words}
                )
            try:
                self.saved = threshold_set(
                    **values, rule_id=number.rule_id, parameter=number.parameter, set_by=self.by
                )
            except DomainError:
                days = ruleset_in_force()["override_longest_days"]
                said = _("A threshold ends in the future, within %(days)s days.") % {"days": f"{days:g}"}
                raise forms.ValidationError({"valid_until": said}) from None
        return values

    def validate_unique(self) -> None:
        """The service has revoked the one before."""

    def validate_constraints(self) -> None:
        """The row is written already; the database has checked it."""


@admin.register(ThresholdOverride)
class ThresholdOverrideAdmin(NotChanged, TeamWallAdmin):
    """Personal thresholds: set through the service that asks the rule set, revoked, never edited."""

    form = ThresholdForm
    fields = ("patient", "number", "value", "reason", "valid_until")
    list_display = ("who", "rule_id", "in_rule", "value", "set_by", "valid_until", "revoked_at")
    list_filter = ("rule_id", InForceFilter)
    list_select_related = ("patient", "set_by")
    autocomplete_fields = ("patient",)
    actions = ("revoke",)

    @admin.display(description=_("number of the rule"), ordering="parameter")
    def in_rule(self, row: ThresholdOverride) -> str:
        return gettext(row.parameter.replace("_", " "))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fields
        shown = (
            "rule_id",
            "in_rule",
            "value",
            "reason",
            "set_by",
            "created_at",
            "valid_until",
            "revoked_at",
        )
        return ("patient", *shown)

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
            override_revoke(override=row, by=request.user, reason=ADMIN_REASON)
        said = ngettext("%(n)s threshold revoked.", "%(n)s thresholds revoked.", len(rows))
        self.message_user(request, said % {"n": len(rows)})


class KccqForm(forms.ModelForm):
    """A score with its day. The questionnaire itself is licensed and no part of this product."""

    taken_on = forms.DateField(
        label=_("Taken on"),
        widget=AdminDateWidget,
        initial=timezone.localdate,
        help_text=_("The day in the patient’s own time zone."),
    )
    kccq12 = forms.DecimalField(
        label=_("KCCQ-12 summary (0-100)"), min_value=0, max_value=100, max_digits=4, decimal_places=1,
        help_text=_("Score only: the questionnaire is licensed and its items are not part of this product."),
    )  # fmt: skip

    class Meta:
        model = KccqScore
        fields = ("patient", "kccq12")

    saved: Any

    def clean(self) -> dict[str, Any]:
        """Enters it: only the service knows the patient's day. A refusal stands next to the form."""
        values = super().clean() or {}
        if not self.errors:
            try:
                self.saved = kccq_record(
                    patient=values["patient"], score=values["kccq12"], taken_on=values["taken_on"]
                )
            except DomainError:
                raise forms.ValidationError({"taken_on": _("This day cannot be.")}) from None
        return values


@admin.register(KccqScore)
class KccqScoreAdmin(NotChanged, TeamWallAdmin):
    """Scores are entered and stay; a fall raises an alert as the rules say."""

    form = KccqForm
    list_display = ("who", "kccq12", "recorded_at")
    list_select_related = ("patient",)
    autocomplete_fields = ("patient",)
    fields = ("patient", "kccq12", "taken_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[KccqScore]:
        return super().get_queryset(request).filter(kccq12__isnull=False).order_by("-recorded_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("patient", "kccq12", "recorded_at") if obj is not None else self.fields

    def save_model(self, request: HttpRequest, obj: KccqScore, form: Any, change: bool) -> None:
        obj.__dict__.update(form.saved.__dict__)
