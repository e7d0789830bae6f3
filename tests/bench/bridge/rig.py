"""The servers under test: processes on chosen cores, a database, one load after another."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg

from heartvoice.demo.keys import generated_keys
from tests.bench.bridge.driver import Load, Result

ROOT = Path(__file__).resolve().parents[3]
PYTHON = sys.executable
MIB = 1024 * 1024
NURSE_LINE = "+12015550199"


@dataclass
class Row:
    """One run of one server at one load."""

    server: str
    calls: int
    result: Result
    cpu_ms: float  # per call and second
    memory_kib: float  # per call, over the idle process
    idle_mib: float
    shares: list[float]  # of the CPU time, one number for each process


class Processes:
    """Child processes on chosen cores, ended together."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.is_realtime = False
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
            os.sched_setscheduler(process.pid, os.SCHED_RR, os.sched_param(1))
            self.is_realtime = True
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


def wait_until_listening(pid: int, port: int, within_s: float = 60.0) -> None:
    """Until that process itself listens there. Raises TimeoutError."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if any(
            c.status == psutil.CONN_LISTEN and c.laddr.port == port
            for c in psutil.Process(pid).net_connections()
        ):
            return
        time.sleep(0.1)
    raise TimeoutError(f"process {pid} does not listen on {port}")


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

    def __init__(self, processes: Processes, database: dict[str, str], *, seconds: float) -> None:
        self.processes = processes
        self.seconds = seconds
        self.database = database["DATABASE_URL"]
        self.echo_port = int(processes.start("-m", "tests.bench.bridge.echo").stdout.readline())
        self.realtime = f"ws://127.0.0.1:{self.echo_port}/v1/realtime"
        self.port = free_port()
        self.env = {
            **generated_keys(),
            **database,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "OPENAI_REALTIME_URL": self.realtime,
            "TWILIO_API_BASE": "http://127.0.0.1:9",
            "TWILIO_FROM_NUMBER": "+12015550198",
            "NURSE_LINE_NUMBER": NURSE_LINE,
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

    def ours(self, count: int = 1, **env: str) -> tuple[list[psutil.Process], Load]:
        """That many processes of ours behind one address; `env` replaces settings."""
        shares = ["--reuse-port"] if count > 1 else []
        cores = sorted(os.sched_getaffinity(0))
        settings = self.env | env
        running = [
            self.processes.start(
                "manage.py",
                "serve",
                "--port",
                str(self.port),
                *shares,
                env=settings,
                cores=[cores[n % len(cores)]],
            )
            for n in range(count)
        ]
        wait_for(self.port)
        for process in running:  # the kernel shares connections between those that listen: all must
            wait_until_listening(process.pid, self.port)
        return [psutil.Process(process.pid) for process in running], self.load()

    @staticmethod
    def model_port() -> int:
        """A free port for a stand-in that is started after the server that talks to it."""
        return free_port()

    def load(self) -> Load:
        """What the callers do."""
        return Load(
            url=f"http://127.0.0.1:{self.port}",
            calls=0,
            seconds=self.seconds,
            public_url=self.env["PUBLIC_URL"],
            account_sid=self.env["TWILIO_ACCOUNT_SID"],
            auth_token=self.env["TWILIO_AUTH_TOKEN"],
            phones=self.phones,
        )

    def stock(self, **env: str) -> tuple[list[psutil.Process], Load]:
        port = free_port()
        process = self.processes.start(
            "-m",
            "tests.bench.bridge.stock_relay",
            str(port),
            env={"OPENAI_REALTIME_URL": self.realtime} | env,
            cores=self.processes.server_cores,
        )
        wait_for(port)
        load = Load(url=f"http://127.0.0.1:{port}", calls=0, seconds=self.seconds, voice_path="")
        return [psutil.Process(process.pid)], load

    def run(self, name: str, servers: list[psutil.Process], load: Load, calls: int) -> Row:
        """One load on running servers."""
        load.calls = calls
        idle = sum(server.memory_info().rss for server in servers)
        driver = self.processes.start("-m", "tests.bench.bridge.driver", json.dumps(asdict(load)))
        seconds, times, peak = _watched(servers, driver)
        output, _ = driver.communicate()
        result = Result(**json.loads(output))
        cpu = sum(times)
        per_call = cpu * 1000 / seconds / max(result.calls, 1)
        shares = [one / cpu if cpu else 0.0 for one in times]
        return Row(name, calls, result, per_call, (peak - idle) / 1024 / calls, idle / MIB, shares)


def _watched(servers: list[psutil.Process], driver: Any) -> tuple[float, list[float], int]:
    """The measured window in seconds, each server's CPU seconds in it, and their memory at its end."""
    assert driver.stdout.readline().strip() == "measuring"
    before, began = _cpu(servers), time.monotonic()
    assert driver.stdout.readline().strip() == "measured"
    seconds, after = time.monotonic() - began, _cpu(servers)
    times = [end - start for start, end in zip(before, after, strict=True)]
    return seconds, times, sum(server.memory_info().rss for server in servers)


def _cpu(servers: list[psutil.Process]) -> list[float]:
    return [sum(server.cpu_times()[:2]) for server in servers]


class SlowQueries:
    """Once a second a page of the product waits for a locked table, in a query, for `hold_s`."""

    def __init__(self, database: str, url: str, hold_s: float = 0.3) -> None:
        self.waited_ms: list[float] = []
        self._database, self._url, self._hold_s = database, url, hold_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> SlowQueries:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        with psycopg.connect(self._database) as connection:
            while not self._over.wait(1.0 - self._hold_s):
                connection.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
                began = time.monotonic()
                asking = threading.Thread(target=self._ask)
                asking.start()
                self._over.wait(self._hold_s)
                connection.rollback()
                asking.join()
                self.waited_ms.append((time.monotonic() - began) * 1000)

    def _ask(self) -> None:
        """A page that reads the session."""
        page = HTTPConnection(urlsplit(self._url).netloc, timeout=10)
        page.request("GET", "/accounts/login/", headers={"Cookie": f"hv_session={'a' * 32}"})
        page.getresponse().read()
        page.close()
