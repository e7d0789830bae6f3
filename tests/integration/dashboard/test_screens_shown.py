"""What came of the fixed questions stands where a nurse decides: on the alert, and on the page of the call."""

from __future__ import annotations

import pytest
from django.test import Client

from calls.models import Call, ScreenResult
from calls.services.screening import screen_save
from patients.models import CareTeam, User
from tests.support.factories import make_patient
from tests.support.worklist import check_in, raise_alert

pytestmark = pytest.mark.django_db

ASKED = "Are you having thoughts of killing yourself right now?"


def thoughts_of(team: CareTeam) -> tuple[Call, str]:
    """A call in which the screen of acuity was played, and the address of its alert."""
    call = check_in(make_patient(team))
    alert = raise_alert(call.patient, "critical", kind="emergency", text="Thoughts of suicide", call=call)
    screen_save(call_id=call.pk, screen="suicide", outcome="acute", tier="acute", replies={"now": "unsure"})
    return call, f"/alerts/{alert.pk}/"


def read(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_alert_says_what_was_asked_and_what_was_answered(client: Client, team: CareTeam) -> None:
    _, address = thoughts_of(team)
    page = read(client, address)
    assert "Suicide risk: acuity" in page and "acute: thoughts now" in page
    assert f"<dt>{ASKED}</dt><dd>not clear</dd>" in page
    assert "Questions asked in the call: Suicide risk: acuity, acute: thoughts now" in page


def test_the_page_of_the_call_says_it_too(client: Client, team: CareTeam) -> None:
    call, _ = thoughts_of(team)
    page = read(client, f"/calls/{call.pk}/")
    assert f"<dt>{ASKED}</dt><dd>not clear</dd>" in page
    assert "Questions asked word for word" not in read(client, f"/calls/{check_in(call.patient).pk}/")


def test_a_screen_of_the_call_that_rang_back_stands_on_the_alert_of_the_call_that_was_cut(
    client: Client, team: CareTeam
) -> None:
    call, address = thoughts_of(team)
    again = check_in(call.patient)
    Call.objects.filter(pk=again.pk).update(retry_of=call)
    screen_save(
        call_id=again.pk, screen="fall", outcome="no_danger", tier="no danger sign", replies={"head": "no"}
    )
    page = read(client, address)
    assert (
        page.index("Suicide risk: acuity") < page.index("Fall: danger signs") < page.index("no danger sign")
    )


def test_points_are_counted_and_old_steps_keep_their_name(client: Client, team: CareTeam) -> None:
    call = check_in(make_patient(team))
    screen_save(
        call_id=call.pk,
        screen="phq2",
        outcome="positive",
        tier="positive",
        replies={"interest": "2", "mood": "1"},
    )
    ScreenResult.objects.create(
        call=call,
        patient=call.patient,
        screen="gone",
        version="screens-0",
        replies={"old": "yes"},
        outcome="x",
        tier="x",
    )
    page = read(client, f"/calls/{call.pk}/")
    assert "positive, 3 points" in page and "<dd>more than half the days (2)</dd>" in page
    assert "<dt>old</dt><dd>yes</dd>" in page
    User.objects.update(language="es")
    assert "<dd>más de la mitad de los días (2)</dd>" in read(client, f"/calls/{call.pk}/")
