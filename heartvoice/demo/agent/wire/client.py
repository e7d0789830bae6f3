"""What a client may send, parsed: every message becomes one of these events or Refused."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from heartvoice.demo.agent.wire import config
from heartvoice.demo.agent.wire.refused import Refused

MAX_AUDIO_BYTES = 15 * 1024 * 1024
_TEXT_PARTS = {"system": {"input_text"}, "user": {"input_text"}, "assistant": {"output_text"}}


@dataclass(frozen=True, slots=True)
class UpdateSession:
    session: object


@dataclass(frozen=True, slots=True)
class AppendAudio:
    audio: bytes


@dataclass(frozen=True, slots=True)
class CommitAudio:
    pass


@dataclass(frozen=True, slots=True)
class ClearAudio:
    pass


@dataclass(frozen=True, slots=True)
class CreateItem:
    item: dict[str, Any]
    after: str | None  # id of the item before it, "root", or None for the end


@dataclass(frozen=True, slots=True)
class TruncateItem:
    item_id: str
    audio_end_ms: int


@dataclass(frozen=True, slots=True)
class DeleteItem:
    item_id: str


@dataclass(frozen=True, slots=True)
class RetrieveItem:
    item_id: str


@dataclass(frozen=True, slots=True)
class CreateResponse:
    asked: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CancelResponse:
    response_id: str | None


ClientEvent = (
    UpdateSession | AppendAudio | CommitAudio | ClearAudio | CreateItem | TruncateItem | DeleteItem | RetrieveItem
    | CreateResponse | CancelResponse
)  # fmt: skip


def decoded(message: str | bytes) -> dict[str, Any]:
    """The JSON object of a message. Raises Refused."""
    try:
        event = orjson.loads(message)
    except orjson.JSONDecodeError:
        raise Refused("invalid_json", "The event could not be parsed as JSON.") from None
    if not isinstance(event, dict):
        raise Refused("invalid_event", "The event must be a JSON object.")
    return event


def parse(event: Mapping[str, Any]) -> ClientEvent:
    """The event. Raises Refused for an unknown type or a missing or wrong field."""
    match event.get("type"):
        case "session.update":
            return UpdateSession(_required(event, "session"))
        case "input_audio_buffer.append":
            return AppendAudio(_audio(event))
        case "input_audio_buffer.commit":
            return CommitAudio()
        case "input_audio_buffer.clear":
            return ClearAudio()
        case "conversation.item.create":
            return CreateItem(_item(_required(event, "item")), event.get("previous_item_id"))
        case "conversation.item.truncate":
            end = _required(event, "audio_end_ms")
            if not isinstance(end, int) or end < 0:
                raise Refused("invalid_value", "'audio_end_ms' must be an integer from 0.", "audio_end_ms")
            return TruncateItem(_text(event, "item_id"), end)
        case "conversation.item.delete":
            return DeleteItem(_text(event, "item_id"))
        case "conversation.item.retrieve":
            return RetrieveItem(_text(event, "item_id"))
        case "response.create":
            return CreateResponse(config.response_asked(event.get("response")))
        case "response.cancel":
            return CancelResponse(event.get("response_id"))
        case None:
            raise Refused("missing_required_parameter", "Missing required parameter: 'type'.", "type")
        case unknown:
            raise Refused("invalid_value", f"Invalid value: '{str(unknown)[:64]}'.", "type")


def _required(event: Mapping[str, Any], name: str) -> Any:
    if event.get(name) is None:
        raise Refused("missing_required_parameter", f"Missing required parameter: '{name}'.", name)
    return event[name]


def _text(event: Mapping[str, Any], name: str) -> str:
    value = _required(event, name)
    if not isinstance(value, str):
        raise Refused("invalid_type", f"Invalid type for '{name}': expected a string.", name)
    return value


def _audio(event: Mapping[str, Any]) -> bytes:
    text = _text(event, "audio")
    if len(text) > MAX_AUDIO_BYTES * 4 // 3:
        raise Refused("invalid_value", "Audio chunk is larger than 15 MiB.", "audio")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        message = "Invalid 'audio'. Expected base64-encoded audio bytes."
        raise Refused("invalid_value", message, "audio") from None


def _item(item: object) -> dict[str, Any]:
    """A conversation item that a client may create, without its server-made fields."""
    if not isinstance(item, Mapping):
        raise Refused("invalid_type", "Invalid type for 'item': expected an object.", "item")
    match item.get("type"):
        case "message":
            return _message(item)
        case "function_call_output":
            output = {name: _text(item, name) for name in ("call_id", "output")}
            return _identified(item, {"type": "function_call_output", **output})
        case "function_call":
            call = {name: _text(item, name) for name in ("call_id", "name", "arguments")}
            return _identified(item, {"type": "function_call", "status": "completed", **call})
        case None:
            raise Refused(
                "missing_required_parameter", "Missing required parameter: 'item.type'.", "item.type"
            )
        case _:
            raise Refused("invalid_value", "Invalid value for 'item.type'.", "item.type")


def _message(item: Mapping[str, Any]) -> dict[str, Any]:
    role = item.get("role")
    if role not in _TEXT_PARTS:
        raise Refused(
            "invalid_value", "Supported values are: 'system', 'user', and 'assistant'.", "item.role"
        )
    parts = item.get("content")
    if not isinstance(parts, list) or not parts:
        raise Refused(
            "missing_required_parameter", "Missing required parameter: 'item.content'.", "item.content"
        )
    content = []
    for number, part in enumerate(parts):
        where = f"item.content[{number}]"
        if not isinstance(part, Mapping) or part.get("type") not in _TEXT_PARTS[role]:
            expected = " or ".join(sorted(_TEXT_PARTS[role]))
            raise Refused(
                "invalid_value", f"Content of a {role} message must be {expected}.", f"{where}.type"
            )
        if not isinstance(part.get("text"), str):
            raise Refused(
                "missing_required_parameter", f"Missing required parameter: '{where}.text'.", f"{where}.text"
            )
        content.append({"type": part["type"], "text": part["text"]})
    return _identified(item, {"type": "message", "role": role, "status": "completed", "content": content})


def _identified(item: Mapping[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    identity = item.get("id")
    if identity is not None and not (isinstance(identity, str) and 0 < len(identity) <= 32):
        raise Refused("invalid_value", "Invalid 'item.id': at most 32 characters.", "item.id")
    return {"id": identity, "object": "realtime.item", **known}
