"""Protected columns on a real PostgreSQL: nothing readable inside, nothing silently lost or guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.models import F, Value

from heartvoice.shared.errors import PHIError
from heartvoice.shared.fields import BlindIndexField, PHIField
from patients.models import Patient, PatientNote
from tests.support.factories import make_patient, make_user

pytestmark = pytest.mark.django_db
CANARY = "Zyx Canaryson"


def raw(patient: Patient, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM patients_patient WHERE id = %s", [patient.pk])
        value: str = cursor.fetchone()[0]
    return value


def test_columns_hold_no_plaintext_and_read_back() -> None:
    patient = make_patient(last_name=CANARY, interests=["roses", "ñandú"], date_of_birth=date(1948, 3, 3))
    for column in ("first_name", "last_name", "date_of_birth", "phone", "interests"):
        assert raw(patient, column).startswith("v1.")
    again = Patient.objects.get(pk=patient.pk)
    assert (again.last_name, again.interests, again.date_of_birth) == (
        CANARY,
        ["roses", "ñandú"],
        date(1948, 3, 3),
    )


def test_every_text_column_is_encrypted_or_known_to_be_public() -> None:
    ours = [
        m
        for m in apps.get_models()
        if m._meta.app_label in {"patients", "alerts", "biomarkers", "calls"} and not m._meta.proxy
    ]
    text = {
        f"{model._meta.label}.{field.name}"
        for model in ours
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not isinstance(field, PHIField | BlindIndexField)
        and not field.choices
    }
    public = set(Path(__file__).with_name("public_columns.txt").read_text().split())
    assert text - public == set(), "encrypt these, or list them as public with a reason to"
    assert public - text == set(), "these are gone or encrypted now: take them off the list"


def test_bulk_update_encrypts_values() -> None:
    patient = make_patient()
    patient.first_name = "Béatrice"
    Patient.objects.bulk_update([patient], ["first_name"])
    assert raw(patient, "first_name").startswith("v1.")
    assert Patient.objects.get(pk=patient.pk).first_name == "Béatrice"


@pytest.mark.parametrize("expression", [F("last_name"), Value("Ann")])
def test_expressions_are_refused(expression: object) -> None:
    patient = make_patient()
    with pytest.raises(TypeError, match="encrypted"):
        Patient.objects.filter(pk=patient.pk).update(first_name=expression)


def test_look_ups_are_refused_instead_of_finding_nothing() -> None:
    with pytest.raises(FieldError, match="blind index"):
        list(Patient.objects.filter(first_name="Ann"))


def test_a_damaged_or_swapped_value_raises_and_names_no_value() -> None:
    patient = make_patient(last_name=CANARY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET first_name = last_name WHERE id = %s", [patient.pk])
    with pytest.raises(PHIError, match=r"patient\.first_name") as error:
        Patient.objects.get(pk=patient.pk)
    assert CANARY not in str(error.value)


def test_input_is_never_decrypted() -> None:
    patient = make_patient(last_name=CANARY)
    stolen = raw(patient, "last_name")
    PatientNote.objects.create(patient=patient, author=make_user(), text=stolen)
    assert PatientNote.objects.get(patient=patient).text == stolen


def test_the_blind_index_follows_the_phone() -> None:
    patient = make_patient(phone="+12015550111")
    before = patient.phone_index
    patient.phone = "+12015550112"
    patient.save()
    assert patient.phone_index and patient.phone_index != before
    assert Patient.objects.get(phone_index=patient.phone_index) == patient


def test_audit_log_and_names_of_rows_hold_no_health_data() -> None:
    from auditlog.models import LogEntry

    patient = make_patient(last_name=CANARY)
    patient.last_name = f"{CANARY}-Second"
    patient.save()
    entries = LogEntry.objects.all()
    assert entries.filter(object_pk=str(patient.pk)).count() >= 2
    assert not [
        e
        for e in entries
        if "Canaryson" in f"{e.changes}{e.object_repr}{e.serialized_data}{e.additional_data}"
    ]
    assert not [e for e in entries if patient.phone in f"{e.changes}{e.serialized_data}"]
    assert "Canaryson" not in str(patient)
