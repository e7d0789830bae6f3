"""Whose turn it is, on the wire: noise, lines that are heard out, a silent model, a session near its end."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from calls.database import in_database
from calls.models import Call, CallFailure
from calls.parts import Setting
from calls.patience import Limits
from calls.recordings import scripts
from heartvoice.demo.phone.sound import tone
from patients.models import Patient
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.faults.scenes import gone, greeted, verified
from tests.integration.calls.rows import rows
from tests.standins.realtime import Greeting, nothing
from tests.standins.realtime_conversation import Speech
from tests.standins.realtime_session import Session

LONG = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen."


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Shorter patience for this test's calls."""

    def shorter(**changes: Any) -> None:
        monkeypatch.setattr("calls.assembly.Setting", partial(Setting, limits=Limits(**changes)))

    return shorter


# --- noise


@pytest.mark.parametrize("noise", [None, "", "  "])
@pytest.mark.usefixtures("unopened")
async def test_a_sound_that_was_no_word_stops_maya_and_she_finishes_her_sentence(
    world: WorldOf, joan: Patient, noise: str | None
) -> None:
    """A false alarm: silence at once, and the model is told what is left of its sentence."""

    async def script(session: Session) -> None:
        await greeted(session)
        speaking = asyncio.create_task(session.respond(Speech(LONG, ms=6_000)))
        await session.expect_audio(2_000)
        await session.hears(noise, ms=200)
        await speaking
        await session.expect("response.create")
        await gone(session)

    async with world(script) as w, w.call() as line:
        session = await w.realtime.session(0)
        await session.until(
            lambda: any("no word" in text for role, text in session.texts if role == "system")
        )
        (told,) = [text for role, text in session.texts if "no word" in text]
        assert "sixteen" in told and "one two" not in told.lower()
        assert len(line.clears) == 1
        await session.until(lambda: len(session.of("response.create")) >= 2)


async def test_a_telephone_that_hums_does_not_interrupt(world: WorldOf, joan: Patient) -> None:
    """Line noise that the provider does not call speech changes nothing at the ear."""

    async def script(session: Session) -> None:
        await greeted(session)
        await session.respond(Speech(LONG, ms=3_000))
        await gone(session)

    async with world(script) as w, w.call() as line:
        await line.until(lambda: line.played_ms >= 600)
        await line.say(tone(1_500, hz=50))
        await line.until(lambda: line.played_ms >= 3_300)
        assert not line.clears and w.realtime.connections == 1


# --- what is heard out


async def test_who_calls_and_that_it_is_a_machine_is_heard_out(world: WorldOf, joan: Patient) -> None:
    """The patient says hello into the opening: it goes on to the end of that sentence."""

    async def script(session: Session) -> None:
        await session.expect("response.create")
        opening = "Hello, this is Maya, an automated AI assistant calling for the heart health team. May I ask who is there?"
        await session.respond(Speech(opening, ms=6_000))
        await session.expect_audio(1_000)
        session.speech_started()
        session.speech_stopped(ms=300)
        first.set()
        await again.wait()
        session.speech_started()
        await gone(session)

    first, again = asyncio.Event(), asyncio.Event()
    async with world(script) as w, w.call() as line:
        await asyncio.wait_for(first.wait(), 10)
        await line.until(lambda: line.played_ms >= 2_500)
        assert not line.clears
        await line.until(lambda: line.played_ms >= 5_400)
        again.set()
        await line.until(lambda: len(line.clears) == 1)
        assert w.realtime.connections == 1


async def test_an_emergency_script_is_heard_out(world: WorldOf, joan: Patient) -> None:
    """What the patient says into it is heard and kept, and the approved words go on."""

    async def script(session: Session) -> None:
        await greeted(session)
        await session.hears("I have this awful pressure in my chest, it will not go away.", ms=500)
        await session.expect_audio(1_000)
        await session.hears("Oh no, oh no.", ms=400)
        await gone(session)

    recording = scripts("en").recorded["call_911"].duration_ms
    async with world(script) as w, w.call() as line:
        await line.until(lambda: line.played_ms >= 300 + recording, within_s=recording / 1000 + 10)
        assert len(line.clears) <= 1 and w.realtime.connections == 1
        assert all(clear.played_ms <= 300 for clear in line.clears)


# --- a silent model


@pytest.mark.usefixtures("unopened")
async def test_a_model_that_is_silent_when_a_reply_is_due_is_asked_again_and_then_replaced(
    world: WorldOf, joan: Patient, limits: Callable[..., None]
) -> None:
    """Nothing for as long as it may last: a sentence and a second request; nothing again: a new session."""
    limits(model_silent_ms=700)

    async def stuck(session: Session) -> None:
        await greeted(session)
        session.speech_started()
        session.speech_stopped(ms=400)
        await session.expect("response.create")
        asked_again.set()
        await gone(session)

    asked_again = asyncio.Event()
    async with world(stuck, nothing) as w, w.call() as line:
        await asyncio.wait_for(asked_again.wait(), 10)
        heard = line.played_ms
        await line.until(lambda: line.played_ms >= heard + 300, within_s=2)
        session = await w.realtime.session(1)
        await session.until(lambda: ("assistant", "Good morning.") in session.texts)
        await session.until(lambda: bool(session.of("response.create")))
        assert not line.closed.is_set()


# --- a session near its end


@pytest.mark.usefixtures("unopened")
async def test_a_session_is_renewed_before_its_end_after_the_reply_without_a_gap(
    world: WorldOf, joan: Patient
) -> None:
    """The vendor's limit is near: the reply is heard to its end, the next session knows the talk, nothing is cut."""

    async def first(session: Session) -> None:
        session.config["expires_at"] = int(time.time()) + 122
        session.start()
        await greeted(session)
        await session.respond(Speech(LONG, ms=4_000))
        await gone(session)

    async def second(session: Session) -> None:
        session.start()
        await session.expect("session.update")
        await session.hears("That is fine.", ms=400)
        await session.respond(Speech("Good.", ms=300))
        await gone(session)

    greetings = [Greeting(created=False)]
    async with world(first, second, greetings=greetings) as w, w.call() as line:
        session = await w.realtime.session(1)
        assert line.played_ms >= 4_300
        await session.until(lambda: ("assistant", LONG) in session.texts)
        assert not session.of("response.create") and not line.clears
        await line.until(lambda: line.played_ms >= 4_600)
        assert w.realtime.sessions[0].updates == session.updates


async def test_a_renewal_that_fails_is_a_lost_session_like_any_other(world: WorldOf, joan: Patient) -> None:
    """The next session is refused for good: the caller is not left with silence."""

    async def first(session: Session) -> None:
        session.config["expires_at"] = int(time.time()) + 121
        session.start()
        await verified(session)
        await gone(session)

    greetings = [Greeting(created=False), Greeting(refuse=401)]
    async with world(first, greetings=greetings) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        await asyncio.wait_for(line.closed.wait(), 15)
        step = await line.after_stream(document)
        assert type(step.verbs[-1]).__name__ == "Gather"
    assert {row.error_code for row in await rows(CallFailure)} == {"401"}


# --- who answered, by the sound


async def test_a_mailbox_that_is_not_understood_is_known_by_its_beep(world: WorldOf, joan: Patient) -> None:
    """A call that we placed: a long greeting, no words for it, a beep: the line ends with nothing private said."""

    def placed() -> Call:
        now = timezone.now()
        return Call.objects.create(
            patient=joan,
            direction="outbound",
            purpose="scheduled",
            planned_for=now,
            dialled_at=now,
            state="dialling",
        )

    call = await in_database(placed)
    voice = b"".join(base64.b64decode(piece) for piece in scripts("en").recorded["time_goodbye"].pieces)
    async with world(greeted) as w, w.line() as line:
        document = await line.dial(f"/voice?call={call.pk}")
        await line.open(document)
        await w.realtime.session(0)
        await line.say(voice[: 3_500 * 8] + b"\xff" * 1_600 + tone(500, hz=1_000) + b"\xff" * 1_600)
        await asyncio.wait_for(line.closed.wait(), 10)
        after = await line.after_stream(document)
    assert [type(verb).__name__ for verb in after.verbs] == ["Hangup"]
    (row,) = await rows(Call, pk=call.pk)
    assert (row.answer_type, row.end_reason, row.counters["heard_beep"]) == ("voicemail", "voicemail", 1)
