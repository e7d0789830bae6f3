"""ElevenLabs Agents JSON <-> the seam's words. Pure and total: no input raises.

The agent, its prompt, its tools and its audio format live on their side; here only what passes over the socket.
Source: elevenlabs/packages, agent.asyncapi.yaml (2026-08-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from calls.events import Action, AddText, AskReply, ReturnOutput, Speaker

PHONE_AUDIO = "ulaw_8000"
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """The conversation is open; the formats are the agent's own and cannot be asked for."""

    conversation_id: str
    is_telephone_audio: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """A piece of the agent's voice. `number` grows; what is at or below an interruption's is stale."""

    number: int
    payload: str


@dataclass(frozen=True, slots=True)
class AgentText:
    """What the agent says, or (`is_correction`) what of it was really said."""

    text: str
    is_correction: bool = False


@dataclass(frozen=True, slots=True)
class UserText:
    """The final words of the caller's turn."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The caller spoke over the agent: audio up to `number` is stale."""

    number: int


@dataclass(frozen=True, slots=True)
class Ping:
    """To be answered with the same number."""

    number: int


@dataclass(frozen=True, slots=True)
class ToolAsked:
    """The agent wants a tool to run. `arguments` is JSON text."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The agent's side has failed; `code` is safe to log."""

    code: str


@dataclass(frozen=True, slots=True)
class Other:
    """Nothing that we act on."""

    kind: str
    is_malformed: bool = False


Heard: TypeAlias = Ready | Voice | AgentText | UserText | Interrupted | Ping | ToolAsked | Failed | Other


def parse(data: bytes | str) -> Heard:
    """One message of the agent's."""
    try:
        message = orjson.loads(data)
        kind = message["type"]
        return _read(str(kind), message)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Other("unreadable", is_malformed=True)


def _read(kind: str, m: Fields) -> Heard:
    match kind:
        case "audio":
            event = m["audio_event"]
            return Voice(int(event["event_id"]), _text(event["audio_base_64"]))
        case "user_transcript":
            return UserText(_text(m["user_transcription_event"]["user_transcript"]))
        case "agent_response":
            return AgentText(_text(m["agent_response_event"]["agent_response"]))
        case "agent_response_correction":
            event = m["agent_response_correction_event"]
            return AgentText(_text(event["corrected_agent_response"]), is_correction=True)
        case "interruption":
            return Interrupted(int(m["interruption_event"]["event_id"]))
        case "ping":
            return Ping(int(m["ping_event"]["event_id"]))
        case "client_tool_call":
            call = m["client_tool_call"]
            arguments = orjson.dumps(call.get("parameters") or {}).decode()
            return ToolAsked(_text(call["tool_call_id"]), _text(call["tool_name"]), arguments)
        case "conversation_initiation_metadata":
            event = m["conversation_initiation_metadata_event"]
            formats = {event["agent_output_audio_format"], event["user_input_audio_format"]}
            return Ready(_text(event["conversation_id"]), formats == {PHONE_AUDIO})
        case "error" | "client_error":
            event = m.get("error_event") or {}
            return Failed(str(event.get("error_type") or event.get("code") or "error")[:60])
    return Other(kind[:60])


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError
    return value


# --- what we send ------------------------------------------------------------------------------------------


def opening(*, call_ref: str, language: str, variables: Mapping[str, str]) -> str:
    """The first message. The variables hold no name and no health data; the agent's prompt uses them."""
    return _dump(
        {
            "type": "conversation_initiation_client_data",
            "dynamic_variables": {"call_ref": call_ref, "language": language, **variables},
            "user_id": call_ref,
            "source_info": {"source": "custom", "version": "1"},
        }
    )


def audio(payload: str) -> str:
    """The caller's audio, base64 as it came."""
    return f'{{"user_audio_chunk":"{payload}"}}'


def pong(number: int) -> str:
    return _dump({"type": "pong", "event_id": number})


def encode(action: Action) -> str | None:
    """The message for an action, or None: the agent times its own turns and keeps its own history."""
    match action:
        case AddText(speaker=Speaker.PATIENT, text=text):
            return _dump({"type": "user_message", "text": text})
        case AddText(speaker=Speaker.MAYA, text=text):
            return _dump({"type": "contextual_update", "text": f"You have said: {text}"})
        case AddText(text=text):
            return _dump({"type": "contextual_update", "text": text})
        case AskReply(wording=wording) if wording:
            return _dump({"type": "user_message", "text": f'Say exactly this and nothing else: "{wording}"'})
        case ReturnOutput(call_id=call_id, output=output):
            is_error = '"ok": false' in output or '"ok":false' in output
            return _dump(
                {
                    "type": "client_tool_result",
                    "tool_call_id": call_id,
                    "result": output,
                    "is_error": is_error,
                }
            )
    return None


def _dump(message: Mapping[str, Any]) -> str:
    return orjson.dumps(message).decode()
