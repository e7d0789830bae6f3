"""What an administrator types to find somebody never stands in an address, and works without a script."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.test import Client

from heartvoice.clinic.sealed_search import SealedSearch
from heartvoice.shared.kept import keep, kept
from patients.access import patient_hash
from patients.admin_base import TeamWallAdmin
from patients.models import Medication, Patient, PhiAccess
from tests.support.factories import make_patient, make_team, make_user
from tests.support.signing_in import prove

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]
ADDRESS = "/admin/patients/patient/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def boss() -> Any:
    return make_user(make_team("Ours"), "admin", username="boss", is_staff=True, is_superuser=True)


@pytest.fixture
def client(boss: Any) -> Client:
    client = Client()
    client.force_login(boss, backend=BACKEND)
    prove(client)
    return client


def shown(page: Any) -> set[Any]:
    return {row.pk for row in page.context["cl"].result_list}


def test_the_search_form_is_sent_in_a_body_and_the_list_has_a_token_in_its_address(
    client: Client, boss: Any
) -> None:
    wanted = make_patient(boss.care_teams.get(), last_name="Canaryson")
    make_patient(boss.care_teams.get(), last_name="Miller")
    blank = client.get(ADDRESS).content.decode()
    form = blank[blank.index('id="changelist-search"') :].split("</form>")[0]
    assert 'method="post"' in form and 'name="search_term"' in form and "csrfmiddlewaretoken" in form
    sent = client.post(ADDRESS, {"search_term": "canaryson"})
    assert sent.status_code == 302 and "canaryson" not in sent["Location"].lower()
    page = client.get(sent["Location"])
    assert shown(page) == {wanted.pk}
    assert 'value="canaryson"' in page.content.decode(), "the box shows what was asked"
    hrefs = page.content.decode().lower().split('href="')[1:]
    assert not any("canaryson" in href.split('"')[0] for href in hrefs)


def test_the_words_lie_sealed_and_open_for_their_writer_and_list_only(client: Client, boss: Any) -> None:
    sent = client.post(ADDRESS, {"search_term": "canaryson"})
    (token,) = parse_qs(urlsplit(sent["Location"]).query)["q"]
    assert len(token) >= 20
    assert b"canaryson" not in cache.get(f"kept:{token}")
    assert kept(token, purpose="admin:patients.patient", owner=boss.pk) == "canaryson"
    assert kept(token, purpose="admin:patients.consent", owner=boss.pk) is None
    assert kept(token, purpose="admin:patients.patient", owner=boss.pk + 1) is None
    other = make_user(boss.care_teams.get(), "admin", is_staff=True, is_superuser=True)
    stranger = Client()
    stranger.force_login(other, backend=BACKEND)
    prove(stranger)
    refused = stranger.get(sent["Location"])
    assert refused.status_code == 302 and refused["Location"] == ADDRESS


def test_what_is_kept_is_over_after_a_quarter_of_an_hour(boss: Any) -> None:
    token = keep("canaryson", purpose="p", owner=1)
    store = cache._cache.get_client()
    assert 890 < store.ttl(cache.make_key(f"kept:{token}")) <= 900
    cache.delete(f"kept:{token}")
    assert kept(token, purpose="p", owner=1) is None
    for nonsense in ("", " ", "a b", "ä", "x" * 65, "x\n"):
        assert kept(nonsense, purpose="p", owner=1) is None


def test_words_in_an_address_find_nothing_and_leave_the_address(client: Client, boss: Any) -> None:
    make_patient(boss.care_teams.get(), last_name="Canaryson")
    answer = client.get(f"{ADDRESS}?q=canaryson&status__exact=active&p=2")
    assert answer.status_code == 302 and answer["Location"] == f"{ADDRESS}?status__exact=active"
    page = client.get(answer["Location"])
    assert "This search is no longer kept" in page.content.decode()
    assert not PhiAccess.objects.filter(action="search").exists()


def test_filters_pages_and_a_new_search_go_together(client: Client, boss: Any) -> None:
    team = boss.care_teams.get()
    for _ in range(60):
        make_patient(team, last_name="Canaryson", nyha_class=2)
    make_patient(team, last_name="Canaryson", nyha_class=3)
    make_patient(team, last_name="Miller", nyha_class=2)
    sent = client.post(f"{ADDRESS}?nyha_class=2&p=7&_popup=1", {"search_term": "canaryson"})
    query = parse_qs(urlsplit(sent["Location"]).query)
    assert set(query) == {"nyha_class", "_popup", "q"}
    first = client.get(sent["Location"])
    second = client.get(first.context["cl"].get_query_string({"p": 2}).join([ADDRESS, ""]))
    assert (len(shown(first)), len(shown(second))) == (50, 10) and not shown(first) & shown(second)
    cleared = client.post(sent["Location"], {"search_term": "  "})
    assert set(parse_qs(urlsplit(cleared["Location"]).query)) == {"nyha_class", "_popup"}
    again = client.post(sent["Location"], {"search_term": "miller"}, follow=True)
    assert len(shown(again)) == 1


def test_an_action_keeps_to_what_was_found_and_an_ended_search_reaches_nothing(
    client: Client, boss: Any
) -> None:
    team = boss.care_teams.get()
    rows = {}
    for name in ("Canaryson", "Miller"):
        person = make_patient(team, last_name=name)
        rows[name] = Medication.objects.create(patient=person, medication_class="beta_blocker", name="x")
    address = "/admin/patients/medication/"
    found = client.post(address, {"search_term": "canaryson"})["Location"]
    everything = {
        "action": "stop", "select_across": "1", "index": "0", "_selected_action": [str(rows["Canaryson"].pk)],
    }  # fmt: skip
    client.post(found, everything)
    assert {row.patient.last_name for row in Medication.objects.filter(is_active=True)} == {"Miller"}
    cache.clear()
    client.post(found, everything)
    assert Medication.objects.filter(is_active=True).count() == 1


def test_a_search_is_logged_as_any_list_is(client: Client) -> None:
    client.post(ADDRESS, {"search_term": "canaryson"}, follow=True)
    assert list(PhiAccess.objects.values_list("action", "resource")) == [("list", "admin:patients.patient")]


def test_a_search_without_the_forms_token_is_refused(boss: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(boss, backend=BACKEND)
    prove(strict)
    for address, body in ((ADDRESS, {"search_term": "x"}), ("/admin/autocomplete/", {"term": "x"})):
        assert strict.post(address, body).status_code == 403


def test_every_list_of_the_site_searches_this_way() -> None:
    assert len(admin.site._registry) > 25
    assert [model for model, page in admin.site._registry.items() if not isinstance(page, SealedSearch)] == []


def test_every_choice_of_a_patient_asks_in_a_body(client: Client, boss: Any) -> None:
    wanted = make_patient(boss.care_teams.get(), last_name="Canaryson")
    asked = {"app_label": "patients", "model_name": "consent", "field_name": "patient", "term": "canary"}
    assert client.get("/admin/autocomplete/", asked).status_code == 405
    assert [each["id"] for each in client.post("/admin/autocomplete/", asked).json()["results"]] == [
        str(wanted.pk)
    ]
    assert PhiAccess.objects.get(action="search").patient_hash == patient_hash(wanted.pk)
    pages = [(model, page) for model, page in admin.site._registry.items() if page.autocomplete_fields]
    assert len(pages) == 6 and all(isinstance(page, TeamWallAdmin) for _, page in pages)
    for model, _ in pages:
        html = client.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/").content.decode()
        assert 'data-ajax--type="POST"' in html and 'data-ajax--type="GET"' not in html
    assert Patient.objects.count() == 1
