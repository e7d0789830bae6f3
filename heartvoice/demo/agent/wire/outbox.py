"""Server events on their way out: numbered, serialised, counted."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from heartvoice.demo.agent.wire.refused import Refused

Send = Callable[[str], Awaitable[None]]


class PeerGone(Exception):
    """The client has left: nothing can be sent any more. An ordinary end of a session."""


def new_id(prefix: str) -> str:
    """An id that looks like the API's: "item_" and 24 hexadecimal digits."""
    return f"{prefix}_{uuid.uuid4().hex[:24]}"


class Outbox:
    """Sends the events of one session in the order of the calls."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def emit(self, kind: str, **fields: Any) -> None:
        """Send one event of the type `kind`."""
        event = {"type": kind, "event_id": new_id("event"), **fields}
        await self._send(orjson.dumps(event).decode())

    async def refuse(self, refused: Refused, event_id: object) -> None:
        """Send the `error` event for a client event that could not be carried out."""
        error = {
            "type": "invalid_request_error",
            "code": refused.code,
            "message": refused.message,
            "param": refused.param,
            "event_id": event_id if isinstance(event_id, str) else None,
        }
        await self.emit("error", error=error)
