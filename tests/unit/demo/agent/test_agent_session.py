"""The protocol as a client sees it: order, content and refusals, every event valid by the official types."""

import base64
import json

import pytest

from heartvoice.demo.agent import faults, speaking
from heartvoice.demo.agent.faults import Faults
from tests.support.local_agent import INSTRUCTIONS, TOOLS
from tests.support.realtime_client import Event, Line

SPEECH = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
]
CALL = [
    "response.output_item.added",
    "conversation.item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "conversation.item.done",
    "response.output_item.done",
]


TYPED = {
    "type": "message",
    "role": "user",
    "content": [{"type": "input_text", "text": "Yes, this is Robert."}],
}


def first_of_each(kinds: list[str]) -> list[str]:
    """The types in the order in which each was first seen."""
    return list(dict.fromkeys(kinds))


async def greeted(line: Line, **session: object) -> Event:
    await line.configure(instructions=INSTRUCTIONS, tools=TOOLS, **session)
    line.send("response.create")
    return await line.until("response.done")


def answer(line: Line, done: Event, **outputs: object) -> None:
    """Give the calls of a finished response their results and ask for the next one."""
    calls = [item for item in done["response"]["output"] if item["type"] == "function_call"]
    for item in calls:
        output = json.dumps(outputs.get(item["name"], {"ok": True}))
        result = {"type": "function_call_output", "call_id": item["call_id"], "output": output}
        line.send("conversation.item.create", item=result)
    if calls:
        line.send("response.create")


async def test_a_session_opens_with_its_effective_configuration() -> None:
    async with Line() as line:
        session = line.events[0]["session"]
        assert session["object"] == "realtime.session"
        assert session["expires_at"] > 1_700_000_000
        assert session["audio"]["input"]["turn_detection"]["type"] == "server_vad"
        updated = (await line.configure(instructions="Be kind.", tools=TOOLS))["session"]
        assert updated["instructions"] == "Be kind."
        assert updated["tools"] == TOOLS
        assert updated["audio"]["output"]["format"] == {"type": "audio/pcmu"}
        assert updated["audio"]["output"]["voice"] == "marin"


async def test_nothing_is_said_until_it_is_asked_for() -> None:
    async with Line() as line:
        await line.configure()
        line.send("conversation.item.retrieve", item_id="nothing")
        await line.until("error")
        assert line.of("response.created") == []


async def test_a_spoken_response_comes_in_the_order_of_the_api() -> None:
    async with Line() as line:
        await greeted(line)
        since = next(i for i, event in enumerate(line.events) if event["type"] == "response.created")
        kinds = first_of_each(line.types(since))
        assert kinds == ["response.created", "rate_limits.updated", *SPEECH, "response.done"]


async def test_the_audio_comes_in_pieces_of_200_ms_and_its_words_match() -> None:
    async with Line() as line:
        done = await greeted(line)
        pieces = [base64.b64decode(event["delta"]) for event in line.of("response.output_audio.delta")]
        assert {len(piece) for piece in pieces[:-1]} == {1600}
        words = "".join(event["delta"] for event in line.of("response.output_audio_transcript.delta"))
        assert words == done["response"]["output"][0]["content"][0]["transcript"]
        assert b"".join(pieces) == speaking.spoken(words).audio


async def test_a_patients_turn_comes_in_the_order_of_the_api() -> None:
    async with Line("Yes, this is Robert.") as line:
        await greeted(line)
        since = len(line.events)
        line.speak()
        await line.until("response.done")
        kinds = first_of_each(line.types(since))
        assert kinds[:5] == [
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
        ]
        words, reply = "conversation.item.input_audio_transcription.completed", "response.output_item.added"
        assert kinds.index(words) < kinds.index(reply)
        heard = line.of("conversation.item.input_audio_transcription.completed")[0]
        assert heard["transcript"] == "Yes, this is Robert."
        assert heard["usage"]["type"] == "duration"
        assert 0.6 <= heard["usage"]["seconds"] <= 1.4
        started = line.of("input_audio_buffer.speech_started")[0]
        assert heard["item_id"] == started["item_id"] == line.of("input_audio_buffer.committed")[0]["item_id"]


async def test_a_function_call_is_awaited_before_maya_goes_on() -> None:
    async with Line("Yes.", "Robert Harris, March third, nineteen forty eight.") as line:
        await greeted(line)
        line.speak()
        await line.until("response.done")
        line.speak()
        done = await line.until("response.done")
        call = done["response"]["output"][0]
        assert (call["name"], call["status"]) == ("verifyIdentity", "completed")
        assert json.loads(call["arguments"])["full_name"] == "Robert Harris"
        at = next(i for i, e in enumerate(line.events) if e.get("item", {}).get("id") == call["id"])
        assert first_of_each(line.types(at)) == [*CALL, "response.done"]
        answer(line, done, verifyIdentity={"ok": True, "verified": True})
        done = await line.until("response.done")
        assert "It is good to talk with you." in done["response"]["output"][0]["content"][0]["transcript"]


async def test_usage_grows_with_the_history_and_the_old_part_is_cached() -> None:
    async with Line("Yes.") as line:
        first = (await greeted(line))["response"]["usage"]
        line.speak()
        second = (await line.until("response.done"))["response"]["usage"]
        assert first["output_token_details"]["audio_tokens"] > 100
        assert second["input_tokens"] > first["input_tokens"]
        assert second["input_token_details"]["cached_tokens"] > 0
        assert second["input_token_details"]["audio_tokens"] >= first["output_token_details"]["audio_tokens"]


async def test_speaking_into_a_reply_cancels_it() -> None:
    async with Line() as line:
        await line.configure(instructions=INSTRUCTIONS)
        line.send("response.create")
        await line.until("response.output_audio.delta")
        line.speak(300, silence_ms=0)
        response = (await line.until("response.done"))["response"]
        assert (response["status"], response["status_details"]["reason"]) == ("cancelled", "turn_detected")
        assert response["output"][0]["status"] == "incomplete"
        assert len(line.of("response.output_audio.done")) == 1


async def test_a_reply_can_be_truncated_while_it_is_being_cancelled() -> None:
    async with Line("Hello?") as line:
        await line.configure(instructions=INSTRUCTIONS)
        line.send("response.create")
        item_id = (await line.until("response.output_audio.delta"))["item_id"]
        line.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=100)
        line.send("response.cancel")
        assert (await line.until("conversation.item.truncated"))["audio_end_ms"] == 100
        await line.until("response.done")
        line.send("conversation.item.retrieve", item_id=item_id)
        item = (await line.until("conversation.item.retrieved"))["item"]
        assert "transcript" not in item["content"][0]
        line.speak()
        done = await line.until("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"].startswith("Hello, this is Maya")


async def test_without_interruption_a_reply_is_finished() -> None:
    async with Line("Hello?") as line:
        await line.configure(instructions=INSTRUCTIONS, detection={"interrupt_response": False})
        line.send("response.create")
        await line.until("response.output_audio.delta")
        line.speak(300, silence_ms=0)
        assert (await line.until("response.done"))["response"]["status"] == "completed"


async def test_without_automatic_replies_only_the_turn_is_told() -> None:
    async with Line("Yes.") as line:
        await greeted(line, detection={"create_response": False})
        line.speak()
        await line.until("conversation.item.input_audio_transcription.completed")
        assert len(line.of("response.created")) == 1
        line.send("response.create")
        done = await line.until("response.done")
        assert "full name" in done["response"]["output"][0]["content"][0]["transcript"]


async def test_a_running_response_refuses_another_and_can_be_cancelled_once() -> None:
    async with Line() as line:
        await line.configure(instructions=INSTRUCTIONS)
        line.send("response.create")
        await line.until("response.created")
        line.send("response.create", event_id="second")
        error = (await line.until("error"))["error"]
        assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "second")
        line.send("response.cancel")
        done = await line.until("response.done")
        assert done["response"]["status_details"]["reason"] == "client_cancelled"
        line.send("response.cancel")
        assert (await line.until("error"))["error"]["code"] == "response_cancel_not_active"


async def test_truncation_is_exact_and_never_beyond_what_was_sent() -> None:
    async with Line() as line:
        done = await greeted(line)
        item_id = done["response"]["output"][0]["id"]
        sent_ms = sum(len(base64.b64decode(e["delta"])) for e in line.of("response.output_audio.delta")) // 8
        line.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=sent_ms + 60)
        assert "already shorter" in (await line.until("error"))["error"]["message"]
        line.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=sent_ms)
        assert (await line.until("conversation.item.truncated"))["audio_end_ms"] == sent_ms


async def test_items_can_be_added_read_and_deleted() -> None:
    async with Line() as line:
        await line.configure()
        item = {
            "id": "note_1",
            "type": "message",
            "role": "system",
            "content": [{"type": "input_text", "text": "Hi"}],
        }
        line.send("conversation.item.create", item=item)
        assert (await line.until("conversation.item.added"))["item"]["id"] == "note_1"
        await line.until("conversation.item.done")
        line.send("conversation.item.retrieve", item_id="note_1")
        assert (await line.until("conversation.item.retrieved"))["item"]["content"][0]["text"] == "Hi"
        line.send("conversation.item.delete", item_id="note_1")
        await line.until("conversation.item.deleted")
        line.send("conversation.item.delete", item_id="note_1")
        assert (await line.until("error"))["error"]["code"] == "item_not_found"


async def test_manual_commits_work_without_turn_detection() -> None:
    async with Line("Yes.") as line:
        await greeted(line, turn_detection=None)
        line.speak(60, silence_ms=0)
        line.send("input_audio_buffer.commit")
        assert (await line.until("error"))["error"]["code"] == "input_audio_buffer_commit_empty"
        line.speak(600, silence_ms=0)
        line.send("input_audio_buffer.clear")
        await line.until("input_audio_buffer.cleared")
        line.speak(600, silence_ms=0)
        line.send("input_audio_buffer.commit")
        await line.until("conversation.item.input_audio_transcription.completed")
        assert line.of("input_audio_buffer.speech_started") == []
        line.send("response.create")
        done = await line.until("response.done")
        assert "full name" in done["response"]["output"][0]["content"][0]["transcript"]


async def test_wording_is_read_out_word_for_word_and_calls_nothing() -> None:
    async with Line() as line:
        await line.configure(tools=TOOLS)
        order = 'Say exactly this to the patient, word for word, and nothing else: "Are you still there?"'
        line.send("response.create", response={"instructions": order, "tool_choice": "none"})
        output = (await line.until("response.done"))["response"]["output"]
        assert [item["content"][0]["transcript"] for item in output] == ["Are you still there?"]


async def test_a_text_that_the_pack_lacks_is_replaced_by_a_safe_one() -> None:
    async with Line() as line:
        await line.configure()
        line.send("response.create", response={"instructions": 'Say exactly: "Zebras gallop."'})
        output = (await line.until("response.done"))["response"]["output"]
        assert output[0]["content"][0]["transcript"] == "Thank you. Let us go on."


async def test_an_aside_leaves_no_trace_in_the_conversation() -> None:
    async with Line() as line:
        await line.configure()
        asked = {"conversation": "none", "output_modalities": ["text"], "metadata": {"topic": "triage"}}
        line.send("response.create", response=asked)
        response = (await line.until("response.done"))["response"]
        assert response["metadata"] == {"topic": "triage"}
        assert response["output"][0]["content"][0]["type"] == "output_text"
        assert line.of("conversation.item.added") == []


async def test_silence_after_a_reply_triggers_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Line() as line:
        monkeypatch.setattr("heartvoice.demo.agent.session.IDLE_SHARE", 0.001)
        await greeted(line, detection={"idle_timeout_ms": 5000})
        timeout = await line.until("input_audio_buffer.timeout_triggered")
        committed = await line.until("input_audio_buffer.committed")
        assert timeout["item_id"] == committed["item_id"]
        done = await line.until("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"].startswith("Are you still there?")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not json", "invalid_json"),
        ("[1]", "invalid_event"),
        ('{"type": "session.explode"}', "invalid_value"),
        ("{}", "missing_required_parameter"),
        ('{"type": "input_audio_buffer.append", "audio": "***"}', "invalid_value"),
        (
            '{"type": "conversation.item.create", "item": {"type": "message", "role": "user"}}',
            "missing_required_parameter",
        ),
        (
            '{"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "c", "output": ""}}',
            "invalid_tool_call_id",
        ),
        (
            '{"type": "session.update", "session": {"type": "realtime", "temperature": 0.3}}',
            "unknown_parameter",
        ),
    ],
)
async def test_a_bad_message_is_refused_and_the_session_lives_on(message: str, code: str) -> None:
    async with Line() as line:
        line.raw(message)
        assert (await line.until("error"))["error"]["code"] == code
        await line.configure()


async def test_faults_happen_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "FAULTY_RESPONSE", 1)
    assert Faults.of("local-maya+slow+nonsense").wanted == {"slow"}
    async with Line(model="local-maya+error") as line:
        response = (await greeted(line))["response"]
        assert (response["status"], response["status_details"]["error"]["code"]) == ("failed", "server_error")
        assert response["usage"] is None
    async with Line(model="local-maya+refuse") as line:
        line.send("session.update", session={"type": "realtime"})
        assert (await line.until("error"))["error"]["code"] == "unknown_parameter"
    async with Line("Yes.", model="local-maya+deaf") as line:
        await greeted(line)
        line.speak()
        failed = await line.until("conversation.item.input_audio_transcription.failed")
        assert failed["error"]["code"] == "audio_unintelligible"
    async with Line(model="local-maya+drop") as line:
        await line.configure()
        line.send("response.create")
        await line.until("response.created")
    assert line.is_over


async def test_a_client_that_leaves_in_the_middle_of_a_reply_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Line() as line:
        await line.configure(instructions=INSTRUCTIONS)
        line.leaves_at = "response.output_audio.done"
        line.send("response.create")
        await line.over()
    assert line.of("response.output_audio.delta")
    assert line.of("response.done") == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_unusable_arguments_come_once() -> None:
    async with Line(
        "Yes.", "Robert Harris, March third, nineteen forty eight.", model="local-maya+badargs"
    ) as line:
        await greeted(line)
        line.speak()
        await line.until("response.done")
        line.speak()
        done = await line.until("response.done")
        with pytest.raises(json.JSONDecodeError):
            json.loads(done["response"]["output"][0]["arguments"])


@pytest.mark.parametrize(
    ("sentence", "question", "said"),
    [
        (
            "an automated AI assistant calling for the Oak Grove team.",
            "May I speak with Robert?",
            "calling for your care team",
        ),
        (
            "an automated AI assistant of the Oak Grove team.",
            "Who am I speaking with, please?",
            "of your care team",
        ),
        (
            "an automated AI assistant. If this is an emergency, hang up and dial nine one one. I answer for x.",
            "Who am I speaking with, please?",
            "dial nine one one",
        ),
    ],
)
async def test_the_first_words_of_the_product_are_said_and_followed_by_the_identity(
    sentence: str, question: str, said: str
) -> None:
    async with Line() as line:
        await line.configure(instructions=INSTRUCTIONS, tools=TOOLS)
        order = f'Say exactly this to the patient, word for word, and nothing else: "Hello, this is Maya, {sentence} {question}"'
        line.send("response.create", response={"instructions": order})
        done = await line.until("response.done")
        (message,) = done["response"]["output"]
        words = message["content"][0]["transcript"]
        assert words.startswith("Hello, this is Maya, an automated A I assistant") and said in words
        assert words.endswith(question)
        line.send("conversation.item.create", item=TYPED)
        line.send("response.create")
        done = await line.until("response.done")
        assert "full name" in done["response"]["output"][0]["content"][0]["transcript"]
