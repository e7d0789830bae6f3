"""axe-core on every page, in both themes and at both widths; and what the first visit costs over the wire."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser.conftest import Opener, axe, rows
from tests.support.shift import Shift, begin_shift
from tests.support.worklist import raise_alert

pytestmark = pytest.mark.timeout(240)

FIRST_VISIT_BYTES = 200_000
MEASURE_SHIFTS = """
    window.moved = 0;
    const add = (list) => { for (const each of list.getEntries()) window.moved += each.value };
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
"""
FOCUSED = """() => {
    const at = document.activeElement;
    if (at === document.body) return "body";
    return `${[...document.querySelectorAll("*")].indexOf(at)} ${getComputedStyle(at).outlineStyle}`;
}"""


def addresses(shift: Shift) -> dict[str, str]:
    """Every page of the care team, by name."""
    return {
        "worklist": "/",
        "snoozed": "/?whose=snoozed",
        "alert": f"/alerts/{shift.emergency.pk}/",
        "alert form": f"/alerts/{shift.alerts[2].pk}/?action=resolve",
        "patient": f"/patients/{shift.patients[0].pk}/",
        "patients": "/patients/",
        "call": f"/calls/{shift.call.pk}/",
        "calls": "/calls/",
        "live calls": "/calls/live/",
        "live call": f"/calls/{shift.live.pk}/",
        "planned call": f"/calls/{shift.planned.pk}/plan/",
        "plan": f"/patients/{shift.patients[0].pk}/plan/",
        "time": f"/patients/{shift.patients[0].pk}/time/",
        "paused": f"/patients/{shift.paused.pk}/",
        "handover": "/handover/",
        "report": "/reports/weekly/",
        "paging": "/paging/",
        "softphone": "/softphone/",
        "sign-in security": "/accounts/2fa/",
        "not found": "/patients/00000000-0000-4000-8000-000000000000/",
    }


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 820)])
async def test_no_page_has_a_violation(signed_in: Opener, theme: str, width: int):
    shift = await rows(begin_shift)(patients=16, weeks=3)
    page = await signed_in(shift.nurse, theme=theme, width=width, expected=("404",))
    found = {}
    for name, address in addresses(shift).items():
        await page.goto(address)
        found[name] = await axe(page)
    await page.goto("/")
    await page.locator(".row .reason a").first.click()
    await page.wait_for_selector("#drawer[open] .timeline")
    found["drawer"] = await axe(page)
    await page.keyboard.press("Escape")
    await page.locator(".topbar .menu summary").click()
    found["menu"] = await axe(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    found["keys"] = await axe(page)
    assert {name: problems for name, problems in found.items() if problems} == {}


async def test_the_leads_page_has_no_violation(signed_in: Opener):
    shift = await rows(begin_shift)(patients=16, weeks=3)
    for theme in ("light", "dark"):
        page = await signed_in(shift.lead, theme=theme, width=820)
        await page.goto("/rules/")
        assert await axe(page) == []


async def test_the_log_in_page_has_no_violation(site: str, browser: Browser):
    for theme in ("light", "dark"):
        context = await browser.new_context(base_url=site, color_scheme=theme)
        page = await context.new_page()
        await page.goto("/accounts/login/")
        assert await axe(page) == []
        await context.close()


async def test_no_page_is_wider_than_a_tablet(signed_in: Opener):
    shift = await rows(begin_shift)(patients=16, weeks=3)
    page = await signed_in(shift.nurse, width=820, expected=("404",))
    wide = {}
    for name, address in addresses(shift).items():
        await page.goto(address)
        width = await page.evaluate("() => document.documentElement.scrollWidth")
        if width > 820:
            wide[name] = width
    assert wide == {}


async def test_the_first_visit_stays_under_200_kilobytes_and_nothing_jumps(signed_in: Opener):
    shift = await rows(begin_shift)(patients=40, weeks=3)
    for patient in shift.patients[16:]:  # more than one page of the worklist
        await rows(raise_alert)(patient)
    page = await signed_in(shift.nurse)
    client = await page.context.new_cdp_session(page)
    await client.send("Network.enable")
    sizes: list[float] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await page.add_init_script(MEASURE_SHIFTS)
    await page.goto("/", wait_until="networkidle")
    await page.wait_for_selector("#live[data-state=on]")
    assert await page.locator("[data-row]").count() == 25
    assert 0 < sum(sizes) < FIRST_VISIT_BYTES, sizes
    print(f"first visit: {sum(sizes) / 1000:.0f} kB in {len(sizes)} answers")
    assert await page.evaluate("() => window.moved") < 0.02


async def test_every_control_on_the_worklist_can_be_reached_and_seen_with_the_tab_key(signed_in: Opener):
    shift = await rows(begin_shift)(patients=16, weeks=3)
    page = await signed_in(shift.nurse)
    await page.goto("/")
    wanted = await page.evaluate(
        "() => [...document.querySelectorAll('a[href], button, input, summary')]"
        ".filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0).length"
    )
    seen = set()
    for _ in range(wanted + 2):
        await page.keyboard.press("Tab")
        seen.add(await page.evaluate(FOCUSED))
    reached = {each for each in seen if each != "body"}
    assert len(reached) >= wanted
    assert not [each for each in reached if each.endswith("none")]
