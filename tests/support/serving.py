"""Starts `tests.support.served` as a process and talks to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass

from websockets.asyncio.client import connect


@dataclass
class Served:
    process: asyncio.subprocess.Process
    port: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def media(self) -> connect:
        return connect(f"ws://{self.address}/media", compression=None, ping_interval=None)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def status(self, path: str) -> int:
        def ask() -> int:
            try:
                with urllib.request.urlopen(f"http://{self.address}{path}", timeout=5) as answer:
                    return answer.status
            except urllib.error.HTTPError as error:
                return error.code

        return await asyncio.to_thread(ask)

    async def until_status(self, path: str, wanted: int) -> None:
        async with asyncio.timeout(5):
            while await self.status(path) != wanted:
                pass  # each question is itself a wait for the process

    async def told(self) -> list[str]:
        assert self.process.stdout
        told = (await self.process.stdout.read()).decode().splitlines()
        return [line for line in told if line.startswith("disconnected")]


@contextlib.asynccontextmanager
async def served(drain_s: float, *, port: int = 0, reuse_port: bool = False) -> AsyncIterator[Served]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.support.served", str(port), str(drain_s)),
        *(["--reuse-port"] if reuse_port else []),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout
        async with asyncio.timeout(20):
            _, told_port = (await process.stdout.readline()).split()
            assert await process.stdout.readline() == b"serving\n"
        yield Served(process, int(told_port))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
