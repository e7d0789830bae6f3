"""Database work of live calls, on threads of its own: it never waits for a frame, and no frame waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

from calls.deadlines import deadline

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
THREADS_BESIDE = 2
DEADLINE_S = 20.0  # longer than the server's own 15 s: only for connections on which nobody answers


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """The process's threads for this, made with the first call."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="call-db")


@lru_cache(maxsize=1)
def _threads_beside() -> ThreadPoolExecutor:
    """Threads for work that also waits for other services: a slow Redis must not hold up an alert."""
    return ThreadPoolExecutor(THREADS_BESIDE, thread_name_prefix="call-beside")


def _run(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        with deadline(DEADLINE_S):
            return work()
    finally:
        close_old_connections()


async def in_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of `work`, run on one of the threads with a connection that is alive, and given back after."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads(), _run, partial(work, *args, **kwargs))


async def beside_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for work that talks to more than the database."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads_beside(), _run, partial(work, *args, **kwargs))
