"""Who may open a stream, and what the webhooks answer to whom."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from django.conf import settings as django_settings
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from calls.database import in_database
from calls.models import Call, StreamToken, WebhookReceipt
from heartvoice.demo.phone import twiml
from patients.models import Patient
from patients.services import patient_enrol
from tests.integration.calls.conftest import PHONE, World, WorldOf
from tests.integration.calls.rows import call_row, ended, rows
from tests.standins.phone_line import PhoneLine, connect_of
from tests.standins.realtime import nothing

SID = "CA" + "0" * 32


def form(**changes: str) -> dict[str, str]:
    return {"CallSid": SID, "From": PHONE, "To": "+12015550198", "CallStatus": "ringing", **changes}


async def posted(
    w: World, path: str, data: dict[str, str], *, signed_url: str = "", key: str = "", **headers: str
) -> tuple[int, str]:
    """A webhook's answer. `signed_url` and `key` replace the right ones."""
    validator = RequestValidator(key or django_settings.TWILIO_AUTH_TOKEN)
    signature = validator.compute_signature(signed_url or w.url + path, data)
    async with (
        aiohttp.ClientSession() as session,
        session.post(w.url + path, data=data, headers={"X-Twilio-Signature": signature, **headers}) as answer,
    ):
        return answer.status, await answer.text()


async def closed_with(line: PhoneLine) -> int | None:
    await asyncio.wait_for(line.closed.wait(), 15)
    return line.close_code


# --- F-01, F-02, F-03: webhooks


@pytest.mark.parametrize(
    "path", ["/voice", "/voice/status", "/voice/amd", "/voice/ended", "/voice/questionnaire"]
)
async def test_a_webhook_that_is_not_signed_is_refused_and_leaves_no_row(world: WorldOf, path: str) -> None:
    async with world(nothing) as w:
        assert (await posted(w, path, form(), key="wrong" * 6))[0] == 403
        assert (await posted(w, path, form(), signed_url=f"https://evil.example{path}"))[0] == 403
        assert (await posted(w, path, form(), **{"X-Twilio-Signature": ""}))[0] == 403
        async with aiohttp.ClientSession() as session:
            assert (await session.get(w.url + path)).status == 405
            assert (await session.post(w.url + path, json=form())).status == 403
    assert not await rows(Call) and not await rows(WebhookReceipt)


async def test_a_spoofed_host_does_not_change_what_is_signed(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w:
        spoofed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        status, _ = await posted(w, "/voice", form(), signed_url="https://evil.example/voice", **spoofed)
        assert status == 403


async def test_the_same_webhook_many_times_is_one_call_with_one_answer(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w:
        once = [await posted(w, "/voice", form()) for _ in range(3)]
        at_once = await asyncio.gather(*(posted(w, "/voice", form()) for _ in range(12)))
    assert {*once, *at_once} == {once[0]} and once[0][0] == 200
    assert len(await rows(Call)) == len(await rows(StreamToken)) == 1


async def test_the_answer_names_nobody(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w:
        _, text = await posted(w, "/voice", form())
    for private in ("Joan", "Baker", PHONE, str(joan.pk), "1948"):
        assert private not in text


@pytest.mark.parametrize("caller", ["+12015550177", "anonymous", "", "+1"])
async def test_an_unknown_caller_hears_a_polite_sentence_and_a_number(
    world: WorldOf, joan: Patient, caller: str
) -> None:
    async with world(nothing) as w:
        status, text = await posted(w, "/voice", form(From=caller))
    said, end = twiml.parse(text, w.url).verbs
    assert status == 200 and isinstance(said, twiml.Say) and isinstance(end, twiml.Hangup)
    assert "do not recognize" in said.text and "2 0 1 5 5 5 0 1 9 9" in said.text
    assert not await rows(Call)


async def test_a_number_that_two_patients_share_says_nothing_about_either(
    world: WorldOf, joan: Patient
) -> None:
    await in_database(
        patient_enrol,
        care_team=joan.care_team,
        first_name="Earl",
        last_name="Baker",
        date_of_birth=joan.date_of_birth,
        phone=PHONE,
        time_zone="America/New_York",
    )
    async with world(nothing) as w:
        text = (await posted(w, "/voice", form()))[1]
    assert "<Gather" in text and "your full name" in text
    for private in ("Earl", "Baker", PHONE, "1948"):
        assert private not in text


async def test_a_calls_state_never_goes_back(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w:
        await posted(w, "/voice", form())
        states = []
        for number, status in enumerate(("ringing", "queued", "completed", "in-progress", "ringing", "odd")):
            report = form(CallStatus=status, SequenceNumber=str(number))
            assert (await posted(w, "/voice/status", report))[0] == 204
            states.append((await call_row(SID)).state)
        assert (await posted(w, "/voice/status", form(CallSid="CAunknown", CallStatus="completed")))[0] == 204
        assert (await posted(w, "/voice/status", form(CallStatus="x" * 5_000, SequenceNumber="9" * 40)))[
            0
        ] == 204
    assert states == ["in_progress", "in_progress", *["interrupted"] * 4]


# --- F-04, F-05, F-06: the stream


@pytest.mark.parametrize("signature", ["", "wrong", "A" * 300])
async def test_a_stream_that_is_not_signed_never_opens(world: WorldOf, signature: str) -> None:
    async with world(nothing) as w:
        with pytest.raises(InvalidStatus) as refused:
            await connect(
                w.url.replace("http", "ws") + "/media", additional_headers={"X-Twilio-Signature": signature}
            )
    assert refused.value.response.status_code == 403 and not w.realtime.sessions


@pytest.mark.parametrize("token", ["", "x", "x" * 500, "é", "A" * 43])
async def test_a_wrong_token_is_turned_away_and_the_right_call_goes_on(
    world: WorldOf, joan: Patient, token: str
) -> None:
    async with world(nothing) as w, w.line() as line:
        document = await line.dial()
        await line.open(document, session_token=token)
        assert await closed_with(line) == 4403
        assert not w.realtime.sessions


async def test_a_token_opens_one_stream_once(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w, w.call() as first:
        await w.realtime.session(0)
        async with w.line() as second:
            second.call_sid = first.call_sid
            second._writer = type(second._writer)(
                account_sid=second.account_sid, call_sid=first.call_sid, stream_sid=second.stream_sid
            )
            token = (await rows(StreamToken))[0]
            assert token.used_at is not None
            await second.open(await second.dial())
            assert await closed_with(second) == 4409
        assert not first.closed.is_set() and len(w.realtime.sessions) == 1


async def test_of_many_sockets_with_one_token_one_wins(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w, w.line() as line:
        document = await line.dial()
        lines = [w.line() for _ in range(8)]
        for other in lines:
            other.call_sid = line.call_sid
            other._writer = type(other._writer)(
                account_sid=other.account_sid, call_sid=line.call_sid, stream_sid=other.stream_sid
            )
        await asyncio.gather(*(other.open(document) for other in lines))
        await w.realtime.session(0)
        async with asyncio.timeout(10):
            while sum(other.closed.is_set() for other in lines) < 7:
                await asyncio.wait(
                    [asyncio.ensure_future(o.closed.wait()) for o in lines],
                    return_when="FIRST_COMPLETED",
                    timeout=0.2,
                )
        assert len(w.realtime.sessions) == 1
        assert {other.close_code for other in lines if other.closed.is_set()} == {4409}
        await asyncio.gather(*(other.hang_up() for other in lines))


async def test_a_token_of_another_call_is_refused(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w, w.line() as mine, w.line() as theirs:
        document = await mine.dial()
        await theirs.dial()
        await theirs.open(document)
        assert await closed_with(theirs) == 4403


async def test_parameters_beside_the_token_mean_nothing(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w, w.line() as line:
        await line.open(await line.dial(), patientId="another", call="another")
        session = await w.realtime.session(0)
        update = await session.expect("session.update")
        assert "Joan" in update["session"]["instructions"]


# --- F-07, F-09, F-10, F-11: odd streams


@pytest.mark.parametrize(
    "message",
    [
        "x",
        "[]",
        '{"event":"what"}',
        '{"event":"media","media":{"payload":"!!"}}',
        '{"event":"media"}',
        "[" * 20_000,
    ],
)
async def test_fifty_bad_messages_end_the_stream_and_forty_nine_do_not(
    world: WorldOf, joan: Patient, message: str
) -> None:
    async with world(nothing) as w, w.call() as line:
        await w.realtime.session(0)
        for _ in range(49):
            await line.send(message)
        await line.press("1")
        assert not line.closed.is_set()
        await line.send(message)
        assert await closed_with(line) == 4400


async def test_binary_and_too_big_messages_are_refused(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w:
        async with w.call() as line:
            await w.realtime.session(0)
            for _ in range(50):
                await line.send(b"\x00\x01")
            assert await closed_with(line) == 4400
        async with w.call() as line:
            await w.realtime.session(1)
            await line.send('{"event":"media","media":{"payload":"' + "A" * 40_000 + '"}}')
            assert await closed_with(line) == 4413


async def test_a_second_start_of_the_same_call_changes_nothing_and_of_another_ends_it(
    world: WorldOf, joan: Patient
) -> None:
    async with world(nothing) as w, w.call() as line:
        await w.realtime.session(0)
        again = line._writer.start({"session_token": "x"})
        await line.send(again)
        await line.send(again.replace(line.call_sid, "CAother"))
        assert await closed_with(line) == 4400


async def test_a_cut_line_ends_the_call_in_the_record(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w, w.line() as line:
        await line.open(await line.dial())
        session = await w.realtime.session(0)
        line.cut(reset=True)
        call = await ended(line.call_sid)
        await asyncio.wait_for(session.closed.wait(), 5)
    assert (call.state, call.end_reason) == ("interrupted", "hangup")


async def test_frames_faster_than_time_are_dropped_not_passed_on(world: WorldOf, joan: Patient) -> None:
    async with world(nothing) as w, w.line() as line:
        document = await line.dial()
        verb = connect_of(document)
        await line.connect(verb.url)
        await line.send(line._writer.connected())
        await line.send(line._writer.start(dict(verb.parameters)))
        session = await w.realtime.session(0)
        await session.expect("response.create")
        for number in range(1_000):  # twenty seconds at once
            await line.send(line._writer.media(b"\xff" * 160, chunk=number + 1, at_ms=number * 20))
        await line.press("1")
        await session.expect("conversation.item.create")
        assert 4_000 <= len(session.appended) / 8 <= 9_000
        call = await call_row(line.call_sid)
        assert call.state == "in_progress"


async def test_a_full_process_sends_the_call_to_the_questionnaire(
    world: WorldOf, joan: Patient, settings: Any
) -> None:
    settings.MAX_LIVE_CALLS = 0
    async with world(nothing) as w, w.line() as line:
        document = await line.dial()
        await line.open(document)
        assert await closed_with(line) == 4429
        after = await line.after_stream(document)
    assert isinstance(after.verbs[-1], twiml.Gather)
