"""FHIR R4: patients and observations in the standard's shape, behind the same wall and log as everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from patients.access import patient_hash
from patients.models import Patient, PhiAccess, User
from patients.services.tokens import api_token_issue
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import check_in, voice_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]
BASE = "/fhir/r4"
TYPE = "application/fhir+json; charset=utf-8"


@pytest.fixture
def nurse() -> User:
    return make_user(make_team("Ours"))


@pytest.fixture
def patient(nurse: User) -> Patient:
    row = make_patient(
        nurse.care_teams.get(), first_name="Zoë", last_name="Canaryson", phone="+12015550142", sex="f",
        record_number="A-1", city="Newark", state="NJ",
    )  # fmt: skip
    call = check_in(
        row, days_ago=1, weight_lb=Decimal("181.5"), heart_rate_bpm=72, systolic_mmhg=118, spo2_percent=96,
        shortness_of_breath=2,
    )  # fmt: skip
    voice_of(call, pause_ratio=0.25)
    return row


@pytest.fixture
def client(nurse: User) -> Client:
    _, text = api_token_issue(user=nurse, label="x", days=1)
    return Client(headers={"authorization": f"Bearer {text}"})


def search(client: Client, query: str) -> dict[str, Any]:
    answer = client.get(f"{BASE}/Observation?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


FORM = "application/x-www-form-urlencoded"


def people(client: Client, address: str = "", **body: str) -> dict[str, Any]:
    answer = client.post(f"{BASE}/Patient/_search{address}", urlencode(body), content_type=FORM)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_service_says_what_it_can_do_to_anybody() -> None:
    answer = Client().get(f"{BASE}/metadata")
    statement = answer.json()
    assert answer["Content-Type"] == TYPE
    assert (statement["resourceType"], statement["fhirVersion"]) == ("CapabilityStatement", "4.0.1")
    assert [each["type"] for each in statement["rest"][0]["resource"]] == ["Patient", "Observation"]


def test_a_patient_is_read_and_found_by_record_number(client: Client, patient: Patient) -> None:
    answer = client.get(f"{BASE}/Patient/{patient.pk}")
    resource = answer.json()
    assert answer["Content-Type"] == TYPE and answer["Cache-Control"] == "no-store"
    assert resource["name"] == [{"use": "official", "family": "Canaryson", "given": ["Zoë"]}]
    assert (resource["gender"], resource["birthDate"]) == ("female", "1948-03-03")
    assert resource["identifier"][1]["value"] == "A-1"
    bundle = people(client, identifier="urn:x|A-1")
    assert (bundle["type"], bundle["total"]) == ("searchset", 1)
    assert bundle["entry"][0]["resource"]["id"] == str(patient.pk)
    assert "A-1" not in bundle["link"][0]["url"]
    assert people(client, identifier="B-2")["total"] == 0


def test_vital_signs_carry_loinc_and_ucum_and_scales_our_own_codes(client: Client, patient: Patient) -> None:
    bundle = search(client, f"patient={patient.pk}&_count=100")
    found = {each["resource"]["code"]["coding"][0]["code"]: each["resource"] for each in bundle["entry"]}
    weight = found["29463-7"]
    assert weight["valueQuantity"] == {
        "value": 181.5, "unit": "lb", "system": "http://unitsofmeasure.org", "code": "[lb_av]",
    }  # fmt: skip
    assert weight["subject"] == {"reference": f"Patient/{patient.pk}"} and weight["status"] == "final"
    assert weight["category"][0]["coding"][0]["code"] == "vital-signs"
    assert [each["code"] for each in found["59408-5"]["code"]["coding"]][:2] == ["59408-5", "2708-6"]
    systolic, diastolic = found["85354-9"]["component"]
    assert systolic["valueQuantity"]["value"] == 118 and "valueQuantity" not in diastolic
    assert found["8867-4"]["valueQuantity"]["code"] == "/min"
    breath = found["shortness_of_breath"]
    assert breath["valueInteger"] == 2 and breath["category"][0]["coding"][0]["code"] == "survey"
    voice = found["pause_ratio"]
    assert voice["valueQuantity"]["value"] == 25.0
    assert (
        voice["meta"]["tag"][0]["code"] == "investigational" and "nvestigational" in voice["note"][0]["text"]
    )
    assert "quality_of_life" not in found, "not asked is no observation"


def test_each_observation_of_a_search_is_read_again_by_its_id(client: Client, patient: Patient) -> None:
    for entry in search(client, f"patient=Patient/{patient.pk}&_count=100")["entry"]:
        one = client.get(f"{BASE}/Observation/{entry['resource']['id']}")
        assert one.status_code == 200 and one.json() == entry["resource"]
        assert len(entry["resource"]["id"]) <= 64


def test_an_answer_before_identity_was_proved_is_preliminary(client: Client, patient: Patient) -> None:
    patient.records.update(is_identity_verified=False)
    bundle = search(client, f"patient={patient.pk}&category=vital-signs")
    assert {each["resource"]["status"] for each in bundle["entry"]} == {"preliminary"}


def test_searches_are_narrowed_and_come_in_pages(client: Client, patient: Patient) -> None:
    check_in(patient, days_ago=40, weight_lb=Decimal(180))
    mine = f"patient={patient.pk}"
    assert search(client, f"{mine}&code=http://loinc.org|29463-7")["total"] == 2
    assert search(client, f"{mine}&code=29463-7,8867-4")["total"] == 3
    recent = f"{timezone.now().date().replace(day=1) if timezone.now().day > 5 else timezone.now().date()}"
    assert search(client, f"{mine}&code=29463-7&date=lt1990-01-01")["total"] == 0
    assert search(client, f"{mine}&code=29463-7&date=ge1990-01-01&date=le{recent}")["total"] >= 1
    seen, address = [], f"{BASE}/Observation?{mine}&_count=3"
    while address:
        page = client.get(address).json()
        seen += [each["resource"]["id"] for each in page["entry"]]
        links = {each["relation"]: each["url"] for each in page["link"]}
        address = links["next"][links["next"].index(BASE) :] if "next" in links else ""
    assert len(seen) == len(set(seen)) == search(client, mine)["total"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/Patient/00000000-0000-4000-8000-000000000000", 404, "not-found"),
        ("/Patient/nonsense", 404, "not-found"),
        ("/Observation/nonsense", 404, "not-found"),
        ("/Observation", 400, "invalid"),
        ("/Observation?patient=x", 400, "invalid"),
        ("/Observation?patient={patient}&date=yesterday", 400, "invalid"),
        ("/Observation?patient={patient}&date=ge2026-02-31", 400, "invalid"),
        ("/Observation?patient={patient}&_count=-1", 400, "invalid"),
        ("/Observation?patient={patient}&colour=red", 400, "invalid"),
        ("/Patient?name=canaryson", 400, "invalid"),
        ("/Medication", 404, "not-found"),
    ],
)
def test_every_refusal_is_an_operation_outcome(
    client: Client, patient: Patient, address: str, status: int, code: str
) -> None:
    answer = client.get(BASE + address.format(patient=patient.pk))
    assert (answer.status_code, answer["Content-Type"]) == (status, TYPE)
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome" and body["issue"][0]["code"] == code


def test_the_same_wall_stands_here(client: Client) -> None:
    foreign = make_patient(make_team("Theirs"), record_number="Z-9")
    call = check_in(foreign)
    assert client.get(f"{BASE}/Patient/{foreign.pk}").status_code == 404
    assert client.get(f"{BASE}/Observation/{call.record.pk}-breath").status_code == 404
    assert people(client, identifier="Z-9")["total"] == 0
    assert search(client, f"patient={foreign.pk}")["total"] == 0
    for address in ("/Patient", f"/Patient/{foreign.pk}", "/Observation"):
        stranger = Client().get(BASE + address)
        assert stranger.status_code == 401 and stranger.json()["issue"][0]["code"] == "login"


def test_every_answer_is_written_down_first(
    client: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = patient.records.get()
    addresses = (
        f"/Patient/{patient.pk}", "/Patient", f"/Observation?patient={patient.pk}", f"/Observation/{record.pk}-breath",
    )  # fmt: skip
    for address in addresses:
        client.get(BASE + address)
    looks = PhiAccess.objects.filter(resource__startswith="fhir:").values_list("action", "patient_hash")
    code = patient_hash(patient.pk)
    assert sorted(looks) == sorted([("view", code), ("list", code), ("list", code), ("view", code)])

    def fail(**look: Any) -> None:
        raise OSError("no log")

    monkeypatch.setattr("patients.access.access_record", fail)
    for address in addresses:
        answer = client.get(BASE + address)
        assert answer.status_code == 503 and answer.json()["issue"][0]["code"] == "transient"
        assert b"Canaryson" not in answer.content


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("identifier", "A-1", True),
        ("identifier", "B-2,A-1", True),
        ("phone", "+1 201 555 0142", True),
        ("phone", "+12015550143", False),
        ("birthdate", "1948-03-03", True),
        ("birthdate", "eq1948-03-04", False),
        ("name", "ZOE", True),
        ("name", "canary", True),
        ("name", "anaryson", False),
        ("family", "canary,other", True),
        ("family", "zoe", False),
        ("given", "zo", True),
    ],
)
def test_a_patient_is_found_by_a_body_and_the_address_of_the_answer_names_nobody(
    client: Client, patient: Patient, name: str, value: str, found: bool
) -> None:
    make_patient(patient.care_team, first_name="Bob", last_name="Miller", date_of_birth=date(1950, 1, 1))
    bundle = people(client, **{name: value, "_count": "5"})
    assert [each["resource"]["id"] for each in bundle["entry"]] == [str(patient.pk)] * found
    (link,) = bundle["link"]
    assert link["url"].endswith("/fhir/r4/Patient?_count=5")
    expected = [("list", patient_hash(patient.pk) if found else "")]
    assert list(PhiAccess.objects.values_list("action", "patient_hash")) == expected


def test_two_parameters_must_both_fit_and_the_wall_stands(client: Client, patient: Patient) -> None:
    make_patient(make_team("Theirs"), last_name="Canaryson")
    assert people(client, family="canaryson")["total"] == 1
    assert people(client, family="canaryson", birthdate="1901-01-01")["total"] == 0


PERSONAL = (
    "/Patient?identifier=A-1", "/Patient?name=canaryson", "/Patient?family:exact=canaryson", "/Patient?given=canaryson",
    "/Patient?phone=canaryson", "/Patient?birthdate=1948-03-03", "/Patient?telecom=canaryson",
    "/Observation?patient.identifier=canaryson", "/Observation?subject:Patient.name=canaryson",
)  # fmt: skip


@pytest.mark.parametrize("address", PERSONAL)
def test_what_names_a_person_is_refused_in_an_address_and_the_body_is_named(
    client: Client, patient: Patient, address: str
) -> None:
    resource, _, rest = address[1:].partition("?")
    answers = [
        client.get(f"{BASE}{address}"),
        client.post(f"{BASE}/{resource}/_search?{rest}", "", content_type=FORM),
    ]
    for answer in answers:
        assert answer.status_code == 400 and answer.json()["resourceType"] == "OperationOutcome"
        said = answer.json()["issue"][0]["diagnostics"]
        assert "POST http" in said and "/fhir/r4/Patient/_search" in said and FORM in said
        assert "canaryson" not in said and "A-1" not in said and "1948" not in said
    assert not PhiAccess.objects.filter(resource="fhir:Patient").exists()


def test_the_next_page_of_a_search_by_name_goes_on_under_a_token_of_its_caller(
    client: Client, patient: Patient
) -> None:
    for _ in range(4):
        make_patient(patient.care_team, last_name="Canaryson")
    make_patient(patient.care_team, last_name="Miller")
    page, seen, addresses = people(client, name="canaryson", _count="2"), [], []
    while True:
        seen += [each["resource"]["id"] for each in page["entry"]]
        links = {each["relation"]: each["url"] for each in page["link"]}
        assert "canaryson" not in str(links).lower()
        if "next" not in links:
            break
        addresses.append(links["next"][links["next"].index(BASE) :])
        page = client.get(addresses[-1]).json()
    assert len(seen) == len(set(seen)) == page["total"] == 5 and len(addresses) == 2
    _, text = api_token_issue(user=make_user(patient.care_team), label="y", days=1)
    other = Client(headers={"authorization": f"Bearer {text}"}).get(addresses[0])
    assert other.status_code == 400 and "begin again" in other.json()["issue"][0]["diagnostics"]
    cache.clear()
    assert client.get(addresses[0]).status_code == 400


def test_observations_are_searched_by_a_body_too(client: Client, patient: Patient) -> None:
    body = urlencode({"patient": f"Patient/{patient.pk}", "code": "29463-7"})
    answer = client.post(f"{BASE}/Observation/_search", body, content_type=FORM)
    assert answer.status_code == 200
    assert answer.json() == search(client, body)
    split = client.post(f"{BASE}/Observation/_search?patient={patient.pk}", "code=29463-7", content_type=FORM)
    assert split.json()["total"] == 1


def test_a_search_by_post_is_a_form_and_nothing_else(client: Client, patient: Patient) -> None:
    json_sent = client.post(f"{BASE}/Patient/_search", {"name": "x"}, content_type="application/json")
    assert (json_sent.status_code, json_sent.json()["issue"][0]["code"]) == (415, "not-supported")
    assert client.get(f"{BASE}/Patient/_search").status_code == 405
    stranger = Client().post(f"{BASE}/Patient/_search", "name=x", content_type=FORM)
    assert stranger.status_code == 401
    unknown = client.post(f"{BASE}/Patient/_search", "email=canaryson", content_type=FORM)
    assert unknown.status_code == 400 and "canaryson" not in unknown.content.decode()


def test_the_capabilities_say_what_is_taken_in_a_body_only() -> None:
    statement = Client().get(f"{BASE}/metadata").json()
    patient, observation = statement["rest"][0]["resource"]
    assert "POST Patient/_search" in patient["documentation"]
    assert "POST Observation/_search" in observation["documentation"]
    closed = {each["name"] for each in patient["searchParam"] if "documentation" in each}
    assert closed == {"identifier", "name", "family", "given", "phone", "birthdate"}
