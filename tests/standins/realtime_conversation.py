"""The conversation of one Realtime session as the server keeps it: items, responses, and what they cost."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from heartvoice.demo.phone.sound import tone
from tests.standins.realtime_billing import Meter, Piece, audio_tokens, text_tokens, truncated
from tests.standins.realtime_config import DEFAULT, Rejected
from tests.standins.realtime_record import words


@dataclass(frozen=True, slots=True)
class Speech:
    """Maya says `text`: `ms` of a tone, or `audio` as it is (mu-law)."""

    text: str
    ms: int = 600
    audio: bytes | None = None
    hz: float = 440.0

    def sound(self) -> bytes:
        return tone(self.ms, hz=self.hz) if self.audio is None else self.audio


@dataclass(frozen=True, slots=True)
class Text:
    """The model writes `text` (output_modalities ["text"], for example beside the conversation)."""

    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool call; `arguments` as text is sent as it is, valid or not."""

    name: str
    arguments: Mapping[str, Any] | str
    call_id: str = ""

    def text(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(slots=True)
class Item:
    """One item of the conversation."""

    id: str
    body: dict[str, Any]
    audio_bytes: int = 0  # of what the assistant said or the user was heard to say
    version: int = 0

    def piece(self) -> Piece:
        """What it costs as input."""
        is_ours = self.body.get("role") == "assistant"
        speaker: Literal["user", "assistant"] = "assistant" if is_ours else "user"
        return Piece(
            f"{self.id}#{self.version}",
            text_tokens(" ".join(words(self.body))),
            audio_tokens(self.audio_bytes, speaker) if self.audio_bytes else 0,
        )


@dataclass(slots=True)
class Response:
    """One response as it was given."""

    id: str
    items: list[str] = field(default_factory=list)
    call_ids: list[str] = field(default_factory=list)
    metadata: Mapping[str, str] | None = None
    status: str = "in_progress"


class Conversation:
    """Items in order and the session's configuration; `bill` counts a response over all of it."""

    def __init__(self, number: int, *, caches: bool) -> None:
        self.id = f"conv_{number}"
        self.config: dict[str, Any] = {**DEFAULT, "id": f"sess_{number}", "model": "gpt-realtime-2.1"}
        self.items: dict[str, Item] = {}
        self.meter = Meter(caches=caches)

    def last_id(self) -> str | None:
        return next(reversed(self.items), None)

    def truncate(self, item_id: str, end_ms: int) -> Rejected | None:
        """Forget what of an assistant's audio was not heard, and its transcript."""
        item = self.items.get(item_id)
        if item is None or item.body.get("role") != "assistant":
            return Rejected("item_not_found", "no such assistant item", "item_id")
        if end_ms * 8 > item.audio_bytes:
            message = f"Audio content of {item.audio_bytes // 8}ms is already shorter than {end_ms}ms"
            return Rejected("invalid_value", message, "audio_end_ms")
        item.audio_bytes = end_ms * 8
        item.version += 1
        for part in item.body["content"]:
            part.pop("transcript", None)
        return None

    def described(self, response: Response, details: Mapping[str, Any] | None) -> dict[str, Any]:
        """The `response` of response.created and response.done."""
        is_running = response.status == "in_progress"
        output = self.config["audio"]["output"]
        return {
            "id": response.id,
            "object": "realtime.response",
            "conversation_id": self.id,
            "status": response.status,
            "status_details": dict(details) if details else None,
            "output": [] if is_running else [dict(self.items[one].body) for one in response.items],
            "output_modalities": self.config["output_modalities"],
            "max_output_tokens": self.config["max_output_tokens"],
            "audio": {"output": {"format": output["format"], "voice": output["voice"]}},
            "metadata": dict(response.metadata) if response.metadata else None,
            "usage": None,
        }

    def bill(self, response: Response) -> dict[str, Any]:
        """The response's usage; drops the oldest items first where the session's truncation says so."""
        history = [item for item in self.items.values() if item.id not in response.items]
        pieces = [item.piece() for item in history]
        dropped = truncated(pieces, self.config["truncation"])
        for item in history[:dropped]:
            del self.items[item.id]
        instructions, tools = self.config["instructions"], json.dumps(self.config["tools"])
        head = [
            Piece(f"instructions:{hash(instructions)}", text_tokens(instructions)),
            Piece(f"tools:{hash(tools)}", text_tokens(tools)),
        ]
        made = [self.items[one].piece() for one in response.items]
        billed = self.meter.bill(
            [*head, *pieces[dropped:]],
            text_out=sum(piece.text_tokens for piece in made),
            audio_out=sum(piece.audio_tokens for piece in made),
        )
        return billed.usage()
