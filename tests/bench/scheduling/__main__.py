"""A simulated year of check-in calls: two schedulers at once, both clock changes, a kill at any statement.

    python -m tests.bench.scheduling [--patients 500] [--days 365] [--first-day 2026-01-01] [--seed 1] [--step 15]
        [--minutes 60]

Runs the product's schedulers and services on PostgreSQL with a simulated clock, telephone network and patients, who
move, change their hours, take consent back, are paused, ring themselves. Every dialled call is judged by a second
implementation of the rules. Prints figures; the exit status is 1 if a call should not have been made, a patient was
forgotten, or a missed check-in was not reported. Needs DATABASE_URL and REDIS_URL.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from tests.settings import HAVE_SERVERS  # noqa: E402
from tests.support.call_year.run import Result, Scenario, simulate  # noqa: E402


def show(result: Result, scenario: Scenario) -> None:
    kinds = ("consent", "window", "hours", "call day", "doubled", "on call", "not to be called")
    print(
        f"{scenario.patients} patients, {result.days} of {scenario.days} days from {scenario.first_day}, ",
        end="",
    )
    print(f"{scenario.schedulers} schedulers, seed {scenario.seed}")
    print(
        f"{result.seconds:.0f} s; {result.cpu_seconds:.0f} s of processor time beside the database server's"
    )
    for name, number in sorted(result.tally.items()):
        print(f"{name:52}{number:>12}")
    print(f"{'calls that should not have been made':52}{len(result.wrong):>12}")
    for kind in kinds:
        print(f"{'  ' + kind:52}{sum(kind in line for line in result.wrong):>12}")
    print(f"{'patients forgotten':52}{len(result.forgotten):>12}")
    print(f"{'patient-days without a trace':52}{len(result.untraced):>12}")
    print(f"{'check-ins wrongly missed, or not reported so':52}{len(result.missed_wrongly):>12}")
    for line in result.faults[:40]:
        print("!", line)


def progress(result: Result) -> None:
    if result.days % 10 == 0:
        found = f"{len(result.wrong)} wrong calls, {len(result.forgotten)} forgotten, {len(result.untraced)} untraced"
        missed = f"{len(result.missed_wrongly)} missed wrongly"
        print(f"day {result.days}, {result.seconds:.0f} s: {found}, {missed}", file=sys.stderr, flush=True)
        for line in result.faults[:10]:
            print("!", line, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench.scheduling", description=__doc__)
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--first-day", type=date.fromisoformat, default=date(2026, 1, 1))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--step", type=int, default=15, help="minutes between two runs of the schedulers by day"
    )
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so many real minutes")
    given = parser.parse_args()
    if not HAVE_SERVERS:
        print("DATABASE_URL and REDIS_URL are not set")
        return 0
    scenario = Scenario(
        given.patients,
        given.first_day,
        given.days,
        given.seed,
        timedelta(minutes=given.step),
        most_seconds=60 * given.minutes,
    )
    config = setup_databases(verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[])
    try:
        result = simulate(scenario, after_day=progress)
    finally:
        teardown_databases(config, verbosity=0)
    show(result, scenario)
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
