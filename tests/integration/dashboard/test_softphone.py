"""The training softphone: a browser in the telephone's place, through the product's own media consumer."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from calls.models import Call, StreamToken, Turn
from heartvoice.dashboard.softphone import parsed
from patients.models import Patient, PhiAccess, User
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.rows import ended, rows, until
from tests.integration.dashboard.test_live_socket import cookie_of
from tests.integration.dashboard.test_live_socket import rows as in_thread
from tests.standins.realtime_conversation import Speech
from tests.standins.realtime_session import Session
from tests.support.factories import make_team, make_user

pytestmark = pytest.mark.timeout(60)

FORBIDDEN = 4403
SILENCE = base64.b64encode(b"\xff" * 160).decode()
ORIGIN = django_settings.PUBLIC_URL


async def greets(session: Session) -> None:
    await session.expect("session.update")
    await session.expect("response.create")
    await session.respond(Speech("Hello, this is Maya.", ms=400))
    await session.closed.wait()


async def window(url: str, user: User | None, origin: str = ORIGIN) -> ClientConnection:
    cookie = await in_thread(cookie_of, user) if user else ""
    address = url.replace("http", "ws", 1) + "/ws/softphone"
    return await connect(address, origin=origin, additional_headers={"Cookie": cookie}, compression=None)  # type: ignore[arg-type]


async def say(socket: ClientConnection, **event: Any) -> None:
    await socket.send(json.dumps(event))


async def refused(socket: ClientConnection, first_message: str) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        await socket.send(first_message)
        await asyncio.wait_for(socket.recv(), 15)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == FORBIDDEN


async def test_a_browser_hears_maya_and_its_call_is_a_call_like_any_other(
    world: WorldOf, joan: Patient
) -> None:
    nurse = await in_thread(make_user, joan.care_team)
    async with world(greets) as w:
        socket = await window(w.url, nurse)
        await say(socket, patient=str(joan.pk))
        texts: list[str] = []

        async def listen() -> None:
            async for text in socket:
                texts.append(str(text))
                message = json.loads(text)
                if message["event"] == "media":
                    await say(socket, event="media", media={"payload": SILENCE})
                elif message["event"] == "mark":
                    await say(socket, event="mark", mark=message["mark"])

        listening = asyncio.create_task(listen())
        await until(Turn.objects.filter(speaker="maya").exists, within_s=15)
        await socket.close()
        await listening
        (call,) = await rows(Call)
        call = await ended(call.call_sid)
    assert (call.purpose, call.started_by_id, call.patient_id) == ("softphone", nurse.pk, joan.pk)
    assert call.state in Call.END_STATES
    (token,) = await rows(StreamToken)
    assert token.used_at is not None
    (turn,) = await rows(Turn)
    assert turn.text.startswith("Hello, this is Maya, an automated AI assistant calling for ")
    events = [json.loads(text) for text in texts]
    audio = b"".join(
        base64.b64decode(each["media"]["payload"]) for each in events if each["event"] == "media"
    )
    assert len(audio) >= 400 * 8
    assert events[0] == {"event": "call", "call": str(call.pk)}
    said = "".join(map(str, texts))
    assert "session_token" not in said and django_settings.TWILIO_ACCOUNT_SID not in said
    (access,) = await rows(PhiAccess)
    assert (access.resource, access.purpose, access.user_id) == ("softphone", "training", nurse.pk)


async def test_nobody_calls_as_a_patient_of_another_team_or_without_a_session(
    world: WorldOf,
    joan: Patient,
) -> None:
    stranger = await in_thread(make_user, await in_thread(make_team))
    nurse = await in_thread(make_user, joan.care_team)
    async with world(greets) as w:
        for user, patient in ((stranger, joan.pk), (None, joan.pk), (nurse, uuid4()), (nurse, "nonsense")):
            socket = await window(w.url, user)
            await refused(socket, json.dumps({"patient": str(patient)}))
        for text in ("", "[]", "null", "{", '{"patient": 7}', "[" * 5000):
            socket = await window(w.url, nurse)
            await refused(socket, text)
        with pytest.raises(InvalidStatus):
            await window(w.url, nurse, origin="https://evil.example")
        assert w.realtime.connections == 0
    assert await rows(Call) == []


async def test_where_the_softphone_is_off_there_is_neither_page_nor_call(
    world: WorldOf,
    joan: Patient,
    settings: Any,
) -> None:
    settings.SOFTPHONE_ENABLED = False
    nurse = await in_thread(make_user, joan.care_team)

    def page() -> int:
        client = Client()
        client.force_login(nurse)
        return client.get("/softphone/").status_code

    assert await in_thread(page) == 404
    async with world(greets) as w:
        socket = await window(w.url, nurse)
        await refused(socket, json.dumps({"patient": str(joan.pk)}))
    assert await rows(Call) == []


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "7", "[]", '"media"', "[" * 4000, '{"event": "start", "start": {"callSid": "CA1"}}',
        '{"event": "stop"}', '{"event": "media"}', '{"event": "media", "media": "x"}', '{"event": ["media"]}',
        '{"event": "media", "media": {"payload": "' + "A" * 5000 + '"}}', None, b"bytes",
    ],
)  # fmt: skip
def test_a_browser_says_nothing_but_audio_marks_and_keys(text: object) -> None:
    assert parsed(text) is None


def test_what_else_a_browser_puts_beside_its_audio_is_dropped() -> None:
    message = {
        "event": "media",
        "media": {"payload": SILENCE},
        "streamSid": "MZother",
        "start": {"callSid": "CA"},
    }
    assert parsed(json.dumps(message)) == {"event": "media", "media": {"payload": SILENCE}}
