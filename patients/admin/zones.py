"""Time zones as people write them."""

from __future__ import annotations

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _


def checked_zone(zone: str) -> str:
    """The zone, if there is one of that name."""
    if zone not in zoneinfo.available_timezones():
        raise forms.ValidationError(_("Not an IANA time zone, such as America/New_York."))
    return zone
