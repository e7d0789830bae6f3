"""The phone's side floods, lies, or falls silent; the other calls do not notice. Security F-07 to F-11."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from functools import partial

import pytest

from calls.models import Call
from calls.parts import Setting
from calls.patience import Limits
from heartvoice.demo.phone import twiml
from heartvoice.demo.phone.sound import tone
from patients.models import Patient
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.faults.scenes import gone, greeted
from tests.integration.calls.rows import ended
from tests.standins.phone_line import PhoneLine
from tests.standins.realtime_conversation import Speech
from tests.standins.realtime_session import Session


def media(line: PhoneLine, payload: str, **more: object) -> str:
    """A media message of this line."""
    body = {"track": "inbound", "chunk": "1", "timestamp": "1", "payload": payload, **more}
    return json.dumps({"event": "media", "streamSid": line.stream_sid, "media": body})


async def talks_on(session: Session) -> None:
    await greeted(session)
    for _ in range(4):
        await session.respond(Speech("Go on.", ms=500))
        await session.expect_audio(500)
    await gone(session)


async def test_a_minute_of_audio_at_once_is_cut_short_and_the_other_call_hears_every_word(
    world: WorldOf, joan: Patient
) -> None:
    """F-11: one line sends a minute at once; it keeps its call, the model is not given more than time allows."""
    async with world(talks_on) as w, w.call() as steady, w.call() as flood:
        await w.realtime.session(1)
        await flood.until(lambda: flood.played_ms >= 300)
        payload = b64encode(tone(20)).decode()
        for _ in range(3_000):
            await flood.send(media(flood, payload))
        before = steady.played_ms
        await steady.until(lambda: steady.played_ms >= before + 800)
        given = len(w.realtime.sessions[1].appended) // 8
        assert given < 30_000 and not flood.closed.is_set() and not steady.closed.is_set()
        await flood.hang_up()
        call = await ended(flood.call_sid)
    assert call.counters["frames_too_fast"] > 1_000


NONSENSE = [
    "",
    "not json",
    "[]",
    '{"event":"media"}',
    '{"event":"media","media":{"payload":7}}',
    '{"event":"media","media":{"payload":"!!!"}}',
    '{"event":"media","streamSid":"MZforeign","media":{"payload":"//8="}}',
    '{"event":"launch"}',
    '{"event":"dtmf","dtmf":{"digit":"a lot"}}',
    '{"event":"mark","mark":{"name":"nobody:12"}}',
    '{"event":' + "[" * 5_000 + "]" * 5_000 + "}",
]


async def test_nonsense_is_counted_and_the_talk_goes_on(world: WorldOf, joan: Patient) -> None:
    """F-09, F-10, F-11: each kind of bad message, between good ones."""
    async with world(talks_on) as w, w.call() as line:
        session = await w.realtime.session(0)
        await line.until(lambda: line.played_ms >= 300)
        for text in NONSENSE:
            await line.send(text)
        heard = len(session.appended)
        await line.until(lambda: line.played_ms >= 1_500)
        assert len(session.appended) > heard and not line.closed.is_set()
        await line.hang_up()
        call = await ended(line.call_sid)
    assert sum(count for name, count in call.counters.items() if name.startswith("bad_")) >= len(NONSENSE) - 2


async def test_a_line_that_sends_only_nonsense_ends_and_the_caller_is_asked_by_the_network(
    world: WorldOf, joan: Patient
) -> None:
    """F-09: fifty bad messages end the stream with 4400; the patient is not hung up on."""
    async with world(talks_on) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        await line.until(lambda: line.played_ms >= 300)
        for _ in range(50):
            await line.send("{")
        await asyncio.wait_for(line.closed.wait(), 10)
        assert line.close_code == 4400
        after = await line.after_stream(document)
    assert isinstance(after.verbs[-1], twiml.Gather)


async def test_a_line_without_a_single_frame_for_long_is_over(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-07: the phone's frames stop; the line is dead, whatever the provider believes of the silence."""
    monkeypatch.setattr("calls.assembly.Setting", partial(Setting, limits=Limits(line_silent_ms=1_500)))
    async with world(talks_on) as w, w.call() as line:
        await line.until(lambda: line.played_ms >= 300)
        line.stall(60_000)
        await asyncio.wait_for(line.closed.wait(), 10)
        call = await ended(line.call_sid)
    assert (call.state, call.end_reason) == (Call.State.INTERRUPTED, "line_dead")
