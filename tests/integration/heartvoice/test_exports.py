"""Reports and patients' data as files: what they hold, who gets them, and that each is written down."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation

from calls.models import UsageEntry
from heartvoice.reports.exports import A_DAY
from heartvoice.reports.weekly import current_week
from patients.access import patient_hash
from patients.models import Patient, PhiAccess, User
from tests.support.factories import make_call, make_patient, make_team, make_user
from tests.support.signing_in import prove
from tests.support.worklist import check_in, raise_alert, voice_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PASSWORD = "a long enough password"


def browser_of(user: User, *, signed_in_s_ago: float | None = 5) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    if signed_in_s_ago is not None:
        prove(client, seconds_ago=signed_in_s_ago)
    return client


@pytest.fixture
def patient() -> Patient:
    row = make_patient(first_name="Łucja", last_name="=Núñez", record_number="A-1")
    call = check_in(row, days_ago=2, weight_lb=Decimal("181.5"), notes="=HYPERLINK(1)")
    voice_of(call, pause_ratio=0.31)
    raise_alert(row, text="Weight up", call=call)
    return row


@pytest.fixture
def client(patient: Patient) -> Client:
    return browser_of(make_user(patient.care_team, username="nora"))


def letters_of(pdf: bytes) -> set[str]:
    """Every character that the fonts of the file say they draw (their ToUnicode maps)."""
    maps = re.findall(rb"beginbfchar(.*?)endbfchar", pdf, re.DOTALL)
    codes = [code for each in maps for code in re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]{4})>", each)]
    return {chr(int(code, 16)) for code in codes}


def test_a_patients_check_ins_are_a_spreadsheet_that_runs_nothing(client: Client, patient: Patient) -> None:
    answer = client.get(f"/patients/{patient.pk}/export.csv")
    assert answer.status_code == 200 and answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="check-ins.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (row["record_number"], row["shortness_of_breath"], row["weight_lb"]) == ("A-1", "1", "181.5")
    assert row["notes"] == "'=HYPERLINK(1)"
    assert row["quality_of_life"] == "", "not asked is not zero"
    assert row["voice_pause_ratio"] == "0.31" and row["voice_status"] == "investigational"
    assert row["generated_by"] == "nora" and row["generated_at_utc"]


def test_a_patients_summary_is_a_pdf_of_any_name(client: Client, patient: Patient) -> None:
    answer = client.get(f"/patients/{patient.pk}/summary.pdf")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-") and answer.content.rstrip().endswith(b"%%EOF")
    assert {"Ł", "ñ", "ú"} <= letters_of(answer.content)
    assert str(patient.pk) not in answer["Content-Disposition"]


def test_each_export_is_written_down_with_its_rows(client: Client, patient: Patient) -> None:
    client.get(f"/patients/{patient.pk}/export.csv")
    client.get(f"/patients/{patient.pk}/summary.pdf")
    looks = PhiAccess.objects.filter(action="export").order_by("pk")
    assert list(looks.values_list("resource", "patient_hash", "row_count")) == [
        ("patient_csv", patient_hash(patient.pk), 1),
        ("patient_pdf", patient_hash(patient.pk), 1),
    ]


@pytest.mark.parametrize("name", ["export.csv", "summary.pdf"])
def test_nothing_leaves_without_its_record(
    client: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fail(**look: Any) -> None:
        raise OSError("no log")

    monkeypatch.setattr("patients.access.access_record", fail)
    answer = client.get(f"/patients/{patient.pk}/{name}")
    assert answer.status_code == 503 and b"181.5" not in answer.content
    assert not answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ["export.csv", "summary.pdf"])
def test_another_teams_patient_is_not_there(patient: Patient, name: str) -> None:
    stranger = browser_of(make_user(make_team()))
    assert stranger.get(f"/patients/{patient.pk}/{name}").status_code == 404


@pytest.mark.parametrize("age", [None, 601])
def test_an_old_sign_in_is_asked_for_the_password_first(patient: Patient, age: float | None) -> None:
    client = browser_of(make_user(patient.care_team), signed_in_s_ago=age)
    address = f"/patients/{patient.pk}/export.csv"
    first = client.get(address)
    assert first.status_code == 302 and first["Location"].startswith("/accounts/reauthenticate/?next=")
    page = client.get(first["Location"])
    assert page.status_code == 200 and b'name="password"' in page.content
    wrong = client.post(first["Location"], {"password": "wrong", "next": address})
    assert wrong.status_code == 200 and client.get(address).status_code == 302
    right = client.post(first["Location"], {"password": PASSWORD, "next": address})
    assert right["Location"] == address
    assert client.get(address).status_code == 200


def test_ten_exports_a_day_and_not_one_more(client: Client, patient: Patient) -> None:
    user = User.objects.get(username="nora")
    for hours in [1] * (A_DAY - 1) + [25]:
        PhiAccess.objects.create(
            at=timezone.now() - timedelta(hours=hours), user_id=user.pk, action="export", resource="x",
            purpose="export",
        )  # fmt: skip
    assert client.get(f"/patients/{patient.pk}/export.csv").status_code == 200
    refused = client.get(f"/patients/{patient.pk}/export.csv")
    assert refused.status_code == 429 and b"181.5" not in refused.content


def test_the_weekly_report_is_there_as_page_json_and_pdf_with_the_same_figures(
    client: Client, patient: Patient
) -> None:
    week = current_week(timezone.now() - timedelta(days=2))
    data = json.loads(client.get(f"/reports/weekly.json?week={week}").content)
    assert data["week"] == week and data["overall"]["total_calls"] == 1
    assert sum(data["overall"]["calls_by_day"]) == 1 and len(data["overall"]["alerts_by_day"]) == 7
    page = client.get(f"/reports/weekly/?week={week}").content.decode()
    assert 'id="t-calls-by-day"' in page and f"/reports/weekly.pdf?week={week}" in page
    pdf = client.get(f"/reports/weekly.pdf?week={week}")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="weekly-report-{week}.pdf"'
    for text in (json.dumps(data), page):
        assert "Núñez" not in text and str(patient.pk) not in text


@pytest.mark.parametrize("kind", ["weekly/", "weekly.json", "weekly.pdf"])
def test_a_report_is_of_ones_own_teams_and_of_a_real_week(
    client: Client, patient: Patient, kind: str
) -> None:
    other = make_team("Other")
    check_in(make_patient(other))
    assert client.get(f"/reports/{kind}?team={patient.care_team_id}").status_code == 200
    assert client.get(f"/reports/{kind}?team={other.pk}").status_code == 404
    for nonsense in ("2026-W99", "x", "0000-W00"):
        assert client.get(f"/reports/{kind}?week={nonsense}").status_code == 404
    if kind == "weekly.json":
        names = [team["team"] for team in client.get(f"/reports/{kind}").json()["teams"]]
        assert names == [patient.care_team.name]


def test_papers_speak_the_readers_language(patient: Patient) -> None:
    """Every word on paper goes through the catalogue: none is written into the drawing."""
    from heartvoice.reports.patient_paper import patient_pdf
    from heartvoice.reports.patient_rows import summary_of
    from heartvoice.reports.weekly import weekly_report
    from heartvoice.reports.weekly_paper import weekly_pdf

    now = timezone.now()
    with translation.override("es"):
        paper = patient_pdf(
            summary_of(patient, now=now), by="nora", at=now, zone=timezone.get_default_timezone()
        )
        report = weekly_pdf(weekly_report(current_week()), by="nora", at=now)
    for pdf in (paper, report):
        assert re.search(rb"/Lang \(es\)", pdf)


def spend(patient: Patient, dollars: str) -> None:
    UsageEntry.objects.create(
        call=make_call(patient), kind="minutes", provider="p", model="m", reference=dollars,
        price_version="t", cost_usd=Decimal(dollars),
    )  # fmt: skip


@pytest.mark.parametrize(("role", "is_told"), [("nurse", False), ("lead", True), ("admin", True)])
def test_leads_and_administrators_are_told_when_the_budget_runs_out(
    patient: Patient, settings: Any, role: str, is_told: bool
) -> None:
    settings.MONTHLY_BUDGET_USD = Decimal(100)
    client = browser_of(make_user(patient.care_team, role))
    words = b"of this month\xe2\x80\x99s budget is spent"
    spend(patient, "79")
    assert words not in client.get("/").content
    spend(patient, "2")
    assert words not in client.get("/").content, "the figure is a minute old at most"
    cache.delete("budget-notice")
    page = client.get("/").content
    assert (words in page) is is_told
    if is_told:
        assert b"More than 80 %" in page and b"$81.00 of $100.00" in page
