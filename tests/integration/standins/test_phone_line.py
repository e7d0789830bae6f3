"""The line that a test holds in its own hand, against the tiny application."""

import asyncio
import json
from base64 import b64encode

import pytest
from aiohttp import WSMsgType
from twilio.request_validator import RequestValidator

from heartvoice.demo.phone.sound import tone
from heartvoice.demo.phone.stream import StreamFailed
from tests.standins.phone_line import PhoneLine
from tests.standins.telephone import ACCOUNT_SID, AUTH_TOKEN


@pytest.fixture
async def line(application):
    application.answers["/voice"] = (
        f'<Response><Connect action="/voice/ended"><Stream url="{application.media_url}">'
        '<Parameter name="token" value="once"/></Stream></Connect></Response>'
    )
    async with PhoneLine(application.url, ACCOUNT_SID, AUTH_TOKEN) as one:
        yield one


async def echo(socket):
    """Give every frame back, and a mark after it."""
    number = 0
    async for frame in socket:
        if frame.type is not WSMsgType.TEXT:
            return
        message = json.loads(frame.data)
        if message["event"] == "media":
            number += 1
            sid = message["streamSid"]
            payload = message["media"]["payload"]
            await socket.send_json({"event": "media", "streamSid": sid, "media": {"payload": payload}})
            await socket.send_json({"event": "mark", "streamSid": sid, "mark": {"name": str(number)}})
        if message["event"] == "stop":
            return


async def test_what_is_said_is_heard_and_every_mark_returns(line, application):
    application.media = echo
    await line.open(await line.dial())
    speech = tone(400)
    await line.say(speech)
    await line.until(lambda: speech in line.heard)
    assert len(line.marks) >= 20
    assert line.marks == sorted(line.marks)
    assert application.streams[0].is_signed
    assert application.asked[0].is_signed


async def test_the_action_is_asked_when_the_application_closed_the_stream(line, application):
    async def media(socket):
        await socket.receive()
        await socket.close()

    application.media = media
    application.answers["/voice/ended"] = "<Response><Hangup/></Response>"
    document = await line.dial()
    await line.open(document)
    await asyncio.wait_for(line.closed.wait(), 5)
    assert line.close_code == 1000
    assert [type(verb).__name__ for verb in (await line.after_stream(document)).verbs] == ["Hangup"]


async def test_a_clear_notes_what_was_played_and_what_was_not(line, application):
    async def media(socket):
        sid = ""
        async for frame in socket:
            message = json.loads(frame.data)
            if message["event"] == "start":
                sid = message["streamSid"]
                payload = b64encode(tone(2000)).decode()
                await socket.send_json({"event": "media", "streamSid": sid, "media": {"payload": payload}})
                await socket.send_json({"event": "mark", "streamSid": sid, "mark": {"name": "open"}})
            if message["event"] == "media" and message["media"]["chunk"] == "26":
                await socket.send_json({"event": "clear", "streamSid": sid})
            if message["event"] == "mark":
                return

    application.media = media
    await line.open(await line.dial())
    await line.until(lambda: bool(line.clears))
    (cleared,) = line.clears
    assert cleared.played_ms + cleared.dropped_ms == 2000
    assert cleared.played_ms == pytest.approx(500, abs=60)
    assert [name for _, name in line.marks] == ["open"]


async def test_a_stalled_line_plays_nothing_and_then_goes_on(line, application):
    application.media = echo
    await line.open(await line.dial())
    await line.hears(ms=100)
    line.stall(500)
    before = line.played_ms
    await line.hears(ms=200)
    gap = max(b.at_s - a.at_s for a, b in zip(line.played, line.played[1:], strict=False))
    assert gap >= 0.4  # longer on a busy machine
    assert line.played_ms >= before + 200


async def test_a_cut_line_has_no_close_frame(line, application):
    ended = asyncio.Event()

    async def media(socket):
        async for _ in socket:
            pass
        ended.set()

    application.media = media
    await line.open(await line.dial())
    line.cut(reset=True)
    await asyncio.wait_for(ended.wait(), 5)
    await asyncio.wait_for(line.closed.wait(), 5)
    assert line.close_code == 1006


async def test_a_refused_stream_says_so(line, application):
    application.refuses_media = 403
    with pytest.raises(StreamFailed) as failed:
        await line.open(await line.dial())
    assert failed.value.code == 31920


async def test_a_public_origin_is_signed_and_this_machine_is_called(application):
    application.answers["/voice"] = "<Response><Hangup/></Response>"
    async with PhoneLine(
        application.url, ACCOUNT_SID, AUTH_TOKEN, public_url="https://maya.example.org"
    ) as line:
        document = await line.dial()
    assert document.url == "https://maya.example.org/voice"
    (asked,) = application.asked
    given = asked.headers["X-Twilio-Signature"]
    assert RequestValidator(AUTH_TOKEN).validate("https://maya.example.org/voice", asked.form, given)
    assert not asked.is_signed  # for this machine's address
