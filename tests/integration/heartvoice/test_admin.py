"""An administrator runs the clinic from Django admin, within the wall of the care team."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from patients.models import Patient, PhiAccess, User
from tests.support.factories import make_patient, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> dict[str, Any]:
    team = make_team("Ours")
    boss = make_user(team, "admin", username="boss", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {"team": team, "client": client, "boss": boss}


def form(team_id: object, **changes: str) -> dict[str, str]:
    data = {
        "care_team": str(team_id),
        "first_name": "Zoë",
        "last_name": "Canaryson",
        "date_of_birth": "1948-03-03",
        "sex": "f",
        "phone": "(201) 555-0142",
        "time_zone": "America/New_York",
        "language": "en",
        "enrolled_on": "2026-11-01",
        "primary_concerns": "[]",
        "monitoring_priorities": '["weight"]',
        "enrolment_scales": "{}",
        "interests": '["roses"]',
        "voice_accommodations": "{}",
        **{
            f"{prefix}-{name}": value
            for prefix in ("medications", "consents")
            for name, value in (("TOTAL_FORMS", "0"), ("INITIAL_FORMS", "0"))
        },
    }
    return {**data, **changes}


def test_a_patient_is_added_with_a_normal_phone_and_a_blind_index(clinic: dict[str, Any]) -> None:
    answer = clinic["client"].post("/admin/patients/patient/add/", form(clinic["team"].pk))
    assert answer.status_code == 302, answer.context and answer.context["adminform"].form.errors
    patient = Patient.objects.get()
    assert (patient.phone, patient.first_name, patient.interests) == ("+12015550142", "Zoë", ["roses"])
    assert len(patient.phone_index) == 64


@pytest.mark.parametrize(
    ("name", "value"), [("phone", "twelve"), ("time_zone", "Mars/Olympus"), ("nyha_class", "7")]
)
def test_bad_input_is_named_next_to_its_field_and_nothing_is_written(
    clinic: dict[str, Any], name: str, value: str
) -> None:
    answer = clinic["client"].post("/admin/patients/patient/add/", form(clinic["team"].pk, **{name: value}))
    assert answer.status_code == 200
    assert name in answer.context["adminform"].form.errors
    assert Patient.objects.count() == 0


def test_a_change_goes_through_the_service(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    data = form(clinic["team"].pk, phone="201-555-0177")
    answer = clinic["client"].post(f"/admin/patients/patient/{patient.pk}/change/", data)
    assert answer.status_code == 302, answer.context and answer.context["adminform"].form.errors
    patient.refresh_from_db()
    assert patient.phone == "+12015550177" and patient.last_name == "Canaryson"


@pytest.mark.parametrize("text", ["+1 201 555 0142", "canary", "ZOE canaryson", "1948-03-03", "3/3/1948"])
def test_search_finds_by_what_is_encrypted(clinic: dict[str, Any], text: str) -> None:
    wanted = make_patient(clinic["team"], first_name="Zoë", last_name="Canaryson", phone="+12015550142")
    make_patient(clinic["team"], first_name="Bob", last_name="Miller", date_of_birth=date(1950, 1, 1))
    page = clinic["client"].get("/admin/patients/patient/", {"q": text})
    assert [row.pk for row in page.context["cl"].result_list] == [wanted.pk]


def test_another_teams_patients_are_not_there(clinic: dict[str, Any]) -> None:
    foreign = make_patient(make_team("Theirs"), last_name="Foreigner")
    page = clinic["client"].get("/admin/patients/patient/", {"q": "foreigner"})
    assert list(page.context["cl"].result_list) == []
    assert clinic["client"].get(f"/admin/patients/patient/{foreign.pk}/change/").status_code == 302


def test_every_look_is_logged_and_lists_mask_people(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"], last_name="Canaryson", phone="+12015550142")
    page = clinic["client"].get("/admin/patients/patient/")
    assert "Canaryson" not in page.content.decode() and "+12015550142" not in page.content.decode()
    clinic["client"].get(f"/admin/patients/patient/{patient.pk}/change/")
    looks = list(PhiAccess.objects.order_by("pk").values_list("action", "resource"))
    assert looks == [("list", "admin:patients.patient"), ("view", "admin:patients.patient")]


def test_clinical_rows_cannot_be_deleted_by_anybody(clinic: dict[str, Any]) -> None:
    request = type("Request", (), {"user": clinic["boss"]})()
    for model, page in admin.site._registry.items():
        if (
            model._meta.app_label in {"patients", "alerts", "biomarkers", "calls"}
            and "team" not in model.__name__.lower()
        ):
            if model.__name__ in {"OnCallShift", "EscalationPolicy"}:
                continue
            assert not page.has_delete_permission(request, None), model


def test_nurses_do_not_reach_the_admin() -> None:
    client = Client()
    client.force_login(make_user(make_team()), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/admin/patients/patient/").status_code == 302
    assert User.objects.count() == 1
