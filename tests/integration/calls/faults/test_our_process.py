"""Our own process is killed, or told to stop, with calls on the line. Real processes, real signals, real sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from calls.database import in_database
from calls.models import Call, Turn
from calls.services import calls_close_lost
from heartvoice.demo.phone import twiml
from patients.models import Patient, PatientRecord
from tests.integration.calls.conftest import PHONE
from tests.integration.calls.fault_proxy import FaultProxy
from tests.integration.calls.faults.product import Product, free_port, product
from tests.integration.calls.faults.scenes import HEARD_WITHIN_S, answered_by_keys, asked_in, gone, verified
from tests.integration.calls.rows import ended, rows, until
from tests.standins.phone_line import PhoneLine
from tests.standins.realtime import RealtimeStandin
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session

pytestmark = pytest.mark.timeout(240)
CALLS = 5

Running = Callable[..., Any]


@pytest.fixture
def environment(joan: Patient, process_environment: dict[str, str], empty_redis: str) -> dict[str, str]:
    return process_environment | {"DRAIN_SECONDS": "6"}


async def five_calls(
    stack: contextlib.AsyncExitStack, server: Product
) -> list[tuple[PhoneLine, twiml.Document]]:
    """Five lines that have been connected."""
    lines = []
    for _ in range(CALLS):
        line = await stack.enter_async_context(server.line(PHONE))
        document = await line.dial()
        await line.open(document)
        lines.append((line, document))
    return lines


async def all_answered() -> None:
    """Every call has its first answer, and Maya's next question was asked, in the database."""
    await until(lambda: PatientRecord.objects.filter(swelling=2).count() == CALLS, within_s=40)
    await until(
        lambda: Call.objects.filter(questions_asked__contains=["fatigue"]).count() == CALLS, within_s=20
    )


async def question_within(line: PhoneLine, document: twiml.Document) -> twiml.Document:
    """What the network's own voice begins to say within two seconds of the end of our stream."""
    await asyncio.wait_for(line.closed.wait(), 20)
    async with asyncio.timeout(HEARD_WITHIN_S):
        return await line.after_stream(document)


async def answers_and_waits(session: Session) -> None:
    await verified(session)
    await gone(session)


async def test_five_calls_of_a_killed_process_go_on_in_another_where_they_were(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """F-46: kill -9; the other process asks what is left; who hangs up instead is closed by the sweep."""
    port = free_port()
    async with (
        RealtimeStandin(answers_and_waits) as realtime,
        product(environment, tmp_path, port, OPENAI_REALTIME_URL=realtime.url) as first,
        contextlib.AsyncExitStack() as stack,
    ):
        lines = await five_calls(stack, first)
        await all_answered()
        async with product(environment, tmp_path, port, OPENAI_REALTIME_URL=realtime.url):
            first.kill()
            await first.ended()
            steps = await asyncio.gather(*(question_within(*one) for one in lines))
            assert all("short of breath" in asked_in(step) for step in steps)
            for (line, _), step in list(zip(lines, steps, strict=True))[1:]:
                asked = await answered_by_keys(line, step)
                assert "swelling" not in asked and len(asked) == len(set(asked))
                await ended(line.call_sid)
        realtime.check()
    await in_database(calls_close_lost, timezone.now() + timedelta(seconds=60))
    calls = {call.call_sid: call for call in await rows(Call)}
    states = [calls[line.call_sid].state for line, _ in lines]
    assert states == ["interrupted"] + ["completed"] * (CALLS - 1)
    records = await rows(PatientRecord)
    assert len(records) == CALLS and {record.swelling for record in records} == {2}
    assert sorted(record.fatigue is None for record in records) == [False] * (CALLS - 1) + [True]


async def test_five_calls_are_drained_and_then_handed_over_without_losing_an_answer(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """F-45: SIGTERM; readiness 503, a call that ends in time ends by itself, the rest is asked by the network."""
    is_draining = asyncio.Event()

    async def script(session: Session) -> None:
        await verified(session)
        await is_draining.wait()
        if session.number == 0:
            await session.respond(
                Speech("Goodbye.", ms=900), Tool("endCall", {"reason": "patient_request"}, "bye")
            )
        else:
            await session.respond(Tool("updatePatientRecord", {"symptoms": {"fatigue": 3}}, "late"))
            await session.expect("response.create")
            await session.respond(Speech("And how do you sleep?", ms=20_000))
        await gone(session)

    port = free_port()
    async with (
        RealtimeStandin(script) as realtime,
        product(environment, tmp_path, port, OPENAI_REALTIME_URL=realtime.url) as old,
        contextlib.AsyncExitStack() as stack,
    ):
        lines = await five_calls(stack, old)
        await all_answered()
        async with product(environment, tmp_path, port, OPENAI_REALTIME_URL=realtime.url):
            old.terminate()
            is_draining.set()
            steps = await asyncio.gather(*(question_within(*one) for one in lines))
            assert sorted(line.close_code or 0 for line, _ in lines) == [1000] + [1012] * (CALLS - 1)
            (bye,) = (step for (line, _), step in zip(lines, steps, strict=True) if line.close_code == 1000)
            assert isinstance(bye.verbs[-1], twiml.Hangup)
            others = [one for one in lines if one[0].close_code == 1012]
            steps = [step for step in steps if step is not bye]
            assert all("short of breath" in asked_in(step) for step in steps)
            # Two listeners on one port, as here, lose what the leaving one had in its queue; a proxy asks again.
            assert await old.ended() == 0
            for (line, _), step in zip(others, steps, strict=True):
                asked = await answered_by_keys(line, step)
                assert not {"swelling", "fatigue"} & set(asked)
        realtime.check()
    records = await rows(PatientRecord)
    assert len(records) == CALLS
    assert sorted(record.fatigue or 0 for record in records) == [0] + [3] * (CALLS - 1)
    assert {call.state for call in await rows(Call)} == {"completed"}


async def test_a_process_that_stops_while_the_database_is_away_leaves_a_sealed_file_for_the_next(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """F-33, F-45: SIGTERM without a database; words and end of the call are in the next process's rows, once."""
    at = connection.settings_dict
    is_away = asyncio.Event()

    async def script(session: Session) -> None:
        await verified(session)
        await is_away.wait()
        await session.hears("My daughter Zyxia visited.", ms=400)
        await session.respond(Tool("updatePatientRecord", {"symptoms": {"fatigue": 3}}, "late"))
        await session.expect_tool_output("late")
        heard.set()
        await gone(session)

    heard = asyncio.Event()
    port = free_port()
    async with (
        FaultProxy(at["HOST"], int(at["PORT"])) as database,
        RealtimeStandin(script) as realtime,
    ):
        behind = environment | {
            "DATABASE_URL": environment["DATABASE_URL"].replace(f":{at['PORT']}/", f":{database.here}/"),
            "OPENAI_REALTIME_URL": realtime.url,
            "DRAIN_SECONDS": "1",
        }
        async with product(behind, tmp_path, port) as old, old.line(PHONE) as line:
            document = await line.dial()
            await line.open(document)
            await until(
                lambda: Call.objects.filter(questions_asked__contains=["fatigue"]).exists(), within_s=40
            )
            database.go_away()
            is_away.set()
            await asyncio.wait_for(heard.wait(), 20)
            old.terminate()
            await asyncio.wait_for(line.closed.wait(), 20)
            assert await old.ended(within_s=60) == 0
            (sealed,) = (tmp_path / "spool").glob("*.spool")
            assert b"Zyxia" not in sealed.read_bytes()
            database.come_back()
            async with product(behind, tmp_path, port) as new, new.line(PHONE) as other:
                await other.open(await other.dial())
                await until(lambda: PatientRecord.objects.filter(swelling=2, fatigue=3).exists(), within_s=30)
                await until(lambda: not list((tmp_path / "spool").glob("*.spool")))
                step = await line.after_stream(document)
                asked = await answered_by_keys(line, step)
                assert asked and not {"identity", "swelling", "fatigue"} & set(asked)
    texts = [turn.text for turn in await rows(Turn, call__call_sid=line.call_sid, speaker="patient")]
    assert texts == ["My daughter Zyxia visited."]
