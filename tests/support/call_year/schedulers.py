"""Two schedulers, each a process with its own database session, that are killed at any statement and started again."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import traceback
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from multiprocessing.connection import Connection, wait
from typing import Any
from unittest.mock import patch
from uuid import UUID

from celery.schedules import crontab
from django.db import connection

import calls.tasks
from calls.models import Call
from calls.scheduling import placing
from calls.twilio.client import DialFailed
from heartvoice.celery import app

MOST_ROUNDS = 100
OFTEN_S = 30.0
ORPHANED_AFTER_S = 5.0
LEFT_OUT = {"calls.tasks.watch_budget", "calls.tasks.review_calls"}  # they plan and place nothing
FORK = multiprocessing.get_context("fork")


def beat_tasks() -> dict[str, float | crontab]:
    """The tasks that plan and place calls, as the product's own beat names them, with when it sends each."""
    entries = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    ours = {name: when for name, when in entries.items() if name.startswith(f"{calls.tasks.__name__}.")}
    return {name: when for name, when in ours.items() if name not in LEFT_OUT}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that a scheduler asks the carrier for."""

    pk: UUID
    patient_id: UUID
    purpose: str
    slot_key: str | None


@dataclass(frozen=True, slots=True)
class Dangers:
    """How likely a scheduler is to be killed: at each statement, and before and after it asks the carrier."""

    per_statement: float
    per_dial: float


class Life:
    """What runs in a scheduler's process, from its start to its kill."""

    def __init__(self, pipe: Connection, dangers: Dangers, seed: int, set_clock: Callable[[datetime], None]):
        self._pipe, self._dangers, self._random = pipe, dangers, random.Random(seed)
        self._set_clock = set_clock
        self._counts: Counter[str] = Counter()
        self._parent = os.getpid()

    def live(self) -> None:
        parents, connection.connection = (
            connection.connection,
            None,
        )  # kept: closing it would end the parent's
        with (
            connection.execute_wrapper(self._statement),
            patch.object(placing, "place_call", self._ask_carrier),
            patch.object(placing, "refusal", self._counted(placing.refusal)),
            patch.object(calls.tasks, "place_due", self._place_all(placing.place_due)),
        ):
            while self._hears():
                name, now = self._pipe.recv()
                self._set_clock(now)
                try:
                    app.tasks[name]()
                except Exception:  # goes to the parent, which ends the simulation with it
                    self._pipe.send(("failed", traceback.format_exc()))
                    return
                self._pipe.send(("did", self._counts))
                self._counts = Counter()
        del parents

    def _hears(self) -> bool:
        """Waits for word from the parent; False when it has gone."""
        while not self._pipe.poll(ORPHANED_AFTER_S):
            if os.getppid() != self._parent:
                return False
        return True

    def _statement(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Django's execute wrapper."""
        self._counts["statements"] += 1
        self._perhaps_die(self._dangers.per_statement, "kills at a statement")
        return execute(sql, *rest)

    def _ask_carrier(self, call: Call) -> str:
        """As calls.twilio.client.place_call."""
        self._perhaps_die(self._dangers.per_dial, "kills around a dial")
        self._pipe.send(("place", Wanted(call.pk, call.patient_id, call.purpose, call.slot_key)))
        if not self._hears():
            raise SystemExit
        answer = self._pipe.recv()
        self._perhaps_die(self._dangers.per_dial, "kills around a dial")
        if isinstance(answer, tuple):
            raise DialFailed(*answer)
        return str(answer)

    def _perhaps_die(self, probability: float, kind: str) -> None:
        if self._random.random() < probability:
            self._pipe.send(("killed", kind))
            os.kill(os.getpid(), signal.SIGKILL)

    def _counted(self, refusal: Callable[..., Any]) -> Callable[..., Any]:
        def why(*facts: Any) -> Any:
            found = refusal(*facts)
            if found is not None:
                self._counts[f"refused: {found}"] += 1
            return found

        return why

    @staticmethod
    def _place_all(place_due: Callable[..., int]) -> Callable[..., None]:
        """The beat's ticks of five calls at one moment, until nothing is due."""

        def place(**_: Any) -> None:
            for _ in range(MOST_ROUNDS):
                if place_due(clock=placing.timezone.now) == 0:
                    return

        return place


class Scheduler:
    """One scheduler's process as its parent sees it."""

    def __init__(self, start: Callable[[], tuple[multiprocessing.process.BaseProcess, Connection]]) -> None:
        self._start = start
        self.process, self.pipe = start()
        self._left: deque[str] = deque()
        self._now: datetime | None = None

    def give(self, names: list[str], now: datetime) -> None:
        self._left, self._now = deque(names), now
        self.next()

    def next(self) -> None:
        if self._left:
            self.pipe.send((self._left[0], self._now))

    def done(self) -> None:
        self._left.popleft()
        self.next()

    @property
    def is_busy(self) -> bool:
        return bool(self._left)

    def restart(self) -> None:
        """What it was at is left undone; it goes on with the task after that."""
        self.process.join()
        self.pipe.close()
        self.process, self.pipe = self._start()
        self.done()

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Schedulers:
    """Several schedulers that run the same scheduled tasks at the same moment."""

    def __init__(
        self,
        number: int,
        dangers: Dangers,
        carrier: Callable[[Wanted], str],
        set_clock: Callable[[datetime], None],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._carrier, self._dangers, self._set_clock = carrier, dangers, set_clock
        self._tasks, self._seeds, self._random = beat_tasks(), count(), random.Random(number)
        self._schedulers = [Scheduler(self._start) for _ in range(number)]

    def _start(self) -> tuple[multiprocessing.process.BaseProcess, Connection]:
        gc.freeze()  # a child copies no page only because its collector looked at it
        ours, theirs = FORK.Pipe()
        life = Life(theirs, self._dangers, next(self._seeds), self._set_clock)
        process = FORK.Process(target=life.live, daemon=True)
        process.start()
        theirs.close()
        return process, ours

    def tick(self, now: datetime, *, audit: bool, wide: bool) -> None:
        """Every scheduler runs every task of the beat that is due, each in an order of its own.

        Always what the beat sends several times a minute; `wide`: what it sends less often; `audit`: by the hour.
        """
        due = [name for name, when in self._tasks.items() if self._is_due(when, audit, wide)]
        for scheduler in self._schedulers:
            scheduler.give(self._random.sample(due, len(due)), now)
        while busy := {one.pipe: one for one in self._schedulers if one.is_busy}:
            for pipe in wait(list(busy)):
                self._hear(busy[pipe])  # type: ignore[index]

    @staticmethod
    def _is_due(when: float | crontab, audit: bool, wide: bool) -> bool:
        if isinstance(when, crontab):
            return audit
        return wide or when <= OFTEN_S

    def _hear(self, scheduler: Scheduler) -> None:
        match scheduler.pipe.recv():
            case "did", counts:
                self.counts.update(counts)
                scheduler.done()
            case "place", wanted:
                try:
                    scheduler.pipe.send(self._carrier(wanted))
                except DialFailed as failure:
                    scheduler.pipe.send((failure.code, failure.end_reason))
                except BrokenPipeError:  # killed while it waited
                    pass
            case "killed", kind:
                self.counts[kind] += 1
                scheduler.restart()
            case "failed", trace:
                raise AssertionError(f"a scheduler failed:\n{trace}")

    def stop(self) -> None:
        for scheduler in self._schedulers:
            scheduler.stop()
        gc.unfreeze()
