"""The words every alert is described with: severity, type, and how two of them compare. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Severity(StrEnum):
    """critical = life at risk now; high = same-day human contact; medium = next working day; low = review."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return _RANK[self]


_RANK = {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2, Severity.CRITICAL: 3}


class AlertType(StrEnum):
    """What kind of attention an alert asks for. `emergency` is pushed at once, whatever its severity."""

    SYMPTOM_WORSENING = "symptom_worsening"
    MEDICATION_ISSUE = "medication_issue"
    EMERGENCY = "emergency"
    VOICE_BIOMARKER = "voice_biomarker"
    MISSED_CONTACT = "missed_contact"


# On equal severity the type named first describes the alert.
_TYPE_ORDER = (
    AlertType.EMERGENCY,
    AlertType.MEDICATION_ISSUE,
    AlertType.SYMPTOM_WORSENING,
    AlertType.MISSED_CONTACT,
    AlertType.VOICE_BIOMARKER,
)


def worst(severities: Iterable[Severity]) -> Severity | None:
    """The highest severity, or None for none."""
    return max(severities, key=lambda severity: severity.rank, default=None)


def at_least(severity: Severity, floor: Severity | None) -> Severity:
    """`severity`, raised to `floor` if that is higher."""
    return severity if floor is None or floor.rank <= severity.rank else floor


def one_level_up(severity: Severity, *, at_most: Severity = Severity.HIGH) -> Severity:
    """The next severity above, never beyond `at_most`; a severity already beyond it stays as it is."""
    if severity.rank >= at_most.rank:
        return severity
    return list(Severity)[severity.rank + 1]


def leading_type(findings: Iterable[tuple[Severity, AlertType]]) -> AlertType | None:
    """The type of the worst finding; ties: emergency, medication_issue, symptom_worsening, then the rest."""
    ordered = sorted(findings, key=lambda pair: (-pair[0].rank, _TYPE_ORDER.index(pair[1])))
    return ordered[0][1] if ordered else None
