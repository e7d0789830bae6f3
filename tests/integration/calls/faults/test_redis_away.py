"""Redis is gone, or does not answer, in the middle of a call: the call goes on and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.utils import timezone

from alerts.models import Alert, Notification
from alerts.services import notifications_sweep
from alerts.services.paging import handover
from calls.database import in_database
from calls.models import Call, Turn
from patients.models import Patient, PatientRecord
from tests.integration.calls.conftest import PHONE
from tests.integration.calls.fault_proxy import FaultProxy
from tests.integration.calls.faults.product import free_port, product
from tests.integration.calls.faults.scenes import HEARD_WITHIN_S, gone, verified
from tests.integration.calls.people import nurse_on_call
from tests.integration.calls.rows import ended, rows, until
from tests.standins.realtime import RealtimeStandin
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_session import Session

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("fault", ["go_away", "fall_silent"])
async def test_a_call_without_redis_keeps_its_answers_and_raises_its_alarm(
    joan: Patient, process_environment: dict[str, str], empty_redis: str, tmp_path: Path, fault: str
) -> None:
    """F-30: refused, and a black hole; answers, alarm and page are rows, the page is sent by the sweep later."""
    await nurse_on_call(joan)
    took: dict[str, float] = {}

    async def script(session: Session) -> None:
        await verified(session)
        getattr(proxy, fault)()
        began = time.monotonic()
        await session.respond(Tool("updatePatientRecord", {"symptoms": {"fatigue": 3}}, "late"))
        assert (await session.expect_tool_output("late"))["record_updated"]
        took["answer"] = time.monotonic() - began
        await session.expect("response.create")
        await session.respond(Speech("Thank you. And how do you sleep?", ms=500))
        await session.expect_audio(700)
        heard = line.played_ms
        began = time.monotonic()
        await session.hears("I have this awful pressure in my chest, it will not go away.", ms=600)
        await line.until(lambda: line.played_ms >= heard + 200)
        took["script"] = time.monotonic() - began
        await gone(session)

    at = urlsplit(empty_redis)
    port = free_port()
    async with FaultProxy(str(at.hostname), int(at.port or 0)) as proxy, RealtimeStandin(script) as realtime:
        behind = at._replace(netloc=f"{at.username or ''}:{at.password}@127.0.0.1:{proxy.here}").geturl()
        environment = process_environment | {"REDIS_URL": behind, "OPENAI_REALTIME_URL": realtime.url}
        async with product(environment, tmp_path, port) as server, server.line(PHONE) as line:
            await line.open(await line.dial())
            alert = await until(Alert.objects.filter(patient=joan, flag="chest_pain").first, within_s=60)
            assert alert is not None and alert.severity == "critical"
            await until(lambda: "script" in took)
            await line.until(lambda: line.playout.played > 0 and not line.closed.is_set())
            await line.hang_up()
            call = await ended(line.call_sid, within_s=30)
            assert await server.status("/health") == 200
        realtime.check()
    assert took["answer"] < 1.0 and took["script"] < HEARD_WITHIN_S
    assert call.state in Call.END_STATES
    (record,) = await rows(PatientRecord)
    assert (record.swelling, record.fatigue) == (2, 3)
    assert len(await rows(Turn, speaker="patient")) == 1
    pages = await rows(Notification, alert=alert)
    assert pages and {page.state for page in pages} == {"pending"}
    broker = redis.Redis.from_url(empty_redis)
    assert not broker.llen("urgent")
    await in_database(notifications_sweep, now=timezone.now() + timedelta(seconds=10))
    await asyncio.to_thread(handover.drained)
    assert broker.llen("urgent") >= len(pages)
    broker.close()


async def test_a_redis_that_was_restarted_is_used_again(
    joan: Patient, process_environment: dict[str, str], empty_redis: str, tmp_path: Path
) -> None:
    """F-30: every connection cut in mid-call and back at once; the next page goes out by itself."""
    await nurse_on_call(joan)

    async def script(session: Session) -> None:
        await verified(session)
        proxy.cut()
        await session.hears("I have this awful pressure in my chest, it will not go away.", ms=600)
        await gone(session)

    at = urlsplit(empty_redis)
    broker = redis.Redis.from_url(empty_redis)
    async with FaultProxy(str(at.hostname), int(at.port or 0)) as proxy, RealtimeStandin(script) as realtime:
        behind = at._replace(netloc=f"{at.username or ''}:{at.password}@127.0.0.1:{proxy.here}").geturl()
        environment = process_environment | {"REDIS_URL": behind, "OPENAI_REALTIME_URL": realtime.url}
        async with product(environment, tmp_path, free_port()) as server, server.line(PHONE) as line:
            await line.open(await line.dial())
            await until(lambda: broker.llen("urgent") > 0, within_s=60)
            assert not line.closed.is_set()
        realtime.check()
    broker.close()
