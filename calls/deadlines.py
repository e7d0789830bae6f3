"""Ends waits on database connections that stay open and never answer: their sockets are shut from outside.

PostgreSQL's own timeout ends a slow query, and TCP's a dead host. Neither helps against a broken proxy or a half-open
firewall. One thread watches for the whole process; arming costs microseconds.
"""

from __future__ import annotations

import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import OperationalError

CHECK_S = 2.0
Find = Callable[[], Any]


def shut(raw: Any) -> None:
    """Whoever waits for an answer on this psycopg connection gets an OperationalError instead. From any thread."""
    try:
        number = os.dup(raw.pgconn.socket)
    except (AttributeError, OSError, OperationalError):
        return  # nothing is open: connecting has a timeout of its own
    with socket.socket(fileno=number) as line:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


class Watch:
    """The deadlines of one process."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._due: list[tuple[float, int]] = []
        self._armed: dict[int, Find] = {}
        self._numbers = itertools.count()
        self._process = 0

    @contextmanager
    def within(self, seconds: float, find: Find) -> Iterator[None]:
        """What `find` returns when the time is over is shut; it is called from another thread."""
        at, number = time.monotonic() + seconds, next(self._numbers)
        with self._lock:
            self._start()
            self._armed[number] = find
            heapq.heappush(self._due, (at, number))
            if self._due[0][1] == number:
                self._lock.notify()
        try:
            yield
        finally:
            with self._lock:
                self._armed.pop(number, None)

    def _start(self) -> None:
        """One thread per process: a forked worker does not inherit its parent's."""
        if self._process != os.getpid():
            self._process, self._due, self._armed = os.getpid(), [], {}
            threading.Thread(target=self._run, name="database-deadlines", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                while self._due and self._due[0][1] not in self._armed:
                    heapq.heappop(self._due)
                wait_s = self._due[0][0] - time.monotonic() if self._due else None
                if wait_s is None or wait_s > 0:
                    self._lock.wait(wait_s)
                    continue
                find = self._armed.pop(heapq.heappop(self._due)[1])
            shut(find())


PROCESS = Watch()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Database work of this thread that takes longer ends with an OperationalError."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    with PROCESS.within(seconds, lambda: wrapper.connection):
        yield


def check_connection(raw: Any) -> None:
    """The pool's question whether a connection is still alive, with an end. Raises OperationalError."""
    with PROCESS.within(CHECK_S, lambda: raw):
        raw.execute("")
