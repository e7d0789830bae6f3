"""The worklist: right people, right order, right counts, few queries, and a record of who looked."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alerts.models import Alert
from alerts.services import alert_claim, alert_snooze
from heartvoice.dashboard.selectors.worklist import DUE_AT, unix_seconds
from heartvoice.dashboard.triage import due_of
from patients.access import patient_hash
from patients.models import CareTeam, PhiAccess, User
from patients.services import medication_add
from tests.support.factories import make_patient, make_team, make_user
from tests.support.rules_in_force import put_into_force
from tests.support.worklist import check_in, raise_alert

pytestmark = pytest.mark.django_db


def body(client: Client, address: str = "/", **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_a_row_says_who_why_and_how_long(client: Client, team: CareTeam):
    patient = make_patient(
        team, first_name="Dorothy", last_name="Miller", nyha_class=3, phone="+12015550101", on_blood_thinner=True,
        discharged_on=timezone.localdate(timezone=ZoneInfo(team.time_zone)) - timedelta(days=12),
    )  # fmt: skip
    medication_add(patient=patient, medication_class="loop_diuretic", name="furosemide")
    call = check_in(patient, weight_change_lb="4.2")
    raise_alert(patient, "high", call=call)
    page = body(client)
    for text in ("Dorothy Miller", "NYHA III", "(201) 555-0101", "Weight up 4.2 lb in 24 hours", "min left", "to claim",
                 "I was one eighty six and a half this morning", "at 1:24 in the call", f"/calls/{call.pk}/#t-84000",
                 "blood thinner", "discharged 12 days ago", "furosemide", "Weight +4.2 lb"):  # fmt: skip
        assert text in page, text


def test_how_long_a_discharge_is_recent_is_what_the_rule_set_in_force_says(client: Client, team: CareTeam):
    today = timezone.localdate(timezone=ZoneInfo(team.time_zone))
    patient = make_patient(team, discharged_on=today - timedelta(days=12))
    raise_alert(patient, "high")
    head = 'tag tag--risk">discharged 12 days ago'
    assert head in body(client) and head in body(client, f"/patients/{patient.pk}/")
    put_into_force(recent_discharge_days=10)
    assert "discharged 12 days ago" not in body(client)
    page = body(client, f"/patients/{patient.pk}/")
    assert "discharged 12 days ago" in page and head not in page


def test_a_patient_who_lives_by_another_clock_has_it_on_the_card(client: Client, team: CareTeam):
    raise_alert(make_patient(team, first_name="Near"))
    assert "there</span>" not in body(client)
    raise_alert(make_patient(team, first_name="Far", time_zone="Pacific/Honolulu"))
    now = f"{timezone.now().astimezone(ZoneInfo('Pacific/Honolulu')):%H:}"
    page = body(client)
    assert page.count("there</span>") == 1 and now in page[page.index("Far ") :].split("there</span>")[0]


def test_signs_and_steps_are_in_the_persons_language(client: Client, nurse: User, team: CareTeam):
    nurse.language = "es"
    nurse.save()
    alert = raise_alert(make_patient(team), flag="worsening_edema")
    alert_claim(alert=alert, by=make_user(team))
    assert "Abrir<span" in body(client)
    page = body(client, f"/alerts/{alert.pk}/")
    assert "más hinchazón" in page and "worsening edema" not in page


def test_another_teams_alerts_are_not_shown_and_not_counted(client: Client):
    raise_alert(make_patient(make_team(), first_name="Zyx"), "critical")
    page = body(client)
    assert "Zyx" not in page
    assert "Nobody is waiting" in page


def test_worse_comes_first_and_a_patient_has_one_card(client: Client, team: CareTeam):
    two = make_patient(team, first_name="Twofold")
    raise_alert(two, "medium", text="Two doses missed")
    raise_alert(two, "high", text="Breathless on stairs")
    raise_alert(make_patient(team, first_name="Worst"), "critical", kind="emergency")
    page = body(client)
    assert page.index("Worst ") < page.index("Twofold ")
    assert page.count("data-row ") == 2
    assert "Two doses missed" in page


def test_filters_show_what_their_counts_promise(client: Client, team: CareTeam, nurse: User):
    mine = raise_alert(make_patient(team, first_name="Mine"), "high")
    alert_claim(alert=mine, by=nurse)
    asleep = raise_alert(make_patient(team, first_name="Asleep"), "medium")
    until = timezone.now() + timedelta(hours=2)
    alert_snooze(alert=asleep, by=nurse, until=until, reason="waits for the lab")
    raise_alert(make_patient(team, first_name="Free"), "low")
    expected = {"": {"Mine", "Free"}, "?whose=mine": {"Mine"}, "?whose=unclaimed": {"Free"},
                "?whose=snoozed": {"Asleep"}, "?severity=low": {"Free"}, "?whose=late": set()}  # fmt: skip
    for query, names in expected.items():
        page = body(client, f"/{query}")
        assert {name for name in ("Mine", "Asleep", "Free") if f">{name} Example" in page} == names, query


def test_a_live_refresh_gets_the_list_alone(client: Client, team: CareTeam):
    raise_alert(make_patient(team), "high")
    part = body(client, "/", **{"HX-Request": "true", "HX-Target": "worklist"})
    assert "data-row" in part and "<html" not in part


def test_the_look_is_recorded_for_every_patient_on_the_page(client: Client, team: CareTeam, nurse: User):
    seen = [make_patient(team), make_patient(team)]
    for patient in seen:
        raise_alert(patient, "high")
    body(client)
    rows = PhiAccess.objects.filter(user_id=nurse.pk, resource="worklist")
    assert {row.patient_hash for row in rows} == {patient_hash(patient.pk) for patient in seen}
    assert {row.role for row in rows} == {"nurse"}


@pytest.mark.parametrize("patients", [1, 60])
def test_the_number_of_queries_does_not_depend_on_the_number_of_patients(
    client: Client, team: CareTeam, django_assert_num_queries: DjangoAssertNumQueries, patients: int
):
    for _ in range(patients):
        patient = make_patient(team)
        check_in(patient)
        raise_alert(patient, "high")
        raise_alert(patient, "medium")
    with django_assert_num_queries(12):
        client.get("/")


def test_pages_beyond_the_first_are_reached_and_numbered(client: Client, team: CareTeam):
    for _ in range(26):
        raise_alert(make_patient(team), "high")
    first, second = body(client), body(client, "/?page=2")
    assert first.count("data-row ") == 25 and "Page 1 of 2, 26 patients" in first
    assert second.count("data-row ") == 1
    assert body(client, "/?page=99").count("data-row ") == 1


def test_somebody_without_a_team_sees_an_empty_list(client_of):
    assert "Nobody is waiting" in body(client_of(make_user()))


def test_what_patients_say_is_text_and_never_markup(client: Client, team: CareTeam):
    patient = make_patient(team, first_name="<script>alert(1)</script>")
    raise_alert(patient, "high", text='<img src=x onerror="x()">', quote="{{ 7|add:7 }} <b hx-get='/'>")
    page = body(client)
    assert "<script>alert" not in page and "<img src=x" not in page and "<b hx-get" not in page
    assert "{{ 7|add:7 }}" in page


def test_nothing_is_shown_without_a_log_in():
    response = Client().get("/")
    assert response.status_code == 302 and response["Location"].startswith("/accounts/login/")


def test_the_deadline_in_sql_is_the_deadline_in_python(team: CareTeam):
    at = timezone.now()
    alert = raise_alert(make_patient(team), "medium")
    clocks = {
        "acknowledge_due_at": at + timedelta(hours=1), "contact_due_at": at + timedelta(hours=2),
        "snoozed_until": at + timedelta(hours=3), "owner": make_user(team), "disposition": "other", "resolved_at": at,
    }  # fmt: skip
    for state in Alert.State.values:
        for contacted_at in (None, at):
            Alert.objects.filter(pk=alert.pk).update(state=state, contacted_at=contacted_at, **clocks)
            alert.refresh_from_db()
            if state == "resolved":  # never asked for in SQL: only open alerts are read
                continue
            with timezone.override("America/New_York"):
                (due_s,) = Alert.objects.filter(pk=alert.pk).values_list(unix_seconds(DUE_AT), flat=True)
            due_at = due_of(alert)
            assert due_s == (due_at and pytest.approx(due_at.timestamp())), (
                state,
                contacted_at,
            )
