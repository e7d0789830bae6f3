"""Consent per scope: given in which words, revoked when."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from heartvoice.shared.errors import DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import Consent, Patient, User


@transaction.atomic
def consent_give(
    *,
    patient: Patient,
    scope: str,
    wording_version: str,
    method: str,
    language: str = "en",
    given_at: datetime | None = None,
    recorded_by: User | None = None,
) -> Consent:
    """The consent in force for the scope. Giving it again changes nothing."""
    if scope not in Consent.Scope.values:
        raise DomainError("unknown scope", code="bad_consent")
    consent, _ = Consent.objects.get_or_create(
        patient=patient,
        scope=scope,
        revoked_at=None,
        defaults={
            "wording_version": wording_version,
            "method": method,
            "language": language,
            "given_at": given_at or timezone.now(),
            "recorded_by": recorded_by,
        },
    )
    publish_on_commit("patients", team_id=patient.care_team_id, patient=patient.pk)
    return consent


@transaction.atomic
def consent_revoke(*, patient: Patient, scope: str, how: str) -> int:
    """The number of consents that ended: 1, or 0 when none was in force. Takes effect at once."""
    ended = Consent.objects.filter(patient=patient, scope=scope, revoked_at__isnull=True).update(
        revoked_at=timezone.now(), revoked_how=how
    )
    if ended:
        publish_on_commit("patients", team_id=patient.care_team_id, patient=patient.pk)
    return ended


def consent_in_force(*, patient: Patient, scope: str) -> bool:
    """True when the patient agreed to the scope and has not taken it back."""
    return Consent.objects.filter(patient=patient, scope=scope, revoked_at__isnull=True).exists()
