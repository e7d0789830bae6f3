"""A real PostgreSQL is stopped under a live call and started again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from heartvoice.demo.servers.postgres import Postgres
from tests.integration.calls.conftest import PHONE
from tests.integration.calls.fault_proxy import FaultProxy
from tests.integration.calls.faults.product import free_port, product
from tests.integration.calls.faults.scenes import gone, verified
from tests.standins.realtime import RealtimeStandin
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session

pytestmark = pytest.mark.timeout(300)

ENROL = f"""
from datetime import date
from patients.models import CareTeam, Consent
from patients.services import consent_give, patient_enrol
team = CareTeam.objects.create(name="Heart team", spoken_name="the heart health team")
joan = patient_enrol(care_team=team, first_name="Joan", last_name="Baker", date_of_birth=date(1948, 3, 3),
                     phone="{PHONE}", time_zone="America/New_York")
consent_give(patient=joan, scope=Consent.Scope.AI_VOICE_CALL, wording_version="1", method="paper")
"""


@pytest.fixture
def cluster(process_environment: dict[str, str], tmp_path: Path) -> Iterator[Postgres]:
    """A server of the test's own, with the product's tables and one patient."""
    server = Postgres(tmp_path / "cluster", durable=True)
    server.start()
    environment = process_environment | {"DATABASE_URL": server.wait()}
    for command in (["migrate", "-v0"], ["shell", "-c", ENROL]):
        program = [sys.executable, "manage.py", *command]
        subprocess.run(program, env=environment, check=True, capture_output=True)
    yield server
    server.stop()


async def found(url: str, statement: str, *, within_s: float) -> list[tuple[object, ...]]:
    """The rows of a statement, once there are any."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url) as connection:
                    rows = await (await connection.execute(statement)).fetchall()
            except psycopg.OperationalError:
                rows = []
            if rows:
                return rows
            await asyncio.sleep(0.1)  # the database is another process: there is nothing to wait on


async def test_a_restart_of_five_seconds_costs_no_answer_and_delays_the_alarm_by_less_than_a_minute(
    cluster: Postgres, process_environment: dict[str, str], empty_redis: str, tmp_path: Path
) -> None:
    """F-31: stopped with "fast", five seconds, started; the call goes on meanwhile."""
    url = cluster.wait()
    environment = process_environment | {"DATABASE_URL": url}
    steps = asyncio.Queue[str]()

    async def script(session: Session) -> None:
        await verified(session)
        await steps.put("verified")
        await stopped.wait()
        await session.respond(Tool("updatePatientRecord", {"symptoms": {"fatigue": 3}}, "late"))
        output = await session.expect_tool_output("late")
        assert (output["ok"], output["saved"]) == (True, "shortly")
        await session.expect("response.create")
        await session.respond(Speech("Thank you. And how do you sleep?", ms=500))
        await session.expect_audio(700)
        await session.hears("My legs are much more swollen than last week.", ms=600)
        await steps.put("answered")
        await gone(session)

    stopped = asyncio.Event()
    async with FaultProxy("127.0.0.1", cluster.port) as proxy, RealtimeStandin(script) as realtime:
        behind = url.replace(f":{cluster.port}/", f":{proxy.here}/")
        more = {"DATABASE_URL": behind, "OPENAI_REALTIME_URL": realtime.url}
        async with product(environment | more, tmp_path, free_port()) as server, server.line(PHONE) as line:
            await line.open(await line.dial())
            assert await asyncio.wait_for(steps.get(), 60) == "verified"
            await found(url, "SELECT 1 FROM patients_patientrecord WHERE swelling = 2", within_s=20)
            cluster.stop()
            stopped.set()
            heard = line.played_ms
            assert await asyncio.wait_for(steps.get(), 30) == "answered"
            assert line.played_ms >= heard + 400 and not line.closed.is_set()
            assert await server.status("/health") == 200
            assert await server.status("/accounts/login/") in (200, 503)
            await asyncio.sleep(5)  # how long the database is away, by the row of the table
            cluster.start()
            proxy.port = cluster.port
            url = cluster.wait()
            rows = await found(
                url, "SELECT swelling, fatigue FROM patients_patientrecord WHERE fatigue = 3", within_s=60
            )
            assert rows == [(2, 3)]
            await found(url, "SELECT 1 FROM calls_turn WHERE speaker = 'patient'", within_s=30)
            await line.hang_up()
            await found(url, "SELECT 1 FROM calls_call WHERE ended_at IS NOT NULL", within_s=30)
        realtime.check()
    tools = await found(url, "SELECT name FROM calls_toolcall ORDER BY at_ms", within_s=10)
    assert tools == [("verifyIdentity",), ("updatePatientRecord",), ("updatePatientRecord",)]
