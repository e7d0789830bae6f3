"""Database work of live calls, on threads of its own: it never waits for a frame, and no frame waits for it.

PostgreSQL's own timeout ends a slow query, and keepalive a dead host. Neither helps against a connection that stays
open and never answers (a broken proxy, a half-open firewall): its socket is shut from outside after a deadline, which
ends the wait with an error like any other.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from psycopg import OperationalError

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
THREADS_BESIDE = 2
DEADLINE_S = 20.0  # longer than the server's own 15 s: only for connections on which nobody answers
WEBHOOK_S = 8.0  # the telephone network waits 15 s at most


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """The process's threads for this, made with the first call."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="call-db")


@lru_cache(maxsize=1)
def _threads_beside() -> ThreadPoolExecutor:
    """Threads for work that also waits for other services: a slow Redis must not hold up an alert."""
    return ThreadPoolExecutor(THREADS_BESIDE, thread_name_prefix="call-beside")


def shut(wrapper: Any) -> None:
    """Whoever waits for an answer on this connection gets an OperationalError instead. From any thread."""
    try:
        number = os.dup(wrapper.connection.pgconn.socket)
    except (AttributeError, OSError, OperationalError):
        return  # nothing is open: connecting has a timeout of its own
    with socket.socket(fileno=number) as line:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


class _Job:
    """One piece of work on a thread, and how long it has taken so far."""

    def __init__(self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        self._work = work
        self._loop = loop
        self._wrapper: Any = None
        self._watch: asyncio.TimerHandle | None = None

    def run(self) -> Any:
        close_old_connections()
        self._wrapper = connections[DEFAULT_DB_ALIAS]
        self._loop.call_soon_threadsafe(self._begin)
        try:
            return self._work()
        finally:
            self._wrapper = None
            close_old_connections()

    def _begin(self) -> None:
        if self._wrapper is not None:
            self._watch = self._loop.call_later(DEADLINE_S, self._give_up)

    def _give_up(self) -> None:
        if (wrapper := self._wrapper) is not None:
            shut(wrapper)

    def done(self) -> None:
        if self._watch is not None:
            self._watch.cancel()


async def _on(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    loop = asyncio.get_running_loop()
    job = _Job(work, loop)
    try:
        result: T = await loop.run_in_executor(pool, job.run)
        return result
    finally:
        job.done()


async def in_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of `work`, run on one of the threads with a connection that is alive, and given back after."""
    return await _on(_threads(), partial(work, *args, **kwargs))


async def beside_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for work that talks to more than the database."""
    return await _on(_threads_beside(), partial(work, *args, **kwargs))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Database work of this thread that takes longer ends with an OperationalError."""
    watch = threading.Timer(seconds, shut, [connections[DEFAULT_DB_ALIAS]])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
