"""One ordered writer per call. What cannot be written now waits in memory, in order, until it can.

Nothing on the audio path awaits this: `put` only appends. The database may go away and come back in mid-call;
then answers are written late, once, and the call goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError

from calls.database import in_database
from calls.writes import Write

log = logging.getLogger(__name__)

MAX_WAITING = 4_000
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 5.0
AWAY = (OperationalError, InterfaceError, TimeoutError)


def _teller(answer: asyncio.Future[Any] | None) -> Callable[[Any], None] | None:
    """From a database thread: tells whoever waits that the write is committed, and what it answered."""
    if answer is None:
        return None
    loop = asyncio.get_running_loop()

    def set_result(result: Any) -> None:
        if not answer.done():
            answer.set_result(result)

    def tell(result: Any) -> None:
        loop.call_soon_threadsafe(set_result, result)

    return tell


class StoreAway(Exception):
    """The answer did not come in time. The write still waits its turn and will be done."""


class CallStore:
    """The writer of one call."""

    def __init__(self, call_id: UUID, on_written: Callable[[Write], None] = lambda write: None) -> None:
        self.call_id = call_id
        self.is_away = False
        self.dropped = 0
        self.failed = 0
        self._on_written = on_written
        self._waiting: deque[tuple[Write, asyncio.Future[Any] | None]] = deque()
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, write: Write) -> None:
        """Write this after everything before it."""
        self._add(write, None)

    async def ask(self, write: Write, *, within_s: float) -> Any:
        """The same, and wait for what the service answers. Raises StoreAway, or what the service raises."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._add(write, answer)
        try:
            async with asyncio.timeout(within_s):
                return await asyncio.shield(answer)
        except TimeoutError:
            self._went_away()  # until a write succeeds, nobody else should wait as long
            raise StoreAway from None

    def _add(self, write: Write, answer: asyncio.Future[Any] | None) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.dropped += 1
            log.error("a write of a call was dropped: too many wait", extra={"call_id": str(self.call_id)})
            if answer is not None:
                answer.cancel()
            return
        self._waiting.append((write, answer))
        self._idle.clear()
        self._news.set()

    async def run(self) -> None:
        """Write what comes, for ever: the owner cancels this after `drain`."""
        wait_s = FIRST_WAIT_S
        while True:
            if not self._waiting:
                self._idle.set()
                self._news.clear()
                await self._news.wait()
            write, answer = self._waiting[0]
            try:
                await in_database(write.run, self.call_id, _teller(answer))
            except AWAY:
                self._went_away()
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                continue
            except Exception as error:  # boundary: one bad write must not stop the writes after it
                self._refused(write, answer, error)
            else:
                self._on_written(write)
            self._waiting.popleft()
            self.is_away, wait_s = False, FIRST_WAIT_S

    def _went_away(self) -> None:
        if not self.is_away:
            log.warning("the database is away; writes wait", extra={"call_id": str(self.call_id)})
        self.is_away = True

    def _refused(self, write: Write, answer: asyncio.Future[Any] | None, error: Exception) -> None:
        self.failed += 1
        log.exception("a write failed", extra={"call_id": str(self.call_id), "event": write.name})
        if answer is not None and not answer.done():
            answer.set_exception(error)
            answer.exception()  # looked at here: nobody may be waiting any more

    async def drain(self, within_s: float) -> bool:
        """Wait until everything is written; False when something still waits after `within_s`."""
        try:
            async with asyncio.timeout(within_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def left(self) -> list[Write]:
        """What still waits, in order."""
        return [write for write, _ in self._waiting]
