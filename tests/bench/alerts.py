"""What judging and raising cost: rules in memory, and one commit on PostgreSQL.

    python -m tests.bench.alerts [--rounds 200]

Prints microseconds for one check-in through all rules, and for a critical flag and a whole set of answers the
queries, the median and the 99th percentile in ms, relative to one empty round trip to the database.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402

from alerts.rules import judge, load_ruleset  # noqa: E402
from alerts.services import Heard, answers_submit, flags_submit  # noqa: E402
from tests.integration.alerts.conftest import Said  # noqa: E402
from tests.settings import HAVE_SERVERS  # noqa: E402
from tests.support.factories import make_call, make_patient, make_shift, make_team  # noqa: E402
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench.alerts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    print(f"{'':34}{'p50 ms':>10}{'p99 ms':>10}{'queries':>9}{'round trips':>12}")
    rules(rounds)
    if not HAVE_SERVERS:
        print("DATABASE_URL and REDIS_URL are not set: the commits are left out")
        return 0
    config = setup_databases(verbosity=0, interactive=False, aliases=["default"])
    try:
        database(rounds)
    finally:
        teardown_databases(config, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
