"""A patient's plan and time log: tasks done once, thresholds by leads within the rules, minutes counted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from alerts.models import CareTask
from alerts.services import task_open, threshold_set
from heartvoice.shared.errors import NotAllowed
from patients.models import CareTeam, Patient, ThresholdOverride, TimeLog, TimeLogChange, User
from patients.services import time_log_withdraw
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
    lead.post(f"/patients/{patient.pk}/thresholds/{row.pk}/revoke/", {"reason": "steady again"})
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


@pytest.fixture
def entry(client: Client, patient: Patient) -> TimeLog:
    client.post(f"/patients/{patient.pk}/time/add/", minutes(90, 20, is_interactive="on"))
    return TimeLog.objects.get()


def put_right(entry: TimeLog, client: Client, fields: dict[str, object]) -> HttpResponse:
    return client.post(f"/patients/{entry.patient_id}/time/{entry.pk}/", fields)


def test_an_own_entry_is_put_right_and_what_it_said_is_kept(client: Client, patient: Patient, entry: TimeLog):
    address = f"/patients/{patient.pk}/time/{entry.pk}/"
    assert 'value="20"' in body(client, address)
    was = (entry.started_at, entry.ended_at)
    answer = put_right(entry, client, {**minutes(90, 12), "reason": "Counted my lunch."})
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert entry.ended_at - entry.started_at == timedelta(minutes=12) and not entry.is_interactive
    change = entry.changes.get()
    assert (change.started_at, change.ended_at) == was and change.is_interactive
    page = body(client, answer["Location"])
    assert "Counted my lunch." in page and "12 <small>min" in page and "before:" in page


def test_a_withdrawn_entry_counts_for_nothing_and_stays_readable(
    client: Client, patient: Patient, entry: TimeLog
):
    address = f"/patients/{patient.pk}/time/{entry.pk}/withdraw/"
    refused = client.post(address, {"reason": " "}, follow=True).content.decode()
    assert "Please say why." in refused and TimeLog.objects.counted().count() == 1
    client.post(address, {"reason": "Another patient's."})
    page = body(client, f"/patients/{patient.pk}/time/")
    assert "withdrawn" in page and "Another patient&#x27;s." in page and "0 <small>min" in page
    assert not TimeLog.objects.counted().exists() and TimeLog.objects.count() == 1
    assert "withdrawn already" in client.post(address, {"reason": "x"}, follow=True).content.decode()
    assert put_right(entry, client, {**minutes(90, 5), "reason": "x"}).status_code == 409
    # the minutes are free again
    assert client.post(f"/patients/{patient.pk}/time/add/", minutes(90, 20)).status_code == 302


def test_minutes_are_put_right_within_the_same_rules(client: Client, patient: Patient, entry: TimeLog):
    client.post(f"/patients/{patient.pk}/time/add/", minutes(60, 10))
    for fields, said in (
        ({**minutes(65, 20), "reason": "x"}, "overlap"),
        ({**minutes(5, 30), "reason": "x"}, "have not passed"),
        ({**minutes(90, 20), "programme": "RTM", "reason": "x"}, "never fall into the same month"),
        (minutes(90, 15), "This field is required"),
    ):
        answer = put_right(entry, client, fields)
        assert answer.status_code in (409, 422) and said in answer.content.decode(), fields
    entry.refresh_from_db()
    assert entry.ended_at - entry.started_at == timedelta(minutes=20) and not entry.changes.exists()


def test_nobody_puts_a_colleagues_entry_right(
    lead: Client, team: CareTeam, patient: Patient, entry: TimeLog, nurse: User
):
    for path in ("", "withdraw/"):
        address = f"/patients/{patient.pk}/time/{entry.pk}/{path}"
        assert lead.post(address, {**minutes(90, 5), "reason": "x"}).status_code == 403
    other = make_patient(team)
    assert lead.get(f"/patients/{other.pk}/time/{entry.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        time_log_withdraw(entry=entry, by=make_user(team), reason="x")
    assert "Put right" not in body(lead, f"/patients/{patient.pk}/time/")


def test_what_an_entry_said_can_neither_be_changed_nor_removed(client: Client, entry: TimeLog, nurse: User):
    put_right(entry, client, {**minutes(90, 12), "reason": "Counted my lunch."})
    with pytest.raises(DatabaseError), transaction.atomic():
        TimeLogChange.objects.update(activity="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        TimeLogChange.objects.all().delete()


def test_a_threshold_ends_with_a_name_and_a_reason(lead: Client, patient: Patient):
    setter = User.objects.get(first_name="Lea")
    override = threshold_set(
        patient=patient, rule_id="S01", parameter="gain_lb", value=Decimal("2.5"), reason="Small frame.",
        set_by=setter, valid_until=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    address = f"/patients/{patient.pk}/thresholds/{override.pk}/revoke/"
    assert "Please say why." in lead.post(address, {"reason": ""}, follow=True).content.decode()
    override.refresh_from_db()
    assert override.revoked_at is None
    page = lead.post(address, {"reason": "Weight is steady again."}, follow=True).content.decode()
    override.refresh_from_db()
    assert (override.revoked_by, override.revoke_reason) == (setter, "Weight is steady again.")
    assert "Weight is steady again." in page and ", Lea Lead" in page
    lead.post(address, {"reason": "Once more."})
    override.refresh_from_db()
    assert override.revoke_reason == "Weight is steady again."


def test_an_administrator_reads_the_plan_and_changes_nothing(
    team: CareTeam, patient: Patient, client_of: Sign
):
    admin = client_of(make_user(team, role="admin"))
    page = body(admin, f"/patients/{patient.pk}/plan/")
    assert "New task" not in page and "Set a threshold" not in page
    for path, fields in (("tasks/", {"kind": "call_back"}), ("time/add/", minutes(30, 5))):
        assert admin.post(f"/patients/{patient.pk}/{path}", fields).status_code == 403
    assert admin.post(f"/patients/{patient.pk}/thresholds/", {}).status_code == 403
