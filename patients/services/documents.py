"""Notes and time logs."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from heartvoice.shared.errors import Conflict, DomainError, NotAllowed
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient, PatientNote, TimeLog, TimeLogChange, User

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
    _staff_lock(staff)
    _check_minutes(patient, staff, started_at, ended_at, programme, others=TimeLog.objects.counted())
    return TimeLog.objects.create(
        patient=patient,
        staff=staff,
        started_at=started_at,
        ended_at=ended_at,
        activity=activity,
        programme=programme,
        is_interactive=is_interactive,
    )


@transaction.atomic
def time_log_correct(
    *,
    entry: TimeLog,
    by: User,
    started_at: datetime,
    ended_at: datetime,
    activity: str,
    programme: str,
    is_interactive: bool,
    reason: str,
) -> TimeLog:
    """An entry put right by whoever wrote it; what it said is kept. Refused like a new one, and for a change of nothing."""
    row = _own_entry(entry, by, reason)
    _check_minutes(
        row.patient, by, started_at, ended_at, programme, others=TimeLog.objects.counted().exclude(pk=row.pk)
    )
    new = {
        "started_at": started_at,
        "ended_at": ended_at,
        "activity": activity,
        "programme": programme,
        "is_interactive": is_interactive,
    }
    if all(getattr(row, name) == value for name, value in new.items()):
        raise DomainError("nothing differs", code="nothing_changed")
    _keep(row, by, reason)
    for name, value in new.items():
        setattr(row, name, value)
    row.save(update_fields=list(new))
    return row


@transaction.atomic
def time_log_withdraw(*, entry: TimeLog, by: User, reason: str) -> TimeLog:
    """An entry that should not be there counts no more; it stays readable, with the reason."""
    row = _own_entry(entry, by, reason)
    _keep(row, by, reason, is_withdrawal=True)
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    return row


def _own_entry(entry: TimeLog, by: User, reason: str) -> TimeLog:
    """The entry, locked. Raises NotAllowed for a colleague's, Conflict for one that is withdrawn already."""
    _staff_lock(by)
    row = (
        TimeLog.objects.select_for_update(of=("self",)).select_related("patient__care_team").get(pk=entry.pk)
    )
    if row.staff_id != by.pk:
        raise NotAllowed("the entry is somebody else's", code="not_your_entry")
    if row.withdrawn_at is not None:
        raise Conflict("withdrawn already", code="entry_withdrawn")
    if not reason.strip():
        raise DomainError("a change needs a reason", code="reason_missing")
    return row


def _keep(row: TimeLog, by: User, reason: str, *, is_withdrawal: bool = False) -> None:
    """What the entry says now."""
    TimeLogChange.objects.create(
        entry=row,
        by=by,
        reason=reason.strip(),
        started_at=row.started_at,
        ended_at=row.ended_at,
        activity=row.activity,
        programme=row.programme,
        is_interactive=row.is_interactive,
        is_withdrawal=is_withdrawal,
    )


def _staff_lock(staff: User) -> None:
    """Two overlapping logs at once: the second waits and sees the first."""
    User.objects.select_for_update().get(pk=staff.pk)


def _check_minutes(
    patient: Patient,
    staff: User,
    started_at: datetime,
    ended_at: datetime,
    programme: str,
    *,
    others: QuerySet[TimeLog],
) -> None:
    """Raises DomainError for minutes that cannot be, Conflict for minutes that are counted already."""
    if ended_at <= started_at:
        raise DomainError("the end must be after the start", code="bad_time")
    if others.filter(staff=staff, started_at__lt=ended_at, ended_at__gt=started_at).exists():
        raise Conflict("overlaps another time log of the same person", code="time_overlap")
    if (other := NEVER_TOGETHER.get(programme)) is not None:
        zone = ZoneInfo(patient.care_team.time_zone)
        first = started_at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        after = (first + timedelta(days=32)).replace(day=1)
        mixed = others.filter(patient=patient, programme=other)
        if mixed.filter(started_at__gte=first, started_at__lt=after).exists():
            raise Conflict(f"{programme} and {other} in one month", code="programme_mix")
