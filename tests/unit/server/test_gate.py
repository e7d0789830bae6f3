"""What the outermost layer lets in, counts and refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from heartvoice.server import gate as gate_module
from heartvoice.server.drain import Drain
from heartvoice.server.gate import Gate


class Wire:
    """Messages given to the application, and what it answered."""

    def __init__(self, *incoming: dict[str, Any]) -> None:
        self.incoming: Iterator[dict[str, Any]] = iter(incoming)
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        message = next(self.incoming, None)
        if message is None:
            await asyncio.Event().wait()
        return message or {}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)


async def accepting(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})


async def reading(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})


def socket_scope(path: str, **extra: Any) -> dict[str, Any]:
    return {"type": "websocket", "path": path, "extensions": {"websocket.http.response": {}}, **extra}


def post_scope() -> dict[str, Any]:
    return {"type": "http", "method": "POST", "path": "/voice"}


def body(size: int, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def test_a_media_socket_counts_as_live_while_its_application_runs() -> None:
    drain = Drain()
    seen: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(drain.live)

    gate = Gate(app, drain=drain, most_sockets=10)
    for path in ("/media", "/media/", "/live"):
        await gate(socket_scope(path), Wire().receive, Wire().send)
    assert seen == [1, 1, 0]
    assert drain.live == 0


async def test_a_failing_call_is_no_longer_live() -> None:
    drain = Drain()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        await Gate(app, drain=drain, most_sockets=10)(socket_scope("/media"), Wire().receive, Wire().send)
    assert drain.live == 0


@pytest.mark.parametrize("path", ["/media", "/live"])
async def test_while_draining_every_new_socket_is_answered_503_without_being_accepted(path: str) -> None:
    drain = Drain()
    drain.begin()
    wire = Wire({"type": "websocket.connect"})
    await Gate(accepting, drain=drain, most_sockets=10)(socket_scope(path), wire.receive, wire.send)
    assert [(message["type"], message.get("status")) for message in wire.sent] == [
        ("websocket.http.response.start", 503),
        ("websocket.http.response.body", None),
    ]


async def test_a_server_that_cannot_answer_a_handshake_closes_it_instead() -> None:
    drain = Drain()
    drain.begin()
    wire = Wire({"type": "websocket.connect"})
    scope = socket_scope("/media", extensions={})
    await Gate(accepting, drain=drain, most_sockets=10)(scope, wire.receive, wire.send)
    assert wire.sent == [{"type": "websocket.close", "code": 1013}]


async def test_media_sockets_past_the_ceiling_are_refused_and_pages_are_not() -> None:
    drain = Drain(live=3)
    gate = Gate(accepting, drain=drain, most_sockets=3)
    media, page = Wire({"type": "websocket.connect"}), Wire()
    await gate(socket_scope("/media"), media.receive, media.send)
    await gate(socket_scope("/live"), page.receive, page.send)
    assert media.sent[0]["status"] == 503
    assert page.sent == [{"type": "websocket.accept"}]


@pytest.mark.parametrize(
    ("sizes", "status"),
    [([1024], 200), ([600_000, 448_576], 200), ([600_000, 448_577], 413), ([2_000_000], 413)],
    ids=["small", "exactly 1 MiB in two parts", "one byte more", "at once"],
)
async def test_a_request_body_has_at_most_1_mib(sizes: list[int], status: int) -> None:
    parts = [body(size, more=number < len(sizes)) for number, size in enumerate(sizes, 1)]
    wire = Wire(*parts)
    await Gate(reading, drain=Drain(), most_sockets=1)(post_scope(), wire.receive, wire.send)
    assert wire.sent[0]["status"] == status


async def test_a_body_that_does_not_come_is_answered_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "BODY_WITHIN_S", 0.02)
    wire = Wire(body(10, more=True))
    await Gate(reading, drain=Drain(), most_sockets=1)(post_scope(), wire.receive, wire.send)
    assert wire.sent[0]["status"] == 408


async def test_waiting_for_the_client_to_leave_has_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that answers slowly keeps listening for a disconnect after the whole body came."""
    monkeypatch.setattr(gate_module, "BODY_WITHIN_S", 0.01)

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        leaving = asyncio.ensure_future(receive())
        await asyncio.wait({leaving}, timeout=0.1)
        assert not leaving.done()
        leaving.cancel()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    wire = Wire(body(1, more=False))
    await Gate(slow, drain=Drain(), most_sockets=1)(post_scope(), wire.receive, wire.send)
    assert wire.sent[0]["status"] == 200
