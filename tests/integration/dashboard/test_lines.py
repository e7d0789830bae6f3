"""Calls in a nurse's hands, through the pages: who may, what is recorded, what is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alerts.models import CallFlag
from calls.models import Call, CallIntervention, StaffCall
from calls.scheduling.planning import plan_next
from patients.models import CareTeam, Patient, PhiAccess, User
from tests.standins.twilio_rest import TwilioRest, twilio_rest
from tests.support.factories import (
    NOON,
    make_call,
    make_patient,
    make_schedule,
    make_shift,
    make_team,
    make_user,
)
from tests.support.worklist import check_in, talk

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def carrier(settings: Any) -> Iterator[TwilioRest]:
    with twilio_rest() as peer:
        settings.TWILIO_API_BASE = peer.url
        yield peer


@pytest.fixture
def nurse(team: CareTeam) -> User:
    return make_user(team, first_name="Nora", last_name="Nurse", phone="+19895550101")


@pytest.fixture
def patient(team: CareTeam) -> Patient:
    return make_patient(team, first_name="Liv")


@pytest.fixture
def live(patient: Patient) -> Call:
    return make_call(patient, call_sid="CA" + "2" * 32, answered_at=timezone.now())


def toast(response: Any) -> str:
    return str(json.loads(response["HX-Trigger"])["toast"]["text"])


def test_a_call_is_taken_over_with_a_sentence_and_a_record(
    client: Client, carrier: TwilioRest, live: Call, nurse: User
):
    response = client.post(f"/calls/{live.pk}/take-over/", headers=HTMX)
    assert response.status_code == 204 and "Press 1" in toast(response)
    assert CallIntervention.objects.get().by == nurse
    assert PhiAccess.objects.filter(action="take_over", resource="call", user_id=nurse.pk).count() == 1
    page = client.get("/calls/live/", headers=HTMX).content.decode()
    assert "Nora Nurse" in page and "the telephone rings" in page
    assert "/take-over/" not in page


def test_without_scripts_the_call_is_ended_and_the_page_says_so(
    client: Client, carrier: TwilioRest, live: Call
):
    page = client.post(f"/calls/{live.pk}/end/", follow=True).content.decode()
    assert "The call is ended." in page and "Nora Nurse" in page and "ended by staff" in page
    assert PhiAccess.objects.filter(action="end_call").count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/calls/{call}/take-over/",
        "/calls/{call}/end/",
        "/patients/{patient}/ring/",
        "/patients/{patient}/call-now/",
        "/patients/{patient}/pause/",
        "/patients/{patient}/resume/",
    ],
)
def test_neither_strangers_nor_administrators_touch_a_call(
    client_of: Callable[[User], Client], team: CareTeam, carrier: TwilioRest, live: Call, path: str
):
    address = path.format(call=live.pk, patient=live.patient_id)
    stranger = client_of(make_user(make_team(), phone="+19895550109"))
    assert stranger.post(address, {"reason": "x"}).status_code == 404
    admin = client_of(make_user(team, role="admin", phone="+19895550109"))
    assert admin.post(address, {"reason": "x"}).status_code == 403
    assert carrier.asked == [] and not CallIntervention.objects.exists()
    assert stranger.get(address).status_code in {404, 405}


def test_a_refusal_is_said_in_words(client: Client, carrier: TwilioRest, live: Call):
    Call.objects.filter(pk=live.pk).update(purpose="softphone")
    response = client.post(f"/calls/{live.pk}/take-over/", headers=HTMX)
    assert response.status_code == 422 and "training call" in toast(response)
    assert "training call" in client.post(f"/calls/{live.pk}/take-over/", follow=True).content.decode()


def test_click_to_call_rings_the_nurse_and_not_the_patient(
    client: Client, carrier: TwilioRest, patient: Patient
):
    response = client.post(f"/patients/{patient.pk}/ring/", headers=HTMX)
    assert response.status_code == 204
    ((_, form),) = carrier.asked
    assert form["To"] == "+19895550101"
    assert "Calls of the team" in client.get("/calls/").content.decode()
    again = client.post(f"/patients/{patient.pk}/ring/", headers=HTMX)
    assert again.status_code == 409 and StaffCall.objects.count() == 1


def test_a_live_call_shows_its_last_words_and_flags_worst_call_first(
    client: Client, live: Call, team: CareTeam
):
    calm = make_call(make_patient(team, first_name="Calm"), answered_at=timezone.now() - timedelta(minutes=5))
    talk(live, *[("patient", f"word {number}") for number in range(6)])
    talk(calm, ("maya", "How do you feel?"))
    CallFlag.objects.create(
        patient=live.patient, call=live, flag="chest_pain", severity="critical", alert_type="emergency",
        heard_at=timezone.now(),
    )  # fmt: skip
    page = client.get("/calls/").content.decode()
    assert "word 5" in page and "word 2" in page and "word 1" not in page
    assert "chest pain" in page and page.index("Liv ") < page.index("Calm ")


@pytest.mark.parametrize("calls", [1, 12])
def test_the_number_of_queries_does_not_depend_on_the_number_of_calls(
    client: Client, team: CareTeam, django_assert_num_queries: DjangoAssertNumQueries, calls: int
):
    for _ in range(calls):
        patient = make_patient(team)
        talk(make_call(patient, answered_at=timezone.now()), ("maya", "Hello"))
        make_call(patient, state="planned", planned_for=timezone.now() + timedelta(seconds=5))
        check_in(patient, days_ago=0.2)
    with django_assert_num_queries(8):
        client.get("/calls/live/", headers=HTMX)
    with django_assert_num_queries(13):
        client.get("/calls/")


class Planned:
    """A check-in that is planned for this afternoon."""

    def __init__(self, team: CareTeam, nurse: User, patient: Patient) -> None:
        make_shift(team, nurse, now=NOON)
        schedule = make_schedule(patient)
        call = plan_next(schedule_id=schedule.pk, now=NOON - timedelta(hours=4))
        assert call is not None
        call.planned_for = NOON + timedelta(hours=2)
        call.save()
        self.call = call


@pytest.fixture
def planned(team: CareTeam, nurse: User, patient: Patient) -> Iterator[Call]:
    with time_machine.travel(NOON, tick=False):
        yield Planned(team, nurse, patient).call


def test_a_planned_call_shows_both_clocks_and_moves_in_the_patients_own(
    planned: Call, client: Client, patient: Patient
):
    Patient.objects.filter(pk=patient.pk).update(time_zone="America/Los_Angeles")
    page = client.get(f"/calls/{planned.pk}/plan/").content.decode()
    assert "11:00 where the patient lives" in page and 'value="2026-11-23T11:00"' in page
    response = client.post(f"/calls/{planned.pk}/plan/move/", {"at": "2026-11-24T10:30"}, headers=HTMX)
    assert response.status_code == 204
    planned.refresh_from_db()
    assert planned.planned_for == datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("America/Los_Angeles"))


@pytest.mark.parametrize("at", ["", "soon", "2026-11-23T99:00"])
def test_a_time_that_is_none_comes_back_with_the_form(planned: Call, client: Client, at: str):
    response = client.post(f"/calls/{planned.pk}/plan/move/", {"at": at})
    assert response.status_code == 422 and "errorlist" in response.content.decode()


def test_a_time_outside_the_hours_is_refused_in_words(planned: Call, client: Client):
    response = client.post(f"/calls/{planned.pk}/plan/move/", {"at": "2026-11-24T23:00"}, headers=HTMX)
    assert response.status_code == 422 and "outside the hours" in toast(response)


def test_call_now_pause_and_resume_from_the_page(planned: Call, client: Client, patient: Patient):
    assert "Maya calls" in toast(client.post(f"/patients/{patient.pk}/call-now/", headers=HTMX))
    planned.refresh_from_db()
    assert planned.planned_for == NOON
    client.post(f"/patients/{patient.pk}/pause/", {"reason": "", "until": ""})
    patient.refresh_from_db()
    assert patient.status == "active"
    client.post(f"/patients/{patient.pk}/pause/", {"reason": "in hospital", "until": "2026-12-01"})
    patient.refresh_from_db()
    assert (patient.status, str(patient.paused_until)) == ("paused", "2026-12-01")
    refused = client.post(f"/patients/{patient.pk}/call-now/", headers=HTMX)
    assert refused.status_code == 422 and "paused" in toast(refused)
    client.post(f"/patients/{patient.pk}/resume/")
    patient.refresh_from_db()
    assert patient.status == "active"
    actions = set(PhiAccess.objects.filter(resource="patient").values_list("action", flat=True))
    assert {"call_now", "pause", "resume"} <= actions


def test_the_day_is_shown_by_the_hour_with_retries_and_what_holds_a_call_back(
    planned: Call, client: Client, team: CareTeam
):
    make_call(
        make_patient(team, first_name="Again"), state="planned", attempt_no=2,
        planned_for=NOON + timedelta(hours=2, minutes=20), not_called_reason="nobody is on call",
    )  # fmt: skip
    arizona = make_patient(team, first_name="Arizona", time_zone="America/Phoenix")  # has no summer time
    make_call(arizona, state="planned", planned_for=NOON + timedelta(hours=3))
    uncalled = make_schedule(make_patient(team, first_name="Nocall"))
    uncalled.why_not_next = "no consent to AI voice calls"
    uncalled.save()
    page = client.get("/calls/").content.decode()
    assert page.index("14:00 <") < page.index("Liv ") < page.index("Again ")
    assert "13:00 there" in page[page.index("Arizona ") :] and page.count("there</span>") == 1
    assert "2 calls" in page and "attempt 2" in page and "nobody is on call" in page
    assert "Nocall" in page and "no consent to AI calls" in page
