"""uvicorn, run so that a stop does not cut live calls.

uvicorn by itself closes every live socket 0.1 s after SIGTERM (measured with 0.54).
"""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import signal
import socket
from types import FrameType

import uvicorn

from heartvoice.server import limits
from heartvoice.server.drain import Drain
from heartvoice.server.gate import App, Gate, is_media_path
from heartvoice.server.http import PunctualProtocol

logger = logging.getLogger(__name__)

OPEN_FILES = 65_536


class CannotListen(Exception):
    """The address cannot be bound; the message says why in one line."""


def listening_socket(host: str, port: int, *, reuse_port: bool) -> socket.socket:
    """Return a bound socket; with `reuse_port` several processes share the address. Raises `CannotListen`."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError as error:
        raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
    return bound


def serve(
    app: App, *, bound: socket.socket, drain: Drain, drain_s: float, most_calls: int, shares_port: bool
) -> None:
    """Serve `app` until told to stop and every call has ended or been handed over."""
    gate = Gate(app, drain=drain, most_sockets=most_calls * limits.SOCKETS_PER_CALL)
    config = uvicorn.Config(
        gate,
        loop="uvloop",
        http=PunctualProtocol,
        ws="websockets-sansio",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whom to believe is decided in the project's own middleware
        backlog=512,
        h11_max_incomplete_event_size=limits.HEADER_BYTES,
        timeout_keep_alive=limits.KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(limits.HANDOVER_WITHIN_S),
        ws_max_size=limits.MESSAGE_BYTES,
        ws_ping_interval=limits.PING_EVERY_S,
        ws_ping_timeout=limits.PONG_WITHIN_S,
        ws_per_message_deflate=False,
    )
    _set_limits()
    # What was loaded so far stays for good: the collector need not walk it again while audio waits.
    gc.collect()
    gc.freeze()
    DrainingServer(config, drain=drain, drain_s=drain_s, shares_port=shares_port).run(sockets=[bound])


def _set_limits() -> None:
    """No core file, which would hold voices; as many open sockets as the system allows."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class DrainingServer(uvicorn.Server):
    """SIGTERM drains; a second one, or SIGINT, hands the calls over; a third stops without waiting."""

    def __init__(self, config: uvicorn.Config, *, drain: Drain, drain_s: float, shares_port: bool) -> None:
        super().__init__(config)
        self.drain = drain
        self.drain_s = drain_s
        self.shares_port = shares_port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bound: list[socket.socket] = []
        self._leaving: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._bound = sockets or []
        await super().serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        logger.info("serving")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # uvicorn would raise the signal again at the end; a drain that was asked for is a success.
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._asked_to_stop, sig)

    def _asked_to_stop(self, sig: int) -> None:
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._leave())
            if sig == signal.SIGINT:
                self._hurry.set()
        elif not self._hurry.is_set():
            self._hurry.set()
        else:
            self.should_exit = self.force_exit = True

    async def _leave(self) -> None:
        self.drain.begin()
        logger.info("draining", extra={"count": self.drain.live})
        if self.shares_port:
            # The kernel would go on giving this process its part of the new connections.
            for server in self.servers:
                server.close()
            for bound in self._bound:
                bound.close()
        if not await self._calls_ended():
            await self._hand_over()
        self.should_exit = True

    async def _calls_ended(self) -> bool:
        hurry = asyncio.create_task(self._hurry.wait())
        quiet = asyncio.create_task(self.drain.until_quiet(self.drain_s))
        await asyncio.wait({hurry, quiet}, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        quiet.cancel()
        await asyncio.gather(hurry, quiet, return_exceptions=True)
        return self.drain.live == 0

    async def _hand_over(self) -> None:
        """Close the media sockets while still answering: the provider asks what to do with the callers."""
        logger.warning("handing over live calls", extra={"count": self.drain.live})
        for connection in list(self.server_state.connections):
            scope = getattr(connection, "scope", None)
            if scope is not None and scope["type"] == "websocket" and is_media_path(scope["path"]):
                connection.shutdown()
        await self.drain.until_quiet(limits.HANDOVER_WITHIN_S)
        await asyncio.sleep(limits.HANDOVER_ANSWERS_S)
