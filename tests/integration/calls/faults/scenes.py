"""What the fault tests have in common: a call that has got somewhere, and what comes after our stream."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from heartvoice.demo.phone import twiml
from tests.standins.phone_line import PhoneLine
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session

IDENTITY = {"full_name": "Joan Baker", "date_of_birth": "March third nineteen forty eight"}
HEARD_WITHIN_S = 2.0
KEYS = {
    "shortness_of_breath": "1", "swelling": "2", "fatigue": "2", "sleep_difficulty": "0", "chest_pain": "2",
    "fall": "2", "weight_change": "0", "medication": "1", "mood": "0", "quality_of_life": "1",
}  # fmt: skip


async def greeted(session: Session) -> None:
    """The session is configured and Maya has said good morning."""
    await session.expect("session.update")
    await session.expect("response.create")
    await session.respond(Speech("Good morning.", ms=300))
    await session.expect_audio(500)


async def verified(session: Session) -> None:
    """The patient is known and has answered one question."""
    await greeted(session)
    await session.respond(Tool("verifyIdentity", IDENTITY, "call_1"))
    await session.expect_tool_output("call_1")
    await session.expect("response.create")
    await session.respond(Tool("updatePatientRecord", {"symptoms": {"swelling": 2}}, "call_2"))
    await session.expect_tool_output("call_2")
    await session.expect("response.create")
    await session.respond(Speech("And how tired are you, from zero to four?", ms=400))
    await session.expect_audio(600)


async def next_after(line: PhoneLine, document: twiml.Document, *, within_s: float = 20) -> twiml.Document:
    """What the telephone network is told once our stream has ended."""
    await asyncio.wait_for(line.closed.wait(), within_s)
    return await line.after_stream(document)


def asked_in(document: twiml.Document) -> str:
    """The words of a question that is asked by the telephone network's own voice."""
    gather = document.verbs[-1]
    assert isinstance(gather, twiml.Gather), document.verbs
    return " ".join(prompt.text for prompt in gather.prompts if isinstance(prompt, twiml.Say))


async def answered_by_keys(line: PhoneLine, step: twiml.Document) -> list[str]:
    """Say the name, and answer every other question that is asked by keys; the ids of the questions, in order."""
    asked: list[str] = []
    while isinstance(step.verbs[-1], twiml.Gather):
        action = step.verbs[-1].action
        asked.append(action.split("q=")[1].split("&")[0])
        if asked[-1] == "name":
            answer = await line.post(action, SpeechResult="Joan Baker")
        else:
            answer = await line.post(
                action, Digits="03031948" if asked[-1] == "identity" else KEYS[asked[-1]]
            )
        step = twiml.parse(answer.text, answer.url)
    return asked


async def hears_within(
    line: PhoneLine, since_ms: int, *, ms: int = 200, within_s: float = HEARD_WITHIN_S
) -> None:
    """The patient hears `ms` of sound more than `since_ms` in time. Raises TimeoutError."""
    await line.until(lambda: line.played_ms >= since_ms + ms, within_s=within_s)


async def gone(session: Session) -> None:
    """Until the other end has hung up."""
    with suppress(ConnectionError):
        await session.closed.wait()
