"""How many calls one core carries, at what cost, beside a stock Channels relay in the same run.

    .venv/bin/python -m tests.bench.bridge                    the table
    .venv/bin/python -m tests.bench.bridge --calls 25 50 100  at these loads
    .venv/bin/python -m tests.bench.bridge --processes 2      two processes of ours behind one address

The server under test is pinned to one core, the callers and the model's stand-in to the others. Every frame is
echoed, the worst case: full duplex without a pause. Figures depend on the machine; the ratios carry over.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from heartvoice.demo.keys import generated_keys
from tests.bench.bridge.driver import Load, Result

ROOT = Path(__file__).resolve().parents[3]
PYTHON = sys.executable
MIB = 1024 * 1024


@dataclass
class Row:
    """One run of one server at one load."""

    server: str
    calls: int
    result: Result
    cpu_ms: float  # per call and second
    memory_kib: float  # per call, over the idle process
    idle_mib: float


class Processes:
    """Child processes on chosen cores, ended together."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        cores = sorted(os.sched_getaffinity(0))
        self.server_cores = cores[:1]
        self.other_cores = cores[1:] or cores

    def start(self, *command: str, env: dict[str, str] | None = None, cores: list[int] | None = None) -> Any:
        process = subprocess.Popen(
            [PYTHON, *command],
            cwd=ROOT,
            env={**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=None if "BENCH_VERBOSE" in os.environ else subprocess.DEVNULL,
            text=True,
        )
        os.sched_setaffinity(process.pid, cores or self.other_cores)
        with suppress(PermissionError):  # other work on the machine should not be measured
            os.setpriority(os.PRIO_PROCESS, process.pid, -15)
        self.stack.callback(_end, process)
        return process


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, within_s: float = 60.0) -> None:
    """Until something listens there. Raises TimeoutError."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")


@contextmanager
def databases(processes: Processes) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL: those of the environment, or of servers started for this run."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
        return
    with tempfile.TemporaryDirectory() as folder:
        servers = processes.start("-m", "heartvoice.demo.servers", "--data-dir", folder)
        found = dict(servers.stdout.readline().strip().split("=", 1) for _ in range(2))
        yield found
        _end(servers)


class Bench:
    """The servers under test."""

    def __init__(self, processes: Processes, database: dict[str, str], args: argparse.Namespace) -> None:
        self.processes = processes
        self.args = args
        self.database = database["DATABASE_URL"]
        barge = {"BARGE_EVERY_S": str(args.barge_every_s)} if args.barge_every_s else {}
        self.echo_port = int(processes.start("-m", "tests.bench.bridge.echo", env=barge).stdout.readline())
        self.realtime = f"ws://127.0.0.1:{self.echo_port}/v1/realtime"
        self.port = free_port()
        self.env = {
            **generated_keys(),
            **database,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "OPENAI_REALTIME_URL": self.realtime,
            "TWILIO_API_BASE": "http://127.0.0.1:9",
            "TWILIO_FROM_NUMBER": "+12015550198",
            "NURSE_LINE_NUMBER": "+12015550199",
            "MAX_LIVE_CALLS": "400",
            "LOG_LEVEL": "ERROR",
        }
        self.phones: list[str] = []

    def prepare(self, patients: int) -> None:
        """Tables and callers."""
        for command in (
            ["migrate", "-v0"],
            ["seed_demo", "--patients", str(patients), "--weeks", "1", "--json"],
        ):
            done = subprocess.run(
                [PYTHON, "manage.py", *command],
                cwd=ROOT,
                env={**os.environ, **self.env},
                capture_output=True,
                text=True,
                check=True,
            )
        seeded = json.loads(done.stdout.strip().splitlines()[-1])
        self.phones = [patient["phone"] for patient in seeded["patients"]]

    def barge_ins(self) -> tuple[int, float, float]:
        """Interrupted calls, and over them the median and the worst 95th percentile from report to clear (ms)."""
        time.sleep(2.0)  # the rows of calls that have just ended
        with psycopg.connect(self.database) as connection:
            found = connection.execute(
                "SELECT (latency_ms->>'barge_in_p50')::float, (latency_ms->>'barge_in_p95')::float"
                " FROM calls_call WHERE latency_ms ? 'barge_in_p95'"
            ).fetchall()
        medians = sorted(row[0] for row in found)
        return (
            len(found),
            medians[len(medians) // 2] if medians else 0.0,
            max((row[1] for row in found), default=0.0),
        )

    def ours(self) -> tuple[list[psutil.Process], Load]:
        count = self.args.processes
        extra = ["--reuse-port"] if count > 1 else []
        running = [
            self.processes.start(
                "manage.py", "serve", "--port", str(self.port), *extra, env=self.env,
                cores=[sorted(os.sched_getaffinity(0))[n % os.cpu_count()]] if count > 1 else self.processes.server_cores,  # type: ignore[operator]
            )
            for n in range(count)
        ]  # fmt: skip
        wait_for(self.port)
        load = Load(
            url=f"http://127.0.0.1:{self.port}",
            calls=0,
            seconds=self.args.seconds,
            public_url=self.env["PUBLIC_URL"],
            account_sid=self.env["TWILIO_ACCOUNT_SID"],
            auth_token=self.env["TWILIO_AUTH_TOKEN"],
            phones=self.phones,
        )
        return [psutil.Process(process.pid) for process in running], load

    def stock(self) -> tuple[list[psutil.Process], Load]:
        port = free_port()
        process = self.processes.start(
            "-m",
            "tests.bench.bridge.stock_relay",
            str(port),
            env={"OPENAI_REALTIME_URL": self.realtime},
            cores=self.processes.server_cores,
        )
        wait_for(port)
        load = Load(url=f"http://127.0.0.1:{port}", calls=0, seconds=self.args.seconds, voice_path="")
        return [psutil.Process(process.pid)], load

    def run(self, name: str, servers: list[psutil.Process], load: Load, calls: int) -> Row:
        """One load on running servers."""
        load.calls = calls
        idle = sum(server.memory_info().rss for server in servers)
        driver = self.processes.start("-m", "tests.bench.bridge.driver", json.dumps(asdict(load)))
        seconds, cpu, peak = _watched(servers, driver)
        output, _ = driver.communicate()
        result = Result(**json.loads(output))
        per_call = cpu * 1000 / seconds / max(result.calls, 1)
        return Row(name, calls, result, per_call, (peak - idle) / 1024 / calls, idle / MIB)


def _watched(servers: list[psutil.Process], driver: Any) -> tuple[float, float, int]:
    """The measured window in seconds, the servers' CPU seconds in it, and their memory at its end."""
    assert driver.stdout.readline().strip() == "measuring"
    before, began = _cpu(servers), time.monotonic()
    assert driver.stdout.readline().strip() == "measured"
    return time.monotonic() - began, _cpu(servers) - before, sum(s.memory_info().rss for s in servers)


def _cpu(servers: list[psutil.Process]) -> float:
    return sum(sum(server.cpu_times()[:2]) for server in servers)


def show(rows: list[Row]) -> None:
    print(f"{'server':<16}{'calls':>6}{'p50':>8}{'p99':>8}{'worst':>8}{'lost':>7}{'failed':>7}"
          f"{'CPU ms/call-s':>15}{'KiB/call':>10}{'idle MiB':>10}{'set-up p95':>12}")  # fmt: skip
    for row in rows:
        r = row.result
        if "BENCH_VERBOSE" in os.environ:
            print(r.p99_each_second)
        print(f"{row.server:<16}{row.calls:>6}{r.p50:>8.1f}{r.p99:>8.1f}{r.worst:>8.1f}{r.lost:>7}{r.failed:>7}"
              f"{row.cpu_ms:>15.1f}{row.memory_kib:>10.0f}{row.idle_mib:>10.0f}{r.set_up_p95:>12.0f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bridge")
    parser.add_argument("--calls", type=int, nargs="+", default=[10, 25, 50, 100])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--barge-every-s", type=float, default=0.0, help="the caller interrupts that often")
    parser.add_argument("--only", choices=["ours", "stock"])
    args = parser.parse_args()
    rows: list[Row] = []
    with ExitStack() as stack:
        processes = Processes(stack)
        database = stack.enter_context(databases(processes))
        bench = Bench(processes, database, args)
        for name in ("ours", "stock"):
            if args.only not in (None, name):
                continue
            if name == "ours":
                bench.prepare(max(args.calls))
            servers, load = bench.ours() if name == "ours" else bench.stock()
            for calls in args.calls:
                rows.append(bench.run(name, servers, load, calls))
                show(rows[-1:])
            if name == "ours" and args.barge_every_s:
                count, median, worst = bench.barge_ins()
                print(
                    f"barge-in, report to clear on the wire: {count} calls, median {median} ms, worst p95 {worst} ms"
                )
            for server in servers:
                server.terminate()
        print()
        show(rows)
        _ratios(rows)


def _ratios(rows: list[Row]) -> None:
    """Ours against the stock relay at each load that both were given."""
    stock = {row.calls: row for row in rows if row.server == "stock"}
    for row in rows:
        other = stock.get(row.calls)
        if row.server == "ours" and other is not None and row.cpu_ms:
            print(f"{row.calls} calls: ours costs {row.cpu_ms / other.cpu_ms:.2f} x the stock relay's CPU, "
                  f"p99 {row.result.p99:.1f} ms against {other.result.p99:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
