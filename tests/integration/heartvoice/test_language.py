"""Each person reads the pages in the language they chose."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.factories import make_patient, make_team, make_user
from tests.support.signing_in import prove

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]


def client_of(user: object, browser: str = "en") -> Client:
    client = Client(headers={"accept-language": browser})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
    prove(client)
    return client


def test_a_chosen_language_holds_whatever_the_browser_prefers():
    user = make_user(make_team())
    client = client_of(user)
    assert "Worklist" in client.get("/").content.decode()
    answer = client.post("/preferences/language/", {"language": "es", "next": "/patients/"})
    assert answer["Location"] == "/patients/"
    page = client.get("/").content.decode()
    assert '<html lang="es"' in page and "Lista de trabajo" in page and "Worklist" not in page
    assert "Lista de trabajo" in client_of(user).get("/").content.decode(), "on every browser of theirs"
    client.post("/preferences/language/", {"language": "en"})
    assert '<html lang="en"' in client_of(user, "es").get("/").content.decode()


def test_without_a_choice_the_browser_decides():
    user = make_user(make_team())
    assert '<html lang="es"' in client_of(user, "es-MX,es;q=0.9").get("/").content.decode()
    assert '<html lang="en"' in client_of(user, "fr").get("/").content.decode()


def test_no_other_language_and_no_way_off_the_site():
    client = client_of(make_user(make_team()))
    assert client.post("/preferences/language/", {"language": "fr"}).status_code == 400
    away = client.post("/preferences/language/", {"language": "es", "next": "//evil.example/"})
    assert away["Location"] == "/"


def test_the_pages_of_a_patient_and_of_the_administration_are_spanish_too():
    team = make_team()
    boss = make_user(team, "admin", is_staff=True, is_superuser=True, language="es")
    patient = make_patient(team)
    client = client_of(boss)
    for address, words in (
        (f"/patients/{patient.pk}/", "Medicamentos"),
        ("/reports/weekly/", "Informe semanal"),
        ("/admin/", "Dirigir la clínica"),
        ("/admin/patients/import/", "Importar pacientes"),
    ):
        assert words in client.get(address).content.decode(), address
