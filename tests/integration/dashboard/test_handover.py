"""Shift hand-over: everything that is left, given once, confirmed by somebody else, kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alerts.models import Alert, Handover
from alerts.services import alert_claim, alert_snooze, task_open
from alerts.services.handovers import handover_give
from calls.models import FollowUp
from heartvoice.shared.errors import NotAllowed
from patients.access import patient_hash
from patients.models import CareTeam, PhiAccess, User
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import check_in, missed_check_in, raise_alert

pytestmark = pytest.mark.django_db

Sign = Callable[[User], Client]
EMPTY: dict[str, list[str]] = {"open": [], "breached": [], "snoozed": [], "promised": [], "unreached": []}


@pytest.fixture
def colleague(team: CareTeam) -> User:
    return make_user(team, first_name="Noel", last_name="Nurse")


def body(client: Client, address: str = "/handover/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def section(page: str, name: str) -> str:
    start = page.index(f'id="h-{name}"')
    return page[start : page.index("</section>", start)]


def test_every_section_holds_what_belongs_into_it_and_nothing_else(
    client: Client, team: CareTeam, nurse: User
):
    waiting = raise_alert(make_patient(team, first_name="Waiting"), "high")
    late = raise_alert(make_patient(team, first_name="Late"), "high")
    Alert.objects.filter(pk=late.pk).update(acknowledge_due_at=timezone.now() - timedelta(minutes=1))
    asleep = raise_alert(make_patient(team, first_name="Asleep"), "medium")
    alert_snooze(alert=asleep, by=nurse, until=timezone.now() + timedelta(hours=3), reason="lab")
    promised = make_patient(team, first_name="Promised")
    task_open(patient=promised, kind="call_back", key="1", detail="about the scale")
    FollowUp.objects.create(
        patient=make_patient(team, first_name="Follow"), follow_up_type="voice_call", urgency="urgent",
        reason="ankles", due_at=timezone.now() + timedelta(hours=2),
    )  # fmt: skip
    missed_check_in(make_patient(team, first_name="Missed"), days_ago=0.2)
    reached = make_patient(team, first_name="Reached")
    missed_check_in(reached, days_ago=0.3)
    check_in(reached, days_ago=0.1)
    raise_alert(make_patient(make_team(), first_name="Foreign"), "critical")
    page = body(client)
    expected = {"open": {"Waiting"}, "breached": {"Late"}, "asleep": {"Asleep"}, "promised": {"Promised", "Follow"},
                "unreached": {"Missed"}}  # fmt: skip
    names = {"Waiting", "Late", "Asleep", "Promised", "Follow", "Missed", "Reached", "Foreign"}
    assert {key: {name for name in names if f"{name} " in section(page, key)} for key in expected} == expected
    seen = set(PhiAccess.objects.filter(resource="handover").values_list("patient_hash", flat=True))
    assert patient_hash(waiting.patient_id) in seen and len(seen) == 6


def test_with_too_many_alerts_the_worst_are_listed_and_the_rest_is_counted(
    client: Client, team: CareTeam, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("heartvoice.dashboard.selectors.handover.LISTED", 2)
    for number in range(9):
        raise_alert(make_patient(team, first_name=f"Mild{number}"), "low")
    raise_alert(make_patient(team, first_name="Newest"), "critical", kind="emergency")
    shown = section(body(client), "open")
    assert "Newest " in shown and "8 more open alerts" in shown
    assert sum(f"Mild{number} " in shown for number in range(9)) == 1


def test_it_is_given_with_a_note_and_confirmed_by_the_next_shift(
    client: Client, client_of: Sign, team: CareTeam, nurse: User, colleague: User
):
    alert = raise_alert(make_patient(team), "high")
    client.post(f"/handover/team/{team.pk}/", {"note": "Mrs. Miller’s daughter calls at nine."})
    row = Handover.objects.get()
    assert (row.given_by, row.items["open"]) == (nurse, [str(alert.pk)])
    assert "Somebody of the next shift confirms it." in body(client)
    own = client.post(f"/handover/{row.pk}/confirm/", follow=True).content.decode()
    assert "Somebody of the next shift confirms your hand-over." in own
    incoming = client_of(colleague)
    assert "daughter calls at nine" in body(incoming)
    assert "Confirmed." in incoming.post(f"/handover/{row.pk}/confirm/", follow=True).content.decode()
    row.refresh_from_db()
    assert row.confirmed_by == colleague and row.confirmed_at is not None
    assert "confirmed already" in incoming.post(f"/handover/{row.pk}/confirm/", follow=True).content.decode()
    assert "confirmed by Noel Nurse" in body(client)
    assert PhiAccess.objects.filter(resource="handover", action="give").exists()


def test_what_it_holds_is_as_it_was_then(client: Client, team: CareTeam, nurse: User):
    alert = raise_alert(make_patient(team), "high")
    client.post(f"/handover/team/{team.pk}/", {"note": ""})
    alert_claim(alert=alert, by=nurse)
    raise_alert(make_patient(team), "high")
    assert Handover.objects.get().items["open"] == [str(alert.pk)]


def test_other_teams_and_administrators_neither_give_nor_confirm(
    client: Client, client_of: Sign, team: CareTeam, nurse: User
):
    row = handover_give(team=team, by=nurse, note="secret words", items=EMPTY)
    stranger = client_of(make_user(make_team()))
    assert stranger.post(f"/handover/{row.pk}/confirm/").status_code == 404
    assert stranger.post(f"/handover/team/{team.pk}/", {"note": "x"}).status_code == 404
    assert "secret words" not in body(stranger, f"/handover/?team={team.pk}")
    admin = client_of(make_user(team, role="admin"))
    assert admin.post(f"/handover/{row.pk}/confirm/").status_code == 403
    with pytest.raises(NotAllowed):
        handover_give(team=team, by=make_user(), note="", items=EMPTY)
    assert Handover.objects.count() == 1


def test_the_database_itself_refuses_a_self_confirmation(team: CareTeam, nurse: User):
    row = handover_give(team=team, by=nurse, note="", items=EMPTY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.filter(pk=row.pk).update(confirmed_by=nurse, confirmed_at=timezone.now())


@pytest.mark.parametrize("patients", [1, 20])
def test_the_number_of_queries_does_not_depend_on_the_number_of_patients(
    client: Client, team: CareTeam, django_assert_num_queries: DjangoAssertNumQueries, patients: int
):
    for number in range(patients):
        patient = make_patient(team)
        raise_alert(patient, "high")
        task_open(patient=patient, kind="call_back", key=str(number))
        missed_check_in(patient, days_ago=0.2)
    with django_assert_num_queries(9):
        client.get("/handover/")
