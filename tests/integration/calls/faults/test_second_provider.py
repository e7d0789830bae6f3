"""ElevenLabs Agents takes over on the same line when the first provider does not answer. Security F-28 too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from calls import ladder
from calls.models import Turn, UsageEntry
from heartvoice.demo.phone import twiml
from heartvoice.demo.phone.sound import tone
from patients.models import Patient, PatientRecord
from tests.integration.calls.conftest import World, WorldOf
from tests.integration.calls.rows import ended, rows, until
from tests.standins.agents import AgentsStandin, Conversation
from tests.standins.realtime import Greeting, nothing

OPENING = "Hello, this is Maya, an automated AI assistant calling for your care team. May I speak with Joan?"
IDENTITY = {"full_name": "Joan Baker", "date_of_birth": "March third nineteen forty eight"}
Script = Callable[[Conversation], Awaitable[None]]
Both = Callable[..., Any]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "WAITS_S", (0.01, 0.02, 0.04))


@pytest.fixture
def both(world: WorldOf, settings: Any) -> Both:
    """`async with both(script) as (w, agents):` the first provider refuses, the second runs `script`."""

    @asynccontextmanager
    async def made(
        script: Script, *, refuse: int = 503, **standin: Any
    ) -> AsyncIterator[tuple[World, AgentsStandin]]:
        async with (
            AgentsStandin(script, **standin) as agents,
            world(nothing, greetings=[Greeting(refuse=refuse)]) as w,
        ):
            settings.ELEVENLABS_API_KEY, settings.ELEVENLABS_AGENT_ID = "xi-secret", "agent_1"
            settings.ELEVENLABS_BASE_URL = agents.url
            settings.VOICE_PROVIDER = "auto"
            yield w, agents

    return made


async def test_the_second_provider_speaks_hears_and_uses_the_same_tools(both: Both, joan: Patient) -> None:
    """F-21: the first provider refuses; the same socket, tools and rows with the second."""

    async def script(conversation: Conversation) -> None:
        await conversation.send("ping", ping_event={"event_id": 7, "ping_ms": None})
        assert (await conversation.expect("pong"))["event_id"] == 7
        await conversation.voice(1, tone(400))
        await conversation.send(
            "agent_response", agent_response_event={"agent_response": OPENING, "event_id": 1}
        )
        await conversation.expect_audio(500)
        user = {"user_transcript": "This is Joan Baker.", "event_id": 2}
        await conversation.send("user_transcript", user_transcription_event=user)
        for number, (name, parameters) in enumerate(
            (("verifyIdentity", IDENTITY), ("updatePatientRecord", {"symptoms": {"swelling": 2}})), 1
        ):
            call = {"tool_name": name, "tool_call_id": f"t{number}", "parameters": parameters, "event_id": 3}
            await conversation.send("client_tool_call", client_tool_call=call)
            async with asyncio.timeout(10):
                while not [m for m in conversation.received if m.get("tool_call_id") == f"t{number}"]:
                    conversation.news.clear()
                    await conversation.news.wait()
        await conversation.send("odd_event", odd={})

    async with both(script) as (w, agents), w.line() as line:
        await line.open(await line.dial())
        await line.until(lambda: line.played_ms >= 400)
        record = await until(PatientRecord.objects.first)
        assert record is not None and record.swelling == 2
        (conversation,) = agents.conversations
        opening = json.dumps(conversation.received[0])
        for private in ("Joan", "Baker", "1948", "+1201"):
            assert private not in opening
        await line.hang_up()
        call = await ended(line.call_sid)
    assert call.providers == ["elevenlabs"] and agents.keys == ["xi-secret"]
    (bill,) = await rows(UsageEntry, kind="minutes")
    assert bill.provider == "elevenlabs" and bill.cost_usd > 0
    assert {turn.text for turn in await rows(Turn)} == {OPENING, "This is Joan Baker."}


async def test_an_interruption_silences_the_phone_and_stale_audio_is_dropped(
    both: Both, joan: Patient
) -> None:
    """F-25: stale audio of the second provider."""

    async def script(conversation: Conversation) -> None:
        await conversation.voice(1, tone(3_000))
        await conversation.expect_audio(700)
        await conversation.send("interruption", interruption_event={"event_id": 2})
        await conversation.voice(2, tone(1_000))
        await conversation.voice(3, tone(300, hz=900))

    async with both(script) as (w, _), w.line() as line:
        await line.open(await line.dial())
        await line.until(lambda: bool(line.clears))
        await line.until(lambda: line.playout.received >= (3_000 + 300) * 8)
        assert line.playout.received == (3_000 + 300) * 8


@pytest.mark.parametrize("problem", ["refused", "format", "closed"])
async def test_with_both_providers_down_the_questionnaire_takes_over(
    both: Both, joan: Patient, problem: str
) -> None:
    """F-28: the second refuses, has the wrong audio, or hangs up."""

    async def script(conversation: Conversation) -> None:
        if problem == "closed":
            await conversation.socket.close(code=1011)

    standin: dict[str, dict[str, Any]] = {"refused": {"status": 401}, "format": {"audio_format": "pcm_16000"}}
    async with both(script, **standin.get(problem, {})) as (w, _), w.line() as line:
        document = await line.dial()
        await line.open(document)
        await asyncio.wait_for(line.closed.wait(), 20)
        after = await line.after_stream(document)
    assert isinstance(after.verbs[-1], twiml.Gather)
