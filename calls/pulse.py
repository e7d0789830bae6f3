"""Says in the database that this process still carries its calls, so that a dead process is noticed in a minute."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from calls.database import beside_database
from calls.services.ending import calls_keep_alive

log = logging.getLogger(__name__)

EVERY_S = 20.0


class Pulse:
    """The live calls of one process: one small update for all of them, as long as there are any."""

    def __init__(self) -> None:
        self._calls: set[UUID] = set()
        self._beating: asyncio.Task[None] | None = None

    @contextmanager
    def carrying(self, call_id: UUID) -> Iterator[None]:
        """The call is alive for the duration of the block."""
        self._calls.add(call_id)
        if self._beating is None or self._beating.done():
            self._beating = asyncio.get_running_loop().create_task(self._beat())
        try:
            yield
        finally:
            self._calls.discard(call_id)

    async def _beat(self) -> None:
        while self._calls:
            try:
                await beside_database(calls_keep_alive, call_ids=list(self._calls))
            except (DatabaseError, InterfaceError):
                log.warning("live calls could not be noted", extra={"count": len(self._calls)})
            await asyncio.sleep(EVERY_S)


PROCESS = Pulse()
