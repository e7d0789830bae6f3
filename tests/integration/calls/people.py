"""People around a patient."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from alerts.models import OnCallShift
from calls.database import in_database
from patients.models import Membership, Patient, User


async def nurse_on_call(patient: Patient) -> User:
    """A nurse of the patient's team who is on call now."""
    return await in_database(_nurse, patient)


def _nurse(patient: Patient) -> User:
    nurse = User.objects.create_user("nurse", password=None, phone="+12015550190")
    Membership.objects.create(user=nurse, team=patient.care_team, role=Membership.Role.NURSE)
    now = timezone.now()
    OnCallShift.objects.create(
        team=patient.care_team,
        user=nurse,
        level=OnCallShift.Level.PRIMARY,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=8),
    )
    return nurse
