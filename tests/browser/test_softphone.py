"""The softphone page with Chromium's own test microphone; the server's side of the socket is played by the test."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.conftest import Opener, rows
from tests.support.factories import make_patient, make_team, make_user

pytestmark = pytest.mark.timeout(90)

FRAME = 160


class Server:
    """What the page sends to its socket, and a hand to answer with."""

    def __init__(self) -> None:
        self.socket: WebSocketRoute | None = None
        self.got: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def attach(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(lambda text: self.got.put_nowait(json.loads(text)))

    def say(self, **event: Any) -> None:
        assert self.socket is not None
        self.socket.send(json.dumps(event))

    async def next(self, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(15):
            while (message := await self.got.get()).get("event") != kind:
                pass
        return message


def linear(mu_law: bytes) -> np.ndarray:
    """ITU-T G.711 mu-law as samples between -1 and 1."""
    value = ~np.frombuffer(mu_law, np.uint8)
    size = ((((value & 0x0F).astype(int) << 3) + 132) << ((value >> 4) & 7)) - 132
    return np.where(value & 0x80, -size, size) / 32768


async def test_the_microphone_leaves_as_20_ms_frames_of_mu_law_and_marks_come_back_in_order(
    signed_in: Opener,
):
    team = await rows(make_team)()
    patient = await rows(make_patient)(team)
    page = await signed_in(await rows(make_user)(team), permissions=["microphone"])
    server = Server()
    await page.route_web_socket(re.compile("/ws/softphone"), server.attach)
    await page.goto("/softphone/")
    await expect(page.get_by_text("Offline demo voice, not for patients")).to_be_visible()
    await page.get_by_role("button", name="Start the call").click()
    async with asyncio.timeout(15):
        assert await server.got.get() == {"patient": str(patient.pk)}
    server.say(event="call", call=str(patient.pk))
    await expect(page.get_by_role("status").get_by_text("In the call")).to_be_visible()

    frames = [base64.b64decode((await server.next("media"))["media"]["payload"]) for _ in range(100)]
    assert {len(frame) for frame in frames} == {FRAME}
    heard = linear(b"".join(frames[-50:]))  # one second: one bin is one hertz
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert abs(int(spectrum.argmax()) - 1000) <= 2
    folded = spectrum[1980:2020].max()  # where 6 kHz would turn up if nothing held it back
    assert folded < spectrum.max() / 100

    quiet = base64.b64encode(b"\xff" * FRAME).decode()
    for name in ("one", "two"):
        server.say(event="media", media={"payload": quiet})
        server.say(event="mark", mark={"name": name})
    assert [(await server.next("mark"))["mark"]["name"] for _ in range(2)] == ["one", "two"]
    server.say(event="media", media={"payload": base64.b64encode(b"\xff" * 80_000).decode()})
    server.say(event="mark", mark={"name": "unheard"})
    server.say(event="clear")
    async with asyncio.timeout(5):  # ten seconds of speech were dropped: its mark comes at once
        assert (await server.next("mark"))["mark"]["name"] == "unheard"

    await page.get_by_role("button", name="Hang up").click()
    await expect(page.get_by_text("The call is over")).to_be_visible()
    await expect(page.get_by_role("link", name="Follow the transcript")).to_have_attribute(
        "href", f"/calls/{patient.pk}/"
    )


async def test_without_a_microphone_the_page_says_so(signed_in: Opener):
    team = await rows(make_team)()
    await rows(make_patient)(team)
    page = await signed_in(await rows(make_user)(team))
    await page.goto("/softphone/")
    await page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('none')) }"
    )
    await page.get_by_role("button", name="Start the call").click()
    await expect(page.get_by_text("No microphone")).to_be_visible()
    await expect(page.get_by_role("button", name="Start the call")).to_be_enabled()
