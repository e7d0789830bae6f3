"""OpenAI Realtime (GA) JSON <-> the seam's words. Pure and total: no input raises.

The embedded local agent speaks the same protocol at another address, so this is its wire too.
Source: OpenAI API reference, "Realtime client events" and "Realtime server events" (GA names, 2026-07).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from calls.events import (
    Action,
    AddText,
    AskReply,
    CancelReply,
    Complaint,
    Forget,
    FromModel,
    ModelAudio,
    ModelAudioDone,
    ModelSaid,
    ModelWords,
    PatientSaid,
    PatientUnheard,
    ReplyEnded,
    ReplyStarted,
    ReplyStatus,
    ReturnOutput,
    SessionConfigured,
    SessionOpened,
    Skipped,
    Speaker,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    ToolCall,
    Truncate,
    Usage,
)

MAX_MESSAGE_BYTES = 1024 * 1024
Fields = Mapping[str, Any]


def parse(data: bytes | str) -> FromModel:
    """One server event. Unknown kinds are `Skipped`, unreadable ones `Skipped(is_malformed=True)`."""
    try:
        message = orjson.loads(data)
    except ValueError:
        return Skipped("not_json", is_malformed=True)
    if type(message) is not dict:
        return Skipped("not_an_object", is_malformed=True)
    kind = message.get("type")
    reader = READERS.get(kind) if type(kind) is str else None
    if reader is None:
        return Skipped(kind if type(kind) is str and len(kind) < 80 else "no_type")
    try:
        return reader(message)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Skipped(str(kind), is_malformed=True)


def _text(fields: Fields, name: str, default: str | None = None) -> str:
    value = fields[name] if default is None else fields.get(name, default)
    if type(value) is not str:
        raise TypeError(name)
    return value


def _number(fields: Fields, name: str) -> int:
    value = fields.get(name) or 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(name)
    return int(value)


def _audio(m: Fields) -> FromModel:
    payload = _text(m, "delta")
    size = len(payload) * 3 // 4 - payload.endswith("=") - payload.endswith("==")
    return ModelAudio(_text(m, "response_id", ""), _text(m, "item_id", ""), payload, size)


def _audio_done(m: Fields) -> FromModel:
    return ModelAudioDone(_text(m, "response_id", ""), _text(m, "item_id", ""))


def _words(m: Fields) -> FromModel:
    return ModelWords(_text(m, "response_id", ""), _text(m, "item_id", ""), _text(m, "delta"))


def _said(m: Fields) -> FromModel:
    return ModelSaid(_text(m, "response_id", ""), _text(m, "item_id", ""), _text(m, "transcript"))


def _speech_started(m: Fields) -> FromModel:
    return SpeechStarted(_text(m, "item_id", ""), _number(m, "audio_start_ms"))


def _speech_stopped(m: Fields) -> FromModel:
    return SpeechStopped(_text(m, "item_id", ""), _number(m, "audio_end_ms"))


def _committed(m: Fields) -> FromModel:
    return SpeechCommitted(_text(m, "item_id", ""))


def _patient_said(m: Fields) -> FromModel:
    return PatientSaid(_text(m, "item_id", ""), _text(m, "transcript"), transcription_usage(m.get("usage")))


def _patient_unheard(m: Fields) -> FromModel:
    error = m.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return PatientUnheard(_text(m, "item_id", ""), str(code or "unknown"))


def _session_opened(m: Fields) -> FromModel:
    session = m.get("session") or {}
    expires = session.get("expires_at")
    return SessionOpened(_text(session, "id", ""), expires if isinstance(expires, int) else None)


def _session_configured(m: Fields) -> FromModel:
    session = m.get("session") or {}
    if type(session) is not dict:
        raise TypeError("session")
    return SessionConfigured(session)


def _reply_started(m: Fields) -> FromModel:
    return ReplyStarted(_text(m["response"], "id"))


def _reply_ended(m: Fields) -> FromModel:
    reply = m["response"]
    status = ReplyStatus(reply.get("status") or "failed")
    details = reply.get("status_details") or {}
    error = (details.get("error") or {}).get("code") or (details.get("error") or {}).get("type") or ""
    return ReplyEnded(
        _text(reply, "id"),
        status,
        tuple(_tool_calls(reply.get("output") or ())) if status is ReplyStatus.COMPLETED else (),
        reply_usage(reply.get("usage")),
        str(error or (details.get("reason") if status is not ReplyStatus.COMPLETED else "") or ""),
    )


def _tool_calls(output: Any) -> list[ToolCall]:
    calls = []
    for item in output:
        if item.get("type") == "function_call" and item.get("status", "completed") == "completed":
            calls.append(ToolCall(_text(item, "call_id"), _text(item, "name"), _text(item, "arguments", "")))
    return calls


def _complaint(m: Fields) -> FromModel:
    error = m.get("error") or {}
    code = error.get("code") or error.get("type") or "unknown"
    return Complaint(str(code), str(error.get("param") or ""), str(error.get("event_id") or ""))


READERS: dict[str, Callable[[Fields], FromModel]] = {
    "response.output_audio.delta": _audio,
    "response.output_audio_transcript.delta": _words,
    "response.output_audio.done": _audio_done,
    "response.output_audio_transcript.done": _said,
    "input_audio_buffer.speech_started": _speech_started,
    "input_audio_buffer.speech_stopped": _speech_stopped,
    "input_audio_buffer.committed": _committed,
    "conversation.item.input_audio_transcription.completed": _patient_said,
    "conversation.item.input_audio_transcription.failed": _patient_unheard,
    "response.created": _reply_started,
    "response.done": _reply_ended,
    "session.created": _session_opened,
    "session.updated": _session_configured,
    "error": _complaint,
}


def reply_usage(usage: Any) -> Usage | None:
    """The billed tokens of a response; None when the server says nothing readable. Fields may be missing."""
    if not isinstance(usage, dict):
        return None
    try:
        into = usage.get("input_token_details") or {}
        cached = into.get("cached_tokens_details") or {}
        out = usage.get("output_token_details") or {}
        has_split = "text_tokens" in into or "audio_tokens" in into
        return Usage(
            text_in=_number(into, "text_tokens") if has_split else _number(usage, "input_tokens"),
            text_in_cached=_number(cached, "text_tokens"),
            audio_in=_number(into, "audio_tokens"),
            audio_in_cached=_number(cached, "audio_tokens"),
            text_out=_number(out, "text_tokens") if out else _number(usage, "output_tokens"),
            audio_out=_number(out, "audio_tokens"),
        )
    except (TypeError, AttributeError):
        return None


def transcription_usage(usage: Any) -> Usage | None:
    """What a transcription is billed on: seconds of audio, or tokens."""
    if not isinstance(usage, dict):
        return None
    try:
        if usage.get("type") == "duration":
            return Usage(seconds=float(usage.get("seconds") or 0.0))
        details = usage.get("input_token_details") or {}
        return Usage(
            text_in=_number(details, "text_tokens"),
            audio_in=_number(details, "audio_tokens") if details else _number(usage, "input_tokens"),
            text_out=_number(usage, "output_tokens"),
        )
    except (TypeError, ValueError, AttributeError):
        return None


# --- what we send ------------------------------------------------------------------------------------------

APPEND_HEAD, APPEND_TAIL = '{"type":"input_audio_buffer.append","audio":"', '"}'


def append_audio(payload: str) -> str:
    """The caller's audio, base64 as it came. Without JSON work: a payload needs no escaping."""
    return APPEND_HEAD + payload + APPEND_TAIL


def encode(action: Action) -> str | None:
    """The client event for an action, or None when the action is not the provider's business."""
    message = _message(action)
    return orjson.dumps(message).decode() if message is not None else None


def _message(action: Action) -> dict[str, Any] | None:
    match action:
        case AskReply(wording=""):
            return {"type": "response.create"}
        case AskReply(wording=wording):
            order = f'Say exactly this to the patient, word for word, and nothing else: "{wording}"'
            return {"type": "response.create", "response": {"instructions": order, "tool_choice": "none"}}
        case CancelReply(reply=""):
            return {"type": "response.cancel"}
        case CancelReply(reply=reply):
            return {"type": "response.cancel", "response_id": reply}
        case Truncate(item=item, at_ms=at_ms):
            return {
                "type": "conversation.item.truncate",
                "item_id": item,
                "content_index": 0,
                "audio_end_ms": at_ms,
            }
        case Forget(item=item):
            return {"type": "conversation.item.delete", "item_id": item}
        case AddText(speaker=speaker, text=text):
            return {"type": "conversation.item.create", "item": text_item(speaker, text)}
        case ReturnOutput(call_id=call_id, output=output):
            result = {"type": "function_call_output", "call_id": call_id, "output": output}
            return {"type": "conversation.item.create", "item": result}
    return None


def text_item(speaker: Speaker, text: str) -> dict[str, Any]:
    """A message item that holds text, as that speaker's."""
    role = {Speaker.PATIENT: "user", Speaker.MAYA: "assistant", Speaker.SYSTEM: "system"}[speaker]
    kind = "output_text" if speaker is Speaker.MAYA else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}
