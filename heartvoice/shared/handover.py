"""Hands work to a broker from a thread of its own: one that is slow or gone never holds up a live call.

Nothing may depend on it. What is dropped here, or lost with the process, is found again from the rows.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)
LONGEST_QUEUE = 1000
T = TypeVar("T")


class Handover(Generic[T]):
    """Calls `send(thing)` for every thing given, in order, on one background thread per process."""

    def __init__(self, send: Callable[[T], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._process = 0
        self._waiting: queue.Queue[T] = queue.Queue(LONGEST_QUEUE)

    def give(self, things: Iterable[T]) -> None:
        """Returns at once. A full queue drops things: the broker has been away for long."""
        self._start()
        dropped = 0
        for thing in things:
            try:
                self._waiting.put_nowait(thing)
            except queue.Full:
                dropped += 1
        if dropped:
            log.warning("the broker is far behind: %d are left to the sweep", dropped)

    def drained(self) -> None:
        """Wait until everything given so far was tried. For tests and for an orderly end."""
        self._waiting.join()

    def _start(self) -> None:
        """One thread per process: a forked worker does not inherit its parent's."""
        with self._lock:
            if self._process == os.getpid():
                return
            self._process = os.getpid()
            self._waiting = queue.Queue(LONGEST_QUEUE)
            threading.Thread(target=self._work, args=(self._waiting,), name="handover", daemon=True).start()

    def _work(self, waiting: queue.Queue[T]) -> None:
        is_away = False
        while True:
            thing = waiting.get()
            try:
                self._send(thing)
                is_away = False
            except Exception as error:  # whatever a broker can answer: the row is safe, the thread must live
                if not is_away:
                    log.warning(
                        "the broker is away (%s): the rest is left to the sweep", type(error).__name__
                    )
                is_away = True
            finally:
                waiting.task_done()
