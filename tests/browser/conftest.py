"""A real server process, a real Chromium, and people who are signed in. Skipped where there is no Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from patients.models import User
from tests.standins.twilio_rest import TwilioRest, twilio_rest
from tests.support.signing_in import prove

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
OPEN_PAGE_MS = 10_000
expect.set_options(
    timeout=20_000
)  # for what comes by itself; a busy machine takes longer than a person would like
START_S = 30


# Emptied after each test. Not the content types: emptying renumbers them, and the server remembers the numbers.
EMPTIED = ["patients", "alerts", "biomarkers", "calls", "auditlog", "allauth.account", "allauth.mfa",
           "django.contrib.admin", "django.contrib.sessions"]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    needs_rows = pytest.mark.django_db(transaction=True, available_apps=EMPTIED)
    skip = pytest.mark.skip(reason="no Chromium on this machine (Debian: apt-get install chromium)")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(needs_rows)
            if CHROMIUM is None:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def network() -> Iterator[TwilioRest]:
    """The telephone network's REST side as the server sees it; empty it before use: it serves the whole run."""
    with twilio_rest() as peer:
        yield peer


@pytest.fixture(scope="module")
def site(django_db_setup: None, network: TwilioRest) -> Iterator[str]:
    """The address of the project's own server on the test database; one process for each file.

    Between two files other tests may run, which empty every table: a server that lived on would remember the numbers
    that content types had before.
    """
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    env = {
        **os.environ,
        "DATABASE_URL": url.geturl(),
        "PUBLIC_URL": address,
        "TWILIO_API_BASE": network.url,
        "DJANGO_SETTINGS_MODULE": "heartvoice.settings",
    }
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline().startswith("listening")
        _until_it_answers(process, address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _until_it_answers(process: subprocess.Popen[str], address: str) -> None:
    """The address is taken before the application is loaded; each wait ends at once if the process dies."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/accounts/login/", timeout=START_S) as answer:  # noqa: S310
                assert answer.status == 200
                return
        except urllib.error.URLError:
            with suppress(subprocess.TimeoutExpired):
                raise RuntimeError(f"the server ended with {process.wait(0.1)}") from None
    raise RuntimeError("the server does not answer")


@pytest.fixture(scope="session")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's test microphone hears: 1 kHz, and 6 kHz that a telephone cannot carry."""
    path = tmp_path_factory.mktemp("microphone") / "tones.wav"
    seconds = np.arange(48_000 * 4) / 48_000
    tones = 0.3 * np.sin(2 * np.pi * 1000 * seconds) + 0.3 * np.sin(2 * np.pi * 6000 * seconds)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes((tones * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
async def browser(empty_redis: str, microphone: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        flags = [*FLAGS, f"--use-file-for-fake-audio-capture={microphone}"]
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        await chromium.close()


Opener = Callable[..., Awaitable[Page]]


@pytest.fixture
async def signed_in(site: str, browser: Browser) -> AsyncIterator[Opener]:
    """Opens a window of this person's own. Whatever the console or the content policy complains about fails the test."""
    complaints: list[str] = []

    async def open_window(
        user: User, *, width: int = 1280, theme: str = "light", expected: tuple[str, ...] = (), **options: Any
    ) -> Page:
        context: BrowserContext = await browser.new_context(
            base_url=site, viewport={"width": width, "height": 900}, color_scheme=theme, **options
        )
        name, value = await sync_to_async(session_of, thread_sensitive=False)(user)
        await context.add_cookies([{"name": name, "value": value, "url": site}])
        page = await context.new_page()
        page.set_default_timeout(OPEN_PAGE_MS)

        def complain(text: str) -> None:
            if not any(words in text for words in expected):
                complaints.append(text)

        page.on("pageerror", lambda error: complain(str(error)))
        page.on("console", lambda said: complain(said.text) if said.type == "error" else None)
        return page

    yield open_window
    assert complaints == []


def session_of(user: User) -> tuple[str, str]:
    """Name and value of a session cookie, made as a log-in makes it."""
    client = Client()
    client.force_login(user)
    prove(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    return cookie.key, cookie.value


def rows(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """A database function for async tests. In a thread of its own, as a request or a task would run it."""
    return sync_to_async(function, thread_sensitive=False)


async def axe(page: Page, **options: Any) -> list[str]:
    """What axe-core finds wrong on the page: rule, and the elements concerned."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    run = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], **options}
    found = await page.evaluate("(options) => axe.run(document, options)", run)
    return [
        f"{each['id']}: {' | '.join(' '.join(map(str, node['target'])) for node in each['nodes'][:4])}"
        for each in found["violations"]
    ]
