"""The REST interface: the team's wall, tokens, the two actions, the log, and that it is what its schema says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from alerts.models import Alert, Notification
from biomarkers.models import VoiceBiomarker
from heartvoice.shared.errors import DomainError
from patients.access import patient_hash
from patients.models import ApiToken, Patient, PhiAccess, User
from patients.services.tokens import api_token_issue, api_token_revoke
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import check_in, raise_alert

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]
LISTS = ("patients", "calls", "alerts", "records", "biomarkers")


@pytest.fixture
def nurse() -> User:
    return make_user(make_team("Ours"), username="nora")


@pytest.fixture
def rows(nurse: User) -> dict[str, Any]:
    return rows_of(nurse.care_teams.get())


def rows_of(team: Any) -> dict[str, Any]:
    patient = make_patient(team, first_name="Zoë", last_name="Canaryson", phone="+12015550142")
    call = check_in(patient)
    segment = VoiceBiomarker.objects.create(
        patient=patient, call=call, segment_id="1", start_ms=0, end_ms=3000, state="measured",
        algorithm_version="t", jitter=0.01, speech_content="secret words",
    )  # fmt: skip
    return {
        "patients": patient,
        "calls": call,
        "alerts": raise_alert(patient, call=call, text="Weight up"),
        "records": call.record,
        "biomarkers": segment,
    }


def program(user: User, **options: Any) -> Client:
    _, text = api_token_issue(user=user, label="test", days=1, **options)
    return Client(headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def client(nurse: User) -> Client:
    return program(nurse, may_write=True)


def post(client: Client, address: str, data: dict[str, Any]) -> Any:
    return client.post(address, data, content_type="application/json")


def test_the_schema_is_valid_and_made_without_warnings() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")
    answer = Client().get("/api/schema/")
    assert answer.status_code == 200 and "openapi: 3" in answer.content.decode()


def refer(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [refer(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: refer(value) for name, value in schema.items() if name not in {"nullable", "readOnly"}}
    return {"anyOf": [changed, {"type": "null"}]} if schema.get("nullable") else changed


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_answer_is_what_the_schema_says(client: Client, rows: dict[str, Any]) -> None:
    schema = SchemaGenerator().get_schema(public=True)
    validate_schema(schema)
    components = {"components": refer(schema["components"])}
    seen = set()
    for path, method, operation in operations(schema):
        if not path.startswith("/api/v1/"):
            continue
        name = path.split("/")[3]
        address = path.replace("{id}", str(rows[name].pk))
        body = {"disposition": "education", "note": "done"} if path.endswith("resolve/") else {}
        answer = client.get(address) if method == "get" else post(client, address, body)
        assert answer.status_code == 200, (path, answer.content)
        declared = operation["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json(), {**refer(declared), **components})
        seen.add((method, path))
    assert len(seen) == 12


@pytest.mark.parametrize("name", LISTS)
def test_another_teams_rows_are_neither_listed_nor_found(
    client: Client, rows: dict[str, Any], name: str
) -> None:
    foreign = rows_of(make_team("Theirs"))
    found = client.get(f"/api/v1/{name}/").json()["results"]
    assert [row["id"] for row in found] == [str(rows[name].pk)]
    missing = client.get(f"/api/v1/{name}/00000000-0000-4000-8000-000000000000/")
    hidden = client.get(f"/api/v1/{name}/{foreign[name].pk}/")
    assert hidden.status_code == missing.status_code == 404 and hidden.content == missing.content
    narrowed = client.get(f"/api/v1/{name}/?patient={foreign['patients'].pk}").json()["results"]
    assert name == "patients" or narrowed == []


@pytest.mark.parametrize("name", LISTS)
def test_every_look_is_written_down_and_nothing_is_shown_without(
    client: Client, rows: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(f"/api/v1/{name}/")
    client.get(f"/api/v1/{name}/{rows[name].pk}/")
    looks = PhiAccess.objects.filter(resource=f"api:{name}").order_by("pk")
    code = patient_hash(rows["patients"].pk)
    assert list(looks.values_list("action", "patient_hash", "role")) == [
        ("list", code, "nurse"),
        ("view", code, "nurse"),
    ]

    def fail(**look: Any) -> None:
        raise OSError("no log")

    monkeypatch.setattr("patients.access.access_record", fail)
    for address in (f"/api/v1/{name}/", f"/api/v1/{name}/{rows[name].pk}/"):
        answer = client.get(address)
        assert answer.status_code == 503 and answer.json()["code"] == "not_recorded"
        assert b"Canaryson" not in answer.content and b"Weight" not in answer.content


def test_lists_name_nobody_and_no_answer_holds_words_of_a_call(client: Client, rows: dict[str, Any]) -> None:
    (row,) = client.get("/api/v1/patients/").json()["results"]
    assert row["initials"] == "ZC" and row["phone_masked"].endswith("0142")
    assert "Canaryson" not in str(row) and "+1201" not in str(row)
    for name in ("calls", "biomarkers", "records"):
        text = client.get(f"/api/v1/{name}/{rows[name].pk}/").content
        assert b"secret words" not in text and b"Canaryson" not in text
    assert client.get("/api/v1/patients/")["Cache-Control"] == "no-store"


def test_an_alert_is_acknowledged_once_and_resolved_with_an_outcome(
    client: Client, nurse: User, rows: dict[str, Any]
) -> None:
    alert = rows["alerts"]
    address = f"/api/v1/alerts/{alert.pk}/"
    taken = post(client, f"{address}acknowledge/", {})
    assert taken.status_code == 200 and taken.json()["state"] == "acknowledged"
    assert taken.json()["owner"] == nurse.pk
    other = program(make_user(nurse.care_teams.get()), may_write=True)
    second = post(other, f"{address}acknowledge/", {})
    assert second.status_code == 409 and second.json()["code"] in {"already_claimed", "owned_by_other"}
    assert not Notification.objects.filter(alert=alert, state__in=["pending", "sending"]).exists()
    bare = post(client, f"{address}resolve/", {"disposition": "education"})
    assert bare.status_code == 400 and "note" in bare.json()
    half = post(client, f"{address}resolve/", {"disposition": "false_alarm", "note": "no"})
    assert half.status_code == 400 and half.json()["code"]
    done = post(client, f"{address}resolve/", {"disposition": "education", "note": "explained"})
    assert done.status_code == 200 and done.json()["state"] == "resolved"
    again = post(client, f"{address}resolve/", {"disposition": "education", "note": "explained"})
    assert again.status_code == 409
    assert PhiAccess.objects.filter(action="change", resource="api:alerts").count() >= 3


@pytest.mark.parametrize("field", ["owner", "severity", "state", "patient"])
def test_fields_that_nobody_may_write_are_refused_by_name(
    client: Client, rows: dict[str, Any], field: str
) -> None:
    body = {"disposition": "education", "note": "x", field: "low"}
    answer = post(client, f"/api/v1/alerts/{rows['alerts'].pk}/resolve/", body)
    assert answer.status_code == 400 and field in answer.json()
    assert Alert.objects.get().state == "new"


def test_rows_are_only_read_otherwise(client: Client, rows: dict[str, Any]) -> None:
    for name in LISTS:
        address = f"/api/v1/{name}/{rows[name].pk}/"
        assert post(client, f"/api/v1/{name}/", {}).status_code == 405
        for method in ("put", "patch", "delete"):
            assert getattr(client, method)(address).status_code == 405


def test_a_token_that_may_only_read_cannot_act(nurse: User, rows: dict[str, Any]) -> None:
    reader = program(nurse)
    assert reader.get("/api/v1/alerts/").status_code == 200
    assert post(reader, f"/api/v1/alerts/{rows['alerts'].pk}/acknowledge/", {}).status_code == 403
    assert Alert.objects.get().state == "new"


def test_a_wrong_an_expired_and_a_revoked_token_get_one_answer(nurse: User, rows: dict[str, Any]) -> None:
    row, text = api_token_issue(user=nurse, label="x", days=1)
    header = {"authorization": f"Bearer {text}"}
    assert Client(headers=header).get("/api/v1/patients/").status_code == 200
    assert text not in str(ApiToken.objects.values()), "only its fingerprint is kept"
    answers = [Client(headers={"authorization": "Bearer hv_wrong"}).get("/api/v1/patients/")]
    ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    answers.append(Client(headers=header).get("/api/v1/patients/"))
    ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() + timedelta(days=1))
    assert api_token_revoke(token=row) == 1
    answers.append(Client(headers=header).get("/api/v1/patients/"))
    assert {(each.status_code, each.content, each["WWW-Authenticate"]) for each in answers} == {
        (401, answers[0].content, "Bearer")
    }
    leaver, _ = (
        api_token_issue(user=nurse, label="y", days=1),
        User.objects.filter(pk=nurse.pk).update(is_active=False),
    )
    gone = Client(headers={"authorization": f"Bearer {leaver[1]}"})
    assert gone.get("/api/v1/patients/").status_code == 401
    with pytest.raises(DomainError):
        api_token_issue(user=nurse, label="x", days=4000)


def test_without_a_sign_in_there_is_nothing() -> None:
    for name in LISTS:
        answer = Client().get(f"/api/v1/{name}/")
        assert answer.status_code == 401 and "results" not in answer.json()


def test_a_browser_needs_its_forgery_token_to_act(nurse: User, rows: dict[str, Any]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(nurse, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/api/v1/alerts/").status_code == 200
    assert post(browser, f"/api/v1/alerts/{rows['alerts'].pk}/acknowledge/", {}).status_code == 403


def test_lists_come_in_pages_that_miss_and_repeat_nothing(client: Client, nurse: User) -> None:
    wanted = {str(make_patient(nurse.care_teams.get()).pk) for _ in range(5)}
    address, seen = "/api/v1/patients/?page_size=2", []
    while address:
        page = client.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert len(seen) == 5 and set(seen) == wanted


def test_lists_are_narrowed(client: Client, rows: dict[str, Any]) -> None:
    raise_alert(rows["patients"], "low", topic="other")

    def found(query: str) -> int:
        return len(client.get(f"/api/v1/alerts/?{query}").json()["results"])

    assert (found(""), found("severity=high"), found("is_open=false"), found("is_open=true")) == (2, 1, 0, 2)
    assert client.get("/api/v1/alerts/?severity=purple").status_code == 400
    assert client.get("/api/v1/alerts/?patient=x").status_code == 400


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_number_of_questions_for_many_rows(
    client: Client, nurse: User, rows: dict[str, Any], name: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        patient: Patient = make_patient(nurse.care_teams.get())
        raise_alert(patient, call=check_in(patient))
    client.get(f"/api/v1/{name}/")
    with django_assert_max_num_queries(7):
        client.get(f"/api/v1/{name}/")


def test_too_many_requests_are_put_off(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    codes = [client.get("/api/v1/patients/").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
