"""A WebSocket client over picows: frames in by callback, bounded both ways, never compressed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections import deque
from collections.abc import Callable, Mapping

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSError,
    WSFrame,
    WSHandshakeError,
    WSInvalidStatusError,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from calls.providers.link import LinkFailed, Trouble

log = logging.getLogger(__name__)
_library_log = logging.getLogger("picows.calls")
_library_log.setLevel(logging.WARNING)  # it reports every connection

CONNECT_S = 5.0
MAX_FRAME_BYTES = 1024 * 1024
MAX_WAITING = 250  # 5 s of audio
LONGEST_RETRY_AFTER_S = 8.0
FATAL_STATUS = frozenset({400, 401, 403, 404})


class ProviderSocket(WSListener):
    """One connection. `on_text` gets every whole text message; `on_gone` is called once when it ends."""

    def __init__(self, on_text: Callable[[bytes], None], on_gone: Callable[[int], None]) -> None:
        self._on_text = on_text
        self._on_gone = on_gone
        self._transport: WSTransport | None = None
        self._parts: list[bytes] = []
        self._is_slow = False
        self._is_closed = False
        self._waiting: deque[str] = deque(maxlen=MAX_WAITING)
        self._close_code = 1006
        self.dropped = 0

    # --- picows calls these

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        match frame.msg_type:
            case WSMsgType.TEXT | WSMsgType.CONTINUATION if frame.fin and not self._parts:
                self._take(frame.get_payload_as_bytes())
            case WSMsgType.TEXT | WSMsgType.CONTINUATION:
                self._part(frame)
            case WSMsgType.CLOSE:
                payload = frame.get_payload_as_bytes()  # the library knows no codes from 4000 on
                self._close_code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1005
                transport.send_close(WSCloseCode.OK)
                transport.disconnect()

    def _part(self, frame: WSFrame) -> None:
        self._parts.append(frame.get_payload_as_bytes())
        if sum(map(len, self._parts)) > MAX_FRAME_BYTES:
            self._parts.clear()
            self.close()
        elif frame.fin:
            whole, self._parts = b"".join(self._parts), []
            self._take(whole)

    def _take(self, data: bytes) -> None:
        if self._is_closed:
            return
        try:
            self._on_text(data)
        except Exception:  # boundary (pump): one event that we mishandle must not end the call
            log.exception("an event of the voice provider was mishandled")

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._farewell = asyncio.ensure_future(_looked_at(transport))
        if not self._is_closed:
            self._is_closed = True
            self._on_gone(self._close_code)

    def pause_writing(self) -> None:
        self._is_slow = True

    def resume_writing(self) -> None:
        self._is_slow = False
        while self._waiting and not self._is_slow:
            self.send(self._waiting.popleft())

    # --- the link calls these

    def send(self, text: str) -> None:
        """Send a message now."""
        if self._transport is not None and not self._is_closed:
            self._transport.send(WSMsgType.TEXT, text.encode())

    def send_audio(self, text: str) -> None:
        """Send audio, or let it wait while the provider is slow; the oldest waiting is dropped."""
        if not self._is_slow:
            self.send(text)
            return
        self.dropped += len(self._waiting) == MAX_WAITING
        self._waiting.append(text)

    def pause_reading(self) -> None:
        if self._transport is not None and not self._is_closed:
            self._transport.underlying_transport.pause_reading()

    def resume_reading(self) -> None:
        if self._transport is not None and not self._is_closed:
            self._transport.underlying_transport.resume_reading()

    def close(self) -> None:
        """Say goodbye and hang up; nothing is reported after this."""
        if self._transport is not None and not self._is_closed:
            self._is_closed = True
            self._transport.send_close(WSCloseCode.OK)
            self._transport.disconnect()
        self._is_closed = True


async def _looked_at(transport: WSTransport) -> None:
    """The library keeps why it hung up as an exception, and complains when nobody looks at it."""
    with contextlib.suppress(Exception):
        await transport.wait_disconnected()


async def connect(url: str, headers: Mapping[str, str], socket: ProviderSocket) -> None:
    """Open `socket` to the provider within 5 s. Raises LinkFailed."""
    try:
        async with asyncio.timeout(CONNECT_S):
            await ws_connect(
                lambda: socket,
                url,
                ssl_context=_tls() if url.startswith("wss") else None,
                extra_headers=dict(headers),
                max_frame_size=MAX_FRAME_BYTES,
                max_redirects=0,
                websocket_handshake_timeout=CONNECT_S,
                enable_auto_ping=True,
                auto_ping_idle_timeout=5,
                auto_ping_reply_timeout=5,
                auto_ping_strategy=WSAutoPingStrategy.PING_WHEN_IDLE,
                use_aiofastnet=False,
                logger_name=_library_log,
            )
    except TimeoutError:
        raise LinkFailed(Trouble.CONNECTION_TIMEOUT, "connect") from None
    except WSInvalidStatusError as refusal:
        raise _refusal(refusal) from None
    except WSHandshakeError:
        raise LinkFailed(Trouble.SERVER_ERROR, "handshake") from None
    except (OSError, WSError) as error:
        raise LinkFailed(Trouble.CONNECTION_TIMEOUT, type(error).__name__) from None


_tls_context: list[ssl.SSLContext] = []


def _tls() -> ssl.SSLContext:
    """One verified TLS context for the process: loading the root certificates takes 20 ms."""
    if not _tls_context:
        _tls_context.append(ssl.create_default_context())
    return _tls_context[0]


def _refusal(refusal: WSInvalidStatusError) -> LinkFailed:
    answer = refusal.response
    status = int(answer.status) if answer is not None else 0
    if status == 429 and answer is not None:
        return LinkFailed(Trouble.RATE_LIMIT, "429", _seconds(answer.headers.get("Retry-After")))
    if status in FATAL_STATUS:
        return LinkFailed(Trouble.REFUSED, str(status))
    return LinkFailed(Trouble.SERVER_ERROR, str(status))


def _seconds(text: str | None) -> float | None:
    try:
        return min(max(float(text or ""), 0.0), LONGEST_RETRY_AFTER_S)
    except ValueError:
        return None
