"""Hands ids to workers from a thread of its own: a broker that is slow or gone never holds up a live call.

Nothing may depend on it. What is dropped here, or lost with the process, is a row that the sweep finds.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)
LONGEST_QUEUE = 1000


class Handover:
    """Calls `send(id)` for every id given, in order, on one background thread per process."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._process = 0
        self._waiting: queue.Queue[str] = queue.Queue(LONGEST_QUEUE)

    def give(self, ids: Iterable[str]) -> None:
        """Returns at once. A full queue drops ids: the broker has been away for long, and the sweep is there."""
        self._start()
        dropped = 0
        for identity in ids:
            try:
                self._waiting.put_nowait(identity)
            except queue.Full:
                dropped += 1
        if dropped:
            log.warning("the broker is far behind: %d ids are left to the sweep", dropped)

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

    def _work(self, waiting: queue.Queue[str]) -> None:
        is_away = False
        while True:
            identity = waiting.get()
            try:
                self._send(identity)
                is_away = False
            except Exception as error:  # whatever a broker can answer: the row is safe, the thread must live
                if not is_away:
                    log.warning("the broker is away (%s): ids are left to the sweep", type(error).__name__)
                is_away = True
            finally:
                waiting.task_done()
