"""What the rules have found in a call so far: what the line then asks or says follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from alerts.models import Alert
from alerts.services.merging import rules_sighted


def rules_found(alerts: Iterable[Alert], call_id: UUID) -> tuple[str, ...]:
    """The rules behind these alerts as far as this call has made them fire, as "S07:high", in the rules' order."""
    found = {
        f"{rule}:{severity.value}"
        for alert in alerts
        for rule, severity in rules_sighted(alert, str(call_id)).items()
    }
    return tuple(sorted(found))
