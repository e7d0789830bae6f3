"""How many calls one core carries, at what cost, beside a stock Channels relay in the same run.

    ./run bench bridge                          everything below
    ./run bench bridge --parts load             calls, round trip, CPU and memory, ours and the stock relay
    ./run bench bridge --parts load --calls 25 50 100
    ./run bench bridge --parts interruptions    speech reported to silence at the phone; told against heard
    ./run bench bridge --parts slow             one slow query a second in the process
    ./run bench bridge --parts two              two processes behind one address

The server under test is pinned to one core, the callers and the model's stand-in to the others. Every frame is
echoed, the worst case: full duplex without a pause. Figures depend on the machine; the ratios carry over.
"""

from __future__ import annotations

import argparse
import json
import os
from contextlib import ExitStack

from tests.bench.bridge.rig import Bench, Processes, Row, SlowQueries, databases

PARTS = ("load", "interruptions", "slow", "two")
AT = 25  # calls, where a part has one load
BAR_CPU_MS, BAR_P99_MS, BAR_KIB, BAR_CLEAR_MS, BAR_HEARD_MS, BAR_TWO = 14, 10, 300, 20, 60, 1.9


def show(rows: list[Row]) -> None:
    print(f"{'server':<16}{'calls':>6}{'p50':>8}{'p99':>8}{'worst':>8}{'lost':>7}{'failed':>7}"
          f"{'CPU ms/call-s':>15}{'KiB/call':>10}{'idle MiB':>10}{'set-up p95':>12}")  # fmt: skip
    for row in rows:
        r = row.result
        if "BENCH_VERBOSE" in os.environ:
            print(r.p99_each_second)
        print(f"{row.server:<16}{row.calls:>6}{r.p50:>8.1f}{r.p99:>8.1f}{r.worst:>8.1f}{r.lost:>7}{r.failed:>7}"
              f"{row.cpu_ms:>15.1f}{row.memory_kib:>10.0f}{row.idle_mib:>10.0f}{r.set_up_p95:>12.0f}",
              flush=True)  # fmt: skip


def bar(what: str, found: float, limit: float, unit: str, *, least: bool = False) -> None:
    """One figure beside what it must reach."""
    is_met = found >= limit if least else found <= limit
    sign = ">=" if least else "<="
    print(f"  {what}: {found:.1f} {unit} (bar {sign} {limit:g}) {'met' if is_met else 'NOT MET'}", flush=True)


def load(bench: Bench, counts: list[int]) -> None:
    """Ours and the stock relay at each load."""
    rows: list[Row] = []
    for name in ("ours", "stock"):
        servers, callers = bench.ours() if name == "ours" else bench.stock()
        for calls in counts:
            rows.append(bench.run(name, servers, callers, calls))
            show(rows[-1:])
        for server in servers:
            server.terminate()
            server.wait(30)
    print()
    show(rows)
    stock = {row.calls: row for row in rows if row.server == "stock"}
    for row in (row for row in rows if row.server == "ours"):
        other = stock[row.calls]
        print(f"{row.calls} calls: {row.cpu_ms / max(other.cpu_ms, 0.01):.2f} x the stock relay's CPU, p99 "
              f"{row.result.p99:.1f} ms against {other.result.p99:.1f} ms")  # fmt: skip
        bar("added latency, p99 of the round trip", row.result.p99, BAR_P99_MS, "ms")
        if row.calls == AT:
            bar("CPU per call-second", row.cpu_ms, BAR_CPU_MS, "ms")
        if row.calls >= 100:
            bar("memory per call", row.memory_kib, BAR_KIB, "KiB")


def interruptions(bench: Bench) -> None:
    """Interrupted callers on the wire: our process between a phone that plays in real time and a scripted model."""
    port = bench.model_port()
    servers, callers = bench.ours(OPENAI_REALTIME_URL=f"ws://127.0.0.1:{port}/v1/realtime")
    wanted = {"url": callers.url, "phones": bench.phones[:AT], "port": port,
              "account_sid": callers.account_sid, "auth_token": callers.auth_token}  # fmt: skip
    talker = bench.processes.start("-m", "tests.bench.bridge.interruptions", json.dumps(wanted))
    found = json.loads(talker.communicate()[0].strip().splitlines()[-1])
    print(f"\n{found['calls']} calls, {found['count']} interruptions; the rig's own delay is in the figures")
    print(
        f"  report to clear on the wire: median {found['clear_p50']:.1f} ms, worst {found['clear_worst']:.1f} ms"
    )
    bar("report to clear on the wire, p99", found["clear_p99"], BAR_CLEAR_MS, "ms")
    for kind in ("first", "second", "stall"):
        bar(f"told less heard, {kind}: p95 of the amount", found[kind]["p95"], BAR_HEARD_MS, "ms")
        print(f"    median {found[kind]['median']:+.0f}, worst {found[kind]['worst']:+.0f} ms, "
              f"{found[kind]['within']} of {found[kind]['count']} within {BAR_HEARD_MS} ms")  # fmt: skip
    for server in servers:
        server.terminate()
        server.wait(30)


def slow(bench: Bench) -> None:
    """The same load with and without a slow query once a second, ours and the stock relay."""
    print()
    rows = []
    servers, callers = bench.ours()
    rows.append(bench.run("ours", servers, callers, AT))
    with SlowQueries(bench.database, callers.url) as queries:
        rows.append(bench.run("ours, slow query", servers, callers, AT))
    for server in servers:
        server.terminate()
        server.wait(30)
    for name, env in (("stock", {}), ("stock, slow query", {"SLOW_S": "0.3"})):
        servers, callers = bench.stock(**env)
        rows.append(bench.run(name, servers, callers, AT))
        for server in servers:
            server.terminate()
            server.wait(30)
    show(rows)
    waits = sorted(queries.waited_ms)
    print(f"  {len(waits)} pages of ours waited {waits[len(waits) // 2]:.0f} ms each in a query (a locked table); the "
          f"stock relay's process ran one 300 ms sync_to_async a second")  # fmt: skip
    print(f"  p99 moved by {rows[1].result.p99 - rows[0].result.p99:+.1f} ms; the stock relay's by "
          f"{rows[3].result.p99 - rows[2].result.p99:+.1f} ms")  # fmt: skip


def two(bench: Bench, calls: int) -> None:
    """One process with N calls, then two behind one address with 2 N."""
    print()
    rows = []
    for count in (1, 2):
        servers, callers = bench.ours(count)
        rows.append(bench.run(f"{count} process{'es' if count > 1 else ''}", servers, callers, count * calls))
        for server in servers:
            server.terminate()
            server.wait(30)
    show(rows)
    one, both = rows
    split = " and ".join(f"{share:.0%}" for share in both.shares)
    print(f"  of the work the two did {split}; the kernel spreads the connections over both")
    bar(
        "calls of two over calls of one, by CPU per call-second",
        2 * one.cpu_ms / both.cpu_ms,
        BAR_TWO,
        "x",
        least=True,
    )
    print(f"  measured: twice the calls on two processes at the same cost each. {len(os.sched_getaffinity(0))} cores here, "
          "which the callers and the model's stand-in share with them: the round trip under that load is theirs too")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bridge")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--calls", type=int, nargs="+", default=[10, 25, 50, 100])
    parser.add_argument("--seconds", type=float, default=10.0)
    args = parser.parse_args()
    busy = os.getloadavg()[0]
    with ExitStack() as stack:
        processes = Processes(stack)
        database = stack.enter_context(databases(processes))
        bench = Bench(processes, database, seconds=args.seconds)
        bench.prepare(max(*args.calls, 2 * AT))
        ways = "at real-time priority" if processes.is_realtime else "at ordinary priority"
        print(f"load of the machine before: {busy:.1f}; everything here runs {ways}", flush=True)
        if "load" in args.parts:
            load(bench, args.calls)
        if "interruptions" in args.parts:
            interruptions(bench)
        if "slow" in args.parts:
            slow(bench)
        if "two" in args.parts:
            two(bench, AT)


if __name__ == "__main__":
    main()
