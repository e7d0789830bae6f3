"""What the care team's pages cost in a large clinic.

    python -m tests.bench.dashboard [--patients 10000] [--rounds 30]

Fills PostgreSQL with 10,000 patients, 1,000,000 voice measurements and 50,000 alerts, then asks for pages as a signed-in
nurse does, through every middleware, and prints server time (p50, p95), the CPU time of this process within it, and
queries. Bars: p95 at most 150 ms and 12 queries. tests/integration/dashboard/test_page_costs.py holds the counts to be
the same in a clinic ten times as large. Times mean something on an idle machine only.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402

from heartvoice.web.sessions import LAST_SEEN  # noqa: E402
from patients.models import Patient  # noqa: E402
from tests.settings import HAVE_SERVERS  # noqa: E402
from tests.support.crowd import Crowd, crowd  # noqa: E402

MOST_MS, MOST_QUERIES = 150.0, 12


def browser(clinic: Crowd) -> Client:
    client = Client()
    client.force_login(clinic.nurse, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[LAST_SEEN] = time.time()
    session.save()
    return client


def pages(clinic: Crowd) -> dict[str, Callable[[int], str]]:
    """The pages that are measured, by name; some are of another patient each time."""
    some = [
        str(pk) for pk in Patient.objects.filter(care_team=clinic.team).values_list("pk", flat=True)[:200]
    ]
    return {
        "worklist": lambda number: "/",
        "worklist, page 3": lambda number: "/?page=3",
        "patient": lambda number: f"/patients/{some[number % len(some)]}/",
        "patient, a year": lambda number: f"/patients/{some[number % len(some)]}/?days=365",
    }


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in captured)


def measured(client: Client, address: Callable[[int], str], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each request, on the clock and on this process's CPU, after three that warm the templates."""
    times, cpu = [], []
    for number in range(-3, rounds):
        start, worked = time.perf_counter(), time.process_time()
        assert client.get(address(number)).status_code == 200
        if number >= 0:
            times.append((time.perf_counter() - start) * 1000)
            cpu.append((time.process_time() - worked) * 1000)
    return times, cpu


def counts(clinic: Crowd) -> dict[str, int]:
    client = browser(clinic)
    return {
        name: max(queries(client, address(number)) for number in range(3))
        for name, address in pages(clinic).items()
    }


def size_of(options: Any, patients: int) -> Crowd:
    return crowd(
        patients=patients, calls_each=10, segments_a_call=10, alerts_each=5, open_share=options.open_share
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--explain", action="store_true", help="print the slowest queries of each page")
    parser.add_argument(
        "--open-share", type=float, default=0.2, help="part of the patients with an open alert"
    )
    options = parser.parse_args()
    if not HAVE_SERVERS:
        print("needs DATABASE_URL and REDIS_URL: use ./run bench dashboard", file=sys.stderr)
        return 64
    before = setup_databases(verbosity=0, interactive=False, aliases=["default"])
    try:
        return report(options)
    finally:
        teardown_databases(before, verbosity=0)


def explain(client: Client, clinic: Crowd) -> None:
    """The three slowest queries of each page."""
    for name, address in pages(clinic).items():
        with CaptureQueriesContext(connection) as captured:
            client.get(address(0))
        for query in sorted(captured, key=lambda each: -float(each["time"]))[:3]:
            print(f"{name:24}{float(query['time']) * 1000:>9.1f} ms  {query['sql'][:110]}")


def settle() -> None:
    """Load and freeze as the server does before its first request (heartvoice.server.runner): what is loaded stays.

    Without it the collector walks every loaded module some times a minute: 130 ms that no visitor of the server waits.
    """
    import_module("heartvoice.asgi")
    gc.collect()
    gc.freeze()


def report(options: Any) -> int:
    settle()
    start = time.perf_counter()
    clinic = size_of(options, options.patients)
    filled = time.perf_counter() - start
    with connection.cursor() as cursor:
        for table in ("patients_patient", "biomarkers_voicebiomarker", "alerts_alert"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            print(f"{table:30}{cursor.fetchone()[0]:>10,} rows")
    print(f"filled in {filled:.0f} s\n")
    client = browser(clinic)
    found = counts(clinic)
    times = {name: measured(client, address, options.rounds) for name, address in pages(clinic).items()}
    print(f"{'page':24}{'p50 ms':>9}{'p95 ms':>9}{'own CPU':>9}{'queries':>9}")
    failed = False
    for name, (taken, cpu) in times.items():
        p95 = statistics.quantiles(taken, n=20)[18]
        p50, own = statistics.median(taken), statistics.median(cpu)
        is_over = p95 > MOST_MS or found[name] > MOST_QUERIES
        failed |= is_over
        over = "   over" if is_over else ""
        print(f"{name:24}{p50:>9.1f}{p95:>9.1f}{own:>9.1f}{found[name]:>9}{over}")
    if options.explain:
        explain(client, clinic)
    busy = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    print(f"bars: p95 {MOST_MS:.0f} ms, {MOST_QUERIES} queries; {busy}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
