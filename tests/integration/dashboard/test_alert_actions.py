"""What a nurse does with an alert from the page, what becomes of it in the database, and who may not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from alerts.models import Alert, AlertEvent
from alerts.services import alert_claim, alert_resolve
from patients.models import CareTeam, User
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import raise_alert

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
DRAWER = {"HX-Request": "true", "HX-Target": "drawer-body"}


def act(client: Client, alert: Alert, action: str, *, htmx: str = "", **data: object) -> HttpResponse:
    headers = {"HX-Request": "true", "HX-Target": htmx} if htmx else {}
    return client.post(f"/alerts/{alert.pk}/{action}/", data, headers=headers)


def events_of(response: HttpResponse) -> dict[str, object]:
    return dict(json.loads(response["HX-Trigger"]))


def test_claiming_makes_the_alert_mine_and_goes_back_to_the_list(client: Client, team: CareTeam, nurse: User):
    alert = raise_alert(make_patient(team), "critical", kind="emergency")
    response = act(client, alert, "acknowledge", next="/?severity=critical")
    alert.refresh_from_db()
    assert (alert.state, alert.owner_id) == ("acknowledged", nurse.pk)
    assert response.status_code == 302 and response["Location"] == "/?severity=critical"


def test_a_claim_by_script_answers_with_events_only(client: Client, team: CareTeam):
    response = act(client, raise_alert(make_patient(team)), "acknowledge", htmx="worklist")
    assert response.status_code == 204 and response.content == b""
    assert {"alerts", "toast"} <= events_of(response).keys()


def test_the_second_nurse_is_told_and_nothing_changes(
    client: Client, client_of: SignIn, team: CareTeam, nurse: User
):
    alert = raise_alert(make_patient(team))
    act(client, alert, "acknowledge")
    late = client_of(make_user(team))
    response = act(late, alert, "acknowledge", htmx="worklist")
    assert response.status_code == 409
    assert "Somebody else was first" in str(events_of(response)["toast"])
    alert.refresh_from_db()
    assert alert.owner_id == nurse.pk


RESOLVED = {"disposition": "education", "note": "Explained the scale."}


def test_what_came_in_after_the_form_was_opened_is_read_before_the_alert_is_put_away(
    client: Client, nurse: User, team: CareTeam
):
    patient = make_patient(team)
    alert = raise_alert(patient, "medium", topic="weight", text="Weight up 2.5 lb")
    alert_claim(alert=alert, by=nurse)
    page = client.get(f"/alerts/{alert.pk}/", headers=DRAWER).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    raise_alert(patient, "high", topic="weight", text="Weight up 5 lb")
    for action, fields in (("resolve", RESOLVED), ("snooze", {"hours": 4, "reason": "Explained the scale."})):
        for headers in (DRAWER, {}):
            answer = client.post(f"/alerts/{alert.pk}/{action}/", {**fields, "seen": seen}, headers=headers)
            shown = answer.content.decode()
            assert answer.status_code == 409 and "Explained the scale." in shown, (action, headers)
            assert "Something new has come in" in shown + answer.headers.get("HX-Trigger", "")
    alert.refresh_from_db()
    assert alert.state not in ("resolved", "snoozed")
    fresh = re.search(r'name="seen" value="([^"]+)"', shown)[1]
    assert fresh != seen
    client.post(f"/alerts/{alert.pk}/acknowledge/")
    assert client.post(f"/alerts/{alert.pk}/resolve/", {**RESOLVED, "seen": fresh}).status_code == 302
    alert.refresh_from_db()
    assert alert.state == "resolved"


def test_words_typed_too_late_are_kept_for_a_note(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team))
    other = make_user(team)
    alert_claim(alert=alert, by=other)
    alert_resolve(alert=alert, by=other, disposition="education", note="Done.")
    for headers in (DRAWER, {}):
        answer = client.post(f"/alerts/{alert.pk}/resolve/", RESOLVED, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert 'id="do-note" open' in page and "Explained the scale.</textarea>" in page


def test_resolving_needs_an_outcome_and_a_note(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team))
    act(client, alert, "acknowledge")
    for data in (
        {},
        {"disposition": "education"},
        {"note": "spoke with her"},
        {"disposition": "nonsense", "note": "x"},
    ):
        response = act(client, alert, "resolve", htmx="drawer-body", **data)
        assert response.status_code == 422
        assert b"errorlist" in response.content
    alert.refresh_from_db()
    assert alert.state == "acknowledged"
    assert (
        act(client, alert, "resolve", disposition="education", note="Explained the water pill.").status_code
        == 302
    )
    alert.refresh_from_db()
    assert (alert.state, alert.disposition, alert.resolution_note) == (
        "resolved",
        "education",
        "Explained the water pill.",
    )


def test_a_false_alarm_says_why_it_was_false(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team))
    act(client, alert, "acknowledge")
    refused = act(client, alert, "resolve", htmx="worklist", disposition="false_alarm", note="idiom")
    assert refused.status_code == 422
    act(client, alert, "resolve", disposition="false_alarm", false_alarm_reason="misheard", note="idiom")
    alert.refresh_from_db()
    assert alert.false_alarm_reason == "misheard"


def test_medium_sleeps_for_the_chosen_hours_and_high_never_does(client: Client, team: CareTeam):
    medium, high = raise_alert(make_patient(team), "medium"), raise_alert(make_patient(team), "high")
    before = timezone.now()
    assert act(client, medium, "snooze", hours="4", reason="lab result at noon").status_code == 302
    medium.refresh_from_db()
    assert medium.state == "snoozed" and medium.snoozed_until is not None
    assert timedelta(hours=3, minutes=59) < medium.snoozed_until - before < timedelta(hours=4, minutes=1)
    assert act(client, high, "snooze", htmx="worklist", hours="1", reason="later").status_code == 422
    high.refresh_from_db()
    assert high.state == "new"


def test_escalation_names_a_role_and_a_reason(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team))
    act(client, alert, "escalate", to_role="lead", reason="no answer at home")
    alert.refresh_from_db()
    assert (alert.state, alert.escalated_to) == ("escalated", "lead")
    page = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Clinical lead on call" in page and "no answer at home" in page


def test_the_whole_way_from_claim_to_reopened_is_on_the_timeline(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team))
    steps = [("acknowledge", {}), ("start", {}), ("contact", {}), ("note", {"text": "calm voice"}),
             ("resolve", {"disposition": "other", "note": "fine"}), ("reopen", {"reason": "worse again"})]  # fmt: skip
    for action, data in steps:
        assert act(client, alert, action, **data).status_code == 302, action
    kinds = list(AlertEvent.objects.filter(alert=alert).values_list("kind", flat=True))
    assert kinds == ["raised", "acknowledged", "started", "patient_reached", "note", "resolved", "reopened"]
    alert.refresh_from_db()
    assert alert.contacted_at is not None and alert.state == "reopened"


def test_an_administrator_may_look_but_not_act(client_of: SignIn, team: CareTeam):
    alert = raise_alert(make_patient(team))
    admin = client_of(make_user(team, role="admin"))
    assert act(admin, alert, "acknowledge", htmx="worklist").status_code == 403
    page = admin.get(f"/alerts/{alert.pk}/").content.decode()
    assert "/acknowledge/" not in page and "/note/" in page


def test_only_a_lead_is_offered_to_take_over(client: Client, client_of: SignIn, team: CareTeam):
    alert = raise_alert(make_patient(team))
    act(client, alert, "acknowledge")
    other, lead = client_of(make_user(team)), client_of(make_user(team, role="lead"))
    assert "/take_over/" not in other.get(f"/alerts/{alert.pk}/").content.decode()
    assert "/take_over/" in lead.get(f"/alerts/{alert.pk}/").content.decode()
    act(lead, alert, "take_over")
    alert.refresh_from_db()
    assert str(alert.owner_id) == lead.session["_auth_user_id"]


@pytest.mark.parametrize("action", ["wake", "worsen", "destroy"])
def test_what_only_the_system_may_do_has_no_address(client: Client, team: CareTeam, action: str):
    assert act(client, raise_alert(make_patient(team)), action).status_code == 404


def test_another_teams_alert_is_answered_like_one_that_does_not_exist(client: Client):
    alert = raise_alert(make_patient(make_team()))
    assert client.get(f"/alerts/{alert.pk}/").status_code == 404
    assert act(client, alert, "acknowledge").status_code == 404
    alert.refresh_from_db()
    assert alert.state == "new"


def test_the_state_never_changes_by_get(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team))
    assert client.get(f"/alerts/{alert.pk}/acknowledge/").status_code == 405


def test_a_form_without_the_token_is_refused(nurse: User, team: CareTeam):
    alert = raise_alert(make_patient(team))
    careless = Client(enforce_csrf_checks=True)
    careless.force_login(nurse)
    assert careless.post(f"/alerts/{alert.pk}/acknowledge/").status_code == 403
    alert.refresh_from_db()
    assert alert.state == "new"


def test_the_way_back_never_leaves_the_site(client: Client, team: CareTeam):
    for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        alert = raise_alert(make_patient(team))
        assert act(client, alert, "acknowledge", next=address)["Location"] == f"/alerts/{alert.pk}/"


def test_the_drawer_shows_the_new_state_and_the_next_step(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team))
    response = act(client, alert, "acknowledge", htmx="drawer-body")
    part = response.content.decode()
    assert response.status_code == 200 and "<html" not in part
    assert "Acknowledged" in part and "/start/" in part and "/acknowledge/" not in part


def test_resolving_in_the_drawer_closes_it(client: Client, team: CareTeam):
    alert = raise_alert(make_patient(team))
    act(client, alert, "acknowledge")
    response = act(client, alert, "resolve", htmx="drawer-body", disposition="other", note="done")
    assert response.status_code == 204 and "drawer:close" in events_of(response)
