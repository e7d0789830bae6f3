"""The phone's side of one stream: what is to be sent, in order, by one writer. Nothing else writes there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from calls.twilio.media import Writer

SLOW_AT = 2_000  # messages waiting: the model is asked to pause


class PhoneLine:
    """The outbox of one stream."""

    def __init__(self, send: Callable[[str], Awaitable[None]], stream_sid: str) -> None:
        self.is_slow = False
        self.on_pace: Callable[[bool], None] = lambda is_slow: None
        self.on_cleared: Callable[[], None] = lambda: None
        self._send = send
        self._writer = Writer(stream_sid)
        self._outbox: deque[str] = deque()
        self._news = asyncio.Event()

    def play(self, payload: str) -> None:
        """Queue audio."""
        self._put(self._writer.media(payload))

    def mark(self, name: str) -> None:
        """Queue a mark after the audio so far."""
        self._put(self._writer.mark(name))

    def clear(self) -> None:
        """Silence at once: what was not sent yet is not sent at all."""
        self._outbox.clear()
        self._put(self._writer.clear())

    def _put(self, text: str) -> None:
        self._outbox.append(text)
        self._news.set()
        if len(self._outbox) > SLOW_AT and not self.is_slow:
            self.is_slow = True
            self.on_pace(True)

    async def run(self) -> None:
        """Send what comes, until cancelled or the socket is gone (its other end tells the rest of the call)."""
        outbox, clear = self._outbox, self._writer.clear()
        while True:
            await self._news.wait()
            while outbox:
                text = outbox.popleft()
                try:
                    await self._send(text)
                except (OSError, RuntimeError):
                    return
                if text is clear:
                    self.on_cleared()
            self._news.clear()
            if self.is_slow:
                self.is_slow = False
                self.on_pace(False)
