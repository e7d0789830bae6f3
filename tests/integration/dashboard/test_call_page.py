"""The call page and the board of calls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alerts.services import answers_submit
from biomarkers.models import VoiceBiomarker
from calls.models import Call, CallFailure
from patients.models import CareTeam, PhiAccess
from tests.support.factories import make_call, make_patient, make_team
from tests.support.worklist import check_in, raise_alert, talk, tool_call

pytestmark = pytest.mark.django_db


def body(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def in_order(page: str, *texts: str) -> bool:
    places = [page.index(text) for text in texts]
    return places == sorted(places)


def test_turns_actions_alerts_voice_and_faults_stand_in_the_order_of_the_call(client: Client, team: CareTeam):
    call = check_in(make_patient(team))
    talk(
        call,
        ("maya", "Any chest pain since we talked?"),
        ("patient", "Yes, a tightness since breakfast."),
        ("system", "Please call 911 now."),
    )
    tool_call(call, "updatePatientRecord", at_ms=17_000, arguments={"symptoms": {"fatigue": 2}})
    tool_call(call, "recordVitals", at_ms=17_500, is_ok=False, error_code="out_of_range")
    VoiceBiomarker.objects.create(
        patient=call.patient, call=call, segment_id="s1", item_id="item1", start_ms=9_500, end_ms=16_000,
        state="measured", algorithm_version="1", f0_median=181.0, hnr=11.2,
    )  # fmt: skip
    raise_alert(call.patient, "critical", kind="emergency", text="Chest pain now", call=call, call_s=9.5)
    CallFailure.objects.create(
        call=call, at=call.answered_at + timedelta(seconds=30), error_type="rate_limit", strategy="wait"
    )
    page = body(client, f"/calls/{call.pk}/")
    assert in_order(page, "Any chest pain", "a tightness since breakfast", "181 Hz", "Chest pain now", "Recorded answers",
                    "refused: out_of_range", "Please call 911", "too busy")  # fmt: skip
    assert 'id="t-9500"' in page
    assert "symptoms.fatigue" in page
    assert PhiAccess.objects.filter(resource="call", action="view").count() == 1


def test_an_emergency_that_joined_the_alert_of_an_earlier_call_stands_in_this_one_too(
    client: Client, team: CareTeam
) -> None:
    patient = make_patient(team)
    now = timezone.now()
    calls = [make_call(patient, answered_at=now - timedelta(hours=hours)) for hours in (24, 1)]
    for call, second in zip(calls, (95, 12), strict=True):
        at = call.answered_at + timedelta(seconds=second)
        said = {"shortness_of_breath": 4}
        answers_submit(patient=patient, call=call, answers=said, at_ms=second * 1000, now=at)
        talk(call, ("maya", "How short of breath are you?"), ("patient", "Four, the worst."))
    alert = patient.alerts.get(rule_id="E03")
    assert alert.call == calls[0]
    page = body(client, f"/calls/{calls[1].pk}/")
    assert in_order(page, "Four, the worst.", alert.description) and 'id="t-12000"' in page


def test_what_was_not_answered_is_named(client: Client, team: CareTeam):
    page = body(client, f"/calls/{check_in(make_patient(team)).pk}/")
    notice = page[page.index("Not asked") :].split("</div>")[0]
    assert "Chest pain" in notice and "Missed doses" in notice
    assert "Shortness of breath" not in notice


def test_a_running_call_refreshes_itself_and_an_ended_one_does_not(client: Client, team: CareTeam):
    patient = make_patient(team)
    live = make_call(patient, answered_at=timezone.now())
    assert "every 10s" in body(client, f"/calls/{live.pk}/")
    assert "every 10s" not in body(client, f"/calls/{check_in(patient).pk}/")
    part = body(client, f"/calls/{live.pk}/", **{"HX-Request": "true", "HX-Target": "call"})
    assert "<html" not in part


def test_the_number_of_queries_does_not_depend_on_the_length_of_the_call(
    client: Client, team: CareTeam, django_assert_num_queries: DjangoAssertNumQueries
):
    for turns in (2, 60):
        call = check_in(make_patient(team))
        talk(call, *[("patient", "yes")] * turns)
        for number in range(turns):
            tool_call(call, "updatePatientRecord", at_ms=number)
        with django_assert_num_queries(13):
            client.get(f"/calls/{call.pk}/")


def test_another_teams_call_is_answered_like_one_that_does_not_exist(client: Client):
    assert client.get(f"/calls/{check_in(make_patient(make_team())).pk}/").status_code == 404


def test_the_board_sorts_calls_into_now_later_missed_and_done(client: Client, team: CareTeam):
    now = timezone.now()
    make_call(make_patient(team, first_name="Liv"), answered_at=now)
    make_call(make_patient(team, first_name="Late"), state=Call.State.PLANNED, planned_for=now)
    make_call(make_patient(team, first_name="Gone"), state=Call.State.NO_ANSWER, ended_at=now)
    refused = make_call(make_patient(team, first_name="Opt"), state=Call.State.CANCELED, ended_at=now)
    Call.objects.filter(pk=refused.pk).update(not_called_reason="no consent")
    check_in(make_patient(team, first_name="Don"), days_ago=0.1)
    make_call(make_patient(make_team(), first_name="Foreign"), answered_at=now)
    page = body(client, "/calls/")
    assert in_order(
        page, "On the line", "Liv ", "Later today", "Late ", "Not reached", "Gone ", "Done in 24", "Don "
    )
    assert "no consent" in page and "Foreign" not in page
