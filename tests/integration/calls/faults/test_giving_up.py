"""The ladder below the voice model, rung by rung: waits, the second provider, recorded questions, a person, a page."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest

from alerts.models import Alert, Notification
from calls import ladder, liveness
from calls.models import CallFailure, Turn
from calls.providers.openai import client
from calls.recordings import scripts
from heartvoice.demo.phone import twiml
from heartvoice.demo.phone.sound import tone
from patients.models import Patient, PatientRecord
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.faults.scenes import (
    HEARD_WITHIN_S,
    answered_by_keys,
    asked_in,
    gone,
    greeted,
    hears_within,
    next_after,
    verified,
)
from tests.integration.calls.people import nurse_on_call
from tests.integration.calls.rows import ended, rows, until
from tests.standins.agents import AgentsStandin, Conversation
from tests.standins.realtime import Greeting, nothing
from tests.standins.realtime_conversation import Speech
from tests.standins.realtime_session import Session
from tests.unit.calls.builders import rendered_scripts

SILENCE = b"\xff"


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "WAITS_S", (0.01, 0.02, 0.04))


@pytest.fixture
async def second(settings: Any) -> AsyncIterator[AgentsStandin]:
    """A second voice provider that says hello for two seconds."""

    async def script(conversation: Conversation) -> None:
        await conversation.voice(1, tone(2_000))

    async with AgentsStandin(script) as agents:
        settings.ELEVENLABS_API_KEY, settings.ELEVENLABS_AGENT_ID = "xi-secret", "agent_1"
        settings.ELEVENLABS_BASE_URL, settings.VOICE_PROVIDER = agents.url, "auto"
        yield agents


# --- F-20: refused


async def test_a_refused_key_is_told_to_whoever_is_on_call_once(world: WorldOf, joan: Patient) -> None:
    """F-20: no retry; the patient has a question at the ear within two seconds; one page, however many calls fail."""
    nurse = await nurse_on_call(joan)
    async with world(nothing, greetings=[Greeting(refuse=401)]) as w:
        for _ in range(2):
            async with w.line() as line:
                document = await line.dial()
                await line.open(document)
                after = await next_after(line, document, within_s=HEARD_WITHIN_S)
                said = after.verbs[0]
                wording = (
                    scripts("en").said["questionnaire_opening_inbound"].format(clinic="the heart health team")
                )
                assert isinstance(said, twiml.Say) and said.text == wording, "nobody has said yet what calls"
        assert w.realtime.connections == 2
        await until(lambda: Notification.objects.filter(purpose="fault").exists())
    pages = await rows(Notification, purpose="fault")
    assert {(page.recipient_id, page.channel) for page in pages} == {
        (nurse.pk, "sms"),
        (nurse.pk, "dashboard"),
    }
    assert len(pages) == 2 and {page.alert_id for page in pages} == {None}


async def test_an_exhausted_quota_in_mid_call_is_not_tried_again(world: WorldOf, joan: Patient) -> None:
    """F-20, F-24: the quota runs out while Maya speaks; no second attempt, the open questions are asked."""
    await nurse_on_call(joan)

    async def script(session: Session) -> None:
        await verified(session)
        error = {"type": "insufficient_quota", "code": "insufficient_quota"}
        await session.respond(status="failed", error=error)

    async with world(script) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        after = await next_after(line, document)
        assert w.realtime.connections == 1
        assert "short of breath" in asked_in(after)
    (failure,) = await rows(CallFailure)
    assert (failure.error_type, failure.error_code) == ("refused", "insufficient_quota")
    assert await rows(Notification, purpose="fault")


# --- F-21: busy


async def test_a_busy_provider_is_waited_for_one_two_and_four_seconds_and_the_patient_is_spoken_to(
    world: WorldOf, joan: Patient, second: AgentsStandin
) -> None:
    """F-21: 429 four times over real waits, then the second provider on the same socket; one page."""
    await nurse_on_call(joan)
    times: list[float] = []

    async with world(nothing, greetings=[Greeting(refuse=429)]) as w:
        accept = w.realtime._accept

        def noted(request: Any) -> Any:
            times.append(asyncio.get_running_loop().time())
            return accept(request)

        w.realtime._accept = noted  # type: ignore[method-assign]
        await w.realtime.stop_listening()
        await w.realtime.__aenter__()
        async with w.line() as line:
            began = asyncio.get_running_loop().time()
            await line.open(await line.dial())
            await hears_within(line, 0)
            first_heard = line.played[0].at_s - began
            await line.until(lambda: bool(second.conversations), within_s=12)
            heard = line.played_ms
            await hears_within(line, heard, ms=500)
            assert not line.closed.is_set()
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) == 4 and first_heard < HEARD_WITHIN_S
    for wait, wanted in zip(waits, (1, 2, 4), strict=True):
        assert wanted <= wait < wanted + 0.7
    assert len(await rows(CallFailure, error_type="rate_limit")) == 4
    assert len(await rows(Notification, purpose="fault", channel="sms")) == 1


@pytest.mark.usefixtures("unopened")
async def test_a_reply_that_hits_the_rate_limit_is_asked_for_again_after_a_bridge_sentence(
    world: WorldOf, joan: Patient
) -> None:
    """F-21, F-24: response.done failed with rate_limit_exceeded; a sentence within two seconds, then the reply."""

    async def first(session: Session) -> None:
        await verified(session)
        await session.respond(
            status="failed", error={"type": "rate_limit_exceeded", "code": "rate_limit_exceeded"}
        )

    async def after_the_wait(session: Session) -> None:
        await session.expect("response.create")
        await session.respond(Speech("Let us go on.", ms=500))
        await gone(session)

    async with world(first, after_the_wait) as w, w.call() as line:
        await w.realtime.session(0)
        await until(lambda: CallFailure.objects.filter(error_type="rate_limit").exists())
        heard = line.played_ms
        await hears_within(line, heard)
        session = await w.realtime.session(1)
        await session.until(lambda: bool(session.of("response.create")))
        assert ("assistant", "Good morning.") in session.texts


# --- F-22: nobody there


@asynccontextmanager
async def black_hole() -> AsyncIterator[str]:
    """An address that takes connections and never says a word."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/realtime"
    finally:
        server.close()


@asynccontextmanager
async def refused() -> AsyncIterator[str]:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"ws://127.0.0.1:{taken.getsockname()[1]}/v1/realtime"


@pytest.mark.parametrize("nobody", [black_hole, refused])
async def test_a_provider_that_cannot_be_reached_is_replaced_by_the_second_on_the_same_line(
    world: WorldOf,
    joan: Patient,
    settings: Any,
    second: AgentsStandin,
    monkeypatch: pytest.MonkeyPatch,
    nobody: Callable[[], Any],
) -> None:
    """F-22: connect timeout and refusal; ElevenLabs speaks on the same socket."""
    monkeypatch.setattr("calls.providers.socket.CONNECT_S", 0.3)
    async with world(nothing) as w, nobody() as address:
        settings.OPENAI_REALTIME_URL = address
        async with w.call() as line:
            await hears_within(line, 0, ms=1_000, within_s=HEARD_WITHIN_S + 1)
            assert not line.closed.is_set() and not w.realtime.connections
    (failure,) = await rows(CallFailure)
    assert (failure.error_type, failure.strategy) == ("connection_timeout", "TakeNext")


@pytest.mark.parametrize("greeting", [Greeting(created=False), Greeting(answers_updates=False)])
async def test_a_session_that_hangs_before_it_is_ready_is_replaced_by_the_second_provider(
    world: WorldOf,
    joan: Patient,
    second: AgentsStandin,
    monkeypatch: pytest.MonkeyPatch,
    greeting: Greeting,
) -> None:
    """F-22: no session.created, or no session.updated; the patient's words meanwhile reach the second provider."""
    monkeypatch.setattr(client, "CREATED_S", 0.5)
    monkeypatch.setattr(client, "UPDATED_S", 0.5)
    words = tone(400, hz=700)
    async with world(nothing, greetings=[greeting]) as w, w.call() as line:
        await line.say(words)
        await hears_within(line, 0, ms=1_000, within_s=HEARD_WITHIN_S + 1)
        (conversation,) = second.conversations
        await conversation.expect_audio(500)
        assert words in bytes(conversation.heard)


# --- F-23: lost for good


async def test_a_patient_who_waits_for_a_new_session_is_spoken_to_again_and_again(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-23: the reconnect hangs; a sentence within two seconds of the cut, another while it lasts, then questions."""
    monkeypatch.setattr("calls.uplink.HOLD_AGAIN_S", 3.0)

    async def script(session: Session) -> None:
        await verified(session)
        session.drop()

    async with world(script, nothing, greetings=[Greeting(), Greeting(created=False)]) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        session = await w.realtime.session(0)
        await session.closed.wait()
        recording = scripts("en").recorded["still_here"].duration_ms
        heard = line.played_ms
        await hears_within(line, heard)
        await hears_within(line, heard, ms=recording + 200, within_s=5)
        assert "short of breath" in asked_in(await next_after(line, document))


async def chest_pain_then_lost(session: Session) -> None:
    await verified(session)
    await session.hears("I have this awful pressure in my chest, it will not go away.", ms=600)
    session.drop()


async def test_an_emergency_goes_on_without_the_model_and_a_person_is_rung(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-23, critical: the model dies as the script begins; script and outcome are heard, then a person is rung."""
    monkeypatch.setattr("calls.assembly.scripts", lambda language: rendered_scripts(600))
    greetings = [Greeting(), Greeting(refuse=401)]
    async with world(chest_pain_then_lost, greetings=greetings) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        after = await next_after(line, document)
        dial = after.verbs[-1]
        assert isinstance(dial, twiml.Dial)
        (alert,) = await rows(Alert, patient=joan)
        assert (alert.severity, alert.alert_type) == ("critical", "emergency")
        whisper = await line.post(dial.numbers[0].url)
        asks = twiml.parse(whisper.text, whisper.url).verbs[0]
        assert isinstance(asks, twiml.Gather) and asks.num_digits == 1
        for _ in range(2):  # in a crisis the patient comes back to Maya, twice at most
            answer = await line.post(dial.action, DialCallStatus="no-answer")
            (back,) = twiml.parse(answer.text, answer.url).verbs
            assert isinstance(back, twiml.Connect)
        answer = await line.post(dial.action, DialCallStatus="no-answer")
        said, end = twiml.parse(answer.text, answer.url).verbs
        assert isinstance(said, twiml.Say) and "has been told" in said.text and "nine one one" in said.text
        assert isinstance(end, twiml.Hangup)
    (missed,) = await rows(Alert, patient=joan, topic="transfer_missed")
    assert (missed.severity, missed.alert_type, missed.rule_id) == ("critical", "emergency", "T01")


@pytest.mark.parametrize(
    ("pressed", "bridged"), [("1", True), ("2", False), ("", False)], ids=["accepts", "declines", "voicemail"]
)
async def test_only_a_person_who_presses_1_gets_the_patient(
    world: WorldOf, joan: Patient, pressed: str, bridged: bool
) -> None:
    """Warm transfer: whoever is rung accepts with a key; another key, or a mailbox that presses none, is nobody."""
    async with world(nothing, greetings=[Greeting(refuse=401)]) as w, w.line() as line:
        await line.dial()
        path = f"{w.url}/voice/nurse"
        first = await line.post(path)
        gather, *rest = twiml.parse(first.text, first.url).verbs
        assert isinstance(gather, twiml.Gather) and isinstance(rest[-1], twiml.Hangup)
        if pressed:
            answer = await line.post(gather.action, Digits=pressed)
            verbs = twiml.parse(answer.text, answer.url).verbs
            assert (not verbs) is bridged
        status = {
            "DialCallStatus": "completed" if bridged else "no-answer",
            "DialBridged": str(bridged).lower(),
        }
        await line.post(f"{w.url}/voice/nurse-result", **status)
    assert bool(await rows(Alert, topic="transfer_missed")) is not bridged


# --- audio errors


def mute(text: str) -> Speech:
    return Speech(text, audio=SILENCE * 8 * 600)


async def test_a_model_whose_voice_does_not_arrive_gets_one_new_session_then_the_questionnaire(
    world: WorldOf, joan: Patient, second: AgentsStandin
) -> None:
    """Audio error: words without sound twice; the remaining questions are asked by the telephone network."""

    async def first(session: Session) -> None:
        await verified(session)
        await session.respond(mute("And how is your sleep?"))
        await gone(session)

    async def again(session: Session) -> None:
        await session.expect("response.create")
        await session.respond(mute("And how is your sleep?"))
        await gone(session)

    async with world(first, again) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        after = await next_after(line, document)
        assert w.realtime.connections == 2 and not second.conversations
        asked = await answered_by_keys(line, after)
        assert asked[0] == "shortness_of_breath" and "swelling" not in asked
        call = await ended(line.call_sid)
    assert (call.state, call.is_completed) == ("completed", True)
    (record,) = await rows(PatientRecord)
    assert (record.swelling, record.fatigue) == (2, 2)
    assert {(row.error_type, row.error_code) for row in await rows(CallFailure)} == {("audio_error", "mute")}


async def test_one_silent_reply_is_said_again_in_a_new_session(world: WorldOf, joan: Patient) -> None:
    """Audio error: one reply without sound is not the end of the assistant."""

    async def first(session: Session) -> None:
        await verified(session)
        await session.respond(mute("And how is your sleep?"))
        await gone(session)

    async def again(session: Session) -> None:
        await session.expect("response.create")
        await session.respond(Speech("And how is your sleep?", ms=900))
        await session.expect_audio(1_200)
        await gone(session)

    async with world(first, again) as w, w.call() as line:
        await line.until(lambda: line.played_ms >= 700 + 900)
        assert not line.closed.is_set()
        assert not [turn for turn in await rows(Turn) if "sleep" in turn.text and turn.is_interrupted]


@pytest.mark.usefixtures("unopened")
async def test_a_model_that_does_not_hear_a_patient_who_speaks_is_replaced(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Liveness of the raw audio: the line is loud, the provider reports nobody; a new session is told the call."""
    monkeypatch.setattr(liveness, "DEAF_MS", 1_500.0)

    async def deaf(session: Session) -> None:
        await greeted(session)
        await gone(session)

    async with world(deaf, nothing) as w, w.call() as line:
        await line.until(lambda: line.played_ms >= 300)
        await line.say(tone(4_000, hz=300))
        session = await w.realtime.session(1)
        await session.until(lambda: ("assistant", "Good morning.") in session.texts)
    assert "deaf" in {row.error_code for row in await rows(CallFailure)}


def test_a_recording_is_as_loud_as_a_voice() -> None:
    """The check for sound would take an approved recording for what it is."""
    voice = liveness.Voice()
    voice.reply_started()
    voice.words("I am still here.")
    assert voice.is_mute
    for piece in scripts("en").recorded["still_here"].pieces:
        voice.audio(piece)
    assert not voice.is_mute
    voice.reply_started()
    voice.words("Hello.")
    for sound in (SILENCE * 4_000, b"\x7e\xfe" * 2_000):
        voice.audio(base64.b64encode(sound).decode())
    voice.audio("not base64!")
    assert voice.is_mute
