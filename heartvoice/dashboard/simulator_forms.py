"""What a lead tries on past check-ins: since when, and which numbers of the rules otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.ruleset import RuleSet
from alerts.simulation import Change

LONGEST = timedelta(days=92)
USUAL = timedelta(days=28)
CHANGES = 3


class SimulatorForm(forms.Form):
    """A few numbers at a time: what differs can then still be understood."""

    since = forms.DateField(
        label=_("Check-ins since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, rules: RuleSet, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="try-%s", **kwargs)
        self.rules = rules
        choices = [("", "–"), *numbers_of(rules)]
        for number in range(1, CHANGES + 1):
            self.fields[f"number{number}"] = forms.ChoiceField(
                label=_("Number"), choices=choices, required=number == 1
            )
            self.fields[f"value{number}"] = forms.FloatField(
                label=_("Value to try"), required=number == 1, widget=forms.NumberInput(attrs={"step": "any"})
            )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Number and value side by side."""
        return [(self[f"number{number}"], self[f"value{number}"]) for number in range(1, CHANGES + 1)]

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        today = timezone.now().date()
        if not today - LONGEST <= since <= today:
            raise forms.ValidationError(_("Choose a day of the last three months."))
        return since

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for number in range(1, CHANGES + 1):
            name, value = given.get(f"number{number}"), given.get(f"value{number}")
            if bool(name) != (value is not None) and not self.errors:
                self.add_error(f"value{number}", _("A number and its value belong together."))
        return given

    def changes(self) -> list[Change]:
        """The changes of a valid form; of a number named twice the last."""
        given = self.cleaned_data
        wanted = {
            given[f"number{number}"]: given[f"value{number}"]
            for number in range(1, CHANGES + 1)
            if given.get(f"number{number}")
        }
        return [Change(*name.split(".", 1), value) for name, value in wanted.items()]

    def start(self) -> datetime:
        """The first moment that counts, in UTC as for manage.py simulate_rules."""
        return datetime.combine(self.cleaned_data["since"], time(), UTC)


class ActivateForm(SimulatorForm):
    """The same numbers, to be put into force."""

    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    is_signed = forms.BooleanField(
        label=_("I have the clinical authority to sign off these numbers for every patient")
    )


def numbers_of(rules: RuleSet) -> Sequence[tuple[str, str]]:
    """Every number that may be tried, with its present value."""
    return [
        (
            f"{rule.id}.{name}",
            f"{rule.id} {gettext(rule.title)}: {gettext(name.replace('_', ' '))} {number.value:g} {gettext(number.unit)}",
        )
        for rule in rules.rules.values()
        for name, number in rule.params.items()
    ]
