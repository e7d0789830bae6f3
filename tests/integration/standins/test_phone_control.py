"""The stand-in's own door and the stand-in as a process."""

import asyncio
import os
import signal
import sys

import aiohttp
import pytest

from tests.standins.telephone import ACCOUNT_SID, AUTH_TOKEN

ROBERT = "+12015550100"


@pytest.fixture
async def control(phone):
    async with aiohttp.ClientSession(f"{phone.url}/control/") as session:

        async def ask(method, path, **body):
            async with session.request(method, path, json=body or None) as reply:
                return reply.status, await reply.json()

        yield ask


async def test_a_patient_is_made_to_call_in_and_the_events_tell_of_it(control, application):
    application.answers["/voice"] = "<Response><Say>Hello.</Say></Response>"
    status, made = await control("POST", "inbound", persona="weight_gain")
    assert status == 201
    kinds, after = [], 0
    while "call.reported" not in kinds:
        _, events = await control("GET", f"events?after={after}&wait=5")
        assert events, "a long poll ended with nothing"
        kinds += [event["kind"] for event in events]
        after = events[-1]["number"]
    assert kinds[0] == "call.queued"
    assert "twiml.said" in kinds
    _, call = await control("GET", f"calls/{made['sid']}")
    assert (call["from"], call["status"]) == ("+12015550101", "completed")
    assert application.forms("/voice")[0]["From"] == "+12015550101"


async def test_personas_are_listed_and_assigned(control, phone):
    _, personas = await control("GET", "personas")
    assert [one["id"] for one in personas][:2] == ["stable", "weight_gain"]
    status, _ = await control(
        "PUT", "numbers/+12015550177", persona="silent", behaviour={"line": "busy", "ring_s": 0.0}
    )
    assert status == 200
    assert phone.exchange.persona_at("+12015550177").behaviour.line == "busy"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "numbers/1", {"persona": "stable"}),
        ("PUT", "numbers/+12015550177", {"persona": "nobody"}),
        ("PUT", "numbers/+12015550177", {"persona": "stable", "behaviour": {"sings": True}}),
        ("PUT", "nurses/+12015550199", {"manner": "sings"}),
        ("PUT", "queues/nurses", {"result": "sings"}),
        ("POST", "faults", {"kind": "sings"}),
        ("POST", "faults", {"kind": "stall", "volume": 3}),
        ("POST", "inbound", {}),
        ("GET", "events?after=x", {}),
    ],
)
async def test_a_wrong_request_is_refused_with_a_reason(control, method, path, body):
    status, answer = await control(method, path, **body)
    assert status == 400
    assert answer["error"]


async def test_nurses_queues_faults_and_messages_can_be_set_and_read(control, phone):
    assert (await control("PUT", "nurses/+12015550199", manner="busy"))[0] == 200
    assert (await control("PUT", "queues/nurses", result="hangup"))[0] == 200
    assert (await control("POST", "faults", kind="stall", for_ms=100))[0] == 201
    assert phone.exchange.manners == {"+12015550199": "busy"}
    assert phone.exchange.queues == {"nurses": "hangup"}
    assert phone.exchange.faults.has("stall", call_sid="", phone="")
    await control("DELETE", "faults")
    assert not phone.exchange.faults.has("stall", call_sid="", phone="")
    assert await control("GET", "messages") == (200, [])


async def test_the_process_says_ready_and_ends_when_told_to(application):
    environment = {
        **os.environ,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "PUBLIC_URL": application.url,
        "PHONE_PACE": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "heartvoice.demo.phone", "--ear", "text", "--voice", "tones",
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        said = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().split()
        assert said[0] == "ready"
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{said[1]}/control/health") as reply,
        ):
            assert await reply.json() == {"ok": True, "live": 0}
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_process_names_what_is_missing():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "heartvoice.demo.phone", env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, told = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2
    assert b"TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN" in told
