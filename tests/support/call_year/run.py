"""A simulated stretch of days with everything that may go wrong; returns what did.

The schedulers, PostgreSQL and every service are the product's; the clock, the telephone network and the patients are
simulated. Left out: pushes to browsers, the tasks that send pages (rows are written as always), and the phrase
scanner's test of itself before each run.
"""

from __future__ import annotations

import json
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from unittest.mock import patch

from django.db import connection
from django.db.models import Q

from alerts.models import Alert, Episode
from alerts.phrases import SelfTest
from calls.models import Call, CallSchedule
from tests.support.call_year.network import REACHED, Network
from tests.support.call_year.schedulers import Dangers, Schedulers
from tests.support.call_year.world import World, live_a_day, make_up, make_world, spite, utc

AUDIT_HOURS = (7, 8)  # UTC: night in all four zones. The product's check runs every hour
NIGHT = range(5, 12)  # UTC hours in which it is night everywhere


@dataclass(frozen=True, slots=True)
class Scenario:
    patients: int
    first_day: date
    days: int
    seed: int = 1
    step: timedelta = timedelta(minutes=15)
    schedulers: int = 2
    kill_per_statement: float = 1 / 8000
    kill_per_dial: float = 1 / 300
    changes: float = 0.012
    """How likely something changes for a patient on a day: consent, hours, days, zone, a pause."""
    spite: float = 0.05
    """How likely at each step somebody who is about to be rung changes consent, hours, days or zone."""
    most_seconds: float = float("inf")
    """Stop after the day in which so many real seconds have gone by."""


@dataclass(slots=True)
class Result:
    """What was found. `wrong`: calls that should not have been made; `untraced`: call days of which no row says anything;
    `missed_wrongly`: check-ins that were missed and not reported as missed (C01 to C03), or the other way round.
    """

    wrong: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    untraced: list[str] = field(default_factory=list)
    missed_wrongly: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    days: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of this process and the schedulers, without the database server's."""

    @property
    def faults(self) -> list[str]:
        return [*self.wrong, *self.forgotten, *self.untraced, *self.missed_wrongly]


class Clock:
    """The simulated time; the same for everybody."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        self.now = now


def simulate(scenario: Scenario, *, after_day: Callable[[Result], None] = lambda result: None) -> Result:
    """Live through the scenario on an empty database. `after_day` is told how things stand."""
    began, used = time.perf_counter(), _cpu_seconds()
    clock = Clock(utc(scenario.first_day))
    result = Result()
    with _simulated(clock):
        world = make_world(scenario.patients, clock.now, scenario.days, scenario.seed)
        _analyze(0)
        network = Network(world, clock, random.Random(scenario.seed + 2))
        dangers = Dangers(scenario.kill_per_statement, scenario.kill_per_dial)
        schedulers = Schedulers(scenario.schedulers, dangers, network.place, clock.set)
        try:
            for number in range(scenario.days):
                _day(scenario, number, clock, world, network, schedulers, result)
                _analyze(number)
                result.days, result.wrong = number + 1, network.wrong
                result.seconds = time.perf_counter() - began
                after_day(result)
                if result.seconds > scenario.most_seconds:
                    break
        finally:
            schedulers.stop()
    result.tally.update(network.tally)
    result.tally.update(schedulers.counts)
    _count_rows(result)
    result.seconds = time.perf_counter() - began
    result.cpu_seconds = _cpu_seconds() - used
    return result


def _cpu_seconds() -> float:
    told = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in told)


@contextmanager
def _simulated(clock: Clock) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(patch("django.utils.timezone.now", clock))
        stack.enter_context(patch("calls.scheduling.placing.self_test", lambda: SelfTest("simulated", 1, ())))
        stack.enter_context(patch("calls.tasks.spool.replay", lambda: 0))
        stack.enter_context(patch("heartvoice.shared.live.pushes.give", lambda things: None))
        stack.enter_context(patch("alerts.services.paging.handover.give", lambda things: None))
        yield


def _day(
    scenario: Scenario,
    number: int,
    clock: Clock,
    world: World,
    network: Network,
    schedulers: Schedulers,
    result: Result,
) -> None:
    start = utc(scenario.first_day + timedelta(days=number))
    events_at = start + timedelta(hours=world.random.uniform(12, 28))
    at, end = start, start + timedelta(days=1)
    while at < end:
        step = _step(at, scenario.step)
        now = (
            at + min(step, scenario.step) * world.random.random()
        )  # windows open and close between two runs as well
        _reports_until(now, clock, network)
        clock.now = now
        if now >= events_at or (at + timedelta(hours=1) >= end and events_at >= end):
            make_up(world, now)
            result.tally["changes of patients"] += live_a_day(world, now, scenario.changes)
            events_at = end + timedelta(days=2)
        if world.random.random() < scenario.spite:
            result.tally["changes just before a call"] += spite(world, now, now + 2 * step)
        is_audit = at.hour in AUDIT_HOURS
        is_wide = at.minute < scenario.step.total_seconds() / 60
        if is_audit or is_wide or network.has_news() or _is_due(now):
            result.tally["runs of the schedulers"] += 1
            schedulers.tick(now, audit=is_audit, wide=is_wide)
        if at.hour == AUDIT_HOURS[-1]:
            _staff_resolve(now)
            result.forgotten += _forgotten(world, now)
        at += step
    result.untraced += _days_without_a_row(world, network, start)
    result.missed_wrongly += _missed_wrongly(world, network, start, result)


def _analyze(day: int) -> None:
    """What the server's own upkeep does every minute: simulated days are too short for it."""
    if day in (0, 1, 3, 10) or day % 30 == 0:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _is_due(at: datetime) -> bool:
    """The schedulers run when they would find something, and once an hour all the same."""
    return Call.objects.filter(
        Q(state="planned", planned_for__lte=at) | Q(state__in=("dialling", "ringing"))
    ).exists()


def _step(at: datetime, step: timedelta) -> timedelta:
    return timedelta(hours=1) if at.hour in NIGHT else step


def _reports_until(at: datetime, clock: Clock, network: Network) -> None:
    while (due := network.next_report()) is not None and due <= at:
        clock.now = due
        network.report()


def _staff_resolve(now: datetime) -> None:
    """A nurse sees to everything once a day."""
    Alert.objects.exclude(state="resolved").update(
        state="resolved", resolved_at=now, disposition="other", owner=None
    )
    Episode.objects.filter(closed_at__isnull=True).update(closed_at=now)


def _forgotten(world: World, now: datetime) -> list[str]:
    """Active patients without a next call and without the right reason, after the nightly check."""
    planned = set(
        Call.objects.filter(
            Q(state="planned") | Q(state__in=Call.LIVE_STATES),
            purpose="scheduled",
            planned_for__gt=now - timedelta(hours=26),
        ).values_list("patient_id", flat=True)
    )
    reasons = dict(CallSchedule.objects.values_list("patient_id", "why_not_next"))
    wrong = []
    for person in world.people.values():
        if not person.is_active(now) or person.id in planned:
            continue
        if person.is_callable(now):
            wrong.append(f"{now.date()} {person.id}: callable, but no next call ({reasons[person.id]!r})")
        elif not reasons[person.id]:
            wrong.append(f"{now.date()} {person.id}: no next call and no reason")
    return wrong


def _days_without_a_row(world: World, network: Network, start: datetime) -> list[str]:
    """Call days, the day before this one, of callable and unchanged patients of which no row says anything."""
    day = start.date() - timedelta(days=1)
    rows = Call.objects.filter(slot_key__contains=f"|{day.isoformat()}|").values_list("patient_id", flat=True)
    have = set(rows)
    return [
        f"{day} {person.id}: a call day passed without a trace"
        for person in world.people.values()
        if person.is_callable(start)
        and (person.changed_on is None or person.changed_on < day)
        and day.isoweekday() in person.weekdays
        and day not in person.quiet
        and person.id in network.rung
        and network.rung[person.id][0].day < day
        and person.id not in have
    ]


def _missed_wrongly(world: World, network: Network, start: datetime, result: Result) -> list[str]:
    """Of the day before this one, for patients to whom nothing else happened since: rung, and nobody known reached, is
    missed; whoever was reached missed nothing.
    """
    day = start.date() - timedelta(days=1)
    reported = _reported_missed(day)
    wrong = []
    for person in world.people.values():
        rung = [one for one in network.rung.get(person.id, ()) if one.day == day]
        fates = [one.fate for one in rung if one.purpose == "scheduled"]
        is_unchanged = person.changed_on is None or person.changed_on < day
        if not fates or not is_unchanged or not person.is_callable(start):
            continue
        is_reached = bool(set(fates).intersection(REACHED))
        if not is_reached and any(one.fate == "done" for one in rung):
            continue  # a promised call was the check-in, too: missed or not, as it came after the last attempt or before
        was_missed = not set(fates) <= {"carrier_busy"} and not is_reached
        result.tally["check-ins missed" if was_missed else "check-ins not missed"] += 1
        if was_missed != (person.id in reported):
            told = "was not reported" if was_missed else "was reported"
            wrong.append(f"{day} {person.id}: {', '.join(fates)}: {told} as missed")
    return wrong


def _reported_missed(day: date) -> set[object]:
    """Patients whose check-in of that day an alert of C01 to C03 tells of."""
    told = Alert.objects.filter(rule_id__in=("C01", "C02", "C03")).values_list("patient_id", "inputs")
    return {patient for patient, inputs in told if f"missed-{day.isoformat()}" in json.dumps(inputs)}


def _count_rows(result: Result) -> None:
    keys = [key for key in Call.objects.values_list("slot_key", flat=True) if key]
    result.tally["slot keys"] = len(keys)
    result.tally["slot keys twice"] = len(keys) - len(set(keys))
    result.tally["check-ins done"] = Call.objects.filter(purpose="scheduled", is_completed=True).count()
    for rule in ("C01", "C02", "C03"):
        result.tally[f"alerts {rule}"] = Alert.objects.filter(rule_id=rule).count()
    for why in Call.objects.filter(state="canceled").values_list("not_called_reason", flat=True):
        result.tally[f"called off: {why}"] += 1
