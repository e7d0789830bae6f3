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
    return _in_force(body)


def put_into_force_of(rule: str, name: str, value: float) -> RuleSetVersion:
    """The packaged rule set with this number of one rule."""
    head, mark, rest = (
        packaged_text().replace('version = "rules-1"', 'version = "rules-2"').partition(f'id = "{rule}"')
    )
    own, ends, others = rest.partition("\n[[rule]]")
    own, found = re.subn(
        rf"^(params\.{name} = {{ value = )[\d.]+", rf"\g<1>{value:g}", own, flags=re.MULTILINE
    )
    assert mark and found == 1, f"{rule}.{name}: found {found} times"
    return _in_force(head + mark + own + ends + others)


def _in_force(body: str) -> RuleSetVersion:
    return RuleSetVersion.objects.create(
        version="rules-2", body=body, signed_off_by="Dr. Lopez", in_force_since=timezone.now()
    )
