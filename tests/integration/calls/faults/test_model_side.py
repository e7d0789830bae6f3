"""When the model's side fails: the patient hears somebody, the answers stay, the ladder is climbed in order.

Security F-20 to F-25, over real sockets.
"""

from __future__ import annotations

import asyncio

import pytest

from calls import ladder
from calls.models import CallFailure, Turn
from calls.providers.openai import client
from calls.recordings import scripts
from heartvoice.demo.phone import twiml
from heartvoice.demo.phone.sound import tone
from patients.models import Patient, PatientRecord
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.faults.scenes import (
    HEARD_WITHIN_S,
    KEYS,
    answered_by_keys,
    asked_in,
    next_after,
    verified,
)
from tests.integration.calls.rows import call_row, ended, rows, until
from tests.standins.realtime import Greeting, nothing
from tests.standins.realtime_conversation import Speech
from tests.standins.realtime_session import Session


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ladder's waits in hundredths, so that a test does not sit through them."""
    monkeypatch.setattr(ladder, "WAITS_S", (0.01, 0.02, 0.04))


# --- F-20 to F-22: no session


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refused_key_is_not_tried_again_and_the_questionnaire_takes_over(
    world: WorldOf, joan: Patient, status: int
) -> None:
    """F-20: 401, 403, 404; one attempt, the network asks at once."""
    async with world(nothing, greetings=[Greeting(refuse=status)]) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        after = await asyncio.wait_for(next_after(line, document), HEARD_WITHIN_S + 1)
        assert w.realtime.connections == 1
    assert isinstance(after.verbs[-1], twiml.Gather)
    (failure,) = await rows(CallFailure)
    assert (failure.error_type, failure.error_code, failure.strategy) == (
        "refused",
        str(status),
        "GoOnWithout",
    )


@pytest.mark.parametrize(("status", "retry_after_s"), [(429, None), (429, 0), (500, None), (503, None)])
async def test_a_busy_provider_is_tried_four_times_then_left(
    world: WorldOf, joan: Patient, status: int, retry_after_s: int | None
) -> None:
    """F-21: 429 with and without Retry-After, 500, 503."""
    greetings = [Greeting(refuse=status, retry_after_s=retry_after_s)]
    async with world(nothing, greetings=greetings) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        after = await next_after(line, document)
        assert w.realtime.connections == 4
    assert isinstance(after.verbs[-1], twiml.Gather)


async def test_a_provider_that_recovers_in_time_carries_the_call(world: WorldOf, joan: Patient) -> None:
    """F-21: two refusals, then a session."""

    async def script(session: Session) -> None:
        await session.expect("response.create")
        await session.respond(Speech("Good morning.", ms=300))

    greetings = [Greeting(refuse=503), Greeting(refuse=503), Greeting()]
    async with world(script, greetings=greetings) as w, w.call() as line:
        await line.until(lambda: line.played_ms >= 300)


async def test_a_session_that_is_never_created_is_given_up(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-22: connects and hangs before session.created."""
    monkeypatch.setattr(client, "CREATED_S", 0.1)
    async with world(nothing, greetings=[Greeting(created=False)]) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        after = await next_after(line, document)
        assert w.realtime.connections == 2
    assert isinstance(after.verbs[-1], twiml.Gather)


async def test_a_session_that_is_not_what_we_asked_for_never_hears_the_patient(
    world: WorldOf, joan: Patient
) -> None:
    """F-22: the update is granted otherwise; no frame is sent to it."""

    async def other(session: Session) -> None:
        update = await session.expect("session.update")
        granted = {**update["session"], "instructions": "You are a helpful assistant."}
        session.send({"type": "session.updated", "session": granted})

    async with world(other, greetings=[Greeting(answers_updates=False)]) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        await line.say(tone(400))
        await asyncio.wait_for(line.closed.wait(), 10)
        assert not w.realtime.sessions[0].appended
    (failure,) = await rows(CallFailure)
    assert (failure.error_type, failure.error_code) == ("misconfigured", "instructions")


async def test_while_the_provider_is_busy_the_patient_hears_that_somebody_is_there(
    world: WorldOf, joan: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-21: a sentence within two seconds of a wait."""
    monkeypatch.setattr(ladder, "WAITS_S", (2.5, 2.5, 2.5))

    async def script(session: Session) -> None:
        await session.expect("response.create")

    async with world(script, greetings=[Greeting(refuse=429), Greeting()]) as w, w.call() as line:
        await line.until(lambda: line.played_ms > 0, within_s=HEARD_WITHIN_S)
        await w.realtime.session(0)
    assert scripts("en").recorded["still_here"].pieces


# --- F-23: the session is lost in mid-call


@pytest.mark.parametrize("cut", ["drop", "reset", "close"])
@pytest.mark.usefixtures("unopened")
async def test_a_lost_session_is_replaced_and_told_what_was_said(
    world: WorldOf, joan: Patient, cut: str
) -> None:
    """F-23: cut, reset and closed in mid-call; the talk so far goes to the next session as text."""

    async def first(session: Session) -> None:
        await verified(session)
        await session.hears("I would say two.", ms=400)
        getattr(session, cut)(*([1011, "oops"] if cut == "close" else []))

    async def second(session: Session) -> None:
        await session.expect("session.update")
        await session.expect("response.create")
        await session.respond(Speech("I am sorry, where were we?", ms=400))
        await session.closed.wait()

    async with world(first, second) as w, w.call() as line:
        session = await w.realtime.session(1)
        cut_at_ms = line.played_ms
        await line.until(lambda: line.played_ms >= cut_at_ms + 300, within_s=HEARD_WITHIN_S)
        told = session.texts
        assert ("assistant", "Good morning.") in told and ("user", "I would say two.") in told
        assert session.updates[0] == w.realtime.sessions[0].updates[0]
        assert not line.closed.is_set()
        await line.hang_up()
        call = await ended(line.call_sid)
        assert call.counters["reconnects"] == 1 and call.questions_answered == ["swelling"]


async def test_what_is_said_while_the_session_is_replaced_is_not_lost(world: WorldOf, joan: Patient) -> None:
    """F-23: the patient speaks into the gap."""
    words = tone(600, hz=700)

    async def first(session: Session) -> None:
        await verified(session)
        session.drop()

    is_spoken = asyncio.Event()

    async def slow(session: Session) -> None:
        await is_spoken.wait()
        session.start()
        await session.expect("session.update")
        await session.expect_audio(700)

    async with world(first, slow, greetings=[Greeting(), Greeting(created=False)]) as w, w.call() as line:
        session = await w.realtime.session(1)
        await line.say(words)
        is_spoken.set()
        await session.expect("session.update")
        await session.expect_audio(800)
        assert words in bytes(session.appended)


async def test_a_session_that_cannot_be_replaced_leaves_the_rest_to_the_questionnaire(
    world: WorldOf, joan: Patient
) -> None:
    """F-23: the reconnect is refused; only the open questions are asked."""

    async def once(session: Session) -> None:
        await verified(session)
        session.drop()

    async with world(once, greetings=[Greeting(), Greeting(refuse=401)]) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        after = await next_after(line, document)
        assert "short of breath" in asked_in(after)  # identity is known and swelling answered
        (record,) = await rows(PatientRecord)
        assert record.swelling == 2
        call = await call_row(line.call_sid)
        assert (call.state, call.end_reason) == ("in_progress", "model_lost")


async def test_the_questionnaire_asks_what_is_left_and_ends_the_call(world: WorldOf, joan: Patient) -> None:
    """F-23: every open question, each once, complete in the record."""

    async def once(session: Session) -> None:
        await verified(session)
        session.drop()

    async with world(once, greetings=[Greeting(), Greeting(refuse=401)]) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        step = await next_after(line, document)
        asked = await answered_by_keys(line, step)
        assert asked == [name for name in KEYS if name != "swelling"]
        call = await ended(line.call_sid)
    assert (call.state, call.is_completed, call.completion_percent) == ("completed", True, 100)
    (record,) = await rows(PatientRecord)
    assert (record.shortness_of_breath, record.swelling, record.missed_doses_week) == (1, 2, 1)
    assert call.providers == ["local", "questionnaire"]


# --- F-24, F-25: odd and bad events


@pytest.mark.parametrize(
    "code",
    ["rate_limit_exceeded", "invalid_event", "server_error", "response_cancel_not_active", "something_new"],
)
async def test_an_error_event_does_not_end_the_call(world: WorldOf, joan: Patient, code: str) -> None:
    """F-24: errors that are not about the session."""

    async def script(session: Session) -> None:
        await verified(session)
        session.error(code)
        await session.respond(Speech("Let us go on.", ms=300))
        await session.expect_audio(400)
        await session.closed.wait()

    async with world(script) as w, w.call() as line:
        await line.until(lambda: line.played_ms >= 1_000)
        assert w.realtime.connections == 1 and not line.closed.is_set()


async def test_an_expired_session_is_replaced(world: WorldOf, joan: Patient) -> None:
    """F-24: session_expired."""

    async def first(session: Session) -> None:
        await verified(session)
        session.error("session_expired")

    async with world(first, nothing) as w, w.call():
        await w.realtime.session(1)


async def test_a_reply_that_failed_is_asked_for_again_in_a_new_session(world: WorldOf, joan: Patient) -> None:
    """F-24: response.done failed."""

    async def first(session: Session) -> None:
        await verified(session)
        await session.respond(status="failed", error={"type": "server_error", "code": "server_error"})

    async with world(first, nothing) as w, w.call():
        await w.realtime.session(1)


async def test_events_that_make_no_sense_are_counted_and_five_end_the_session(
    world: WorldOf, joan: Patient
) -> None:
    """F-25: malformed JSON and unknown events."""

    async def first(session: Session) -> None:
        await verified(session)
        for text in (
            "{",
            "[]",
            '{"type":"response.done"}',
            '{"type":"response.output_audio.delta","delta":7}',
        ):
            session.send_text(text)
        session.send_text('{"type":"brand.new.event"}')
        await session.respond(Speech("Still here.", ms=300))
        await session.expect_audio(400)
        session.send_text("{")

    async with world(first, nothing) as w, w.call() as line:
        await line.until(lambda: line.played_ms >= 1_000)
        await w.realtime.session(1)


async def test_a_message_of_five_megabytes_costs_the_session_not_the_call(
    world: WorldOf, joan: Patient
) -> None:
    """F-25: one message of 5 MB."""

    async def first(session: Session) -> None:
        await verified(session)
        session.send_text('{"type":"response.output_audio.delta","delta":"' + "A" * 5_000_000 + '"}')

    async with world(first, nothing) as w, w.call() as line:
        await w.realtime.session(1)
        assert not line.closed.is_set()


async def test_another_call_does_not_notice(world: WorldOf, joan: Patient) -> None:
    """F-25: one session is flooded and cut while another call goes on speaking."""

    async def well(session: Session) -> None:
        await verified(session)
        for _ in range(5):
            await session.respond(Speech("Go on.", ms=200))
            await session.expect_audio(250)

    async def ill(session: Session) -> None:
        await session.expect("response.create")
        for _ in range(3_000):
            session.send_text('{"type":"response.output_audio_transcript.delta","item_id":"i","delta":"x"}')
        session.drop()

    async with world(well, ill, nothing) as w, w.call() as one:
        await w.realtime.session(0)
        async with w.call() as other:
            await w.realtime.session(1)
            await one.until(lambda: one.played_ms >= 1_500)
            assert not one.closed.is_set() and not other.closed.is_set()


# --- our own side


@pytest.mark.usefixtures("unopened")
async def test_the_turns_of_a_call_that_was_cut_are_kept_as_heard(world: WorldOf, joan: Patient) -> None:
    """F-46: the line goes without a word; the record holds what was heard."""

    async def script(session: Session) -> None:
        await session.expect("response.create")
        await session.respond(Speech("one two three four five six seven eight nine ten", ms=5_000))
        await session.closed.wait()

    async with world(script) as w, w.line() as line:
        await line.open(await line.dial())
        await w.realtime.session(0)
        await line.until(lambda: line.played_ms >= 2_000)
        line.cut()
        call = await ended(line.call_sid)
    (turn,) = await until(lambda: list(Turn.objects.filter(call=call)))
    assert turn.is_interrupted and turn.text in (
        "one two three",
        "one two three four",
        "one two three four five",
    )
