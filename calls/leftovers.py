"""Calls that have ended before everything was written: their writers go on, then give up to the spool."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field

from calls import spool
from calls.store import CallStore

log = logging.getLogger(__name__)

GIVE_UP_S = 600.0


@dataclass(slots=True)
class Leftovers:
    """The unfinished writers of one process."""

    give_up_s: float = GIVE_UP_S
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def done(self) -> None:
        """Returns when every writer taken so far has written, or spooled, what it had."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def __len__(self) -> int:
        return len(self._tasks)

    def take(self, store: CallStore) -> None:
        """Go on writing for a call that is over."""
        task = asyncio.get_running_loop().create_task(self._finish(store))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, store: CallStore) -> None:
        writing = asyncio.get_running_loop().create_task(store.run())
        try:
            if await store.drain(self.give_up_s):
                log.warning("a call's late writes are done", extra={"call_id": str(store.call_id)})
        finally:  # also when the process is told to stop
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing
            spool.keep(store.call_id, store.left())


PROCESS = Leftovers()
