"""The product as an operator runs it: `manage.py serve` in a process of its own, to be killed and restarted."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from django.conf import settings

from tests.standins.phone_line import PhoneLine

STARTS_WITHIN_S = 60.0
numbers = itertools.count(1)


@dataclass
class Product:
    """One running process. `url` is where it listens and what it believes its origin to be."""

    process: asyncio.subprocess.Process
    url: str
    log: Path

    def line(self, from_: str) -> PhoneLine:
        """A caller's line. Not dialled yet."""
        return PhoneLine(self.url, settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, from_=from_)

    def kill(self) -> None:
        self.process.kill()

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def ended(self, *, within_s: float = 30) -> int:
        return await asyncio.wait_for(self.process.wait(), within_s)

    async def status(self, path: str) -> int:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            return answer.status


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def product(
    environment: dict[str, str], folder: Path, port: int, **more: str
) -> AsyncIterator[Product]:
    """Serving on `port`, which several may share; `more` are environment variables."""
    log = folder / f"serve-{next(numbers)}.log"
    env = environment | more | {"PUBLIC_URL": f"http://127.0.0.1:{port}", "SPOOL_DIR": str(folder / "spool")}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "manage.py", "serve", "--port", str(port), "--reuse-port"),
            env=env | {"PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=output,
        )
    running = Product(process, f"http://127.0.0.1:{port}", log)
    try:
        async with asyncio.timeout(STARTS_WITHIN_S):
            while '"serving"' not in log.read_text():
                assert process.returncode is None, log.read_text()[-2_000:]
                await asyncio.sleep(0.05)  # another process: there is nothing to wait on
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
