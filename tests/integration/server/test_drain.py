"""Real signals to a real process with live sockets (security F-45: no call is cut by a restart)."""

from __future__ import annotations

import asyncio
import contextlib
import signal

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.serving import served

pytestmark = pytest.mark.timeout(60)


async def echo(socket: ClientConnection, text: str) -> str:
    await socket.send(text)
    return str(await socket.recv())


async def test_sigterm_lets_a_live_call_end_by_itself_and_exits_0() -> None:
    async with served(30) as server, server.media() as call:
        assert await echo(call, "before") == "before"
        server.signal(signal.SIGTERM)
        await server.until_status("/health/ready", 503)
        assert await server.status("/health") == 200
        assert await echo(call, "during") == "during"
        await call.close()
        assert await asyncio.wait_for(server.process.wait(), 10) == 0
        assert await server.told() == ["disconnected 1000"]


async def test_a_draining_process_refuses_new_sockets_with_503_before_accepting_them() -> None:
    async with served(30) as server, server.media() as call:
        server.signal(signal.SIGTERM)
        await server.until_status("/health/ready", 503)
        for path in ("/media", "/live"):
            with pytest.raises(InvalidStatus) as refusal:
                async with connect(f"ws://{server.address}{path}"):
                    pass
            assert refusal.value.response.status_code == 503
        assert await echo(call, "still here") == "still here"


async def test_at_the_end_of_the_drain_calls_are_handed_over_while_the_process_still_answers() -> None:
    async with served(0.5) as server, server.media() as call:
        server.signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(call.recv(), 10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        # The provider's question what to do with the caller comes now, and is answered.
        assert await server.status("/voice/ended") == 200
        assert await asyncio.wait_for(server.process.wait(), 15) == 0
        assert await server.told() == ["disconnected 1012"]


@pytest.mark.parametrize("signals", [[signal.SIGTERM, signal.SIGTERM], [signal.SIGINT]])
async def test_a_second_sigterm_or_sigint_hands_over_at_once(signals: list[signal.Signals]) -> None:
    async with served(600) as server, server.media() as call:
        for number in signals:
            server.signal(number)
            await server.until_status("/health/ready", 503)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(call.recv(), 10)
        assert await asyncio.wait_for(server.process.wait(), 15) == 0


async def test_without_a_live_call_sigterm_ends_the_process_at_once_whatever_pages_are_open() -> None:
    async with served(600) as server, connect(f"ws://{server.address}/live") as page:
        server.signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(page.recv(), 10)
        assert await asyncio.wait_for(server.process.wait(), 10) == 0


async def test_two_processes_share_an_address_and_one_takes_over_when_the_other_drains() -> None:
    async with (
        served(600, reuse_port=True) as first,
        served(600, port=first.port, reuse_port=True) as second,
        contextlib.AsyncExitStack() as calls,
    ):
        # Until both carry one: the kernel chooses. Each holds its call, so that it must drain.
        sockets = [await calls.enter_async_context(first.media()) for _ in range(2)]
        first.signal(signal.SIGTERM)
        second_answers = 0
        for _ in range(20):
            with contextlib.suppress(OSError):
                second_answers += await first.status("/health/ready") == 200
        assert second_answers >= 19
        for socket in sockets:
            with contextlib.suppress(ConnectionClosed):
                await socket.close()
        assert await asyncio.wait_for(first.process.wait(), 15) == 0
        assert second.process.returncode is None
