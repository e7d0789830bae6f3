"""What judging and raising cost: rules in memory, and one commit on PostgreSQL.

    python -m tests.bench.alerts [--rounds 200]

Prints microseconds for one check-in through all rules, and for a critical flag and a whole set of answers the
queries, the median and the 99th percentile in ms, relative to one empty round trip to the database. Then, with a
real worker and a telephone company on this machine, how long after a critical flag is heard its pages are with the
telephone company (the rule set promises 30 s): sent by the task, and when every task is lost, by the 5 s sweep.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402

from alerts.rules import judge, load_ruleset  # noqa: E402
from alerts.services import Heard, answers_submit, flags_submit  # noqa: E402
from alerts.tasks import sweep_notifications  # noqa: E402
from patients.models import Patient  # noqa: E402
from tests.integration.alerts.conftest import Said  # noqa: E402
from tests.settings import HAVE_SERVERS  # noqa: E402
from tests.standins.twilio_rest import twilio_rest  # noqa: E402
from tests.support.factories import make_call, make_patient, make_shift, make_team, make_user  # noqa: E402
from tests.unit.alerts.builders import WELL, facts, flagged, past, weighed  # noqa: E402


def timed(act: Callable[[], Any], rounds: int) -> list[float]:
    """Seconds of each round."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return times


def row(name: str, times: list[float], *, queries: int | None = None, unit: float | None = None) -> None:
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    counted = "" if queries is None else f"{queries:>9}"
    relative = "" if unit is None else f"{p50 / unit:>12.0f}"
    print(f"{name:34}{p50 * 1000:>10.2f}{p99 * 1000:>10.2f}{counted:>9}{relative}")


def rules(rounds: int) -> None:
    ruleset = load_ruleset()
    history = tuple(
        past(n, shortness_of_breath=1, swelling=1, fatigue=1, sleep_difficulty=1) for n in range(28, 0, -1)
    )
    weights = weighed(*((24.0 * n, 180.0) for n in range(14, -1, -1)))
    given = facts(
        answers=WELL, history=history, weights=weights, flags=flagged("dizziness", "missed_medication")
    )
    row("all rules over one check-in", timed(lambda: judge(given, ruleset), rounds * 5))


def database(rounds: int) -> None:
    team = make_team()
    for level in ("primary", "secondary", "lead"):
        make_shift(team, level=level)
    patient = make_patient(team)

    def ping() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    unit = statistics.median(timed(ping, rounds))
    calls = iter([make_call(patient) for _ in range(3 * rounds + 10)])
    answers = {
        "shortness_of_breath": 1,
        "swelling": 1,
        "fatigue": 1,
        "weight_change_lb": 0.5,
        "missed_doses_week": 0,
    }

    def flag() -> None:
        flags_submit(patient=patient, call=next(calls), hits=[Said("chest_pain")], heard=Heard("it hurts", 1))

    def answer() -> None:
        answers_submit(patient=patient, call=next(calls), answers=answers)

    for name, act in (("a critical flag, to the commit", flag), ("a well patient's answers", answer)):
        with CaptureQueriesContext(connection) as queries:
            act()
        row(name, timed(act, rounds), queries=len(queries), unit=unit)


@contextmanager
def urgent_worker(twilio_url: str) -> Iterator[None]:
    """A worker of the urgent queue on the benchmark's database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    env = {
        **os.environ,
        "DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "DJANGO_SETTINGS_MODULE": "heartvoice.settings",
        "TWILIO_API_BASE": twilio_url,
    }
    options = ["-Q", "urgent", "-c", "1", "-l", "error", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "heartvoice.celery", "worker", *options],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def pages_are_sent(patient: Patient, *, is_task_lost: bool, beat_s: float = 5.0) -> float:
    """Seconds from a flag heard to its text message and paging call taken by the telephone company."""
    start = time.perf_counter()
    held = patch("alerts.services.paging.handover.give") if is_task_lost else nullcontext()
    with held:
        [alert] = flags_submit(patient=patient, call=make_call(patient), hits=[Said("chest_pain")])
    next_beat = start + beat_s
    waiting = alert.notifications.filter(channel__in=["sms", "voice"]).exclude(state="sent")
    while waiting.exists():
        if time.perf_counter() > next_beat:
            sweep_notifications.delay()
            next_beat += beat_s
        time.sleep(0.01)
    return time.perf_counter() - start


def paging(rounds: int) -> None:
    with twilio_rest() as twilio, urgent_worker(twilio.url):
        team = make_team()
        make_shift(team, make_user(team, phone="+12015550101"), level="primary")
        pages_are_sent(make_patient(team), is_task_lost=False)  # the worker has started
        for name, is_lost, times in (
            ("flag to pages sent", False, rounds),
            ("the same, task lost", True, max(rounds // 4, 3)),
        ):
            patients = iter([make_patient(team) for _ in range(times)])
            row(name, timed(lambda: pages_are_sent(next(patients), is_task_lost=is_lost), times))  # noqa: B023


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench.alerts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    print(f"{'':34}{'p50 ms':>10}{'p99 ms':>10}{'queries':>9}{'round trips':>12}")
    rules(rounds)
    if not HAVE_SERVERS:
        print("DATABASE_URL and REDIS_URL are not set: the commits are left out")
        return 0
    config = setup_databases(verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[])
    try:
        database(rounds)
        paging(min(rounds, 20))
    finally:
        teardown_databases(config, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
