"""Patients from a spreadsheet: every bad line is told with its reason, and nothing is taken over until none is left."""

from __future__ import annotations

import csv
import io
from datetime import date, time
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from calls.models import CallSchedule
from calls.scheduling.planning import plan_all
from heartvoice.clinic.import_words import WORDS
from patients.importing import check, columns
from patients.importing.columns import EXAMPLE
from patients.models import Consent, Patient, PhiAccess
from tests.support.factories import make_patient, make_team, make_user
from tests.support.signing_in import prove

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]
ADDRESS = "/admin/patients/import/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def clinic() -> dict[str, Any]:
    team = make_team("Ours")
    boss = make_user(team, "admin", username="boss", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(boss, backend=BACKEND)
    prove(client)
    return {"team": team, "client": client, "boss": boss}


def sheet(*rows: dict[str, str], header: tuple[str, ...] = ()) -> bytes:
    names = header or tuple(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def send(clinic: dict[str, Any], data: bytes) -> Any:
    upload = SimpleUploadedFile("patients.csv", data, content_type="text/csv")
    return clinic["client"].post(ADDRESS, {"team": str(clinic["team"].pk), "file": upload})


def problems(answer: Any) -> list[tuple[int, str]]:
    return [(line, column) for line, column, _ in answer.context["problems"]]


def test_a_clean_file_is_taken_over_after_it_was_confirmed_and_is_called(clinic: dict[str, Any]) -> None:
    second = {**EXAMPLE, "phone": "+1 201 555 0124", "record_number": "A-1002", "last_name": "Zoë-Núñez"}
    answer = send(clinic, sheet(EXAMPLE, second))
    assert answer.status_code == 200 and answer.context["problems"] == []
    assert Patient.objects.count() == 0, "a dry run writes nothing"
    done = clinic["client"].post(ADDRESS, {"token": answer.context["token"]})
    assert done.status_code == 302
    first, other = sorted(Patient.objects.all(), key=lambda patient: patient.phone)
    assert (first.phone, first.date_of_birth, first.care_team) == (
        "+12015550123", date(1948, 3, 3), clinic["team"],
    )  # fmt: skip
    assert other.last_name == "Zoë-Núñez" and other.has_fall_risk and not other.has_icd
    consents = Consent.objects.filter(patient=first)
    assert {(each.scope, each.wording_version, each.method, each.recorded_by) for each in consents} == {
        ("ai_voice_call", "2026-01", "paper", clinic["boss"]),
        ("voice_biomarker", "2026-01", "paper", clinic["boss"]),
    }
    schedule = CallSchedule.objects.get(patient=first)
    assert (schedule.weekdays, schedule.window_start, schedule.window_end) == ([1, 3, 5], time(9), time(12))
    assert plan_all() == 2, "both have a next call"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("first_name", ""),
        ("last_name", "x" * 81),
        ("date_of_birth", "31.12.48"),
        ("date_of_birth", "2948-01-01"),
        ("date_of_birth", "1848-01-01"),
        ("date_of_birth", "2020-01-01"),
        ("phone", "twelve"),
        ("phone", "12"),
        ("time_zone", "EST5"),
        ("sex", "x"),
        ("language", "fr"),
        ("nyha_class", "5"),
        ("on_blood_thinner", "perhaps"),
        ("discharged_on", "1947-01-01"),
        ("enrolment_weight_lb", "12"),
        ("consent_ai_voice_call", "yes"),
        ("consent_ai_voice_call", "2999-01-01"),
        ("consent_wording", ""),
        ("consent_method", ""),
        ("call_days", "funday"),
        ("call_days", ""),
        ("call_from", "06:00"),
        ("call_until", "22:00"),
        ("call_until", "08:30"),
        ("city", "=HYPERLINK()"),
    ],
)
def test_one_bad_cell_is_named_and_the_good_lines_wait_too(
    clinic: dict[str, Any], column: str, value: str
) -> None:
    good = {**EXAMPLE, "phone": "+12015550177", "record_number": "A-2"}
    answer = send(clinic, sheet(good, {**EXAMPLE, column: value}, header=tuple(EXAMPLE | {column: ""})))
    assert answer.status_code == 422
    assert problems(answer) == [(3, column)]
    assert answer.context["token"] == "" and Patient.objects.count() == 0


def test_every_bad_line_is_listed_at_once(clinic: dict[str, Any]) -> None:
    rows = [
        {**EXAMPLE, "phone": "no"},
        {**EXAMPLE, "record_number": "B", "time_zone": "Mars/Olympus", "nyha_class": "9"},
        {**EXAMPLE, "record_number": "C", "phone": "+12015550188"},
    ]
    answer = send(clinic, sheet(*rows))
    assert problems(answer) == [(2, "phone"), (3, "nyha_class"), (3, "time_zone")]


def test_a_known_patient_and_a_line_that_is_there_twice_are_found_by_the_blind_index(
    clinic: dict[str, Any],
) -> None:
    make_patient(clinic["team"], phone="+12015550123", record_number="A-1001")
    twin = {**EXAMPLE, "phone": "201.555.0166", "record_number": "Z"}
    answer = send(clinic, sheet(EXAMPLE, twin, {**twin, "record_number": "Y", "phone": "+1 (201) 555-0166"}))
    assert problems(answer) == [(2, "phone"), (2, "record_number"), (4, "phone")]


def test_the_answer_tells_nothing_of_another_teams_patients(clinic: dict[str, Any]) -> None:
    make_patient(make_team("Theirs"), phone="+12015550123", record_number="A-1001")
    assert send(clinic, sheet(EXAMPLE)).context["problems"] == []


def test_what_became_known_meanwhile_stops_the_take_over(clinic: dict[str, Any]) -> None:
    token = send(clinic, sheet(EXAMPLE)).context["token"]
    make_patient(clinic["team"], phone="+12015550123")
    answer = clinic["client"].post(ADDRESS, {"token": token})
    assert answer.status_code == 422 and problems(answer) == [(2, "phone")]
    assert Patient.objects.count() == 1


def test_a_take_over_that_fails_half_way_leaves_nobody(
    clinic: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    second = {**EXAMPLE, "phone": "+12015550124", "record_number": "A-2"}
    token = send(clinic, sheet(EXAMPLE, second)).context["token"]
    real, seen = CallSchedule.objects.create, []

    def fail_second(**values: Any) -> Any:
        seen.append(values)
        if len(seen) == 2:
            from heartvoice.shared.errors import DomainError

            raise DomainError("no")
        return real(**values)

    monkeypatch.setattr(CallSchedule.objects, "create", fail_second)
    answer = clinic["client"].post(ADDRESS, {"token": token})
    assert answer.status_code == 422 and len(seen) == 2
    assert Patient.objects.count() == 0


def test_the_file_waits_sealed_for_its_sender_only_and_once(clinic: dict[str, Any]) -> None:
    token = send(clinic, sheet(EXAMPLE)).context["token"]
    kept = cache.get(f"patients-import:{token}")
    assert kept and b"Example" not in kept and b"5550123" not in kept
    other = Client()
    other.force_login(make_user(clinic["team"], "admin", is_staff=True, is_superuser=True), backend=BACKEND)
    prove(other)
    assert other.post(ADDRESS, {"token": token}).status_code == 302
    assert Patient.objects.count() == 0, "somebody else's file"
    assert clinic["client"].post(ADDRESS, {"token": token}).status_code == 302
    assert Patient.objects.count() == 0, "a token works once"


def test_another_teams_patients_cannot_be_imported_into(clinic: dict[str, Any]) -> None:
    upload = SimpleUploadedFile("p.csv", sheet(EXAMPLE))
    answer = clinic["client"].post(ADDRESS, {"team": str(make_team().pk), "file": upload})
    assert answer.context["form"].errors["team"]


def test_a_file_beyond_the_limit_never_touches_the_disk(
    clinic: dict[str, Any], settings: Any, tmp_path: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    answer = send(clinic, b"first_name\n" + b"x" * (3 * 1024 * 1024))
    assert answer.context["form"].errors["file"]
    assert list(tmp_path.iterdir()) == []


def test_each_check_and_take_over_is_in_the_access_log(clinic: dict[str, Any]) -> None:
    token = send(clinic, sheet(EXAMPLE)).context["token"]
    clinic["client"].post(ADDRESS, {"token": token})
    looks = PhiAccess.objects.filter(resource="admin:patients.import").order_by("pk")
    assert list(looks.values_list("action", "row_count")) == [("import_check", 1), ("import", 1)]


def test_the_template_passes_its_own_check(clinic: dict[str, Any]) -> None:
    file = clinic["client"].get(f"{ADDRESS}template.csv")
    assert file["Content-Disposition"].startswith("attachment")
    assert check.check_patients(file.content, user=clinic["boss"], call_hours=(time(8), time(21)))[1] == []


def test_every_reason_has_words() -> None:
    import inspect
    import re

    from patients.importing import table

    source = inspect.getsource(table) + inspect.getsource(check) + inspect.getsource(columns)
    used = set(re.findall(r'(?:Problem\([^"]*|Bad\()"([a-z0-9_]+)"', source))
    assert len(used) > 25
    assert used - WORDS.keys() == set()


def test_nurses_and_half_administrators_do_not_reach_it() -> None:
    team = make_team()
    for flags in ({}, {"is_staff": True}):
        client = Client()
        client.force_login(make_user(team, "admin", **flags), backend=BACKEND)
        assert client.get(ADDRESS).status_code == 302
