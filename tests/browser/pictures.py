"""Writes docs/images: every page in both themes at 1280 and 820 px. Run by `./run screenshots`, not by the suite."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.async_api import Page, expect

from alerts.models import EscalationPolicy, RuleSetVersion
from calls.models import CallSchedule
from heartvoice.reports.weekly import current_week
from patients.importing.columns import EXAMPLE
from patients.models import TimeLog
from tests.browser.conftest import Opener, rows
from tests.browser.picture_pages import ADMIN, CARE, LEADS, LOG_IN, address_of
from tests.browser.sheets import sheet
from tests.support.clinic import Clinic, begin_clinic
from tests.support.shift import Shift, begin_shift

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SIZES = ((1280, 800), (820, 1100))
ADMIN_SHARE = 0.7  # forms and lists: smaller pictures still show all
AXE_SAYS = ("404", "422")

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_pictures_of_the_care_teams_pages(signed_in: Opener, theme: str):
    shift = await rows(begin_shift)()
    ids = await rows(ids_of)(shift)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES:
        page = await signed_in(shift.nurse, width=width, theme=theme, expected=AXE_SAYS)
        await page.set_viewport_size({"width": width, "height": height})
        for name in CARE:
            await page.goto(address_of(name, ids))
            await settled(page)
            await keep(page, f"{name}-{theme}-{width}")
        await with_something_open(page, theme, width, ids)
        lead = await signed_in(shift.lead, width=width, theme=theme)
        await lead.set_viewport_size({"width": width, "height": height})
        for name in LEADS:
            await lead.goto(address_of(name, ids))
            await keep(lead, f"{name}-{theme}-{width}")
        await log_in(page, LOG_IN, theme, width)
        await page.context.close()
        await lead.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_pictures_of_the_administration(signed_in: Opener, theme: str):
    clinic: Clinic = await rows(begin_clinic)()
    ids = await rows(ids_of)(clinic.shift)
    IMAGES.mkdir(parents=True, exist_ok=True)
    small: dict[str, Any] = {"share": ADMIN_SHARE, "method": Image.Quantize.FASTOCTREE}
    for width, height in SIZES:
        page = await signed_in(clinic.boss, width=width, theme=theme, expected=AXE_SAYS)
        await page.set_viewport_size({"width": width, "height": height})
        for name in ADMIN:
            await page.goto(address_of(name, ids))
            if name == "admin-import":
                await send_a_bad_file(page)
            if name == "admin-messages":
                await page.locator("#action-toggle").check()
                await page.locator("select[name=action]").select_option("send_again")
            await keep(page, f"{name}-{theme}-{width}", **small)
        await page.context.close()


def ids_of(shift: Shift) -> dict[str, str]:
    """What stands in the addresses of pages."""
    patient = shift.patients[0]
    now = timezone.now()

    def first(rows_of: Any) -> str:
        row = rows_of.first()
        return str(row.pk) if row is not None else ""

    return {
        "patient": str(patient.pk),
        "other": str(shift.patients[1].pk),
        "alert": str(shift.emergency.pk),
        "call": str(shift.call.pk),
        "live": str(shift.live.pk),
        "planned": str(shift.planned.pk),
        "entry": first(TimeLog.objects.filter(patient=patient)),
        "week": current_week(now - timedelta(days=7)),
        "month_ago": f"{now - timedelta(days=28):%Y-%m-%d}",
        "team": str(patient.care_team_id),
        "nurse": str(shift.nurse.pk),
        "schedule": first(CallSchedule.objects.filter(patient=patient)),
        "ladder": first(EscalationPolicy.objects.all()),
        "ruleset": first(RuleSetVersion.objects.order_by("version")),
    }


async def settled(page: Page) -> None:
    """Live pages say that they are live; others have nothing to wait for."""
    if await page.locator("#live").count():
        await expect(page.locator("#live")).to_have_attribute("data-state", "on")


async def with_something_open(page: Page, theme: str, width: int, ids: Mapping[str, str]) -> None:
    """An alert in the drawer, the voice of a patient, the page of a search."""
    await page.goto("/")
    await settled(page)
    await page.locator(".row .reason a").first.click()
    await expect(page.locator("#drawer .timeline")).to_be_visible()
    await keep(page, f"alert-{theme}-{width}")
    await page.goto(f"/patients/{ids['patient']}/")
    await page.evaluate("() => document.getElementById('h-voice').scrollIntoView()")
    await page.evaluate("() => window.scrollBy(0, -80)")
    await keep(page, f"voice-{theme}-{width}")


async def send_a_bad_file(page: Page) -> None:
    """A spreadsheet with three mistakes in two lines."""
    bad = {**EXAMPLE, "phone": "seven", "record_number": "A-2", "date_of_birth": "31.3.48"}
    worse = {**EXAMPLE, "phone": "+1 201 555 0177", "record_number": "A-3", "nyha_class": "5"}
    await page.get_by_label("CSV file").set_input_files(sheet(EXAMPLE, bad, worse))
    await page.get_by_role("button", name="Check the file").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def log_in(page: Page, pages: Mapping[str, str], theme: str, width: int, **small: Any) -> None:
    await page.context.clear_cookies()
    for name, address in pages.items():
        await page.goto(address)
        await keep(page, f"{name}-{theme}-{width}", **small)


async def keep(page: Page, name: str, *, share: float = 1.0, method: Image.Quantize | None = None) -> None:
    """The window as a PNG of few colours, a third of the size: flat pages lose nothing that can be seen."""
    await page.evaluate("() => document.activeElement.blur()")
    picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    if share != 1:
        size = (round(picture.width * share), round(picture.height * share))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.quantize(256, method=method, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)
