"""Several alerts at once, the way back, teams, and the banner when pages do not get through."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alerts.models import Alert, AlertEvent, Notification
from alerts.services import alert_claim
from patients.models import CareTeam, Membership, User
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import raise_alert

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
Sign = Callable[[User], Client]


def told(response: Any) -> dict[str, Any]:
    return dict(json.loads(response["HX-Trigger"])["toast"])


def states(*alerts: Alert) -> list[str]:
    return [Alert.objects.get(pk=alert.pk).state for alert in alerts]


def test_mild_alerts_are_claimed_together_and_worse_ones_stay(
    client: Client, team: CareTeam, client_of: Sign
):
    wanted = ((team, "medium"), (team, "low"), (team, "medium"), (team, "high"), (make_team(), "low"))
    mild, low, taken, high, foreign = (
        raise_alert(make_patient(owner), severity) for owner, severity in wanted
    )
    urgent = raise_alert(make_patient(team), "medium", kind="emergency")
    alert_claim(alert=taken, by=make_user(team))
    every = [str(alert.pk) for alert in (mild, low, taken, high, foreign, urgent)]
    response = client.post("/alerts/bulk/", {"alert": every, "step_name": "acknowledge"}, headers=HTMX)
    assert told(response)["text"] == "2 alerts changed. 4 stayed as they are."
    assert states(mild, low) == ["acknowledged"] * 2
    assert states(high, foreign, urgent) == ["new"] * 3
    assert AlertEvent.objects.filter(kind="acknowledged").count() == 3


def test_mild_alerts_are_snoozed_together_with_one_reason(client: Client, team: CareTeam):
    alerts = [raise_alert(make_patient(team), "low") for _ in range(2)]
    ids = [str(alert.pk) for alert in alerts]
    refused = client.post("/alerts/bulk/", {"alert": ids, "step_name": "snooze", "reason": " "}, headers=HTMX)
    assert refused.status_code == 422 and states(*alerts) == ["new", "new"]
    form = {"alert": ids, "step_name": "snooze", "reason": "lab at noon", "hours": "4"}
    page = client.post("/alerts/bulk/", form, follow=True).content.decode()
    assert "2 alerts changed." in page and states(*alerts) == ["snoozed", "snoozed"]


@pytest.mark.parametrize("step", ["resolve", "escalate", "reopen", ""])
def test_nothing_else_is_done_to_several_at_once(client: Client, team: CareTeam, step: str):
    alert = raise_alert(make_patient(team), "low")
    form = {
        "alert": [str(alert.pk), "nonsense"],
        "step_name": step,
        "reason": "x",
        "note": "x",
        "disposition": "other",
    }
    assert client.post("/alerts/bulk/", form, headers=HTMX).status_code == 422
    assert states(alert) == ["new"]


def test_only_mild_unclaimed_rows_can_be_chosen(client: Client, team: CareTeam, nurse: User):
    mild = raise_alert(make_patient(team), "medium")
    for severity, kind in (("high", "symptom_worsening"), ("critical", "emergency")):
        raise_alert(make_patient(team), severity, kind=kind)
    alert_claim(alert=raise_alert(make_patient(team), "low"), by=nurse)
    page = client.get("/").content.decode()
    assert page.count('class="pick"') == 1 and f'id="pick-{mild.pk}"' in page


def test_a_claim_a_snooze_and_a_resolution_offer_the_way_back(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team), "medium")

    def act(action: str, **fields: str) -> Any:
        return client.post(f"/alerts/{alert.pk}/{action}/", fields, headers=HTMX)

    for action, fields, state in (
        ("acknowledge", {}, "new"),
        ("snooze", {"hours": "4", "reason": "lab"}, "in_progress"),
        ("resolve", {"disposition": "other", "note": "n"}, "reopened"),
    ):
        undo = told(act(action, **fields))["undo"]
        assert client.post(undo["url"], undo["fields"], headers=HTMX).status_code in {200, 204}
        assert states(alert) == [state]
    assert "undo" not in told(act("start"))


def test_somebody_of_two_teams_looks_at_one_of_them(client_of: Sign, team: CareTeam, nurse: User):
    other = make_team("Second clinic")
    Membership.objects.create(user=nurse, team=other, role="nurse")
    raise_alert(make_patient(team, first_name="Here"), "high")
    raise_alert(make_patient(other, first_name="There"), "high")
    client = client_of(nurse)
    both = client.get("/").content.decode()
    assert "Here " in both and "There " in both and "All teams" in both
    one = client.get(f"/?team={other.pk}").content.decode()
    assert "There " in one and "Here " not in one and 'id="w-all" href="/?team=' in one
    foreign = make_team()
    assert "Here " in client.get(f"/?team={foreign.pk}").content.decode()


def page_row(team: CareTeam, **values: Any) -> Notification:
    now = timezone.now()
    given = {
        "team": team,
        "channel": "sms",
        "next_attempt_at": now,
        "dedupe_key": str(now.timestamp()),
        **values,
    }
    return Notification.objects.create(**given)


def test_pages_that_fail_are_shown_to_the_team_and_to_no_other(
    client: Client, client_of: Sign, team: CareTeam
):
    assert "Not every page" not in client.get("/").content.decode()
    page_row(team, state="failed", dedupe_key="a")
    page_row(team, state="failed", channel="voice", dedupe_key="b")
    page_row(team, state="pending", next_attempt_at=timezone.now() - timedelta(minutes=10), dedupe_key="c")
    for address in ("/", "/banner/"):
        page = client.get(address).content.decode()
        assert (
            "text message, 1 failed" in page and "voice call, 1 failed" in page and "1 waits too long" in page
        )
    assert "Not every page" not in client_of(make_user(make_team())).get("/banner/").content.decode()


def test_a_channel_that_gets_through_again_is_no_news(client: Client, team: CareTeam):
    row = page_row(team, state="failed")
    assert "Not every page" in client.get("/banner/").content.decode()
    Notification.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(minutes=20))
    page_row(team, state="delivered", sent_at=timezone.now(), dedupe_key="later")
    assert "Not every page" not in client.get("/banner/").content.decode()


def test_whoever_is_paged_sees_it_until_somebody_has_the_alert(
    client: Client, client_of: Sign, team: CareTeam, nurse: User
):
    alert = raise_alert(make_patient(team), "critical", kind="emergency")
    colleague = make_user(team)  # came after the pages were written
    page_row(team, alert=alert, channel="dashboard", recipient=nurse, state="delivered")
    page = client.get("/banner/").content.decode()
    assert "You are paged." in page and "data-critical" in page
    assert "You are paged." not in client_of(colleague).get("/banner/").content.decode()
    alert_claim(alert=alert, by=colleague)
    assert "You are paged." not in client.get("/banner/").content.decode()


def test_the_banner_costs_two_queries(
    client: Client, team: CareTeam, django_assert_num_queries: DjangoAssertNumQueries
):
    for number in range(30):
        page_row(team, state="failed", dedupe_key=str(number))
    with django_assert_num_queries(5):
        client.get("/banner/")
