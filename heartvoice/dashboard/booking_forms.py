"""What a nurse fills in to move or pause calls. Shape only; the services judge."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LOCAL = "%Y-%m-%dT%H:%M"


class RescheduleForm(forms.Form):
    """A local time in the patient's own zone: that is whose morning it must be."""

    at = forms.DateTimeField(
        label=_("New time, where the patient lives"),
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )

    def __init__(self, *args: Any, zone: tzinfo, planned: datetime | None = None, **kwargs: Any) -> None:
        if planned is not None:  # without a zone: the field would show it in the page's
            kwargs["initial"] = {"at": planned.astimezone(zone).replace(tzinfo=None)}
        super().__init__(*args, auto_id="move-%s", **kwargs)
        self.zone = zone

    def clean_at(self) -> datetime:
        """The field reads the wall clock in the page's zone; it was meant in the patient's."""
        at: datetime = self.cleaned_data["at"]
        return timezone.make_naive(at).replace(tzinfo=self.zone)


class PauseForm(forms.Form):
    """No calls for a while."""

    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.TextInput)
    until = forms.DateField(
        label=_("Until (empty: until somebody resumes)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="pause-%s", **kwargs)
