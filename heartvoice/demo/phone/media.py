"""Media Streams messages as the telephone company writes and reads them. Numbers are strings.

Source: Twilio, Media Streams WebSocket messages.
"""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Media:
    payload: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    pass


@dataclass(frozen=True, slots=True)
class Bad:
    """What the application should not have sent (Twilio warning 31951)."""

    reason: str


Message = Media | Mark | Clear | Bad


def parse(text: str | bytes, stream_sid: str) -> Message:
    """Read one message of the application. Total: what is wrong becomes `Bad`."""
    try:
        message = json.loads(text)
        event, sid = message["event"], message["streamSid"]
        if sid != stream_sid:
            return Bad("foreign streamSid")
        match event:
            case "media":
                return Media(b64decode(message["media"]["payload"], validate=True))
            case "mark":
                return Mark(str(message["mark"]["name"]))
            case "clear":
                return Clear()
            case _:
                return Bad("unknown event")
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        return Bad(f"invalid message: {type(error).__name__}")


class Writer:
    """Builds one stream's messages and numbers them."""

    def __init__(self, *, account_sid: str, call_sid: str, stream_sid: str) -> None:
        self.account_sid = account_sid
        self.call_sid = call_sid
        self.stream_sid = stream_sid
        self._sequence = 0

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        return self._numbered(
            "start",
            {
                "accountSid": self.account_sid,
                "streamSid": self.stream_sid,
                "callSid": self.call_sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": dict(parameters),
            },
        )

    def media(self, audio: bytes, *, chunk: int, at_ms: int) -> str:
        """`chunk` counts from 1, `at_ms` from the start of the stream."""
        return self._numbered(
            "media",
            {
                "track": "inbound",
                "chunk": str(chunk),
                "timestamp": str(at_ms),
                "payload": b64encode(audio).decode(),
            },
        )

    def dtmf(self, digit: str) -> str:
        return self._numbered("dtmf", {"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        return self._numbered("mark", {"name": name})

    def stop(self) -> str:
        return self._numbered("stop", {"accountSid": self.account_sid, "callSid": self.call_sid})

    def _numbered(self, event: str, body: dict[str, Any]) -> str:
        self._sequence += 1
        return json.dumps(
            {
                "event": event,
                "sequenceNumber": str(self._sequence),
                "streamSid": self.stream_sid,
                event: body,
            }
        )
