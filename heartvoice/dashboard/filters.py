"""The worklist's filter in the address of the page, both ways. Never health data: codes only."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.http import urlencode

from heartvoice.dashboard import wording
from heartvoice.dashboard.triage import SEVERITY_ORDER, WHOSE, Choice


def choice_of(query: Mapping[str, str]) -> Choice:
    """The filter in the address; what is not known is left out."""
    severity, kind = query.get("severity", ""), query.get("type", "")
    whose = query.get("whose", "")
    return Choice(
        severity=severity if severity in SEVERITY_ORDER else "",
        alert_type=kind if kind in wording.ALERT_TYPES else "",
        whose=whose if whose in WHOSE else "",
    )


def address_of(choice: Choice, page: int = 1) -> str:
    """The query that shows this filter and page; empty for the plain worklist."""
    asked = {"whose": choice.whose, "severity": choice.severity, "type": choice.alert_type}
    query = urlencode(
        {name: value for name, value in asked.items() if value} | ({"page": page} if page > 1 else {})
    )
    return f"?{query}" if query else ""
