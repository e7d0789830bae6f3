"""Whether this process is leaving, and which calls it still carries.

A process that is told to stop first says so (`/health/ready` answers 503, new sockets are refused), lets its
live calls end by themselves for up to DRAIN_SECONDS, and only then hands the rest over to the telephone
provider's next instruction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Drain:
    """The state of one process; used from its event loop, read from anywhere."""

    is_draining: bool = False
    live: int = 0
    _quiet: asyncio.Event | None = field(default=None, repr=False)

    def begin(self) -> None:
        """From now on nothing new is taken; a second call changes nothing."""
        self.is_draining = True

    @contextmanager
    def call(self) -> Iterator[None]:
        """One live call for the duration of the block."""
        self.live += 1
        try:
            yield
        finally:
            self.live -= 1
            if self.live == 0 and self._quiet is not None:
                self._quiet.set()

    async def until_quiet(self, within_s: float) -> bool:
        """Wait until no call is live; False when some still are after `within_s` seconds."""
        if self.live == 0:
            return True
        self._quiet = asyncio.Event()
        try:
            async with asyncio.timeout(within_s):
                await self._quiet.wait()
        except TimeoutError:
            return False
        finally:
            self._quiet = None
        return True


PROCESS = Drain()


def is_draining() -> bool:
    """Whether this process has been told to stop: it must not be given anything new."""
    return PROCESS.is_draining


def live_calls() -> int:
    """How many media sockets this process carries now."""
    return PROCESS.live
