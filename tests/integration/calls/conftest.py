"""A real server in the test's own event loop, a patient, a scripted model, a telephone line."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import uvicorn
from django.conf import settings as django_settings

from calls.bridge import COMMIT_S, DRAIN_S, LAST_WORDS_S
from calls.consumers import MediaStreamConsumer
from patients.models import CareTeam, Consent, Patient
from patients.services import consent_give, medication_add, patient_enrol
from tests.standins.phone_line import PhoneLine
from tests.standins.realtime import RealtimeStandin, Script

PHONE = "+12015550123"


@dataclass
class World:
    """What a test needs to make one call."""

    settings: Any
    url: str
    realtime: RealtimeStandin

    def line(self, **changes: Any) -> PhoneLine:
        """A caller's line. Not dialled yet."""
        numbers = {"from_": PHONE, **changes}
        return PhoneLine(
            self.url, django_settings.TWILIO_ACCOUNT_SID, django_settings.TWILIO_AUTH_TOKEN, **numbers
        )

    @asynccontextmanager
    async def call(self, **changes: Any) -> AsyncIterator[PhoneLine]:
        """A line that has been connected to us."""
        async with self.line(**changes) as line:
            await line.open(await line.dial())
            yield line


@pytest.fixture
def unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that begin with whatever the model says: for what has nothing to do with their first sentence."""
    monkeypatch.setattr("calls.plan.opening_text", lambda *given, **kinds: "")


@pytest.fixture
def joan(transactional_db: None) -> Patient:
    """A patient with full consent, a medicine and a phone."""
    team = CareTeam.objects.create(name="Heart team", spoken_name="the heart health team")
    patient = patient_enrol(
        care_team=team,
        first_name="Joan",
        last_name="Baker",
        date_of_birth=date(1948, 3, 3),
        phone=PHONE,
        time_zone="America/New_York",
        city="Trenton",
        state="NJ",
        nyha_class=3,
        interests=["model trains"],
    )
    for scope in (Consent.Scope.AI_VOICE_CALL, Consent.Scope.VOICE_BIOMARKER):
        consent_give(patient=patient, scope=scope, wording_version="1", method="paper")
    medication_add(
        patient=patient, medication_class="loop_diuretic", name="furosemide", patient_word="water pill"
    )
    return patient


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The project's own ASGI application on a free port; its address."""
    from heartvoice.asgi import application

    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        application,
        lifespan="off",
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        ws_max_size=65536,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve(sockets=[bound]))
    await listening(bound)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def listening(bound: socket.socket) -> None:
    """Returns once the address answers."""
    while True:
        try:
            _, writer = await asyncio.open_connection(*bound.getsockname())
        except ConnectionError:
            continue
        writer.close()
        await writer.wait_closed()
        return


# What a call may take after its line has closed, for the last words, their commits and what is not written yet; and the
# machine's part.
OVER_S = LAST_WORDS_S + COMMIT_S + DRAIN_S + 6.0


async def calls_over(within_s: float = OVER_S) -> None:
    """Until no call of this process writes any more: the tables are emptied next. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while MediaStreamConsumer.live:  # noqa: ASYNC110 -- a counter
            await asyncio.sleep(0.02)


WorldOf = Callable[..., Any]


@pytest.fixture
def world(joan: Patient, settings: Any, empty_redis: str) -> WorldOf:
    """`async with world(script) as w:` a server, its Realtime stand-in running `script`, and settings for both."""

    @asynccontextmanager
    async def made(*scripts: Script, **standin: Any) -> AsyncIterator[World]:
        async with RealtimeStandin(*scripts, **standin) as realtime, served() as url:
            settings.OPENAI_REALTIME_URL = realtime.url
            settings.PUBLIC_URL = url
            yield World(settings, url, realtime)
            realtime.check()
            await calls_over()

    return made
