"""A call from the webhook to the rows, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import json

from calls.models import ToolCall, Turn, UsageEntry
from calls.recordings import scripts
from patients.models import Patient, PatientRecord
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.rows import ended, rows
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session

IDENTITY = {"full_name": "Joan Baker", "date_of_birth": "March third nineteen forty eight"}


async def check_in(session: Session) -> None:
    """Greeting, identity, two answers, goodbye."""
    await session.expect("session.update")
    await session.expect("response.create")
    await session.respond(Speech("Hello, this is Maya, an automated AI assistant.", ms=600))
    await session.expect_audio(800)  # the patient listens first: that much time passes on the line
    await session.hears("Yes, this is Joan Baker, March third nineteen forty eight.", ms=900)
    await session.respond(Tool("verifyIdentity", IDENTITY, "call_1"))
    await session.expect("conversation.item.create")
    await session.expect("response.create")
    await session.respond(Speech("Thank you. How much swelling, from zero to four?", ms=600))
    await session.expect_audio(800)
    await session.hears("Two.", ms=500)
    await session.respond(Tool("updatePatientRecord", {"symptoms": {"swelling": 2, "fatigue": 1}}, "call_2"))
    await session.expect("response.create")
    await session.respond(
        Speech("Thank you, goodbye.", ms=900), Tool("endCall", {"reason": "patient_request"}, "call_3")
    )
    await session.closed.wait()


async def test_a_check_in_is_spoken_recorded_and_billed(world: WorldOf, joan: Patient) -> None:
    async with world(check_in) as w, w.call() as line:
        await asyncio.wait_for(line.closed.wait(), 20)
        call = await ended(line.call_sid)
        assert line.close_code == 1000
    assert (call.state, call.end_reason, call.identity_result) == ("completed", "patient_request", "verified")
    (record,) = await rows(PatientRecord, call=call)
    assert (record.swelling, record.fatigue, record.shortness_of_breath) == (2, 1, None)
    first, *turns = [(turn.speaker, turn.text) for turn in await rows(Turn, call=call)]
    assert first[0] == "maya" and first[1].startswith("Hello, this is Maya, an automated AI assistant")
    assert "the heart health team" in first[1] and first[1].endswith("Who am I speaking with, please?")
    assert turns == [
        ("patient", "Yes, this is Joan Baker, March third nineteen forty eight."),
        ("maya", "Thank you. How much swelling, from zero to four?"),
        ("patient", "Two."),
        ("maya", "Thank you, goodbye."),
        ("system", scripts("en").recorded["closing_ai"].text),
    ]
    last_sentence = b"".join(base64.b64decode(piece) for piece in scripts("en").recorded["closing_ai"].pieces)
    assert line.heard.endswith(last_sentence), "played to its end, and nothing after it"
    assert [(tool.name, tool.is_ok) for tool in await rows(ToolCall, call=call)] == [
        ("verifyIdentity", True),
        ("updatePatientRecord", True),
        ("endCall", True),
    ]
    assert call.cost_usd > 0 and call.input_tokens > 0
    assert {entry.kind for entry in await rows(UsageEntry, call=call)} == {"response", "transcription"}
    assert set(call.questions_answered) >= {"swelling", "fatigue"}
    assert json.dumps(call.latency_ms)
