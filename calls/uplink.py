"""Keeps one voice session up for a call: opens it, notices its loss, brings up the next by the ladder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from calls.events import FromModel
from calls.ladder import STEADY_MS, GoOnWithout, TakeNext, TryAgain, needs_page, next_step
from calls.metrics import TROUBLE
from calls.providers.link import Link, LinkFailed, OnEvent, OnLost, Trouble

log = logging.getLogger(__name__)

HOLD_AFTER_S = 1.0
FIRST_HOLD_AFTER_S = 1.4  # somebody who has just picked up does not wonder yet
HOLD_AGAIN_S = 6.0


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to a voice session."""

    name: str
    open: Callable[[OnEvent, OnLost], Awaitable[Link]]


class Call(Protocol):
    """What the uplink tells its call."""

    def model_said(self, event: FromModel) -> None: ...
    def session_ready(self, link: Link, *, is_resumed: bool) -> None: ...
    def model_lost(self) -> None: ...
    def hold_the_line(self) -> None: ...
    def link_closed(self, link: Link) -> None: ...
    def note_failure(
        self, failure: LinkFailed, provider: str, strategy: str, *, is_given_up: bool
    ) -> None: ...


class Holding:
    """While there is no session the patient hears every few seconds that somebody is there."""

    def __init__(self, say: Callable[[], None]) -> None:
        self._say = say
        self._due: asyncio.TimerHandle | None = None

    def start(self, after_s: float) -> None:
        """From now on, until `stop`. What has been started goes on as it is."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(after_s, self._hold)

    def _hold(self) -> None:
        self._due = asyncio.get_running_loop().call_later(HOLD_AGAIN_S, self._hold)
        self._say()

    def stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None


class Uplink:
    """The voice session of one call."""

    def __init__(self, providers: Sequence[Provider], call: Call) -> None:
        self.link: Link | None = None
        self.reconnects = 0
        self.dropped = 0
        self._providers = list(providers)
        self._call = call
        self._holding = Holding(call.hold_the_line)
        self._audio_errors = 0  # of this call, however long each session lasted
        self._lost: asyncio.Future[LinkFailed] | None = None

    async def run(self) -> None:
        """Until cancelled. Raises LinkFailed when no provider is left."""
        try:
            await self._run()
        finally:
            self._holding.stop()

    async def _run(self) -> None:
        is_resumed, tries = False, 0
        while True:
            self._holding.start(HOLD_AFTER_S if is_resumed else FIRST_HOLD_AFTER_S)
            link = await self._open(tries)
            self._holding.stop()
            self.link = link
            loop = asyncio.get_running_loop()
            self._lost = loop.create_future() if self._lost is None or self._lost.done() else self._lost
            began = loop.time()
            self._call.session_ready(link, is_resumed=is_resumed)
            failure = await self._lost
            self._drop_link()
            self._holding.start(HOLD_AFTER_S)  # also through the ladder's waits
            is_resumed = True
            self.reconnects += 1
            was_steady = (loop.time() - began) * 1000 > STEADY_MS
            tries = 1 if was_steady else tries + 1
            self._call.model_lost()
            if failure.code != "renewal":
                tries = await self._after(failure, link.provider, tries)

    async def _open(self, tries: int) -> Link:
        while True:
            provider = self._providers[0]
            try:
                return await provider.open(self._call.model_said, self._went)
            except LinkFailed as failure:
                tries = await self._after(failure, provider.name, tries + 1)

    async def _after(self, failure: LinkFailed, provider: str, tries: int) -> int:
        """Do what the ladder says; how often the provider that is now first has failed."""
        if failure.trouble is Trouble.AUDIO_ERROR:
            self._audio_errors += 1
            tries = self._audio_errors
        step = next_step(failure, tries=tries, has_next=len(self._providers) > 1)
        TROUBLE.labels(provider, failure.trouble.value).inc()
        strategy, is_given_up = type(step).__name__, needs_page(step)
        level = logging.ERROR if is_given_up else logging.WARNING
        log.log(
            level,
            "the voice provider failed",
            extra={"provider": provider, "error_type": failure.trouble.value, "code": failure.code[:60],
                   "strategy": strategy, "attempt": tries},
        )  # fmt: skip
        self._call.note_failure(failure, provider, strategy, is_given_up=is_given_up)
        match step:
            case TryAgain(after_s=seconds):
                await asyncio.sleep(seconds)
                return tries
            case TakeNext():
                self._providers.pop(0)
                return 0
            case GoOnWithout():
                raise failure

    def _went(self, failure: LinkFailed) -> None:
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(failure)

    def give_up_session(self, trouble: Trouble, code: str) -> None:
        """Replace the session: it is stalled, or its time is nearly over ("renewal")."""
        self._went(LinkFailed(trouble, code))

    def _drop_link(self) -> None:
        if self.link is not None:
            self.dropped += self.link.dropped
            self._call.link_closed(self.link)
            self.link.close()
            self.link = None

    def close(self) -> None:
        """No session any more."""
        self._drop_link()
