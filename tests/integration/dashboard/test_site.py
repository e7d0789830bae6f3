"""What holds for every page: theme, parts without a session, errors, headers."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver

from patients.models import CareTeam, User
from tests.support.factories import make_patient
from tests.support.worklist import check_in, raise_alert

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true", "HX-Target": "worklist"}


def test_the_theme_is_kept_in_a_cookie_and_the_way_back_stays_on_the_site(client: Client):
    response = client.post("/preferences/theme/", {"theme": "dark", "next": "/patients/"})
    assert response["Location"] == "/patients/"
    assert 'data-theme="dark"' in client.get("/").content.decode()
    assert client.post("/preferences/theme/", {"theme": "dark", "next": "//evil.example/"})["Location"] == "/"
    assert client.post("/preferences/theme/", {"theme": "pink"}).status_code == 400


def test_a_part_without_a_session_is_401_and_sends_the_whole_page_to_the_log_in():
    response = Client().get("/", headers=PART)
    assert response.status_code == 401 and response.content == b""
    assert response["HX-Redirect"] == "/accounts/login/"


def test_a_page_without_a_session_comes_back_after_the_log_in():
    assert Client().get("/calls/")["Location"] == "/accounts/login/?next=/calls/"


def test_every_page_of_the_care_team_needs_a_log_in(team: CareTeam):
    patient = make_patient(team)
    call, alert = check_in(patient), raise_alert(patient)
    given = dict.fromkeys(("task_id", "override_id", "handover_id", "team_id", "entry_id"), uuid4()) | {"user_id": 1} | {
        "patient_id": patient.pk, "call_id": call.pk, "alert_id": alert.pk, "action": "acknowledge",
    }  # fmt: skip
    stranger = Client()
    (resolver,) = [
        each for each in get_resolver().url_patterns if getattr(each, "app_name", "") == "dashboard"
    ]
    open_to_all = {"favicon"}
    asked = 0
    for pattern in resolver.url_patterns:
        if pattern.name in open_to_all:
            continue
        names = pattern.pattern.converters
        address = "/" + str(pattern.pattern)
        for name, converter in names.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            address = address.replace(f"<{kind}:{name}>", str(given[name]))
        for response in (stranger.get(address), stranger.post(address)):
            assert response.status_code == 302 and response["Location"].startswith("/accounts/login/"), (
                address
            )
        asked += 1
    assert asked >= 28


def test_no_page_is_kept_by_the_browser_and_all_forbid_inline_code(client: Client):
    for address in ("/", "/patients/", "/calls/", "/reports/weekly/", "/softphone/"):
        response = client.get(address)
        assert response["Cache-Control"] == "no-store"
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy


def test_the_microphone_is_open_on_the_softphone_page_only(client: Client):
    assert "microphone=(self)" in client.get("/softphone/")["Permissions-Policy"]
    assert "microphone=()" in client.get("/")["Permissions-Policy"]


def test_a_fault_shows_a_calm_page_with_the_requests_id(nurse: User, monkeypatch: pytest.MonkeyPatch):
    broken = Client(raise_request_exception=False)
    broken.force_login(nurse)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("heartvoice.dashboard.views.worklist.read_worklist", fail)
    response = broken.get("/")
    page = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-ID"] in page
    assert "secret words" not in page and "RuntimeError" not in page


@pytest.mark.parametrize(
    "address", ["/", "/patients/", "/patients/{patient}/", "/calls/", "/calls/{call}/", "/alerts/{alert}/"]
)
def test_a_look_that_cannot_be_recorded_does_not_happen(
    nurse: User, client: Client, monkeypatch: pytest.MonkeyPatch, team: CareTeam, address: str
):
    patient = make_patient(team, first_name="Unseen")
    call = check_in(patient)
    alert = raise_alert(patient, "high", text="Unseen words", call=call)

    def fail(**kwargs: object) -> None:
        raise OSError("no log")

    monkeypatch.setattr("patients.access.access_record", fail)
    address = address.format(patient=patient.pk, call=call.pk, alert=alert.pk)
    for headers in ({}, {"HX-Request": "true"}):
        response = client.get(address, headers=headers)
        assert response.status_code == 503
        assert b"Unseen" not in response.content
        assert response["X-Request-ID"] in response.content.decode()


def test_the_weekly_report_shows_the_asked_week_and_refuses_nonsense(client: Client, team: CareTeam):
    check_in(make_patient(team))
    assert client.get("/reports/weekly/").status_code == 200
    assert "2026-W40" in client.get("/reports/weekly/?week=2026-W40").content.decode()
    for nonsense in ("2026-W99", "x", "0000-W00", "2026-W40-1"):
        assert client.get(f"/reports/weekly/?week={nonsense}").status_code == 404, nonsense
