"""An administrator's day: bring patients in from a spreadsheet, and find every page usable and clean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from calls.models import Call
from calls.scheduling.planning import plan_all
from heartvoice.web.passwords import Argon2
from patients.importing.columns import EXAMPLE
from patients.models import Patient, User
from tests.browser.conftest import Opener, axe, rows
from tests.browser.sheets import sheet
from tests.support.admin_pages import admin_addresses
from tests.support.clinic import begin_clinic
from tests.support.shift import Shift

pytestmark = pytest.mark.timeout(600)


def clinic() -> tuple[Shift, User, dict[str, str]]:
    """The shift, the administrator, and every page: lists, forms to add and rows of every model, and our own."""
    made = begin_clinic()
    return made.shift, made.boss, admin_addresses(made.boss)


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("KEEP_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=False)


# axe itself sets styles in the page while it looks; pages alone are held to the policy in the test after this one.
AXE_SAYS = ("Applying inline style", "preload assets")


NAMED = """() => [...document.querySelectorAll("select.admin-autocomplete:not([id*=__prefix__])")]
    .every((select) => select.parentElement.querySelector(".select2-selection[aria-label]"))"""


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 820)])
async def test_every_page_of_the_administration_is_accessible(signed_in: Opener, theme: str, width: int):
    _, boss, addresses = await rows(clinic)()
    assert len(addresses) > 90
    page = await signed_in(boss, theme=theme, width=width, expected=AXE_SAYS)
    found, wide = {}, {}
    for name, address in addresses.items():
        await page.goto(address)
        await page.wait_for_function(NAMED)
        await picture(page, f"admin-{name}-{theme}-{width}")
        found[name] = await axe(page)
        across = await page.evaluate("() => document.documentElement.scrollWidth")
        if across > width:
            wide[name] = across
    said = [f"{name}: {problem}" for name, problems in found.items() for problem in problems]
    assert said == [], "\n".join(said)
    assert wide == {}


async def test_every_page_of_the_administration_keeps_to_the_content_policy(signed_in: Opener):
    """The window fails the test when the console complains."""
    _, boss, addresses = await rows(clinic)()
    page = await signed_in(boss)
    for address in addresses.values():
        await page.goto(address, wait_until="load")


async def test_a_patient_comes_from_a_spreadsheet_and_is_called(signed_in: Opener):
    _, boss, _ = await rows(clinic)()
    page = await signed_in(boss, expected=("422", *AXE_SAYS))
    await page.goto("/admin/")
    await page.get_by_role("link", name="Import patients").click()
    bad = {**EXAMPLE, "phone": "seven", "record_number": "A-2"}
    await page.get_by_label("CSV file").set_input_files(sheet(EXAMPLE, bad))
    await page.get_by_role("button", name="Check the file").click()
    report = page.get_by_role("alert")
    await expect(report).to_contain_text("Nothing was taken over: 1 line must be put right")
    await expect(report).to_contain_text("Not a phone number")
    await picture(page, "admin-import-bad")
    assert await axe(page) == []
    await page.get_by_label("CSV file").set_input_files(sheet(EXAMPLE))
    await page.get_by_role("button", name="Check the file").click()
    await picture(page, "admin-import-good")
    assert await axe(page) == []
    await page.get_by_role("button", name="Take 1 patient over").click()
    await expect(page.locator(".messagelist")).to_contain_text("1 patient was taken over.")
    await rows(plan_all)()
    patient = await rows(lambda: Patient.objects.latest("created_at"))()
    planned = await rows(lambda: Call.objects.get(patient=patient, state="planned").purpose)()
    assert planned == "scheduled"
    await page.goto(f"/patients/{patient.pk}/")
    await expect(page.locator("h1").first).to_contain_text("Example")


async def test_a_schedule_is_made_by_finding_the_patient(signed_in: Opener):
    """The choice of patients is a script of Django's own; it runs under the content policy and asks in a body."""
    shift, boss, _ = await rows(clinic)()
    name = shift.patients[3].last_name
    page = await signed_in(boss)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/admin/patients/consent/add/")
    await page.locator(".select2-selection").click()
    await page.locator(".select2-search__field").fill(name)
    await page.locator(".select2-results__option[role=option]").first.click()
    await expect(page.locator(".select2-selection__rendered")).to_contain_text(". (")
    assert any("autocomplete" in url for url in asked)
    assert not any(name.lower() in url.lower() or "term=" in url for url in asked)


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_patient_is_found_in_a_list_and_no_address_says_who(signed_in: Opener, scripts: bool):
    shift, boss, _ = await rows(clinic)()
    wanted = shift.patients[3]
    page = await signed_in(boss, java_script_enabled=scripts)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/admin/patients/patient/?status__exact=active")
    await page.locator("#searchbar").fill(f"{wanted.first_name} {wanted.last_name}")
    await page.locator("#changelist-search input[type=submit]").click()
    await expect(page.locator("#result_list tbody tr").first).to_contain_text(wanted.pk.hex[:6])
    assert "status__exact=active" in page.url and "q=" in page.url
    await page.locator("#changelist-filter").get_by_role("link", name="en", exact=True).click()
    await expect(page.locator("#searchbar")).to_have_value(f"{wanted.first_name} {wanted.last_name}")
    assert not any(wanted.last_name.lower() in url.lower() for url in asked)


async def test_a_colleague_sets_a_password_by_a_link_that_the_administrator_starts(signed_in: Opener):
    shift, boss, _ = await rows(clinic)()
    page = await signed_in(boss, expected=AXE_SAYS)
    await page.goto(f"/admin/patients/user/{shift.nurse.pk}/change/")
    await page.get_by_role("button", name="Send a link to set the password").click()
    assert await axe(page) == []
    await picture(page, "admin-password-link")
    link = await page.locator("pre").inner_text()
    nurse = await signed_in(boss, expected=AXE_SAYS)
    await nurse.context.clear_cookies()  # somebody who is not signed in
    await nurse.goto(link)
    await picture(nurse, "password-set")
    assert await axe(nurse) == []
    for field in await nurse.locator("input[type=password]").all():
        await field.fill("quiet-Harbour-77-lamps")
    await nurse.get_by_role("button", name="Set the password").click()
    await nurse.wait_for_url("**/password/reset/key/done/")
    assert await axe(nurse) == []
    person = await rows(lambda: User.objects.get(pk=shift.nurse.pk))()
    assert await rows(Argon2().verify)("quiet-Harbour-77-lamps", person.password)  # as the server hashes
