"""Slow and overlong request headers, over real loopback sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from heartvoice.server import http as http_module
from heartvoice.server.http import PunctualProtocol
from heartvoice.server.runner import listening_socket

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
    else:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()


@contextlib.asynccontextmanager
async def port_of_server() -> AsyncIterator[int]:
    bound = listening_socket("127.0.0.1", 0, reuse_port=False)
    config = uvicorn.Config(
        application,
        http=PunctualProtocol,
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        h11_max_incomplete_event_size=32 * 1024,
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[bound])
    try:
        yield bound.getsockname()[1]
    finally:
        server.force_exit = True
        await server.shutdown(sockets=[bound])


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_module, "HEADER_WITHIN_S", 0.05)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("beginning", [b"", b"GET / HT"], ids=["nothing", "half a request line"])
async def test_a_connection_that_never_finishes_its_headers_is_dropped(beginning: bytes) -> None:
    async with port_of_server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(beginning)
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


@pytest.mark.usefixtures("hasty")
async def test_headers_that_trickle_in_a_second_request_are_dropped_too() -> None:
    async with port_of_server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        assert b"200 OK" in await reader.readuntil(b"ok")
        writer.write(b"GET / HT")
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


@pytest.mark.usefixtures("hasty")
async def test_an_open_web_socket_is_not_dropped() -> None:
    async with port_of_server() as port, connect(f"ws://127.0.0.1:{port}/live") as socket:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.2)
        assert socket.state.name == "OPEN"


async def test_a_handshake_with_an_overlong_header_is_answered() -> None:
    async with port_of_server() as port:
        with pytest.raises(InvalidStatus) as refusal:
            async with connect(
                f"ws://127.0.0.1:{port}/media", additional_headers={"X-Long": "x" * 9000}, open_timeout=5
            ):
                pass
        assert refusal.value.response.status_code == 400
