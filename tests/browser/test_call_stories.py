"""Calls in a real browser: followed as they are spoken, taken over, ended, planned; with keys and without scripts."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.async_api import Route, expect

from alerts.models import CallFlag
from calls.models import Call, CallIntervention
from calls.services import turn_add
from calls.services.takeover import take_over_settle
from patients.models import User
from tests.browser.conftest import Opener, rows
from tests.standins.twilio_rest import TwilioRest
from tests.support.factories import (
    make_call,
    make_patient,
    make_schedule,
    make_shift,
    make_team,
    make_user,
)
from tests.support.worklist import raise_alert

pytestmark = pytest.mark.timeout(120)

LIVE = "#live[data-state=on]"
PHONE = "+19895550101"


@pytest.fixture
async def ward(network: TwilioRest) -> tuple[User, Call]:
    """A nurse with a telephone, and a call of the nurse's patient on the line."""
    network.asked.clear()
    network.answers.clear()
    team = await rows(make_team)()
    nurse = await rows(make_user)(team, phone=PHONE, first_name="Nora", last_name="Nurse")
    patient = await rows(make_patient)(team, first_name="Liv")
    now = timezone.now()
    call = await rows(make_call)(patient, call_sid="CA" + "5" * 32, dialled_at=now, answered_at=now)
    return nurse, call


async def say(call: Call, speaker: str, text: str, at_ms: int) -> None:
    await rows(turn_add)(
        call_id=call.pk, speaker=speaker, item=f"item{at_ms}", text=text, start_ms=at_ms, end_ms=at_ms + 900
    )


async def test_a_call_is_followed_flagged_and_taken_over_with_the_keyboard(
    signed_in: Opener, ward: tuple[User, Call], network: TwilioRest
):
    nurse, call = ward
    page = await signed_in(nurse)
    await page.goto("/calls/")
    await page.wait_for_selector(LIVE)
    await expect(page.locator(".tail")).to_contain_text("Nothing has been said yet")
    await say(call, "maya", "Any chest pain today?", 1000)
    await expect(page.locator(".tail")).to_contain_text("Any chest pain today?")
    await say(call, "patient", "A tightness, yes.", 3000)
    await expect(page.locator(".tail")).to_contain_text("A tightness, yes.")
    await rows(CallFlag.objects.create)(
        patient=call.patient, call=call, flag="chest_pain", severity="critical", alert_type="emergency",
        heard_at=timezone.now(),
    )  # fmt: skip
    await rows(raise_alert)(call.patient, "critical", kind="emergency", call=call, text="Chest pain today")
    await expect(page.locator(".live-call")).to_contain_text("chest pain")

    await page.keyboard.press("j")
    await expect(page.locator(".live-call:focus")).to_contain_text("Liv")
    await page.keyboard.press("o")
    await expect(page.locator(".toast")).to_contain_text("Press 1 to talk with the patient")
    ((resource, form),) = network.asked
    assert resource == call.call_sid and PHONE in form["Twiml"]
    await expect(page.locator(".live-call")).to_contain_text("the telephone rings")
    await expect(page.get_by_role("button", name=re.compile("Take over"))).to_have_count(0)

    await rows(take_over_settle)(call_id=call.pk, is_reached=True)
    await expect(page.locator("#live-calls")).to_contain_text("Nobody is on the line")
    await page.goto(f"/calls/{call.pk}/")
    await expect(page.locator(".turn--staff")).to_contain_text(
        "Nora Nurse: Take over, talked with the patient"
    )


@pytest.mark.parametrize(
    ("answers", "told"), [(True, "Press 1 to talk with the patient"), (False, "That did not work")]
)
async def test_the_answer_to_a_button_that_was_replaced_meanwhile_is_told_all_the_same(
    signed_in: Opener, ward: tuple[User, Call], network: TwilioRest, answers: bool, told: str
):
    """The list of calls is drawn anew by what the button has done before its own answer is there."""
    nurse, _ = ward
    page = await signed_in(nurse, expected=("500",))
    replaced = asyncio.Event()

    async def late(route: Route) -> None:
        response = await route.fetch()
        await replaced.wait()
        if answers:
            await route.fulfill(response=response)
        else:
            await route.fulfill(status=500)

    await page.route("**/take-over/", late)
    await page.goto("/calls/")
    await page.wait_for_selector(LIVE)
    await page.keyboard.press("j")
    await page.keyboard.press("o")
    await expect(page.locator(".live-call")).to_contain_text("the telephone rings")
    replaced.set()
    await expect(page.locator(".toast")).to_contain_text(told)


async def test_ending_a_call_asks_once_more_and_a_refresh_does_not_close_the_question(
    signed_in: Opener, ward: tuple[User, Call], network: TwilioRest
):
    nurse, call = ward
    page = await signed_in(nurse)
    await page.goto(f"/calls/{call.pk}/")
    await page.wait_for_selector(LIVE)
    await page.keyboard.press("x")
    await expect(page.get_by_role("button", name=re.compile("End it now"))).to_be_visible()
    await say(call, "maya", "Are you still there?", 2000)
    await expect(page.locator(".transcript")).to_contain_text("Are you still there?")
    await expect(page.get_by_role("button", name=re.compile("End it now"))).to_be_visible()
    assert network.asked == []
    await page.get_by_role("button", name=re.compile("End it now")).click()
    await expect(page.locator(".toast")).to_contain_text("The call is ended.")
    ended = await rows(Call.objects.get)(pk=call.pk)
    assert (ended.state, ended.end_reason) == ("completed", "staff_ended")
    assert "911" not in str(network.asked) and "nine one one" in network.asked[0][1]["Twiml"]


async def test_the_network_refuses_and_the_nurse_reads_why(
    signed_in: Opener, ward: tuple[User, Call], network: TwilioRest
):
    nurse, call = ward
    network.refuse(500, 20500)
    page = await signed_in(nurse, expected=("422",))
    await page.goto(f"/calls/{call.pk}/")
    await page.get_by_role("button", name=re.compile("Take over")).click()
    await expect(page.locator(".toast--bad").first).to_contain_text("The telephone network refuses just now")
    assert (await rows(Call.objects.get)(pk=call.pk)).state == "in_progress"
    assert (await rows(CallIntervention.objects.get)()).state == "failed"


async def test_a_planned_call_is_moved_in_the_drawer_with_the_keyboard(
    signed_in: Opener, ward: tuple[User, Call]
):
    nurse, live = ward
    patient = await rows(make_patient)(
        live.patient.care_team, first_name="Later", time_zone="America/New_York"
    )
    zone = ZoneInfo("America/New_York")
    soon = timezone.now() + timedelta(minutes=1)  # still today in the page's zone, or else shown as due
    schedule = await rows(make_schedule)(patient)
    call = await rows(make_call)(patient, state="planned", planned_for=soon, schedule=schedule)
    page = await signed_in(nurse)
    await page.goto(f"/calls/{call.pk}/plan/")
    await page.keyboard.press("m")
    await expect(page.locator("#move-at")).to_be_focused()
    to = (soon.astimezone(zone) + timedelta(days=2)).replace(hour=10, minute=30)
    await page.fill("#move-at", f"{to:%Y-%m-%dT%H:%M}")
    await page.get_by_role("button", name="Move the call").press("Enter")
    await expect(page.locator(".toast")).to_contain_text("The call is moved.")
    moved = await rows(Call.objects.get)(pk=call.pk)
    assert moved.planned_for == to.replace(second=0, microsecond=0)


async def test_without_scripts_a_nurse_takes_over_rings_plans_and_hands_over(
    signed_in: Opener, ward: tuple[User, Call], network: TwilioRest
):
    nurse, call = ward
    await rows(make_shift)(call.patient.care_team, nurse)
    other = await rows(make_patient)(call.patient.care_team, first_name="Olga")
    page = await signed_in(nurse, java_script_enabled=False)
    await page.goto("/calls/")
    await page.get_by_role("button", name=re.compile("Take over")).click()
    await expect(page.locator(".notice--ok")).to_contain_text("Your telephone rings")
    await page.goto(f"/patients/{other.pk}/")
    await page.get_by_role("button", name=re.compile("through the clinic")).click()
    await expect(page.locator(".notice--ok")).to_contain_text("Press 1 and the patient is called")
    assert [form.get("To") for _, form in network.asked] == [None, PHONE]
    await page.locator("#pause-menu summary").click()
    await page.fill("#pause-reason", "on holiday")
    await page.get_by_role("button", name="Pause", exact=True).click()
    await expect(page.locator("header.patient")).to_contain_text("Paused: on holiday")
    await page.get_by_role("link", name=re.compile("Tasks and thresholds")).click()
    await page.locator("#do-task summary").click()
    await page.select_option("#task-kind", "call_back")
    await page.get_by_role("button", name="Add the task").click()
    await expect(page.locator(".task")).to_contain_text("Call back")
    await page.get_by_role("link", name="Hand-over").click()
    await page.fill("#handover-note", "Olga is on holiday.")
    await page.get_by_role("button", name="Hand over").click()
    await expect(page.locator(".handover__note")).to_contain_text("Olga is on holiday.")
