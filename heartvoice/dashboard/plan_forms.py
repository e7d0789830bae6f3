"""What a nurse fills in about a patient's plan: tasks, thresholds, minutes. Shape only; the services judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alerts.overrides import Adjustable
from alerts.words import number_in_words
from heartvoice.dashboard import wording
from heartvoice.dashboard.booking_forms import LOCAL
from heartvoice.dashboard.minutes import PROGRAMMES
from patients.models import TimeLog

ACTIVITIES = wording.ACTIVITIES.items()
TASK_KINDS = tuple((kind, wording.TASKS[kind]) for kind in wording.STAFF_TASKS)
LONGEST = timedelta(hours=12)


def local_time(attrs: dict[str, Any] | None = None) -> forms.DateTimeInput:
    """A date and time in the page's zone."""
    return forms.DateTimeInput(attrs={"type": "datetime-local", **(attrs or {})}, format=LOCAL)


class TaskForm(forms.Form):
    """Work for the team."""

    kind = forms.ChoiceField(label=_("What is to be done"), choices=TASK_KINDS)
    detail = forms.CharField(
        label=_("In more words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_at = forms.DateTimeField(
        label=_("Due (empty: by its kind)"), required=False, input_formats=[LOCAL], widget=local_time()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="task-%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == "other" and not given.get("detail", "").strip():
            self.add_error("detail", _("Say what is to be done."))
        return given


class ThresholdForm(forms.Form):
    """A number of the rules for this patient only."""

    number = forms.ChoiceField(label=_("Rule and number"))
    value = forms.DecimalField(label=_("Value for this patient"), max_digits=8, decimal_places=2)
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    valid_until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, numbers: Sequence[Adjustable], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="limit-%s", **kwargs)
        field = self.fields["number"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [(each.key, number_in_words(each)) for each in numbers]


class ReasonForm(forms.Form):
    """Why something that was written down is put right or ended."""

    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class TimeForm(forms.Form):
    """Minutes of the person who is signed in."""

    started_at = forms.DateTimeField(label=_("From"), input_formats=[LOCAL], widget=local_time())
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=240)
    activity = forms.ChoiceField(label=_("Activity"), choices=ACTIVITIES)
    programme = forms.ChoiceField(label=_("Programme"), choices=[(name, name) for name in PROGRAMMES])
    is_interactive = forms.BooleanField(label=_("Talked with the patient or caregiver"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="time-%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        """Past minutes only: nothing is logged that has not happened."""
        given = super().clean() or {}
        started, minutes = given.get("started_at"), given.get("minutes")
        if (
            started
            and minutes
            and started + timedelta(minutes=minutes) > timezone.now() + timedelta(minutes=1)
        ):
            self.add_error("started_at", _("These minutes have not passed yet."))
        return given

    def minutes_of(self) -> dict[str, Any]:
        """Keyword arguments for the services of the time log. From a valid form."""
        given = self.cleaned_data
        return {
            "started_at": given["started_at"],
            "ended_at": given["started_at"] + timedelta(minutes=given["minutes"]),
            "activity": given["activity"],
            "programme": given["programme"],
            "is_interactive": given["is_interactive"],
        }


class CorrectionForm(TimeForm):
    """An entry put right, with the reason."""

    reason = forms.CharField(
        label=_("Why it is put right"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


def correction_of(entry: TimeLog) -> CorrectionForm:
    """The form with what the entry says now."""
    return CorrectionForm(
        initial={
            "started_at": entry.started_at,
            "minutes": round((entry.ended_at - entry.started_at).total_seconds() / 60),
            "activity": entry.activity,
            "programme": entry.programme,
            "is_interactive": entry.is_interactive,
        }
    )
