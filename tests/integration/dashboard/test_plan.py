"""A patient's plan and time log: tasks done once, thresholds by leads within the rules, minutes counted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from alerts.models import CareTask
from alerts.services import task_open, threshold_set
from patients.models import CareTeam, Patient, ThresholdOverride, TimeLog, User
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import check_in

pytestmark = pytest.mark.django_db

Sign = Callable[[User], Client]


@pytest.fixture
def patient(team: CareTeam) -> Patient:
    return make_patient(team, first_name="Ann")


@pytest.fixture
def lead(team: CareTeam, client_of: Sign) -> Client:
    return client_of(make_user(team, role="lead", first_name="Lea", last_name="Lead"))


def local(minutes_ago: float) -> str:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return f"{at.astimezone(ZoneInfo('America/New_York')):%Y-%m-%dT%H:%M}"


def body(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_task_is_written_shown_with_its_words_and_done_once(client: Client, patient: Patient, nurse: User):
    address = f"/patients/{patient.pk}/plan/"
    client.post(f"/patients/{patient.pk}/tasks/", {"kind": "call_back", "detail": "about the scale"})
    task = CareTask.objects.get()
    page = body(client, address)
    assert "Call back" in page and "about the scale" in page
    done = f"/patients/{patient.pk}/tasks/{task.pk}/done/"
    assert "The task is done." in client.post(done, follow=True).content.decode()
    task.refresh_from_db()
    assert (task.state, task.owner) == ("done", nurse)
    assert "done already" in client.post(done, follow=True).content.decode()


def test_a_task_of_the_system_has_words_too(client: Client, patient: Patient):
    task_open(patient=patient, kind="opted_out", key="one")
    assert "Opted out of calls: arrange another way" in body(client, f"/patients/{patient.pk}/plan/")


def test_a_task_without_words_comes_back(client: Client, patient: Patient):
    response = client.post(f"/patients/{patient.pk}/tasks/", {"kind": "other", "detail": " "})
    assert response.status_code == 422 and "Say what is to be done." in response.content.decode()
    assert not CareTask.objects.exists()


def test_tasks_of_other_patients_and_teams_are_out_of_reach(client: Client, patient: Patient, team: CareTeam):
    other = make_patient(team)
    task = task_open(patient=other, kind="call_back", key="x")
    assert client.post(f"/patients/{patient.pk}/tasks/{task.pk}/done/").status_code == 404
    foreign = make_patient(make_team())
    for path in ("plan/", "time/"):
        assert client.get(f"/patients/{foreign.pk}/{path}").status_code == 404
    for path in ("tasks/", "thresholds/", "time/add/"):
        assert client.post(f"/patients/{foreign.pk}/{path}", {}).status_code == 404


def weight(value: str, **others: str) -> dict[str, str]:
    until = timezone.localdate() + timedelta(days=30)
    return {
        "number": "S01.gain_lb",
        "value": value,
        "reason": "dry weight is known",
        "valid_until": str(until),
        **others,
    }


def test_a_lead_sets_a_threshold_and_every_page_shows_it(lead: Client, client: Client, patient: Patient):
    check_in(patient, weight_change_lb="1.0")
    assert "alert above 3 lb in a day" in body(client, f"/patients/{patient.pk}/")
    assert lead.post(f"/patients/{patient.pk}/thresholds/", weight("2.5")).status_code == 302
    page = body(client, f"/patients/{patient.pk}/")
    assert "alert above 2.5 lb in a day" in page and "instead of 3" in page
    plan = body(client, f"/patients/{patient.pk}/plan/")
    assert "dry weight is known" in plan and "Lea Lead" in plan
    row = ThresholdOverride.objects.get()
    lead.post(f"/patients/{patient.pk}/thresholds/{row.pk}/revoke/")
    assert "alert above 3 lb in a day" in body(client, f"/patients/{patient.pk}/")
    assert "ended" in body(client, f"/patients/{patient.pk}/plan/")


@pytest.mark.parametrize(
    "wrong",
    [
        weight("60"), weight("0"), weight("2.5", number="E01.window_h"), weight("2.5", number="S01.window_h"),
        weight("2.5", reason=" "), weight("2.5", valid_until="2020-01-01"), weight("2.5", valid_until="2090-01-01"),
        weight("much"),
    ],
)  # fmt: skip
def test_what_the_rules_do_not_allow_is_refused_with_the_form(
    lead: Client, patient: Patient, wrong: dict[str, str]
):
    response = lead.post(f"/patients/{patient.pk}/thresholds/", wrong)
    assert response.status_code == 422 and "errorlist" in response.content.decode()
    assert not ThresholdOverride.objects.exists()


def test_a_nurse_sees_thresholds_and_sets_none(client: Client, patient: Patient, team: CareTeam):
    row = threshold_set(
        patient=patient, rule_id="S01", parameter="gain_lb", value=Decimal("2"), reason="x",
        set_by=make_user(team, role="lead"), valid_until=timezone.localdate() + timedelta(days=9),
    )  # fmt: skip
    assert client.post(f"/patients/{patient.pk}/thresholds/", weight("2.5")).status_code == 403
    assert client.post(f"/patients/{patient.pk}/thresholds/{row.pk}/revoke/").status_code == 403
    assert "A clinical lead sets thresholds." in body(client, f"/patients/{patient.pk}/plan/")
    row.refresh_from_db()
    assert row.revoked_at is None


def minutes(start: float, length: int, **others: str) -> dict[str, str]:
    given = {
        "started_at": local(start),
        "minutes": str(length),
        "activity": "data_review",
        "programme": "RPM",
    }
    return {**given, **others}


def test_minutes_are_summed_to_codes_and_overlaps_are_refused(client: Client, patient: Patient, nurse: User):
    address = f"/patients/{patient.pk}/time/add/"
    assert client.post(address, minutes(60, 12)).status_code == 302
    page = body(client, f"/patients/{patient.pk}/time/")
    assert "no live contact yet" in page and "Reviewed data" in page
    assert (
        client.post(address, minutes(40, 9, is_interactive="on", activity="patient_call")).status_code == 302
    )
    assert "99457" in body(client, f"/patients/{patient.pk}/time/")
    response = client.post(address, minutes(55, 5))
    assert response.status_code == 409 and "a minute counts once" in response.content.decode()
    assert TimeLog.objects.count() == 2
    assert {log.staff_id for log in TimeLog.objects.all()} == {nurse.pk}


def test_rpm_and_rtm_never_share_a_month(client: Client, patient: Patient):
    address = f"/patients/{patient.pk}/time/add/"
    client.post(address, minutes(30, 5))
    response = client.post(address, minutes(10, 5, programme="RTM"))
    assert response.status_code == 409 and "RPM and RTM" in response.content.decode()
    assert client.post(address, minutes(10, 5, programme="CCM")).status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"minutes": "0"}, {"minutes": "900"}, {"started_at": "x"}, {"activity": "golf"}]
)
def test_impossible_minutes_come_back(client: Client, patient: Patient, wrong: dict[str, str]):
    response = client.post(f"/patients/{patient.pk}/time/add/", {**minutes(30, 5), **wrong})
    assert response.status_code == 422 and not TimeLog.objects.exists()


def test_minutes_that_have_not_passed_are_not_logged(client: Client, patient: Patient):
    response = client.post(f"/patients/{patient.pk}/time/add/", minutes(2, 30))
    assert response.status_code == 422 and "have not passed" in response.content.decode()


def test_an_administrator_reads_the_plan_and_changes_nothing(
    team: CareTeam, patient: Patient, client_of: Sign
):
    admin = client_of(make_user(team, role="admin"))
    page = body(admin, f"/patients/{patient.pk}/plan/")
    assert "New task" not in page and "Set a threshold" not in page
    for path, fields in (("tasks/", {"kind": "call_back"}), ("time/add/", minutes(30, 5))):
        assert admin.post(f"/patients/{patient.pk}/{path}", fields).status_code == 403
    assert admin.post(f"/patients/{patient.pk}/thresholds/", {}).status_code == 403
