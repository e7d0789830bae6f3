"""Which management codes a month's minutes reach. Pure. Support for whoever bills; never a claim.

US codes of calendar year 2026 (CMS physician fee schedule): RPM 99470 (first 10 min), 99457 (first 20), 99458 (each
further 20); RTM 98979, 98980, 98981; CCM 99490, 99439. RPM and RTM need one live contact with the patient in the
month. Maya's minutes are not clinical-staff minutes. To be checked again each January.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

YEAR = 2026
FIRST_MIN, FULL_MIN = 10.0, 20.0


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a programme. `first` is for 10 minutes where the programme has such a code."""

    first: str
    full: str
    further: str
    needs_contact: bool


PROGRAMMES = {
    "RPM": Codes("99470", "99457", "99458", needs_contact=True),
    "RTM": Codes("98979", "98980", "98981", needs_contact=True),
    "CCM": Codes("", "99490", "99439", needs_contact=False),
}


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of the time log. `minutes` is its length."""

    programme: str
    minutes: float
    is_interactive: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A programme's month: minutes, whether there was a live contact, and the codes that this reaches."""

    programme: str
    minutes: int
    has_contact: bool
    codes: tuple[str, ...]
    missing_contact: bool


def month_of(programme: str, entries: Iterable[Logged]) -> Month:
    """The month of one programme. Started minutes do not count: the sum is rounded down."""
    mine = [entry for entry in entries if entry.programme == programme]
    minutes = int(sum(entry.minutes for entry in mine) + 1e-9)
    contact = any(entry.is_interactive for entry in mine)
    known = PROGRAMMES.get(programme)
    if known is None or minutes < FIRST_MIN:
        return Month(programme, minutes, contact, (), False)
    if known.needs_contact and not contact:
        return Month(programme, minutes, contact, (), True)
    return Month(programme, minutes, contact, _codes(known, minutes), False)


def _codes(known: Codes, minutes: int) -> tuple[str, ...]:
    if minutes < FULL_MIN:
        return (known.first,) if known.first else ()
    further = int((minutes - FULL_MIN) // FULL_MIN)
    return (known.full, *([known.further] * further))
