"""Two schedulers at once that die at any statement, and are started again."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from calls.scheduling.audit import checkins_audit, pauses_end
from calls.scheduling.follow_ups import follow_ups_plan
from calls.scheduling.placing import calls_call_off, place_due
from calls.scheduling.planning import plan_all, replan_changed
from calls.scheduling.redials import emergency_redials
from calls.services import calls_close_lost

MOST_ROUNDS = 60


class Killed(BaseException):
    """The process is gone: nothing catches this, and its connection is closed under it."""


@dataclass(slots=True)
class Kills:
    """Kills the process that executes, now and then: before a statement, or around a call to the carrier."""

    per_statement: float
    per_dial: float
    random: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    _local: threading.local = field(default_factory=threading.local)

    def statement(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Django's execute wrapper."""
        self.counts["statements"] += 1
        self._perhaps(self.per_statement, "kills at a statement")
        return execute(sql, *rest)

    def at_carrier(self) -> None:
        self._perhaps(self.per_dial, "kills around a dial")

    def _perhaps(self, probability: float, kind: str) -> None:
        if getattr(self._local, "is_dead", False):
            raise Killed
        if getattr(self._local, "is_mortal", False) and self.random.random() < probability:
            self.counts[kind] += 1
            self._local.is_dead = True
            if connection.connection is not None:
                connection.connection.close()  # the server ends the transaction and lets go of every lock
            raise Killed

    @contextmanager
    def one_life(self) -> Iterator[None]:
        """A process from its start to its end, by work done or by a kill."""
        self._local.is_dead, self._local.is_mortal = False, True
        try:
            with connection.execute_wrapper(self.statement):
                yield
        except BaseException:
            if not self._local.is_dead:
                raise
        finally:
            was_dead, self._local.is_dead, self._local.is_mortal = self._local.is_dead, False, False
            if was_dead:
                connection.close()


class Schedulers:
    """Several workers that run the same scheduled tasks at the same moment."""

    def __init__(self, count: int, kills: Kills, clock: Callable[[], datetime]) -> None:
        self.kills, self.clock = kills, clock
        self._workers = [ThreadPoolExecutor(1, f"scheduler-{number}") for number in range(count)]
        self._chances = [random.Random(number) for number in range(count)]

    def tick(self, *, audit: bool, wide: bool) -> None:
        """Every worker does everything that is due now, each in an order of its own."""
        runs = [
            worker.submit(self._work, chance, audit, wide)
            for worker, chance in zip(self._workers, self._chances, strict=True)
        ]
        wait(runs)
        for run in runs:
            run.result()

    def _work(self, chance: random.Random, audit: bool, wide: bool) -> None:
        now = self.clock()
        steps: list[Callable[[], object]] = [
            lambda: emergency_redials(now),
            lambda: _place(now, self.clock),
            lambda: plan_all(now, only_new=True),
            lambda: calls_close_lost(now),
        ]
        if wide:
            steps += [
                lambda: calls_call_off(now),
                lambda: plan_all(now),
                lambda: follow_ups_plan(now),
                lambda: pauses_end(now),
            ]
        if audit:
            steps.append(lambda: checkins_audit(now))
        chance.shuffle(steps)
        for step in steps:
            with self.kills.one_life():
                step()

    def stop(self) -> None:
        for worker in self._workers:
            worker.submit(lambda: connection.close()).result()
            worker.shutdown()


def _plan_again(now: datetime) -> None:
    replan_changed(now)
    plan_all(now)


def _place(now: datetime, clock: Callable[[], datetime]) -> None:
    """The beat's ticks of five calls, until nothing is due."""
    for _ in range(MOST_ROUNDS):
        if place_due(now, clock=clock) == 0:
            return
