"""Every page that we render is HTML by the standard's own rules, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from patients.models import User
from tests.support.admin_pages import admin_addresses
from tests.support.clinic import begin_clinic
from tests.support.html_rules import problems
from tests.support.shift import Shift, begin_shift
from tests.support.signing_in import prove

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis"), pytest.mark.timeout(300)]


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def addresses(shift: Shift) -> list[str]:
    patient, alert = shift.patients[0].pk, shift.alerts[2].pk
    return [
        "/", "/?whose=snoozed", f"/alerts/{shift.emergency.pk}/", f"/alerts/{alert}/?action=resolve", "/patients/",
        f"/patients/{patient}/", f"/patients/{patient}/?days=365", "/calls/", f"/calls/{shift.call.pk}/",
        "/reports/weekly/", "/softphone/", "/accounts/2fa/", "/patients/00000000-0000-4000-8000-000000000000/",
        *more(patient),
    ]  # fmt: skip


def more(patient: Any) -> list[str]:
    """Pages of the care team that need nothing but a patient, found in the routes."""
    from tests.support.url_rules import routes

    known = set()
    for route, callback in routes():
        name = f"/{route}".replace("<uuid:patient_id>", str(patient))
        module = getattr(callback, "__module__", "")
        if "<" not in name and module.startswith("heartvoice.dashboard.views"):
            known.add(name)
    return sorted(known - {"/favicon.ico"})


def wrong(client: Client, some: list[str]) -> dict[str, list[str]]:
    found, seen = {}, 0
    for address in some:
        answer = client.get(address)
        if not answer.get("Content-Type", "").startswith("text/html") or answer.status_code not in (200, 404):
            continue
        seen += 1
        html = answer.content.decode()
        found[address] = problems(html, is_part="<html" not in html)
    assert seen >= len(some) // 2
    return {address: said for address, said in found.items() if said}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_care_teams_pages(language: str) -> None:
    shift = begin_shift(patients=16, weeks=3)
    User.objects.filter(pk=shift.nurse.pk).update(language=language)
    assert wrong(client_of(shift.nurse), addresses(shift)) == {}


def test_parts_that_are_put_into_a_page() -> None:
    shift = begin_shift(patients=16, weeks=3)
    client = client_of(shift.nurse)
    found = {}
    for address, target in (
        ("/", "worklist"),
        (f"/alerts/{shift.emergency.pk}/", "drawer-body"),
        ("/calls/", "board"),
        (f"/calls/{shift.call.pk}/", "call"),
    ):
        answer = client.get(address, headers={"HX-Request": "true", "HX-Target": target})
        assert b"<html" not in answer.content
        found[address] = problems(answer.content.decode(), is_part=True)
    assert {address: said for address, said in found.items() if said} == {}


def test_pages_without_a_sign_in() -> None:
    assert wrong(Client(), ["/accounts/login/", "/no-such-page/"]) == {}


def test_the_pages_of_the_administration() -> None:
    boss = begin_clinic().boss
    addresses = list(admin_addresses(boss).values())
    assert len(addresses) > 90
    assert wrong(prove(client_of(boss)), addresses) == {}


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p><div>x</div></p>", "unexpected"),
        ('<b id="a">x</b><b id="a">y</b>', "id twice: a"),
        ('<label for="none">x</label>', "names nobody: none"),
        ("<ul><b>x</b></ul>", "<b> in <ul>"),
        ("<a href=''><button>x</button></a>", "<button> in <a>"),
        ("<img src='x'>", "<img> without alt"),
        ("<main></main>", "2 <main>"),
    ],
)
def test_the_rules_find_what_they_are_for(html: str, said: str) -> None:
    page = "<!doctype html><html lang='en'><title>x</title><body><main><h1>x</h1>{}</main></body></html>"
    assert problems(page.format("")) == []
    assert any(said in each for each in problems(page.format(html)))
