"""Notes and time logs."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from heartvoice.shared.errors import Conflict, DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient, PatientNote, TimeLog, User

NEVER_TOGETHER = {"RPM": "RTM", "RTM": "RPM"}  # in one month for one patient (CMS, physician fee schedule)


@transaction.atomic
def note_add(*, patient: Patient, author: User, text: str) -> PatientNote:
    """A note on the patient's timeline."""
    if not text.strip():
        raise DomainError("a note needs text", code="empty_note")
    note = PatientNote.objects.create(patient=patient, author=author, text=text.strip())
    publish_on_commit("patients", team_id=patient.care_team_id, patient=patient.pk)
    return note


@transaction.atomic
def time_log_add(
    *,
    patient: Patient,
    staff: User,
    started_at: datetime,
    ended_at: datetime,
    activity: str,
    programme: str = "RPM",
    is_interactive: bool = False,
) -> TimeLog:
    """Minutes for billing support. Raises Conflict when the person's time overlaps an earlier log: a minute counts once."""
    if ended_at <= started_at:
        raise DomainError("the end must be after the start", code="bad_time")
    User.objects.select_for_update().get(
        pk=staff.pk
    )  # two overlapping logs at once: the second waits and sees the first
    if TimeLog.objects.filter(staff=staff, started_at__lt=ended_at, ended_at__gt=started_at).exists():
        raise Conflict("overlaps another time log of the same person", code="time_overlap")
    if (other := NEVER_TOGETHER.get(programme)) is not None:
        zone = ZoneInfo(patient.care_team.time_zone)
        first = started_at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        after = (first + timedelta(days=32)).replace(day=1)
        mixed = TimeLog.objects.filter(patient=patient, programme=other)
        if mixed.filter(started_at__gte=first, started_at__lt=after).exists():
            raise Conflict(f"{programme} and {other} in one month", code="programme_mix")
    return TimeLog.objects.create(
        patient=patient,
        staff=staff,
        started_at=started_at,
        ended_at=ended_at,
        activity=activity,
        programme=programme,
        is_interactive=is_interactive,
    )
