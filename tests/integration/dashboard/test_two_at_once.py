"""Two people press at the same moment, whatever they press: one step happens, the other is told, nothing breaks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from alerts.models import Alert, AlertEvent
from alerts.services import alert_claim, alert_resolve
from patients.models import CareTeam, User
from tests.support.factories import make_patient, make_user
from tests.support.worklist import raise_alert

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_redis")]

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true", "HX-Target": "worklist"}
RESOLVE = {"disposition": "education", "note": "Explained."}
SNOOZE = {"hours": "4", "reason": "Waits for the lab."}


def at_once(*presses: tuple[Client, str, dict[str, str]]) -> list[HttpResponse]:
    """The answers to forms that are sent at the same moment."""
    start = Barrier(len(presses))

    def press(client: Client, address: str, fields: dict[str, str]) -> HttpResponse:
        try:
            start.wait(10)
            return client.post(address, fields, headers=HTMX)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(lambda each: press(*each), presses))


def steps_of(alert: Alert, *kinds: str) -> int:
    return AlertEvent.objects.filter(alert=alert, kind__in=kinds).count()


@pytest.mark.parametrize(
    ("owned", "action", "fields", "kind"),
    [
        (False, "acknowledge", {}, "acknowledged"),
        (False, "start", {}, "started"),
        (True, "release", {}, "released"),
        (True, "resolve", RESOLVE, "resolved"),
        (False, "snooze", SNOOZE, "snoozed"),
    ],
)
def test_the_same_step_twice_at_once_happens_once(
    team: CareTeam, client_of: SignIn, owned: bool, action: str, fields: dict[str, str], kind: str
):
    one, other = (make_user(team, role=role) for role in ("nurse", "nurse"))
    alert = raise_alert(make_patient(team), "medium")
    if owned:  # the same person in two windows
        alert_claim(alert=alert, by=one)
        other = one
    address = f"/alerts/{alert.pk}/{action}/"
    answers = at_once((client_of(one), address, fields), (client_of(other), address, fields))
    assert sorted(answer.status_code for answer in answers) in ([204, 403], [204, 409]), [
        a.status_code for a in answers
    ]
    assert steps_of(alert, kind) == 1


@pytest.mark.parametrize("undone", ["acknowledge", "start"])
def test_a_resolution_and_a_reopening_that_meet_leave_one_of_both(
    team: CareTeam, client_of: SignIn, undone: str
):
    one, other = make_user(team), make_user(team)
    alert = raise_alert(make_patient(team), "medium")
    alert_claim(alert=alert, by=one)
    alert_resolve(alert=alert, by=one, disposition="education", note="Explained.")
    reopen = (client_of(one), f"/alerts/{alert.pk}/reopen/", {"reason": "undone"})
    answers = at_once(reopen, (client_of(other), f"/alerts/{alert.pk}/{undone}/", {}))
    assert {answer.status_code for answer in answers} <= {204, 403, 409, 422}
    alert.refresh_from_db()
    assert (alert.state, alert.owner) in (("reopened", None), ("acknowledged", other), ("in_progress", other))


def test_two_who_choose_the_same_alerts_get_each_of_them_once(team: CareTeam, client_of: SignIn):
    one, other = make_user(team), make_user(team)
    alerts = [raise_alert(make_patient(team), "low") for _ in range(6)]
    chosen = {"alert": [str(alert.pk) for alert in alerts], "step_name": "acknowledge"}
    answers = at_once(*((client_of(user), "/alerts/bulk/", chosen) for user in (one, other)))
    assert [answer.status_code for answer in answers] == [204, 204]
    owners = list(Alert.objects.values_list("owner_id", flat=True))
    assert None not in owners and set(owners) <= {one.pk, other.pk}
    assert AlertEvent.objects.filter(kind="acknowledged").count() == 6
