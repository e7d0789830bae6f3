"""The administration asks again who is there before it writes, and before it shows the logs (ten minutes' trust)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from patients.models import Patient, User
from tests.support.administration import patient_form
from tests.support.factories import make_patient
from tests.support.signing_in import prove

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
ASKED = "/accounts/reauthenticate/?next="


@pytest.fixture
def stale(clinic: dict[str, Any]) -> Client:
    """The administrator, eleven minutes after the log-in."""
    return prove(clinic["client"], seconds_ago=11 * 60)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/patients/patient/add/",
        "/admin/patients/import/",
        "/admin/patients/user/add/",
        "/admin/patients/phiaccess/",
        "/admin/auditlog/logentry/",
    ],
)
def test_forms_people_and_logs_ask_again(stale: Client, address: str) -> None:
    answer = stale.get(address)
    assert answer.status_code == 302 and answer["Location"].startswith(ASKED), address
    prove(stale)
    assert stale.get(address).status_code == 200


def test_a_person_is_asked_before_their_role_is_shown_for_changing(
    stale: Client, clinic: dict[str, Any]
) -> None:
    someone = User.objects.exclude(is_superuser=True).first() or User.objects.get()
    assert stale.get(f"/admin/patients/user/{someone.pk}/change/").status_code == 302


def test_lists_and_searches_do_not_ask(stale: Client, clinic: dict[str, Any]) -> None:
    make_patient(clinic["team"], first_name="Zoë")
    assert stale.get("/admin/").status_code == 200
    assert stale.get("/admin/patients/patient/").status_code == 200
    found = stale.post("/admin/patients/patient/", {"search_term": "Zoë"}, follow=True)
    assert found.status_code == 200 and found.redirect_chain[0][0].startswith("/admin/patients/patient/?q=")


def test_a_form_opened_in_time_may_be_sent_later_but_not_much_later(clinic: dict[str, Any]) -> None:
    client, form = clinic["client"], patient_form(clinic["team"].pk)
    prove(client, seconds_ago=41 * 60)
    answer = client.post("/admin/patients/patient/add/", form)
    assert answer["Location"].startswith(ASKED) and not Patient.objects.exists()
    prove(client, seconds_ago=25 * 60)
    assert client.post("/admin/patients/patient/add/", form)["Location"] == "/admin/patients/patient/"
    assert Patient.objects.count() == 1


def test_an_action_on_a_list_is_a_write(clinic: dict[str, Any]) -> None:
    patient = make_patient(clinic["team"])
    prove(clinic["client"], seconds_ago=41 * 60)
    answer = clinic["client"].post(
        "/admin/patients/patient/", {"action": "pause", "_selected_action": str(patient.pk)}
    )
    assert answer["Location"].startswith(ASKED)


def test_the_password_again_is_enough_and_leads_back(stale: Client) -> None:
    there = stale.get("/admin/patients/patient/add/")["Location"]
    page = stale.get(there)
    assert page.status_code == 200
    answer = stale.post(there, {"password": PASSWORD, "next": "/admin/patients/patient/add/"})
    assert answer["Location"] == "/admin/patients/patient/add/"
    assert stale.get("/admin/patients/patient/add/").status_code == 200
    wrong = prove(stale, seconds_ago=11 * 60).post(there, {"password": "another long password"})
    assert wrong.status_code == 200 and stale.get("/admin/patients/patient/add/").status_code == 302
