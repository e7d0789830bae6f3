"""The patient's side of the telephone network's own questions: the script's answers, one for each question."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence

from heartvoice.demo.phone.answering import Given
from tests.safety.script import Step


class Asked:
    """Gives the answers that were queued, in order; silence when there is none."""

    def __init__(self) -> None:
        self.times: dict[int, float] = {}  # Unix time at which the answer of that step was given
        self._left: deque[tuple[int, Step]] = deque()
        self._queued = 0
        self._wrong: dict[int, str] = {}
        self._news = asyncio.Event()

    def add(self, number: int, steps: Sequence[Step]) -> None:
        """Queue step `number` (from 1) and those right after it that are answers too: they must be there in time."""
        for at in range(max(number, self._queued + 1), len(steps) + 1):
            if steps[at - 1].kind != "network":
                break
            self._left.append((at, steps[at - 1]))
            self._queued = at

    async def given(self, number: int) -> None:
        """Returns once that answer has been given. Raises LookupError when its question was another."""
        while number not in self.times:
            self._news.clear()
            await self._news.wait()
        if number in self._wrong:
            raise LookupError(f"the network asked: {self._wrong[number]}")

    def hear(self, text: str, inputs: frozenset[str]) -> Given:
        """React to a prompt of TwiML."""
        if not self._left:
            return Given()
        number, step = self._left.popleft()
        if step.hears not in text:
            self._wrong[number] = text
        self.times[number] = time.time()
        self._news.set()
        if step.hangs_up:
            return Given(speech=step.what or "...", hangs_up=True)
        return Given(digits=step.what) if step.what.isdigit() else Given(speech=step.what)
