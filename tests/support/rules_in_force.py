"""Another rule set than the packaged one in force, some shared numbers of it changed."""

from __future__ import annotations

import re

from django.utils import timezone

from alerts.models import RuleSetVersion
from alerts.rules import packaged_text


def put_into_force(**numbers: float) -> RuleSetVersion:
    """The packaged rule set with these numbers of its [general] table."""
    body = packaged_text().replace('version = "rules-1"', 'version = "rules-2"')
    for name, value in numbers.items():
        body, found = re.subn(rf"^({name} = {{ value = )[\d.]+", rf"\g<1>{value:g}", body, flags=re.MULTILINE)
        assert found == 1, f"{name}: found {found} times"
    return RuleSetVersion.objects.create(
        version="rules-2", body=body, signed_off_by="Dr. Lopez", in_force_since=timezone.now()
    )
