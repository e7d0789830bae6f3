"""What nurses do in a real browser, alone and two at a time."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.async_api import Page, expect

from alerts.models import Alert
from patients.models import Patient
from tests.browser.conftest import Opener, rows
from tests.support.factories import make_call, make_patient, make_team, make_user
from tests.support.worklist import check_in, raise_alert, talk

pytestmark = pytest.mark.timeout(120)

LIVE = "#live[data-state=on]"


async def worklist_of(page: Page) -> None:
    """The worklist is open and listens."""
    await page.goto("/")
    await page.wait_for_selector(LIVE)


async def test_an_alert_appears_without_a_reload_and_is_announced(signed_in: Opener):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team))
    await worklist_of(page)
    await expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    await page.evaluate("() => { window.stayed = true }")
    patient = await rows(make_patient)(team, first_name="Dorothy")
    await rows(raise_alert)(patient, "critical", kind="emergency", text="Chest pain today")
    await expect(page.locator("[data-row]")).to_contain_text("Dorothy")
    await expect(page.locator("#announce")).to_contain_text("Critical: Dorothy")
    assert await page.evaluate("() => window.stayed")


async def test_a_push_about_a_patient_updates_their_page_and_leaves_a_half_written_note_alone(
    signed_in: Opener,
):
    team = await rows(make_team)()
    patient, other = [await rows(make_patient)(team) for _ in range(2)]
    page = await signed_in(await rows(make_user)(team))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"/patients/{patient.pk}/")
    await page.wait_for_selector(LIVE)
    await page.fill("#note-text", "She says that her")
    asked.clear()
    await rows(raise_alert)(other, text="Not hers")
    await rows(raise_alert)(patient, text="Breathless on stairs")
    await expect(page.locator("#patient-alerts")).to_contain_text("Breathless on stairs")
    await expect(page.locator("#note-text")).to_have_value("She says that her")
    assert "Not hers" not in await page.inner_text("main")
    assert len([url for url in asked if f"/patients/{patient.pk}/" in url]) <= 2


async def test_a_running_call_is_followed_as_it_is_spoken(signed_in: Opener):
    team = await rows(make_team)()
    call = await rows(make_call)(await rows(make_patient)(team), answered_at=timezone.now())
    page = await signed_in(await rows(make_user)(team))
    await page.goto(f"/calls/{call.pk}/")
    await expect(page.get_by_text("Nothing has been said yet")).to_be_visible()
    await rows(talk)(call, ("maya", "How have you been feeling?"), ("patient", "A little short of breath."))
    await rows(raise_alert)(call.patient, call=call, call_s=9.5, text="Worse breathing")
    await expect(page.locator(".turn--patient")).to_contain_text("A little short of breath.")
    await expect(page.locator(".turn--alert")).to_contain_text("Worse breathing")


async def test_of_two_nurses_who_claim_at_once_one_wins_and_both_see_who(signed_in: Opener):
    team = await rows(make_team)()
    nora, noel = [
        await rows(make_user)(team, first_name=name, last_name="Nurse") for name in ("Nora", "Noel")
    ]
    alert = await rows(raise_alert)(await rows(make_patient)(team))
    one, other = [await signed_in(user, expected=("409",)) for user in (nora, noel)]
    for page in (one, other):
        await worklist_of(page)
        # Held back until both have been sent, so that neither page can learn of the other's claim first.
        await page.evaluate("() => { window.claim = document.querySelector('[data-key~=c]') }")
    for page in (one, other):
        await page.evaluate("() => { setTimeout(() => window.claim.click()) }")
    for page in (one, other):
        await expect(page.locator(".row__owner")).to_contain_text("Acknowledged")
    winner = (await rows(Alert.objects.select_related("owner").get)(pk=alert.pk)).owner
    loser = other if winner == nora else one
    await expect(loser.locator(".toast--bad")).to_contain_text("Somebody else was first")
    await expect(loser.locator(".row__owner")).to_contain_text(winner.first_name)
    await expect((one if loser is other else other).locator(".row__owner")).to_contain_text("You")


async def test_a_shift_is_triaged_with_the_keyboard_alone(signed_in: Opener):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team))
    high = await rows(raise_alert)(await rows(make_patient)(team, first_name="Helen"), "high")
    medium = await rows(raise_alert)(await rows(make_patient)(team, first_name="Mabel"), "medium")
    await worklist_of(page)
    press = page.keyboard.press

    await press("j")
    await expect(page.locator("[data-row]:focus")).to_contain_text("Helen")
    await press("c")
    await expect(page.locator("[data-row]:focus .row__owner")).to_contain_text("Acknowledged")
    await press("w")
    await expect(page.locator("[data-row]:focus .row__owner")).to_contain_text("In progress")
    await press("r")
    await expect(page.locator("#drawer select:focus")).to_be_visible()
    await page.keyboard.type("Same-day")
    await press("Tab")
    await press("Tab")
    await page.keyboard.type("Sees the clinic at two.")
    await press("Tab")
    await press("Enter")
    await expect(page.locator("#drawer")).to_be_hidden()
    await expect(page.locator("[data-row]")).to_have_count(1)

    await press("j")
    await expect(page.locator("[data-row]:focus")).to_contain_text("Mabel")
    await press("c")
    await expect(page.locator("[data-row]:focus .row__owner")).to_contain_text("Acknowledged")
    await press("s")
    await expect(page.locator("#drawer select:focus")).to_be_visible()
    await press("Tab")
    await page.keyboard.type("Waits for the lab.")
    await press("Tab")
    await press("Enter")
    await expect(page.get_by_text("Nobody is waiting")).to_be_visible()

    states = await rows(lambda: dict(Alert.objects.values_list("pk", "state")))()
    assert states == {high.pk: "resolved", medium.pk: "snoozed"}
    resolved = await rows(Alert.objects.get)(pk=high.pk)
    assert (resolved.disposition, resolved.resolution_note) == ("same_day_visit", "Sees the clinic at two.")


async def test_letters_typed_into_a_field_are_not_shortcuts_and_shortcuts_can_be_switched_off(
    signed_in: Opener,
):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team))
    alert = await rows(raise_alert)(await rows(make_patient)(team))
    await worklist_of(page)
    await page.keyboard.press("/")
    await expect(page.locator("#search-q")).to_be_focused()
    await page.keyboard.type("jacks")
    await expect(page.locator("#search-q")).to_have_value("jacks")
    await page.keyboard.press("Escape")
    await page.locator("h1").click(force=True)
    await page.keyboard.press("?")
    await page.get_by_role("button", name="Single-letter shortcuts").click()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    assert await page.locator("[data-row]:focus").count() == 0
    assert (await rows(Alert.objects.get)(pk=alert.pk)).state == "new"


async def test_a_patient_is_found_as_one_types_and_the_address_stays_clean(signed_in: Opener):
    team = await rows(make_team)()
    patient = await rows(make_patient)(team, first_name="Inés", last_name="Muñoz")
    page = await signed_in(await rows(make_user)(team))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await worklist_of(page)
    await page.locator("#search-q").press_sequentially("munoz")
    await page.get_by_role("link", name=re.compile("Inés Muñoz")).click()
    await expect(page).to_have_url(re.compile(f"/patients/{patient.pk}/"))
    assert not any("munoz" in url.lower() for url in asked)


async def test_an_administrator_adds_a_patient_who_then_stands_in_the_nurses_list(signed_in: Opener):
    team = await rows(make_team)()
    admin = await rows(make_user)(team, role="admin", is_staff=True, is_superuser=True)
    page = await signed_in(admin)
    await page.goto("/admin/patients/patient/add/")
    fields = {"first_name": "Greta", "last_name": "Newcomer", "date_of_birth": "1944-07-09", "phone": "+12015550177",
              "enrolled_on": "2026-11-01"}  # fmt: skip
    for name, value in fields.items():
        await page.fill(f"[name={name}]", value)
    await page.select_option("[name=care_team]", label=str(team))
    await page.select_option("[name=time_zone]", "America/New_York")
    await page.click("[name=_save]")
    await expect(page.locator(".messagelist .success")).to_be_visible()
    assert (await rows(Patient.objects.get)()).first_name == "Greta"
    nurse = await signed_in(await rows(make_user)(team))
    await nurse.goto("/patients/")
    await expect(nurse.get_by_role("link", name="Newcomer, Greta")).to_be_visible()


async def test_without_scripts_a_nurse_reads_claims_and_resolves(signed_in: Opener):
    team = await rows(make_team)()
    patient = await rows(make_patient)(team, first_name="Pat")
    call = await rows(check_in)(patient)
    alert = await rows(raise_alert)(patient, call=call)
    page = await signed_in(await rows(make_user)(team), java_script_enabled=False)
    await page.goto("/")
    await expect(page.locator("#live")).to_contain_text("Live updates off")
    await page.get_by_role("button", name=re.compile("Claim")).click()
    await expect(page.locator(".row__owner")).to_contain_text("You")
    await page.locator(".row .reason a").click()
    await page.locator("#do-resolve summary").click()
    await page.select_option("#do-resolve select[name=disposition]", "education")
    await page.fill("#do-resolve textarea", "Explained.")
    await page.locator("#do-resolve button").click()
    await expect(page.locator(".notice--ok")).to_contain_text("Resolved")
    assert (await rows(Alert.objects.get)(pk=alert.pk)).state == "resolved"
    await page.goto(f"/patients/{patient.pk}/")
    await expect(page.locator("h1")).to_contain_text("Pat")
    await page.goto(f"/calls/{call.pk}/")
    await expect(page.get_by_role("heading", name="Transcript")).to_be_visible()


async def test_a_lost_connection_is_said_and_repaired(signed_in: Opener):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team), expected=("ERR_INTERNET_DISCONNECTED", "htmx:"))
    await worklist_of(page)
    await page.context.set_offline(True)
    await page.evaluate("() => { document.body.dispatchEvent(new CustomEvent('alerts')) }")
    await expect(page.locator(".toast--bad")).to_contain_text("No connection")
    await rows(raise_alert)(await rows(make_patient)(team, first_name="Meanwhile"))
    await page.context.set_offline(False)
    await page.evaluate("() => { document.body.dispatchEvent(new CustomEvent('repair')) }")
    await expect(page.locator("[data-row]")).to_contain_text("Meanwhile")


async def test_a_lost_session_sends_to_the_log_in_page_and_swaps_nothing(signed_in: Opener):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team), expected=("401",))
    await rows(raise_alert)(await rows(make_patient)(team))
    await worklist_of(page)
    await page.context.clear_cookies()
    await page.locator(".row .reason a").click()
    await expect(page).to_have_url(re.compile("/accounts/login/"))
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_the_theme_is_chosen_without_a_reload_and_remembered(signed_in: Opener):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team))
    await page.goto("/")
    await page.locator(".topbar .menu summary").click()
    async with page.expect_response(re.compile("/preferences/theme/")):
        await page.get_by_role("button", name="Dark").click()
    assert await page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    await page.goto("/patients/")
    assert await page.evaluate("() => document.documentElement.dataset.theme") == "dark"
