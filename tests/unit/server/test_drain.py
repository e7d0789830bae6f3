"""The state of a process that has been told to stop."""

from __future__ import annotations

import asyncio

from heartvoice.server.drain import Drain


async def test_without_live_calls_it_is_quiet_at_once() -> None:
    assert await Drain().until_quiet(0)


async def test_it_is_quiet_when_the_last_call_ends() -> None:
    drain = Drain()
    with drain.call():
        with drain.call():
            waiting = asyncio.ensure_future(drain.until_quiet(10))
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting


async def test_it_says_so_when_calls_outlast_the_wait() -> None:
    drain = Drain()
    with drain.call():
        assert not await drain.until_quiet(0.01)
        assert drain.live == 1
