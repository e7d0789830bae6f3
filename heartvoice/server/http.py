"""uvicorn's HTTP protocol with a deadline for request headers and an answer to overlong ones."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from heartvoice.server.limits import HANDSHAKE_HEADERS, HANDSHAKE_LINE_BYTES, HEADER_WITHIN_S


class PunctualProtocol(H11Protocol):
    """Drops a connection whose next request's headers take longer than HEADER_WITHIN_S seconds."""

    header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._start_timer()
        else:
            self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        # The websockets library refuses such a request without an answer, and the connection would stay open.
        too_long = any(len(name) + len(value) > HANDSHAKE_LINE_BYTES for name, value in self.headers)
        if too_long or len(event.target) > HANDSHAKE_LINE_BYTES or len(self.headers) > HANDSHAKE_HEADERS:
            self.send_400_response("Request headers too large")
            return
        super().handle_websocket_upgrade(event)

    def _start_timer(self) -> None:
        if self.header_timer is None:
            self.header_timer = self.loop.call_later(HEADER_WITHIN_S, self.transport.abort)

    def _stop_timer(self) -> None:
        if self.header_timer is not None:
            self.header_timer.cancel()
            self.header_timer = None
