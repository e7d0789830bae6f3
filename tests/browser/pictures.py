"""Writes docs/images: every page in both themes at 1280 and 820 px. Run by `./run screenshots`, not by the suite."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.async_api import Page, expect

from heartvoice.reports.weekly import current_week
from tests.browser.conftest import Opener, rows
from tests.support.shift import Shift, begin_shift

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SIZES = ((1280, 800), (820, 1100))

PAGES = ("worklist", "alert", "patient", "plan", "time", "call", "live-call", "calls", "planned-call", "patients", "handover",
         "report", "paging", "softphone")  # fmt: skip

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_screenshots(signed_in: Opener, theme: str):
    shift = await rows(begin_shift)()
    IMAGES.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES:
        page = await signed_in(shift.nurse, width=width, theme=theme, expected=("404",))
        await page.set_viewport_size({"width": width, "height": height})
        for name in PAGES:
            await open_page(page, name, shift)
            await keep(page, f"{name}-{theme}-{width}")
        if width == 1280:
            await page.goto(f"/patients/{shift.patients[0].pk}/")
            await page.evaluate("() => document.getElementById('h-voice').scrollIntoView()")
            await page.evaluate("() => window.scrollBy(0, -80)")
            await keep(page, f"voice-{theme}-{width}")
            await page.context.clear_cookies()
            await page.goto("/accounts/login/")
            await keep(page, f"login-{theme}-{width}")
        await page.context.close()


async def keep(page: Page, name: str) -> None:
    """The window as a PNG of 256 colours, a third of the size: flat pages lose nothing that can be seen."""
    await page.evaluate("() => document.activeElement.blur()")
    picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


async def open_page(page: Page, name: str, shift: Shift) -> None:
    """The page as a nurse has it in front of them."""
    addresses = {
        "patient": f"/patients/{shift.patients[1].pk}/",
        "plan": f"/patients/{shift.patients[0].pk}/plan/",
        "time": f"/patients/{shift.patients[0].pk}/time/",
        "live-call": f"/calls/{shift.live.pk}/",
        "planned-call": f"/calls/{shift.planned.pk}/plan/",
        "handover": "/handover/",
        "call": f"/calls/{shift.call.pk}/",
        "calls": "/calls/",
        "patients": "/patients/",
        "report": f"/reports/weekly/?week={current_week(timezone.now() - timedelta(days=7))}",
        "paging": "/paging/",
        "softphone": "/softphone/",
    }
    await page.goto(addresses.get(name, "/"))
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    if name == "alert":
        await page.locator(".row .reason a").first.click()
        await expect(page.locator("#drawer .timeline")).to_be_visible()
