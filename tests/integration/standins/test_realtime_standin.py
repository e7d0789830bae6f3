"""The scripted Realtime stand-in, driven by the official client over a real socket."""

import asyncio
import json
from base64 import b64decode, b64encode
from contextlib import asynccontextmanager

import pytest
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.standins.realtime import Greeting, RealtimeStandin, echo
from tests.standins.realtime_conversation import Speech, Text, Tool

SESSION = {
    "type": "realtime",
    "output_modalities": ["audio"],
    "instructions": "You are Maya.",
    "audio": {
        "input": {
            "format": {"type": "audio/pcmu"},
            "turn_detection": {"type": "server_vad", "threshold": 0.6},
        },
        "output": {"format": {"type": "audio/pcmu"}, "voice": "marin"},
    },
    "tools": [{"type": "function", "name": "endCall", "parameters": {"type": "object"}}],
}


@asynccontextmanager
async def connected(realtime):
    client = AsyncOpenAI(api_key="key", websocket_base_url=realtime.url.removesuffix("/realtime"))
    async with client.realtime.connect(model="gpt-realtime-2.1") as connection:
        yield connection


async def until(connection, kind):
    """The events up to the first of `kind`, as mappings."""
    events = []
    async with asyncio.timeout(5):
        while not events or events[-1]["type"] != kind:
            events.append(json.loads(await connection.recv_bytes()))
    return events


def kinds(events):
    return [event["type"] for event in events]


async def test_a_whole_turn_comes_in_the_exact_order_and_every_event_is_valid():
    async def script(session):
        await session.expect("session.update")
        await session.expect("response.create")
        await session.respond(Speech("May I speak with Robert?", ms=500))
        await session.hears("Yes, this is Robert.", ms=1200)
        await session.respond(Tool("endCall", {"reason": "completed"}, "call_1"))
        assert await session.expect_tool_output("call_1") == {"ok": True}
        session.close()

    async with RealtimeStandin(script) as realtime:
        async with connected(realtime) as connection:
            created = await until(connection, "session.created")
            await connection.session.update(session=SESSION)
            updated = await until(connection, "session.updated")
            await connection.response.create()
            greeting = await until(connection, "response.done")
            turn = await until(connection, "conversation.item.input_audio_transcription.completed")
            call = await until(connection, "response.done")
            await connection.conversation.item.create(
                item={"type": "function_call_output", "call_id": "call_1", "output": '{"ok": true}'}
            )
            with pytest.raises(ConnectionClosed):
                await until(connection, "never")
        session = await realtime.session(0)
        realtime.check()

    assert kinds(greeting) == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        *["response.output_audio.delta"] * 3,
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    assert kinds(turn) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
    ]
    sound = b"".join(
        b64decode(one["delta"]) for one in greeting if one["type"] == "response.output_audio.delta"
    )
    assert len(sound) == 500 * 8
    done = next(one for one in call if one["type"] == "response.function_call_arguments.done")
    assert json.loads(done["arguments"]) == {"reason": "completed"}
    effective = updated[-1]["session"]
    assert effective["instructions"] == "You are Maya."
    assert effective["audio"]["input"]["turn_detection"]["interrupt_response"] is True  # the default stays
    assert session.headers["Authorization"] == "Bearer key"
    assert session.path.endswith("model=gpt-realtime-2.1")
    assert session.tools == ["endCall"]

    validate = TypeAdapter(RealtimeServerEvent).validate_python
    for event in [*created, *updated, *greeting, *turn, *call]:
        assert validate(event).type == event["type"]


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"temperature": 0.7}, "unknown_parameter", "session.temperature"),
        ({"modalities": ["text", "audio"]}, "unknown_parameter", "session.modalities"),
        ({"output_modalities": ["audio", "text"]}, "invalid_value", "session.output_modalities"),
        ({"audio": {"output": {"voice": "nova"}}}, "invalid_value", "session.audio.output.voice"),
        ({"audio": {"input": {"vad": {}}}}, "unknown_parameter", "session.audio.input.vad"),
        ({"type": None}, "missing_required_parameter", "session.type"),
    ],
)
async def test_one_wrong_field_refuses_the_whole_update(change, code, param):
    body = {name: value for name, value in {**SESSION, **change}.items() if value is not None}
    async with RealtimeStandin() as realtime, connected(realtime) as connection:
        await until(connection, "session.created")
        await connection.send({"type": "session.update", "event_id": "cfg-1", "session": body})
        (error,) = await until(connection, "error")
        assert error["error"]["code"] == code
        assert error["error"]["param"] == param
        assert error["error"]["event_id"] == "cfg-1"
        session = await realtime.session(0)
        assert session.config["instructions"] == ""


async def test_speech_cancels_the_running_response_and_late_deltas_can_follow():
    async def script(session):
        await session.expect("response.create")
        speaking = asyncio.create_task(session.respond(Speech("A long sentence.", ms=4000), every_s=0.01))
        await session.expect_audio(100)
        session.speech_started()
        response = await speaking
        session.delta(response.id, response.items[0], b"\x00" * 160)

    async with RealtimeStandin(script) as realtime, connected(realtime) as connection:
        await connection.response.create()
        await until(connection, "response.output_audio.delta")
        await connection.input_audio_buffer.append(audio=b64encode(b"\x55" * 800).decode())
        done = (await until(connection, "response.done"))[-1]["response"]
        assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "turn_detected")
        late = (await until(connection, "response.output_audio.delta"))[-1]
        assert late["response_id"] == done["id"]
        realtime.check()


async def test_text_can_be_written_beside_the_conversation():
    async def script(session):
        asked = await session.expect("response.create")
        await session.respond(Text("none"), metadata=asked["response"]["metadata"])

    async with RealtimeStandin(script) as realtime, connected(realtime) as connection:
        await connection.send(
            {"type": "response.create", "response": {"conversation": "none", "metadata": {"topic": "triage"}}}
        )
        events = await until(connection, "response.done")
        assert events[-1]["response"]["metadata"] == {"topic": "triage"}
        assert next(one["text"] for one in events if one["type"] == "response.output_text.done") == "none"
        validate = TypeAdapter(RealtimeServerEvent).validate_python
        assert [validate(event).type for event in events] == kinds(events)


async def test_truncation_is_checked_against_the_audio_that_was_sent():
    async def script(session):
        await session.expect("response.create")
        await session.respond(Speech("Hello.", ms=1000))

    async with RealtimeStandin(script) as realtime, connected(realtime) as connection:
        await connection.response.create()
        item = (await until(connection, "response.done"))[-1]["response"]["output"][0]["id"]
        await connection.conversation.item.truncate(item_id=item, content_index=0, audio_end_ms=1001)
        assert (await until(connection, "error"))[-1]["error"]["code"] == "invalid_value"
        await connection.conversation.item.truncate(item_id=item, content_index=0, audio_end_ms=600)
        assert (await until(connection, "conversation.item.truncated"))[-1]["audio_end_ms"] == 600
        assert [one["audio_end_ms"] for one in (await realtime.session(0)).truncates] == [1001, 600]


async def test_a_second_response_and_a_needless_cancel_are_errors_that_end_nothing():
    async def script(session):
        await session.expect("response.create")
        response = session.open_response()
        await session.expect("response.create")
        session.finish(response)

    async with RealtimeStandin(script) as realtime, connected(realtime) as connection:
        await connection.response.cancel()
        assert (await until(connection, "error"))[-1]["error"]["code"] == "response_cancel_not_active"
        await connection.response.create()
        await connection.response.create()
        errors = await until(connection, "response.done")
        assert "conversation_already_has_active_response" in {
            one["error"]["code"] for one in errors if one["type"] == "error"
        }


async def test_a_handshake_is_refused_with_the_status_asked_for_and_the_next_one_is_not():
    refusal = Greeting(refuse=429, retry_after_s=3, code="rate_limit_exceeded")
    async with RealtimeStandin(greetings=(refusal, Greeting())) as realtime:
        with pytest.raises(InvalidStatus) as refused:
            await connect(realtime.url)
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"] == "3"
        assert json.loads(refused.value.response.body)["error"]["code"] == "rate_limit_exceeded"
        async with connect(realtime.url) as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"


async def test_it_can_hang_before_the_session_and_never_acknowledge_an_update():
    greetings = (Greeting(created=False), Greeting(answers_updates=False))
    async with RealtimeStandin(greetings=greetings) as realtime:
        async with connect(realtime.url) as socket:
            session = await realtime.session(0)
            await socket.send('{"type":"response.create"}')
            await session.expect("response.create")
            assert session.sent == []
        async with connect(realtime.url) as socket:
            session = await realtime.session(1)
            await socket.send(json.dumps({"type": "session.update", "session": SESSION}))
            await session.expect("session.update")
            assert kinds(session.sent) == ["session.created"]
            assert len(session.updates) == 1


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda session: session.close(1001, "going away"), 1001),
        (lambda session: session.close(4000, "beta_api_shape_disabled"), 4000),
        (lambda session: session.drop(), 1006),
        (lambda session: session.reset(), 1006),
    ],
)
async def test_the_socket_ends_in_every_way(end, code):
    async def script(session):
        end(session)

    async with RealtimeStandin(script) as realtime, connect(realtime.url) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await socket.recv()
        assert (closed.value.rcvd.code if closed.value.rcvd else 1006) == code


async def test_malformed_and_foreign_frames_go_out_as_they_are():
    async def script(session):
        session.send_text("{not json")
        session.send({"type": "something.new", "secret": 1})
        session.delta("resp_1", "item_1", b"\x00" * 5_000_000)
        session.error("session_expired", "Your session hit the maximum duration of 60 minutes.")

    async with RealtimeStandin(script) as realtime, connect(realtime.url, max_size=None) as socket:
        assert json.loads(await socket.recv())["type"] == "session.created"
        assert await socket.recv() == "{not json"
        assert json.loads(await socket.recv())["type"] == "something.new"
        assert len(await socket.recv()) > 6_000_000
        assert json.loads(await socket.recv())["error"]["code"] == "session_expired"


async def test_echo_gives_every_frame_back():
    async with echo() as realtime, connected(realtime) as connection:
        await connection.session.update(session=SESSION)
        await connection.response.create()
        await until(connection, "response.output_item.added")
        payloads = [b64encode(bytes([number]) * 160).decode() for number in range(50)]
        for payload in payloads:
            await connection.input_audio_buffer.append(audio=payload)
        back = []
        while len(back) < 50:
            back.append((await until(connection, "response.output_audio.delta"))[-1]["delta"])
        assert back == payloads
        assert (await realtime.session(0)).echoed == 50


async def test_every_response_pays_for_the_whole_history_with_its_prefix_cached():
    async def script(session):
        for _ in range(3):
            await session.expect("response.create")
            await session.respond(Speech("x" * 40, ms=10_000))
            await session.hears("yes", ms=2000)

    async with RealtimeStandin(script) as realtime, connected(realtime) as connection:
        await connection.session.update(session={**SESSION, "instructions": "i" * 4000})
        usages = []
        for _ in range(3):
            await connection.response.create()
            usages.append((await until(connection, "response.done"))[-1]["response"]["usage"])
            await until(connection, "conversation.item.input_audio_transcription.completed")
        audio_in = [one["input_token_details"]["audio_tokens"] for one in usages]
        cached = [one["input_token_details"]["cached_tokens"] for one in usages]
        # 10 s of Maya are 200 tokens, 2 s of the patient 20; the history grows by both each time.
        assert audio_in == [0, 220, 440]
        assert [one["output_token_details"]["audio_tokens"] for one in usages] == [200, 200, 200]
        # The instructions are 1,000 tokens; each turn adds 220 of audio that are in the prefix the next time.
        assert cached[0] == 0
        assert 1000 - 64 < cached[1] <= usages[1]["input_tokens"] - 220
        assert cached[1] + 220 - 64 < cached[2] <= usages[2]["input_tokens"] - 220
        assert all(tokens % 64 == 0 for tokens in cached)


async def test_a_changed_instruction_breaks_the_cache():
    async def script(session):
        for _ in range(2):
            await session.expect("response.create")
            await session.respond(Speech("x", ms=100))

    async with RealtimeStandin(script) as realtime, connected(realtime) as connection:
        for text in ("a" * 4000, "b" * 4000):
            await connection.session.update(session={**SESSION, "instructions": text})
            await connection.response.create()
            usage = (await until(connection, "response.done"))[-1]["response"]["usage"]
        assert usage["input_token_details"]["cached_tokens"] == 0
