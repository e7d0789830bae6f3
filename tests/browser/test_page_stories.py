"""Charts, paper, shifts and several alerts at once, in a real browser."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import Page, expect

from alerts.models import Alert, Handover
from heartvoice.reports.weekly import current_week
from tests.browser.conftest import Opener, rows
from tests.support.factories import make_patient, make_team, make_user
from tests.support.worklist import check_in, raise_alert, voice_of

pytestmark = pytest.mark.timeout(120)

LIVE = "#live[data-state=on]"
SEEN_AT = """() => {
    window.seenAt = 0;
    new MutationObserver(() => {
        if (!window.seenAt && document.querySelector("[data-row]")) window.seenAt = Date.now();
    }).observe(document.getElementById("worklist"), { childList: true, subtree: true });
}"""


async def worklist_of(page: Page) -> None:
    await page.goto("/")
    await page.wait_for_selector(LIVE)


async def test_a_live_alert_is_there_soon_after_its_commit(signed_in: Opener):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team))
    patient = await rows(make_patient)(team)
    await worklist_of(page)
    await page.evaluate(SEEN_AT)
    await rows(raise_alert)(patient, "critical", kind="emergency")
    committed = time.time() * 1000
    await page.wait_for_function("() => window.seenAt")
    print(f"live alert visible {await page.evaluate('() => window.seenAt') - committed:.0f} ms after commit")


async def test_the_critical_sound_is_switched_on_tested_and_plays_for_a_new_critical_alert(signed_in: Opener):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team))
    await page.context.grant_permissions(["notifications"])
    await page.add_init_script(
        "window.heard = []; window.AudioContext = class { constructor() { heard.push('sound'); this.currentTime = 0; "
        "this.destination = {}; } createGain() { return { gain: {}, connect() {} }; } "
        "createOscillator() { return { frequency: {}, connect() {}, start() {}, stop() {} }; } close() {} };"
        "window.Notification = class { static permission = 'granted'; static requestPermission() {} "
        "constructor(title, options) { heard.push(`${title}: ${options.body}`); } };"
    )
    await worklist_of(page)
    await page.locator(".topbar .menu summary").click()
    await page.get_by_role("button", name="Test the sound").click()
    assert await page.evaluate("() => heard") == ["sound", "HeartVoice: New critical alert"]
    patient = await rows(make_patient)(team, first_name="Secret")
    await rows(raise_alert)(patient, "critical", kind="emergency")
    await expect(page.locator("[data-row]")).to_have_count(1)
    assert len(await page.evaluate("() => heard")) == 2  # off until the nurse wants it
    await page.get_by_role("button", name="Sound for critical alerts").click()
    await rows(raise_alert)(await rows(make_patient)(team, first_name="Secret"), "critical", kind="emergency")
    await expect(page.locator("[data-row]")).to_have_count(2)
    heard = await page.evaluate("() => heard")
    assert heard[2:] and set(heard[2:]) == {"sound", "HeartVoice: New critical alert"}  # and nobody's name


async def test_what_a_nurse_does_counts_as_activity_and_what_the_page_does_not(signed_in: Opener):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team))
    await rows(raise_alert)(await rows(make_patient)(team))
    await worklist_of(page)
    automatic: dict[str, bool] = {}
    page.on(
        "request",
        lambda request: automatic.setdefault(
            f"{request.method} {request.url.rsplit('/', 2)[-2]}", request.headers.get("x-automatic") == "1"
        ),
    )
    await page.keyboard.press("j")
    await page.keyboard.press("c")
    await expect(page.locator(".row__owner")).to_contain_text("Acknowledged")
    assert automatic["POST acknowledge"] is False
    assert any(flag for name, flag in automatic.items() if name.startswith("GET"))


async def test_mild_alerts_are_chosen_and_claimed_together_and_one_is_given_back_with_a_key(
    signed_in: Opener,
):
    team = await rows(make_team)()
    page = await signed_in(await rows(make_user)(team))
    for name in ("Ada", "Bea"):
        await rows(raise_alert)(await rows(make_patient)(team, first_name=name), "medium")
    await worklist_of(page)
    press = page.keyboard.press
    await expect(page.locator("#bulk")).to_be_hidden()
    for _ in range(2):
        await press("j")
        await press("x")
    await expect(page.locator(".pick input:checked")).to_have_count(2)
    await rows(raise_alert)(await rows(make_patient)(team, first_name="Worse"), "high")
    await expect(page.locator("[data-row]")).to_have_count(3)
    await expect(page.locator(".pick input:checked")).to_have_count(2)  # a live refresh unticks nothing
    await page.get_by_role("button", name="Claim all").click()
    await expect(page.locator(".toast").last).to_contain_text("2 alerts changed.")
    await expect(page.locator(".row__owner")).to_have_count(2)
    await page.locator("#w-all").focus()
    await press("j")
    await expect(page.locator("[data-row]:focus")).to_contain_text("Worse")
    await press("c")
    await expect(page.locator("[data-row]:focus .row__owner")).to_contain_text("Acknowledged")
    await press("q")
    await expect(
        page.locator("[data-row]").first.get_by_role("button", name=re.compile("Claim"))
    ).to_be_visible()
    states = await rows(lambda: sorted(Alert.objects.values_list("state", flat=True)))()
    assert states == ["acknowledged", "acknowledged", "new"]


async def test_a_shift_is_handed_from_one_nurse_to_the_next(signed_in: Opener):
    team = await rows(make_team)()
    users = [await rows(make_user)(team, first_name=name, last_name="Nurse") for name in ("Nora", "Noel")]
    await rows(raise_alert)(await rows(make_patient)(team, first_name="Open"), "high")
    outgoing, incoming = [await signed_in(user) for user in users]
    await outgoing.goto("/handover/")
    await outgoing.fill("#handover-note", "Ring Mr. Open again at eight.")
    await outgoing.get_by_role("button", name="Hand over").click()
    await expect(outgoing.locator(".notice--ok")).to_contain_text("Handed over")
    await incoming.goto("/handover/")
    await expect(incoming.locator(".handover__note")).to_contain_text("Ring Mr. Open again at eight.")
    await incoming.keyboard.press("c")
    await expect(incoming.locator(".notice--ok")).to_contain_text("The shift is yours")
    row = await rows(Handover.objects.select_related("confirmed_by").get)()
    assert row.confirmed_by == users[1]


async def test_a_chart_names_its_values_zooms_into_days_and_goes_back(signed_in: Opener):
    team = await rows(make_team)()
    patient = await rows(make_patient)(team)
    for day in range(40):
        call = await rows(check_in)(patient, days_ago=day + 0.5, shortness_of_breath=day % 5)
        await rows(voice_of)(call, pause_ratio=0.25)
    page = await signed_in(await rows(make_user)(team))
    await page.goto(f"/patients/{patient.pk}/")
    chart = page.locator("svg.chart").first
    await chart.scroll_into_view_if_needed()
    box = await chart.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    await expect(page.locator(".chart-tip")).to_be_visible()
    await expect(page.locator(".chart-tip")).to_contain_text(re.compile(r"\d+ \w+ \d\d:\d\d: \d of 4"))
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=4)
    await expect(page.locator(".brush")).to_have_count(1)
    await page.mouse.up()
    await expect(page).to_have_url(re.compile(r"\?from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d"))
    assert 5 <= await page.locator("svg.chart").first.locator(".dot").count() <= 30
    await page.locator("svg.chart").first.dblclick()
    await expect(page).to_have_url(re.compile(r"\?days=90"))
    await page.locator("#span summary").click()
    await expect(page.locator("#span-from")).to_be_visible()


async def test_the_weekly_report_and_a_patient_are_printed(signed_in: Opener):
    team = await rows(make_team)()
    patient = await rows(make_patient)(team, first_name="Paper")
    await rows(check_in)(patient, days_ago=1)
    page = await signed_in(await rows(make_user)(team))
    for address, must_show in (
        (f"/reports/weekly/?week={current_week()}", "h1"),
        (f"/patients/{patient.pk}/", "svg.chart >> nth=0"),
        ("/handover/", "h1"),
    ):
        await page.goto(address)
        await page.emulate_media(media="print")
        await expect(page.locator(must_show)).to_be_visible()
        for hidden in (".topbar", ".footer", "form >> nth=0", ".tabs"):
            if await page.locator(hidden).count():
                await expect(page.locator(hidden).first).to_be_hidden()
        paper = await page.pdf(format="Letter", print_background=True)
        assert paper.startswith(b"%PDF-") and len(paper) > 10_000
        await page.emulate_media(media="screen")
