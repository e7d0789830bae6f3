"""The second provider's wire: read what is documented, write what is expected, raise never."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.events import AddText, AskReply, CancelReply, ReturnOutput, Speaker, Truncate
from calls.providers.elevenlabs.wire import (
    AgentText,
    Failed,
    Interrupted,
    Other,
    Ping,
    Ready,
    ToolAsked,
    UserText,
    Voice,
    audio,
    encode,
    opening,
    parse,
    pong,
)


@pytest.mark.parametrize(
    ("message", "heard"),
    [
        ({"type": "audio", "audio_event": {"audio_base_64": "AAAA", "event_id": 12}}, Voice(12, "AAAA")),
        ({"type": "user_transcript", "user_transcription_event": {"user_transcript": "hi"}}, UserText("hi")),
        (
            {"type": "agent_response", "agent_response_event": {"agent_response": "Hello."}},
            AgentText("Hello."),
        ),
        (
            {
                "type": "agent_response_correction",
                "agent_response_correction_event": {"corrected_agent_response": "Hel"},
            },
            AgentText("Hel", is_correction=True),
        ),
        ({"type": "interruption", "interruption_event": {"event_id": 12}}, Interrupted(12)),
        ({"type": "ping", "ping_event": {"event_id": 7, "ping_ms": None}}, Ping(7)),
        (
            {
                "type": "client_tool_call",
                "client_tool_call": {
                    "tool_name": "recordVitals",
                    "tool_call_id": "t",
                    "parameters": {"weight_lb": 180},
                },
            },
            ToolAsked("t", "recordVitals", '{"weight_lb":180}'),
        ),
        (
            {"type": "error", "error_event": {"code": 1008, "error_type": "override_error"}},
            Failed("override_error"),
        ),
        ({"type": "vad_score"}, Other("vad_score")),
    ],
)
def test_each_message_has_its_word(message: dict[str, object], heard: object) -> None:
    assert parse(json.dumps(message)) == heard


@pytest.mark.parametrize(
    ("ours", "theirs", "fits"), [("ulaw_8000", "ulaw_8000", True), ("ulaw_8000", "pcm_16000", False)]
)
def test_only_telephone_audio_both_ways_fits(ours: str, theirs: str, fits: bool) -> None:
    event = {"conversation_id": "c", "agent_output_audio_format": ours, "user_input_audio_format": theirs}
    message = {"type": "conversation_initiation_metadata", "conversation_initiation_metadata_event": event}
    assert parse(json.dumps(message)) == Ready("c", fits)


KINDS = ["audio", "user_transcript", "agent_response", "interruption", "ping", "client_tool_call", "error"]
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=5,
)


@given(st.sampled_from(KINDS), JSON)
def test_no_shape_of_a_known_message_raises(kind: str, body: object) -> None:
    names = (f"{kind}_event", "client_tool_call", "user_transcription_event")
    parse(json.dumps({"type": kind, **dict.fromkeys(names, body)}))


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "{}"])
def test_what_is_no_message_is_malformed(text: str) -> None:
    heard = parse(text)
    assert isinstance(heard, Other) and heard.is_malformed


def test_what_is_written_is_what_the_contract_says() -> None:
    assert json.loads(audio("AAAA")) == {"user_audio_chunk": "AAAA"}
    assert json.loads(pong(7)) == {"type": "pong", "event_id": 7}
    result = json.loads(encode(ReturnOutput("t", '{"ok": false}')) or "")
    assert result == {
        "type": "client_tool_result",
        "tool_call_id": "t",
        "result": '{"ok": false}',
        "is_error": True,
    }
    assert json.loads(encode(AddText(Speaker.SYSTEM, "note")) or "")["type"] == "contextual_update"
    assert json.loads(encode(AddText(Speaker.PATIENT, "pressed 1")) or "")["type"] == "user_message"
    assert encode(AskReply()) is encode(CancelReply("r")) is encode(Truncate("i", 5)) is None
    first = json.loads(opening(call_ref="ref", language="en", variables={"clinic": "x"}))
    assert first["dynamic_variables"] == {"call_ref": "ref", "language": "en", "clinic": "x"}
