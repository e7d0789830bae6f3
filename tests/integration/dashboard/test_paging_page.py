"""Paging on one page: the roster and its gap, what gets through, and a test page to a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from alerts.models import Notification
from alerts.services import trial_page_send
from patients.models import CareTeam, User
from tests.support.factories import make_shift, make_team, make_user

pytestmark = pytest.mark.django_db

Sign = Callable[[User], Client]


def body(client: Client) -> str:
    response = client.get("/paging/")
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_roster_is_told_and_a_full_one_is_not(client: Client, team: CareTeam, nurse: User) -> None:
    assert "no check-in calls are placed" in body(client) and "The roster is empty." in body(client)
    make_shift(team, nurse)
    page = body(client)
    assert "no check-in calls are placed" not in page and "First on call".lower() in page.lower()


def test_a_channel_that_fails_is_named_with_its_code(client: Client, team: CareTeam, nurse: User) -> None:
    row = trial_page_send(team=team, person=nurse, channel="sms")
    Notification.objects.filter(pk=row.pk).update(state="failed", error_code="twilio_30003")
    page = body(client)
    assert "does not get through" in page and "twilio_30003" in page


def test_everybody_tests_their_own_paging(client: Client, team: CareTeam, nurse: User) -> None:
    assert "never tested" in body(client)
    answer = client.post(f"/paging/{team.pk}/{nurse.pk}/test/", {"channel": "voice"}, follow=True)
    assert "A test page is on its way" in answer.content.decode()
    row = Notification.objects.get(purpose="test")
    assert (row.recipient, row.channel, row.team) == (nurse, "voice", team)


def test_only_a_lead_tests_a_colleagues(client: Client, team: CareTeam, client_of: Sign) -> None:
    colleague = make_user(team)
    address = f"/paging/{team.pk}/{colleague.pk}/test/"
    assert client.post(address, {"channel": "sms"}).status_code == 403
    lead = client_of(make_user(team, role="lead"))
    assert lead.post(address, {"channel": "sms"}).status_code == 302
    assert Notification.objects.get(purpose="test").recipient == colleague


def test_nothing_is_sent_to_strangers_other_teams_or_by_unknown_ways(
    client: Client, team: CareTeam, nurse: User, client_of: Sign
) -> None:
    other = make_team()
    lead = client_of(make_user(team, role="lead"))
    assert client.post(f"/paging/{other.pk}/{nurse.pk}/test/", {"channel": "sms"}).status_code == 404
    assert lead.post(f"/paging/{team.pk}/{make_user(other).pk}/test/", {"channel": "sms"}).status_code == 404
    assert client.post(f"/paging/{team.pk}/{nurse.pk}/test/", {"channel": "dashboard"}).status_code == 404
    assert client.get(f"/paging/{team.pk}/{nurse.pk}/test/").status_code == 405
    assert not Notification.objects.exists()
    assert other.name not in body(client)
