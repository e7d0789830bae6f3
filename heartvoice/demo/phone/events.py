"""What happens on the lines, in order, for the timeline and for tests: one log, long-polled."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 20_000  # events; older ones are forgotten


@dataclass(frozen=True, slots=True)
class Event:
    """One happening. `number` counts from 1; `at_s` is Unix time; `data` holds what the kind needs."""

    number: int
    at_s: float
    kind: str
    call_sid: str
    data: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class EventLog:
    """Append and wait; everybody who waits sees every event."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._events: list[Event] = []
        self._last = 0
        self._news = asyncio.Event()

    def add(self, kind: str, call_sid: str = "", **data: Any) -> Event:
        self._last += 1
        event = Event(self._last, self._now(), kind, call_sid, data)
        self._events.append(event)
        if len(self._events) > KEPT:
            del self._events[: KEPT // 10]
        self._news.set()
        self._news = asyncio.Event()
        return event

    @property
    def last(self) -> int:
        """The number of the newest event, 0 when there is none."""
        return self._last

    def after(self, number: int) -> list[Event]:
        """The events after event `number` (0: all that are kept)."""
        first = self._last - len(self._events)
        return self._events[max(0, number - first) :]

    async def wait_after(self, number: int, timeout_s: float) -> list[Event]:
        """The same, waiting up to `timeout_s` for the first one; empty when none came."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while not (found := self.after(number)):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return []
            try:
                async with asyncio.timeout(left):
                    await self._news.wait()
            except TimeoutError:
                return self.after(number)
        return found

    async def wait_for(self, matches: Callable[[Event], bool], timeout_s: float, *, after: int = 0) -> Event:
        """The first event after number `after` that `matches`. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while True:
                for event in await self.wait_after(after, timeout_s):
                    if matches(event):
                        return event
                    after = event.number
