"""The database goes away in mid-call: the call goes on, answers wait, nothing is said that is not so.

Security F-31 and F-33, over real sockets and a real PostgreSQL behind a proxy.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from alerts.models import Alert
from calls import leftovers, spool
from calls.database import in_database
from calls.models import Call, ToolCall, Turn
from heartvoice.demo.phone import twiml
from patients.models import Patient, PatientRecord
from tests.integration.calls.conftest import WorldOf
from tests.integration.calls.fault_proxy import FaultProxy
from tests.integration.calls.rows import ended, quiet, rows, until
from tests.standins.realtime import nothing
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session
from tests.unit.calls.builders import rendered_scripts

IDENTITY = {"full_name": "Joan Baker", "date_of_birth": "March third nineteen forty eight"}


@pytest.fixture
async def database(joan: Patient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FaultProxy]:
    """The proxy that every new connection goes through; what the test itself holds goes directly."""
    settings = connections.settings["default"]
    async with FaultProxy(settings["HOST"], int(settings["PORT"])) as proxy:
        monkeypatch.setitem(settings, "PORT", str(proxy.here))
        monkeypatch.setitem(settings, "HOST", "127.0.0.1")
        yield proxy
        proxy.come_back()


@pytest.fixture(autouse=True)
def spool_folder(tmp_path: Path, settings: Any) -> Path:
    settings.SPOOL_DIR = str(tmp_path / "spool")
    return tmp_path / "spool"


async def verified(session: Session) -> None:
    await session.expect("session.update")
    await session.expect("response.create")
    await session.respond(Tool("verifyIdentity", IDENTITY, "call_1"))
    await session.expect_tool_output("call_1")
    await session.expect("response.create")
    await session.respond(Speech("Good morning.", ms=300))
    await session.expect_audio(500)


async def test_answers_given_while_the_database_is_away_are_written_once_when_it_is_back(
    world: WorldOf, joan: Patient, database: FaultProxy
) -> None:
    done = asyncio.Event()

    async def script(session: Session) -> None:
        await verified(session)
        database.go_away()
        await session.respond(Tool("updatePatientRecord", {"symptoms": {"swelling": 3}}, "call_2"))
        output = await session.expect_tool_output("call_2")
        assert (output["ok"], output["saved"]) == (True, "shortly")
        await session.expect("response.create")
        await session.respond(Speech("Thank you.", ms=300))
        await session.hears("You are welcome.", ms=500)
        database.come_back()
        done.set()
        await session.closed.wait()

    async with world(script) as w, w.call() as line:
        await asyncio.wait_for(done.wait(), 30)
        record = await until(PatientRecord.objects.filter(swelling=3).first)
        await until(lambda: Turn.objects.filter(text__isnull=False, speaker="patient").exists())
        await line.hang_up()
        call = await ended(line.call_sid)
    assert record is not None and record.call_id == call.pk
    assert len(await rows(PatientRecord)) == 1 and len(await rows(ToolCall, name="updatePatientRecord")) == 1


async def test_an_emergency_that_cannot_be_committed_is_never_claimed_and_a_person_is_rung(
    world: WorldOf, joan: Patient, database: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calls.bridge.COMMIT_S", 0.3)
    monkeypatch.setattr("calls.assembly.scripts", lambda language: rendered_scripts(240))
    monkeypatch.setattr("calls.bridge.DRAIN_S", 0.1)

    async def script(session: Session) -> None:
        await verified(session)
        database.go_away()
        await session.hears("I have an awful pressure in my chest.", ms=600)
        await session.closed.wait()

    async with world(script) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        await asyncio.wait_for(line.closed.wait(), 60)
        after = await line.after_stream(document)
        assert isinstance(after.verbs[-1], twiml.Dial)
        database.come_back()
        alert = await until(Alert.objects.filter(patient=joan).first, within_s=60)
        assert alert is not None and alert.severity == "critical"
    said = " ".join(turn.text for turn in await rows(Turn, speaker="system"))
    assert "cannot reach your care team" in said and "I have alerted" not in said


async def test_a_call_that_ends_while_the_database_is_away_is_finished_later(
    world: WorldOf, joan: Patient, database: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calls.bridge.DRAIN_S", 0.1)

    async with world(verified) as w, w.line() as line:
        await line.open(await line.dial())
        await line.until(lambda: line.played_ms >= 300)
        database.go_away()
        await line.hang_up()
        await quiet()
        assert len(leftovers.PROCESS) == 1
        database.come_back()
        call = await ended(line.call_sid, within_s=30)
    assert call.end_reason == "hangup"


def contents(folder: Path) -> list[bytes]:
    """What lies in the spool."""
    return [path.read_bytes() for path in folder.glob("*.spool")]


async def test_what_cannot_be_written_at_all_is_spooled_sealed_and_replayed_once(
    world: WorldOf, joan: Patient, database: FaultProxy, monkeypatch: pytest.MonkeyPatch, spool_folder: Path
) -> None:
    monkeypatch.setattr("calls.bridge.DRAIN_S", 0.1)
    monkeypatch.setattr(leftovers.PROCESS, "give_up_s", 0.2)

    heard = asyncio.Event()

    async def script(session: Session) -> None:
        await verified(session)
        database.go_away()
        await session.hears("My daughter Zyxia visited.", ms=500)
        await session.expect_audio(200)
        heard.set()
        await session.closed.wait()

    async with world(script) as w, w.line() as line:
        await line.open(await line.dial())
        await asyncio.wait_for(heard.wait(), 15)
        await line.hang_up()
        await quiet()
        await asyncio.wait_for(leftovers.PROCESS.done(), 20)
        (sealed,) = contents(spool_folder)
        assert b"Zyxia" not in sealed and b"finish" not in sealed
        database.come_back()
        assert await in_database(spool.replay) == 1
        assert await in_database(spool.replay) == 0
        call = await ended(line.call_sid)
    assert call.end_reason == "hangup"
    texts = [turn.text for turn in await rows(Turn, speaker="patient")]
    assert texts == ["My daughter Zyxia visited."]


async def test_a_stream_that_cannot_reach_the_database_is_closed_and_the_caller_hears_a_sentence(
    world: WorldOf, joan: Patient, database: FaultProxy
) -> None:
    async with world(nothing) as w, w.line() as line:
        document = await line.dial()
        database.go_away()
        await line.open(document)
        await asyncio.wait_for(line.closed.wait(), 20)
        assert line.close_code == 4401
        after = await line.after_stream(document)
        assert isinstance(after.verbs[0], twiml.Say) and "911" not in after.verbs[0].text
        assert isinstance(after.verbs[-1], twiml.Hangup)
        database.come_back()
    assert (await rows(Call))[0].state == "in_progress"
