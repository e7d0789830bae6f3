"""The worklist's filter in the address of the page, both ways. Never health data: codes only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.http import urlencode

from heartvoice.dashboard import wording
from heartvoice.dashboard.triage import SEVERITY_ORDER, WHOSE, Choice

TEAM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def choice_of(query: Mapping[str, str]) -> Choice:
    """The filter in the address; what is not known is left out."""
    severity, kind = query.get("severity", ""), query.get("type", "")
    whose, team = query.get("whose", ""), query.get("team", "")
    return Choice(
        severity=severity if severity in SEVERITY_ORDER else "",
        alert_type=kind if kind in wording.ALERT_TYPES else "",
        whose=whose if whose in WHOSE else "",
        team=team if TEAM.fullmatch(team) else "",
    )


def address_of(choice: Choice, page: int = 1) -> str:
    """The query that shows this filter and page; empty for the plain worklist."""
    asked = {
        "whose": choice.whose,
        "severity": choice.severity,
        "type": choice.alert_type,
        "team": choice.team,
    }
    query = urlencode(
        {name: value for name, value in asked.items() if value} | ({"page": page} if page > 1 else {})
    )
    return f"?{query}" if query else ""
