"""A patient's own days: where they begin and end is a matter of the patient's time zone."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from patients.models import Patient

log = logging.getLogger(__name__)


def zone_of(patient: Patient) -> tzinfo:
    """The patient's zone; UTC for one that cannot be, because judging must go on."""
    try:
        return ZoneInfo(patient.time_zone)
    except (KeyError, ValueError, OSError):
        log.error("patient %s has an unknown time zone", patient.pk)
        return UTC


def noon_of(patient: Patient, day: date) -> datetime:
    """The middle of a day in the patient's zone."""
    return datetime.combine(day, time(12), zone_of(patient)).astimezone(UTC)


def end_of(patient: Patient, day: date) -> datetime:
    """The moment at which a day is over for the patient."""
    return datetime.combine(day + timedelta(days=1), time(), zone_of(patient)).astimezone(UTC)
