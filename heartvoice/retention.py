"""Throws away what is past retention: whole patients by last contact, and access rows by whole seals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from auditlog.context import disable_auditlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from alerts.models import Alert, AlertEvent, AlertSighting, CareTask, Episode, Notification
from biomarkers.models import Baseline, CallVoice, VoiceBiomarker
from calls.models import (
    Call,
    CallSchedule,
    ConversationMemory,
    EducationGiven,
    FollowUp,
    ScreenResult,
    StaffCall,
)
from patients.access import access_record
from patients.models import Patient, PatientRecord, PhiAccess, PhiAccessSeal

BATCH = 1000
BY_PATIENT = (  # children first; the order holds every foreign key
    ScreenResult, FollowUp, EducationGiven, ConversationMemory, VoiceBiomarker, CallVoice, Baseline, CareTask, StaffCall,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purged:
    """What one run removed (or would remove)."""

    patients: int
    access_rows: int


def expired_patients(now: datetime) -> list[UUID]:
    """Patients whose last contact lies more than RETENTION_DAYS back, without a legal hold."""
    limit = now - timedelta(days=settings.RETENTION_DAYS)
    last = Patient.objects.annotate(last=Coalesce("last_contact_at", "created_at"))
    return list(
        last.filter(last__lt=limit, on_legal_hold=False)
        .exclude(calls__planned_for__gte=limit)
        .values_list("pk", flat=True)
    )


def purge(*, now: datetime | None = None, dry_run: bool = False) -> Purged:
    """Idempotent and resumable: each batch is one transaction that leaves one access row behind."""
    now = now or timezone.now()
    patients = expired_patients(now)
    seals = list(
        PhiAccessSeal.objects.filter(sealed_at__lt=now - timedelta(days=settings.RETENTION_DAYS)).order_by(
            "pk"
        )
    )
    rows = sum(len(seal.row_ids) for seal in seals)
    if not dry_run:
        for batch in _batches(patients):
            _purge_patients(batch)
        for seal in seals:
            _purge_access(seal)
    return Purged(len(patients), rows)


def _purge_patients(ids: list[UUID]) -> None:
    with transaction.atomic(), disable_auditlog():
        _allow_purge()
        mine = Q(patient_id__in=ids)
        for model in BY_PATIENT:
            model._default_manager.filter(mine).delete()
        Notification.objects.filter(alert__patient_id__in=ids).delete()
        AlertEvent.objects.filter(alert__patient_id__in=ids).delete()
        AlertSighting.objects.filter(alert__patient_id__in=ids).delete()
        Alert.objects.filter(mine).delete()
        Episode.objects.filter(mine).delete()
        PatientRecord.objects.filter(mine).delete()
        Call.objects.filter(mine).update(retry_of=None)
        Call.objects.filter(mine).delete()
        CallSchedule.objects.filter(mine).delete()
        Patient.objects.filter(pk__in=ids).delete()
        access_record(
            user=None,
            action="purge",
            resource="patient",
            patient_ids=ids,
            purpose="retention",
            row_count=len(ids),
        )


def _purge_access(seal: PhiAccessSeal) -> None:
    """The rows of one whole seal go; the seal's own value stays, so that the chain still holds."""
    with transaction.atomic():
        _allow_purge()
        PhiAccess.objects.filter(pk__in=seal.row_ids).delete()
        PhiAccessSeal.objects.filter(pk=seal.pk).update(row_ids=[max(seal.row_ids)], purged_at=timezone.now())


def _allow_purge() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('heartvoice.allow_purge', 'on', true)")


def _batches(ids: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
