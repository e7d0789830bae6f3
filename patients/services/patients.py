"""Enrolment and changes of a patient's own data."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from heartvoice.shared.errors import DomainError
from heartvoice.shared.live import publish_on_commit
from patients.models import CareTeam, Medication, Patient, ThresholdOverride, User
from patients.phone import e164

NEVER_BY_CALLER = frozenset({"id", "care_team", "phone_index", "record_number_index", "status", "created_at"})


class BadPatient(DomainError):
    """A value of the patient's data is impossible. Names the field, never the value."""

    code = "bad_patient"


@transaction.atomic
def patient_enrol(
    *,
    care_team: CareTeam,
    first_name: str,
    last_name: str,
    date_of_birth: date,
    phone: str,
    time_zone: str,
    **others: Any,
) -> Patient:
    """A new active patient of the team. The phone is kept in E.164 form. Raises BadPhone, BadPatient."""
    _check(date_of_birth=date_of_birth, time_zone=time_zone, **others)
    patient = Patient.objects.create(
        care_team=care_team,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        date_of_birth=date_of_birth,
        phone=e164(phone),
        time_zone=time_zone,
        enrolled_on=others.pop("enrolled_on", None) or timezone.now().date(),
        **others,
    )
    publish_on_commit("patients", team_id=care_team.pk, patient=patient.pk)
    return patient


@transaction.atomic
def patient_update(*, patient: Patient, **changes: Any) -> Patient:
    """The patient with these fields changed. Refuses fields that have a service of their own."""
    if refused := NEVER_BY_CALLER & changes.keys():
        raise BadPatient(f"not changeable here: {', '.join(sorted(refused))}")
    _check(**changes)
    row = Patient.objects.select_for_update().get(pk=patient.pk)
    if "phone" in changes:
        changes["phone"] = e164(changes["phone"])
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
    publish_on_commit("patients", team_id=row.care_team_id, patient=row.pk)
    return row


@transaction.atomic
def patient_pause(*, patient: Patient, reason: str, until: date | None = None) -> Patient:
    """No calls until resumed, or until the date. The reason is shown to the team."""
    if not reason.strip():
        raise BadPatient("a pause needs a reason")
    return _status(patient, Patient.Status.PAUSED, pause_reason=reason.strip(), paused_until=until)


@transaction.atomic
def patient_resume(*, patient: Patient) -> Patient:
    """Calls are planned again."""
    return _status(patient, Patient.Status.ACTIVE, pause_reason="", paused_until=None)


def _status(patient: Patient, status: str, **fields: Any) -> Patient:
    row = Patient.objects.select_for_update().get(pk=patient.pk)
    row.status = status
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["status", *fields])
    publish_on_commit("patients", team_id=row.care_team_id, patient=row.pk)
    return row


def contact_record(*, patient_id: Any, at: datetime) -> None:
    """The patient was reached at this time. Retention counts from the last contact."""
    Patient.objects.filter(pk=patient_id).exclude(last_contact_at__gt=at).update(last_contact_at=at)


@transaction.atomic
def medication_add(*, patient: Patient, medication_class: str, name: str, **others: Any) -> Medication:
    """A medicine that the patient takes."""
    if medication_class not in Medication.Class.values:
        raise BadPatient("unknown medication class")
    return Medication.objects.create(
        patient=patient, medication_class=medication_class, name=name.strip(), **others
    )


@transaction.atomic
def medication_stop(*, medication: Medication, on: date) -> Medication:
    """The medicine is no longer taken; the row stays."""
    medication.is_active, medication.stopped_on = False, on
    medication.save(update_fields=["is_active", "stopped_on"])
    return medication


@transaction.atomic
def override_set(
    *,
    patient: Patient,
    rule_id: str,
    parameter: str,
    value: Decimal,
    reason: str,
    set_by: User,
    valid_until: date,
) -> ThresholdOverride:
    """A personal threshold in force until the date; an earlier one for the same number is revoked. Never of an E rule."""
    if rule_id.startswith("E"):
        raise BadPatient("an emergency rule has no personal threshold")
    if not reason.strip():
        raise BadPatient("a threshold needs a reason")
    now = timezone.now()
    if valid_until <= now.date():
        raise BadPatient("a threshold needs an end in the future")
    patient.threshold_overrides.filter(rule_id=rule_id, parameter=parameter, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=set_by, revoke_reason=reason.strip()
    )
    return ThresholdOverride.objects.create(
        patient=patient,
        rule_id=rule_id,
        parameter=parameter,
        value=value,
        reason=reason.strip(),
        set_by=set_by,
        valid_until=valid_until,
    )


@transaction.atomic
def override_revoke(*, override: ThresholdOverride, by: User, reason: str) -> None:
    """The rule set's own number holds again: by whom, and why. A second one changes nothing."""
    if not reason.strip():
        raise BadPatient("the end of a threshold needs a reason")
    row = ThresholdOverride.objects.select_for_update().get(pk=override.pk)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by, row.revoke_reason = timezone.now(), by, reason.strip()
        row.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])


def _check(**values: Any) -> None:
    """What neither a column nor a constraint can hold. Raises BadPatient naming the field."""
    zone = values.get("time_zone")
    if zone is not None and zone not in zoneinfo.available_timezones():
        raise BadPatient("time_zone is not an IANA time zone")
    born = values.get("date_of_birth")
    if born is not None and not (date(1900, 1, 1) <= born <= timezone.now().date()):
        raise BadPatient("date_of_birth is impossible")
    nyha = values.get("nyha_class")
    if nyha is not None and nyha not in (1, 2, 3, 4):
        raise BadPatient("nyha_class must be 1 to 4")
