"""The Realtime wire: read every documented event, write every client event, raise never."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent
from pydantic import TypeAdapter

from calls.checkin import load_protocol
from calls.events import (
    AddText,
    AskReply,
    CancelReply,
    Complaint,
    Forget,
    ModelAudio,
    PatientSaid,
    PatientUnheard,
    ReplyEnded,
    ReplyStarted,
    ReplyStatus,
    ReturnOutput,
    SessionOpened,
    Skipped,
    Speaker,
    SpeechStarted,
    ToolCall,
    Truncate,
    Usage,
)
from calls.instructions import Memory, Person, instructions
from calls.providers.openai.session import SessionPlan, disagreements, session, session_update
from calls.providers.openai.wire import READERS, append_audio, encode, parse
from calls.tools.schemas import TOOLS

USAGE = {
    "total_tokens": 253,
    "input_tokens": 132,
    "output_tokens": 121,
    "input_token_details": {
        "text_tokens": 119,
        "audio_tokens": 13,
        "cached_tokens": 64,
        "cached_tokens_details": {"text_tokens": 64, "audio_tokens": 0},
    },
    "output_token_details": {"text_tokens": 30, "audio_tokens": 91},
}


def done(**response: object) -> str:
    return json.dumps(
        {"type": "response.done", "response": {"id": "resp_1", "status": "completed", **response}}
    )


def test_audio_keeps_its_payload_and_knows_its_size() -> None:
    for payload, size in (("AAAA", 3), ("AAA=", 2), ("AA==", 1)):
        text = json.dumps(
            {"type": "response.output_audio.delta", "response_id": "r", "item_id": "i", "delta": payload}
        )
        assert parse(text) == ModelAudio("r", "i", payload, size)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"type": "session.created", "session": {"id": "s", "expires_at": 9}}, SessionOpened("s", 9)),
        (
            {"type": "input_audio_buffer.speech_started", "audio_start_ms": 7, "item_id": "i"},
            SpeechStarted("i", 7),
        ),
        ({"type": "response.created", "response": {"id": "r"}}, ReplyStarted("r")),
        (
            {
                "type": "conversation.item.input_audio_transcription.completed",
                "item_id": "i",
                "transcript": "hello",
                "usage": {"type": "duration", "seconds": 2},
            },
            PatientSaid("i", "hello", Usage(seconds=2.0)),
        ),
        (
            {
                "type": "conversation.item.input_audio_transcription.failed",
                "item_id": "i",
                "error": {"code": "audio_unintelligible"},
            },
            PatientUnheard("i", "audio_unintelligible"),
        ),
        (
            {"type": "error", "error": {"type": "x", "code": "unknown_parameter", "param": "session.a"}},
            Complaint("unknown_parameter", "session.a"),
        ),
        ({"type": "error", "error": {"type": "server_error"}}, Complaint("server_error")),
        ({"type": "rate_limits.updated", "rate_limits": []}, Skipped("rate_limits.updated")),
    ],
)
def test_each_event_has_its_word(message: dict[str, object], event: object) -> None:
    assert parse(json.dumps(message)) == event


def test_a_completed_reply_brings_its_finished_tool_calls_and_its_bill() -> None:
    call = {
        "type": "function_call",
        "status": "completed",
        "call_id": "c1",
        "name": "recordVitals",
        "arguments": '{"weight_lb":180}',
    }
    event = parse(done(output=[{"type": "message"}, call, {**call, "status": "incomplete"}], usage=USAGE))
    assert event == ReplyEnded(
        "resp_1",
        ReplyStatus.COMPLETED,
        (ToolCall("c1", "recordVitals", '{"weight_lb":180}'),),
        Usage(text_in=119, text_in_cached=64, audio_in=13, text_out=30, audio_out=91),
    )


def test_a_cancelled_reply_brings_no_tool_calls() -> None:
    call = {"type": "function_call", "status": "completed", "call_id": "c", "name": "n", "arguments": "{"}
    event = parse(done(status="cancelled", status_details={"reason": "turn_detected"}, output=[call]))
    assert event == ReplyEnded("resp_1", ReplyStatus.CANCELLED, (), None, "turn_detected")


def test_a_failed_reply_names_the_vendors_code() -> None:
    event = parse(done(status="failed", status_details={"error": {"code": "rate_limit_exceeded"}}))
    assert isinstance(event, ReplyEnded) and event.error == "rate_limit_exceeded"


@pytest.mark.parametrize("usage", [None, "x", {}, {"input_token_details": None}, {"input_token_details": 7}])
def test_usage_may_be_missing_or_odd(usage: object) -> None:
    assert isinstance(parse(done(usage=usage)), ReplyEnded)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "delta",
    "item_id",
    "response_id",
    "response",
    "session",
    "error",
    "usage",
    "transcript",
    "audio_start_ms",
]


@given(st.sampled_from(sorted(READERS)), st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_shape_of_a_known_event_raises(kind: str, body: dict[str, object]) -> None:
    parse(json.dumps({"type": kind, **body}))


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    parse(text)


CLIENT = TypeAdapter(RealtimeClientEvent)
ACTIONS = [
    AskReply(),
    AskReply("Call nine one one."),
    CancelReply("resp_1"),
    CancelReply(""),
    Truncate("item_1", 1_500),
    Forget("item_1"),
    AddText(Speaker.SYSTEM, "note"),
    AddText(Speaker.PATIENT, "text"),
    AddText(Speaker.MAYA, "text"),
    ReturnOutput("c1", '{"ok":true}'),
]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda a: type(a).__name__)
def test_what_is_written_is_a_documented_client_event(action: object) -> None:
    text = encode(action)  # type: ignore[arg-type]
    assert text is not None
    event = CLIENT.validate_json(text)
    assert event.type == json.loads(text)["type"]
    assert not event.model_extra


def test_audio_is_appended_without_json_work() -> None:
    assert json.loads(append_audio("AAAA")) == {"type": "input_audio_buffer.append", "audio": "AAAA"}


# --- session.update


def plan() -> SessionPlan:
    person = Person(first_name="Joan", clinic="the heart team")
    return SessionPlan(instructions(load_protocol(), person, Memory()), TOOLS)


def test_the_session_is_asked_for_in_documented_fields_only() -> None:
    event = CLIENT.validate_json(session_update(plan()))

    def extras(model: object) -> list[str]:
        found = list(getattr(model, "model_extra", None) or {})
        for name in getattr(type(model), "model_fields", {}):
            found += extras(getattr(model, name))
        return found

    assert event.type == "session.update"
    assert not extras(event)


def test_telephone_audio_is_asked_for_both_ways() -> None:
    audio = session(plan())["audio"]
    assert audio["input"]["format"] == audio["output"]["format"] == {"type": "audio/pcmu"}


def test_an_answer_as_asked_or_with_more_fields_agrees() -> None:
    asked = session(plan())
    granted = json.loads(json.dumps(asked)) | {"id": "s", "object": "realtime.session", "expires_at": 1}
    assert disagreements(asked, granted) == []
    assert disagreements(asked, {}) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("audio.input.format", {"type": "audio/pcm", "rate": 24000}),
        ("audio.output.format", {"type": "audio/pcm", "rate": 24000}),
        ("audio.output.voice", "alloy"),
        ("audio.input.turn_detection.type", "semantic_vad"),
        ("instructions", "You are a helpful assistant."),
        ("tools", []),
        ("output_modalities", ["text"]),
    ],
)
def test_an_answer_that_differs_where_it_matters_is_named(path: str, value: object) -> None:
    asked = session(plan())
    granted = json.loads(json.dumps(asked))
    *folders, name = path.split(".")
    tree = granted
    for folder in folders:
        tree = tree[folder]
    tree[name] = value
    assert disagreements(asked, granted) == [path]


def test_every_server_event_we_read_is_a_documented_one() -> None:
    known = {
        branch.model_fields["type"].annotation.__args__[0]  # type: ignore[union-attr]
        for branch in RealtimeServerEvent.__args__[0].__args__  # type: ignore[attr-defined]
    }
    assert set(READERS) <= known
