"""The database goes away in mid-call: the call goes on, answers wait, nothing is said that is not so.

Security F-31 to F-33, over real sockets and a real PostgreSQL behind a proxy.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from alerts.models import Alert
from calls import leftovers, spool
from calls.database import in_database
from calls.models import Call, CallFailure, ToolCall, Turn
from calls.writes import Write
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
    """F-31: refused and cut in mid-call; the answer waits in memory, the talk goes on."""
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
    """F-33: the alert cannot be committed; the truth is said, a person is rung, the alert is raised when it can be."""
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
        nobody = await line.post(after.verbs[-1].action, DialCallStatus="no-answer")
        said, end = twiml.parse(nobody.text, nobody.url).verbs
        assert isinstance(said, twiml.Say) and "Call nine one one now" in said.text
        assert "has been told" not in said.text and isinstance(end, twiml.Hangup)
        database.come_back()
        alert = await until(Alert.objects.filter(patient=joan).first, within_s=60)
        assert alert is not None and alert.severity == "critical"
    said = " ".join(turn.text for turn in await rows(Turn, speaker="system"))
    assert "cannot reach your care team" in said and "I have alerted" not in said


async def test_a_call_that_ends_while_the_database_is_away_is_finished_later(
    world: WorldOf, joan: Patient, database: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-31: the end of the call waits too."""
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
    """F-33: longer than anybody waits; a sealed file on disk, replayed once."""
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
    """F-31: the database goes between webhook and stream."""
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


# --- F-32: connections that stay open and never answer


async def test_a_database_that_never_answers_is_given_up_and_used_again_without_a_restart(
    world: WorldOf, joan: Patient, database: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-32: a black hole in mid-call; Maya goes on talking, the answer is written once, every thread is free again."""
    monkeypatch.setattr("calls.database.DEADLINE_S", 1.5)
    monkeypatch.setattr("calls.toolbox.DEADLINE_S", 0.5)
    monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "connect_timeout", 2)
    done = asyncio.Event()

    async def script(session: Session) -> None:
        await verified(session)
        database.fall_silent()
        await session.respond(Tool("updatePatientRecord", {"symptoms": {"swelling": 3}}, "call_2"))
        output = await session.expect_tool_output("call_2")
        assert (output["ok"], output["saved"]) == (True, "shortly")
        await session.expect("response.create")
        await session.respond(Speech("Thank you. And how do you sleep?", ms=800))
        await session.expect_audio(1_000)
        done.set()
        await session.closed.wait()

    async with world(script) as w, w.line() as line:
        await line.open(await line.dial())
        await asyncio.wait_for(done.wait(), 40)
        assert line.played_ms >= 1_000
        database.come_back()
        await until(PatientRecord.objects.filter(swelling=3).first, within_s=40)
        answers = await asyncio.gather(*(in_database(Call.objects.count) for _ in range(8)))
        assert answers == [1] * 8
        await line.hang_up()
        await ended(line.call_sid)
    assert len(await rows(PatientRecord)) == 1


async def test_a_query_that_is_under_way_when_the_line_goes_dead_ends_in_time(
    joan: Patient, database: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-32: half open; the wait ends with an error after the deadline, whatever the kernel believes."""
    monkeypatch.setattr("calls.database.DEADLINE_S", 0.5)

    def slow() -> None:
        with connections["default"].cursor() as cursor:
            asyncio.run_coroutine_threadsafe(silent(), loop).result()
            cursor.execute("SELECT 1")

    async def silent() -> None:
        database.fall_silent()

    loop = asyncio.get_running_loop()
    with pytest.raises(OperationalError):
        await asyncio.wait_for(in_database(slow), 5)


async def test_a_webhook_does_not_wait_longer_than_the_telephone_network(
    world: WorldOf, joan: Patient, database: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-32: the network asks what comes next and the database is a black hole: a fixed answer in time."""
    monkeypatch.setattr("calls.views.WEBHOOK_S", 1.0)
    monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "connect_timeout", 2)
    async with world(nothing) as w, w.line() as line:
        await line.dial()
        database.fall_silent()
        async with asyncio.timeout(6):
            answer = await line.post(f"{w.url}/voice/ended")
        said, end = twiml.parse(answer.text, answer.url).verbs
        assert isinstance(said, twiml.Say) and isinstance(end, twiml.Hangup)
        database.come_back()
        database.cut()


# --- the spool


def spooled(call: Call, *writes: Write) -> None:
    spool.keep(call.pk, writes)


def a_call(patient: Patient) -> Call:
    return Call.objects.create(
        patient=patient,
        direction="inbound",
        purpose="callback",
        planned_for=timezone.now(),
        state="in_progress",
    )


def turn(item: str, text: str) -> Write:
    fields = {"speaker": "patient", "item": item, "text": text, "start_ms": 1, "end_ms": 2}
    return Write("turn", fields)


def test_a_replay_that_was_broken_off_is_finished_by_the_next(
    joan: Patient, spool_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-33: the database goes away again, or the process dies, in the middle of a file: nothing lost, none doubled."""
    call = a_call(joan)
    failed = {"error_type": "lost", "strategy": "TryAgain", "at": timezone.now().isoformat()}
    spooled(call, turn("a", "one"), Write("failure", failed), turn("b", "two"))
    run, times = Write.run, 0

    def once_more(write: Write, *args: Any) -> Any:
        nonlocal times
        times += 1
        if times == 3:
            raise OperationalError("gone")
        return run(write, *args)

    monkeypatch.setattr(Write, "run", once_more)
    with pytest.raises(OperationalError):
        spool.replay()
    assert len(contents(spool_folder)) == 1
    assert spool.replay() == 1 and not contents(spool_folder)
    assert sorted(row.text for row in Turn.objects.all()) == ["one", "two"]
    assert CallFailure.objects.count() == 1


def test_one_bad_write_does_not_keep_the_others(joan: Patient, spool_folder: Path) -> None:
    """F-33: what can be written is."""
    spooled(a_call(joan), Write("turn", {"nonsense": 1}), turn("b", "two"))
    assert spool.replay() == 1
    assert [row.text for row in Turn.objects.all()] == ["two"]


def test_a_file_that_another_process_replays_is_left_to_it(joan: Patient, spool_folder: Path) -> None:
    """F-33: two processes, one replay."""
    spooled(a_call(joan), turn("a", "one"))
    (path,) = spool_folder.glob("*.spool")
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert spool.replay() == 0
    assert spool.replay() == 1


def test_a_file_that_was_altered_is_set_aside(joan: Patient, spool_folder: Path) -> None:
    """F-33: sealed against whoever can write there."""
    spooled(a_call(joan), turn("a", "one"))
    (path,) = spool_folder.glob("*.spool")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert spool.replay() == 0 and not Turn.objects.exists()
    assert [one.suffix for one in spool_folder.iterdir()] == [".unreadable"]


# --- what people see


async def test_pages_answer_503_and_come_back(world: WorldOf, joan: Patient, database: FaultProxy) -> None:
    """F-31: no error page of ours says 500 because the database restarts."""
    async with world(nothing) as w, aiohttp.ClientSession() as session:
        database.go_away()
        async with session.get(f"{w.url}/accounts/login/", cookies={"hv_session": "a" * 32}) as answer:
            assert answer.status == 503 and answer.headers["Retry-After"]
        async with session.get(f"{w.url}/health") as answer:
            assert answer.status == 200
        database.come_back()
        async with session.get(f"{w.url}/accounts/login/", cookies={"hv_session": "a" * 32}) as answer:
            assert answer.status == 200
