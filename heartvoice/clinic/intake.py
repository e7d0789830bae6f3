"""Taking over the patients of a checked spreadsheet: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from django.db import transaction

from calls.models import CallSchedule
from patients.importing.check import Newcomer
from patients.models import CareTeam, User
from patients.services import consent_give, patient_enrol


@transaction.atomic
def patients_import(*, team: CareTeam, newcomers: Sequence[Newcomer], by: User) -> int:
    """The number of patients enrolled, each with consents and calling hours as the line says."""
    for newcomer in newcomers:
        patient = patient_enrol(care_team=team, **newcomer.fields)
        for scope, on in newcomer.consents.items():
            consent_give(
                patient=patient,
                scope=scope,
                wording_version=newcomer.consent_wording,
                method=newcomer.consent_method,
                language=patient.language,
                given_at=datetime.combine(on, time(), UTC),
                recorded_by=by,
            )
        if newcomer.schedule:
            CallSchedule.objects.create(
                patient=patient,
                weekdays=newcomer.schedule["call_days"],
                window_start=newcomer.schedule["call_from"],
                window_end=newcomer.schedule["call_until"],
            )
    return len(newcomers)
