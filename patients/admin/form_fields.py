"""Form fields for what the tables keep as JSON: lists as lines, days as boxes, time zones as a choice."""

from __future__ import annotations

import zoneinfo
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

DAYS = (
    (1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday")), (5, _("Friday")),
    (6, _("Saturday")), (7, _("Sunday")),
)  # fmt: skip
COMMON_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico",
)  # fmt: skip


class LinesField(forms.CharField):
    """A list of short texts, one on each line."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("One on each line."))
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "cols": 60}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]


class DatesField(LinesField):
    """A list of days, one on each line. Kept as ISO dates in order."""

    def to_python(self, value: Any) -> Any:
        try:
            return sorted({date.fromisoformat(line).isoformat() for line in super().to_python(value)})
        except ValueError:
            raise forms.ValidationError(_("One date on each line, such as 2026-12-25.")) from None


class WeekdaysField(forms.TypedMultipleChoiceField):
    """ISO weekdays to be ticked: 1 is Monday."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple, **kwargs)

    def clean(self, value: Any) -> Any:
        return sorted(set(super().clean(value)))


class ZoneField(forms.ChoiceField):
    """An IANA time zone, those of the United States first."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: zone_choices(empty=not kwargs.get("required", True)), **kwargs)


def zone_choices(*, empty: bool) -> list[Any]:
    """Choices for a time zone, in two groups."""
    groups = [(_("Often used"), [(zone, zone) for zone in COMMON_ZONES]), (_("All others"), _other_zones())]
    return [("", "–"), *groups] if empty else groups


@cache
def _other_zones() -> list[tuple[str, str]]:
    left = zoneinfo.available_timezones() - set(COMMON_ZONES)
    return [
        (zone, zone) for zone in sorted(left) if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
    ]


def language_field(label: Any) -> forms.ChoiceField:
    """The languages that Maya speaks, each in its own name."""
    return forms.ChoiceField(label=label, choices=settings.LANGUAGES)
