"""Who may speak for a patient: recorded with its authority, ended, never edited."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from heartvoice.shared.errors import DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import Patient, Proxy, User


@transaction.atomic
def proxy_record(
    *,
    patient: Patient,
    name: str,
    level: str,
    authority: str,
    relation: str = "",
    document: str = "",
    valid_until: date | None = None,
    recorded_by: User | None = None,
) -> Proxy:
    """The proxy, in force at once. Raises DomainError for an unknown level, no authority, or an end in the past."""
    if level not in Proxy.Level.values:
        raise DomainError("unknown level", code="bad_proxy")
    if not name.strip() or not authority.strip():
        raise DomainError("a proxy needs a name and an authority", code="bad_proxy")
    if valid_until is not None and valid_until < timezone.now().date():
        raise DomainError("the authority has ended already", code="bad_proxy")
    proxy = Proxy.objects.create(
        patient=patient,
        name=name.strip(),
        level=level,
        authority=authority.strip(),
        relation=relation.strip(),
        document=document.strip(),
        valid_until=valid_until,
        recorded_by=recorded_by,
    )
    publish_on_commit("patients", team_id=patient.care_team_id, patient=patient.pk)
    return proxy


@transaction.atomic
def proxy_revoke(*, proxy: Proxy) -> int:
    """The number of proxies that ended: 1, or 0 when it had ended before. Takes effect in the next call."""
    ended = Proxy.objects.filter(pk=proxy.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if ended:
        publish_on_commit("patients", team_id=proxy.patient.care_team_id, patient=proxy.patient_id)
    return ended
