"""What the pages do when something else goes wrong: no socket, faults in the middle of a step, old tabs, odd words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect

from alerts.models import Alert
from alerts.services import alert_claim, alert_resolve
from patients.models import Patient
from patients.services import note_add
from tests.browser.conftest import Opener, axe, rows
from tests.support.factories import make_call, make_patient, make_team, make_user
from tests.support.worklist import check_in, raise_alert, talk

pytestmark = pytest.mark.timeout(120)

FAULTY = ("500", "503", "htmx:", "WebSocket")
BACKWARDS = "\u202e00:12 ta lli saw ehs\u202c"
ARABIC = "ألم في الصدر منذ الصباح"


def refusing(status: int, headers: dict[str, str] | None = None) -> Callable[[Route], object]:
    async def refuse(route: Route) -> None:
        await route.fulfill(
            status=status, headers={"X-Request-Id": "abc123", **(headers or {})}, body="<h1>no</h1>"
        )

    return refuse


async def without_socket(page: Page) -> None:
    async def close(socket: WebSocketRoute) -> None:
        await socket.close()

    await page.route_web_socket(re.compile("/ws/live"), close)


async def test_without_a_socket_the_page_says_so_and_asks_by_itself(signed_in: Opener):
    team = await rows(make_team)()
    patient = await rows(make_patient)(team, first_name="Dorothy")
    page = await signed_in(await rows(make_user)(team), expected=FAULTY)
    await page.clock.install()
    await without_socket(page)
    for address, place in (("/", "[data-row]"), (f"/patients/{patient.pk}/", "#patient-alerts")):
        await page.goto(address)
        await expect(page.locator("#live")).to_contain_text("Live updates off")
        await rows(raise_alert)(patient, text=f"Seen by the poll of {address[:4]}")
        await page.clock.run_for(61_000)
        await expect(page.locator(place).first).to_contain_text(f"Seen by the poll of {address[:4]}")
        await expect(page.locator("#live")).to_have_attribute("data-state", "off")


async def test_a_fault_in_the_middle_of_a_step_is_said_once_with_its_number_and_swaps_nothing(
    signed_in: Opener,
):
    team = await rows(make_team)()
    await rows(raise_alert)(await rows(make_patient)(team, first_name="Helen"))
    page = await signed_in(await rows(make_user)(team), expected=FAULTY)
    await page.goto("/")
    await page.wait_for_selector("#live[data-state=on]")
    await page.route("**/alerts/**", refusing(500))
    for _ in range(3):
        async with page.expect_response("**/alerts/**"):
            await page.get_by_role("button", name=re.compile("Claim")).click()
    await expect(page.locator(".toast--bad")).to_have_count(1)
    await expect(page.locator(".toast--bad")).to_contain_text("(abc123)")
    async with page.expect_response("**/alerts/**"):
        await page.locator(".row .reason a").click()
    await expect(page.locator("#drawer")).to_be_hidden()
    await expect(page.locator("[data-row]")).to_contain_text("Helen")
    assert "<h1>no" not in await page.content()


async def test_refreshes_that_fail_are_one_sentence_and_no_error_of_the_nurse(signed_in: Opener):
    team = await rows(make_team)()
    await rows(raise_alert)(await rows(make_patient)(team, first_name="Helen"))
    page = await signed_in(await rows(make_user)(team), expected=FAULTY)
    await page.goto("/")
    await page.wait_for_selector("#live[data-state=on]")
    refuse = refusing(503)
    await page.route("**/?*", refuse)
    await page.route(re.compile(r"/$"), refuse)
    for _ in range(3):
        async with page.expect_response(re.compile(r"/(\?.*)?$")):
            await page.evaluate("() => { document.body.dispatchEvent(new CustomEvent('alerts')) }")
    await expect(page.locator(".toast--bad")).to_have_count(1)
    await expect(page.locator(".toast--bad")).to_contain_text("What you see may be old")
    await expect(page.locator("[data-row]")).to_contain_text("Helen")


async def test_a_tab_from_before_the_last_sign_in_says_that_it_must_be_loaded_again(signed_in: Opener):
    team = await rows(make_team)()
    alert = await rows(raise_alert)(await rows(make_patient)(team))
    page = await signed_in(await rows(make_user)(team), expected=("403",))
    await page.goto("/")
    await page.wait_for_selector("#live[data-state=on]")
    await page.evaluate(
        "() => { document.body.setAttribute('hx-headers', JSON.stringify({'X-CSRFToken': 'x'.repeat(64)}));"
        "for (const each of document.querySelectorAll('[name=csrfmiddlewaretoken]')) each.value = 'x'.repeat(64) }"
    )
    await page.get_by_role("button", name=re.compile("Claim")).click()
    await expect(page.locator(".toast--bad")).to_contain_text("Load it again")
    assert (await rows(Alert.objects.get)(pk=alert.pk)).state == "new"


async def test_words_typed_while_a_colleague_resolved_the_alert_are_kept(signed_in: Opener):
    team = await rows(make_team)()
    nurse, other = await rows(make_user)(team), await rows(make_user)(team)
    alert = await rows(raise_alert)(await rows(make_patient)(team))
    await rows(alert_claim)(alert=alert, by=nurse)
    page = await signed_in(nurse, expected=("409",))
    await page.goto("/?whose=mine")
    await page.wait_for_selector("#live[data-state=on]")
    await page.locator("[data-row]").focus()
    await page.keyboard.press("r")
    await page.select_option("#do-resolve select[name=disposition]", "education")
    await page.fill("#do-resolve textarea", "Told her how to weigh herself.")
    await rows(Alert.objects.filter(pk=alert.pk).update)(owner=other)
    await rows(alert_resolve)(alert=alert, by=other, disposition="education", note="Mine.")
    await page.locator("#do-resolve button").click()
    await expect(page.locator("#do-note textarea")).to_have_value("Told her how to weigh herself.")
    assert (await rows(Alert.objects.get)(pk=alert.pk)).resolution_note == "Mine."


def odd_people(team) -> tuple[Patient, object]:
    long = make_patient(team, first_name="Wolfeschlegelstein" * 5, last_name="Hausenbergerdorff" * 6)
    patient = make_patient(team, first_name="نور", last_name="الهاشمي👩🏽‍⚕️", pause_reason="🛏️" * 60)
    nurse = make_user(team, first_name="Nora" * 20, last_name="Nurse" * 20)
    for one in (long, patient):
        call = check_in(one, notes=ARABIC)
        talk(call, ("patient", ARABIC), ("patient", BACKWARDS + " and then"), ("maya", "x" * 900))
        raise_alert(one, "high", text="Chest tight " + ARABIC, quote=BACKWARDS, call=call)
        raise_alert(one, "medium", text="Unbrokenword" * 30, quote="👩🏽‍⚕️" * 80)
        note_add(patient=one, author=nurse, text=ARABIC + "\n" + "Unbrokenword" * 60 + "\n" + BACKWARDS)
        make_call(one, state="planned")
    return long, nurse


@pytest.mark.parametrize("width", [1280, 820])
async def test_long_names_other_scripts_and_pictures_break_no_page(signed_in: Opener, width: int):
    team = await rows(make_team)()
    _, nurse = await rows(odd_people)(team)
    page = await signed_in(nurse, width=width)
    alert = await rows(Alert.objects.select_related("patient", "call").filter(severity="high").first)()
    pages = ("/", "/patients/", f"/patients/{alert.patient_id}/", f"/patients/{alert.patient_id}/plan/", "/calls/",
             f"/calls/{alert.call_id}/", f"/alerts/{alert.pk}/", "/handover/", "/paging/")  # fmt: skip
    wide, faults = {}, {}
    for address in pages:
        await page.goto(address)
        shown = await page.evaluate("() => document.documentElement.scrollWidth")
        if shown > width:
            wide[address] = shown
        if found := await axe(page):
            faults[address] = found
    assert (wide, faults) == ({}, {})


async def test_words_that_run_backwards_do_not_turn_what_stands_beside_them(signed_in: Opener):
    team = await rows(make_team)()
    patient = await rows(make_patient)(team)
    await rows(raise_alert)(patient, text="Took 10 mg \u202eof what", quote="said \u202eso")
    page = await signed_in(await rows(make_user)(team))
    await page.goto("/")
    kept = await page.evaluate(
        "() => [...document.querySelectorAll('.row .reason, .row q')].map((e) => getComputedStyle(e).unicodeBidi)"
    )
    assert kept == ["plaintext", "plaintext"]
