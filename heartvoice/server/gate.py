"""The outermost ASGI layer: counts live calls, refuses what must not come in, bounds request bodies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from heartvoice.server.drain import Drain
from heartvoice.server.limits import BODY_BYTES, BODY_WITHIN_S

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MEDIA_PATH = "/media"
TRY_AGAIN_CODE = 1013


def is_media_path(path: str) -> bool:
    """Whether the telephone's audio comes in here."""
    return path.rstrip("/") == MEDIA_PATH


class Refused(Exception):
    """The request's body was too long or too slow; carries the HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gate:
    """Wraps the project's ASGI application; at most `most_sockets` media sockets are open at a time."""

    def __init__(self, app: App, *, drain: Drain, most_sockets: int) -> None:
        self.app = app
        self.drain = drain
        self.most_sockets = most_sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "websocket":
                await self._socket(scope, receive, send)
            case "http" if scope["method"] not in {"GET", "HEAD"}:
                await self._request(scope, receive, send)
            case _:
                await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_media = is_media_path(scope["path"])
        if self.drain.is_draining or (is_media and self.drain.live >= self.most_sockets):
            await _refuse_socket(scope, receive, send)
        elif is_media:
            with self.drain.call():
                await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_answered = False

        async def watched_send(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self.app(scope, _bounded(receive, asyncio.get_running_loop().time), watched_send)
        except Refused as refusal:
            if has_answered:
                raise
            await _answer(send, refusal.status)


def _bounded(receive: Receive, clock: Callable[[], float]) -> Receive:
    """Return `receive` for a body of at most BODY_BYTES that is complete within BODY_WITHIN_S."""
    taken = 0
    is_complete = False
    deadline = clock() + BODY_WITHIN_S

    async def bounded() -> Message:
        nonlocal taken, is_complete
        if is_complete:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise Refused(408) from None
        taken += len(message.get("body", b""))
        if taken > BODY_BYTES:
            raise Refused(413)
        is_complete = not message.get("more_body", False)
        return message

    return bounded


async def _answer(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the handshake with 503, so that the telephone provider asks its next instruction at once."""
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        headers = [(b"content-length", b"0"), (b"retry-after", b"5")]
        await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": TRY_AGAIN_CODE})
