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
    def note_failure(self, failure: LinkFailed, provider: str, strategy: str) -> None: ...


class Uplink:
    """The voice session of one call."""

    def __init__(self, providers: Sequence[Provider], call: Call) -> None:
        self.link: Link | None = None
        self.reconnects = 0
        self.dropped = 0
        self._providers = list(providers)
        self._call = call
        self._lost: asyncio.Future[LinkFailed] | None = None

    async def run(self) -> None:
        """Until cancelled. Raises LinkFailed when no provider is left."""
        is_resumed, tries = False, 0
        while True:
            link = await self._open(tries)
            self.link = link
            loop = asyncio.get_running_loop()
            self._lost = loop.create_future() if self._lost is None or self._lost.done() else self._lost
            began = loop.time()
            self._call.session_ready(link, is_resumed=is_resumed)
            failure = await self._lost
            self._drop_link()
            is_resumed = True
            self.reconnects += 1
            was_steady = (loop.time() - began) * 1000 > STEADY_MS
            tries = 1 if was_steady else tries + 1
            self._call.model_lost()
            if failure.code != "renewal":
                await self._after(failure, link.provider, tries)

    async def _open(self, tries: int) -> Link:
        patience_s = HOLD_AFTER_S if self.reconnects else FIRST_HOLD_AFTER_S
        holding = asyncio.get_running_loop().call_later(patience_s, self._call.hold_the_line)
        try:
            while True:
                provider = self._providers[0]
                try:
                    return await provider.open(self._call.model_said, self._went)
                except LinkFailed as failure:
                    tries += 1
                    tries = await self._after(failure, provider.name, tries)
        finally:
            holding.cancel()

    async def _after(self, failure: LinkFailed, provider: str, tries: int) -> int:
        """Do what the ladder says; how often the provider that is now first has failed."""
        step = next_step(failure, tries=tries, has_next=len(self._providers) > 1)
        TROUBLE.labels(provider, failure.trouble.value).inc()
        strategy = type(step).__name__
        level = logging.ERROR if needs_page(failure) else logging.WARNING
        log.log(
            level,
            "the voice provider failed",
            extra={"provider": provider, "error_type": failure.trouble.value, "code": failure.code[:60],
                   "strategy": strategy, "attempt": tries},
        )  # fmt: skip
        self._call.note_failure(failure, provider, strategy)
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
