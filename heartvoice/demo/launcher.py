"""Starts the whole system on this machine with one command, and stops all of it with one Ctrl-C.

What runs is what runs in production (web and calls, workers, beat, PostgreSQL, Redis), only beside stand-ins
for the telephone company and the voice provider. Everything is tied to this process: when it ends, however it
ends, so do they.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heartvoice.demo.database import Databases, fingerprint_of, keyed, shape_of
from heartvoice.demo.environment import Ports, demo_environment, project_root
from heartvoice.demo.keys import stored_keys
from heartvoice.demo.processes import Child, ProcessFailed, spawn, stop_all, wait_until
from heartvoice.demo.servers import Busy, ServerUrls, exclusive, running_servers

PATIENTS = 24
WEEKS = 8
READY_WITHIN_S = 90.0
STOP_WITHIN_S = 3.0
MEASURING_NICENESS = 10  # on two cores the voice comes first; a measurement can wait


@dataclass(frozen=True, slots=True)
class Stack:
    """The running system: its environment, where it listens, and its processes."""

    env: dict[str, str]
    ports: Ports
    logs: Path
    children: tuple[Child, ...]

    def check(self) -> None:
        """Raise `ProcessFailed` if a part of it has ended."""
        for child in self.children:
            child.check()


@contextlib.contextmanager
def running_stack(
    ports: Ports, *, keeps_data: bool, fresh: bool = False, state: Path | None = None
) -> Iterator[Stack]:
    """The whole system, ready to take a call, for the duration of the block; this process joins it.

    `keeps_data`: work on the demo's own database, which stays from one start to the next (`fresh` begins it
    anew); otherwise on a new copy that is thrown away. Everything written lies under `state` (default .run).
    Raises `ProcessFailed`, or `Busy` when the demo is already running and its data are wanted.
    """
    state = state or project_root() / ".run"
    env = demo_environment(stored_keys(state / "demo" / "keys.env"), ports)
    with contextlib.ExitStack() as stack:
        home = _home(stack, state, keeps_data=keeps_data)
        logs = _empty(home / "logs")
        children: list[Child] = []
        stack.callback(stop_all, children, within_s=STOP_WITHIN_S)
        # The two that load models take longest and need no database: they go first.
        children += [_agent(env, ports, logs), _phone(env, ports, logs)]
        servers = stack.enter_context(running_servers(home / "servers"))
        env |= servers.environment()
        env["DATABASE_URL"] = _database(servers, env, logs, keeps_data=keeps_data, fresh=fresh)
        children += product(env, ports, logs)
        stack.callback(stop_all, children, within_s=STOP_WITHIN_S)
        join(env)
        for child in children[:2]:
            _wait_for_line(child, "ready ", children)
        wait_until_product_ready(ports, children)
        yield Stack(env=env, ports=ports, logs=logs, children=tuple(children))


def _home(stack: contextlib.ExitStack, state: Path, *, keeps_data: bool) -> Path:
    """The folder that this start has to itself: the demo's, the calls', or a passing one beside a running call."""
    home = state / ("demo" if keeps_data else "call")
    try:
        stack.enter_context(exclusive(home))
    except Busy:
        if keeps_data:
            raise
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="heartvoice-call-")))
        home.chmod(0o755)  # PostgreSQL may run as another user
    return home


def _database(
    servers: ServerUrls,
    env: dict[str, str],
    logs: Path,
    *,
    keeps_data: bool,
    fresh: bool,
) -> str:
    databases = Databases(servers.database)
    kept = f"demo_{keyed(env)}_{shape_of(project_root())[:8]}"
    present = databases.names()
    if keeps_data and kept in present and not fresh:
        return databases.url(kept)
    built = databases.build(fingerprint_of(env), lambda url: _fill(url, env, logs))
    if keeps_data:
        databases.drop(name for name in present if name.startswith("demo_"))
        return databases.copy(built, kept)
    once = f"once_{os.getpid()}"
    databases.drop(name for name in present if name.startswith("once_"))
    return databases.copy(built, once)


def _fill(url: str, env: dict[str, str], logs: Path) -> None:
    """Give an empty database its tables and the demo's people with their past."""
    _say("Preparing the demo's database ...")
    child = _python(
        "database",
        "heartvoice.demo.fill",
        str(PATIENTS),
        str(WEEKS),
        env=env | {"DATABASE_URL": url},
        logs=logs,
    )
    if child.process.wait() != 0:
        child.check()


def _agent(env: dict[str, str], ports: Ports, logs: Path) -> Child:
    return _python("voice agent", "heartvoice.demo.agent", "--port", str(ports.agent), env=env, logs=logs)


def _phone(env: dict[str, str], ports: Ports, logs: Path) -> Child:
    return _python("telephone", "heartvoice.demo.phone", "--port", str(ports.phone), env=env, logs=logs)


def product(env: dict[str, str], ports: Ports, logs: Path) -> list[Child]:
    """Start what is also run in production: web and calls, workers, beat. To be stopped by the caller."""
    return [_web(env, ports, logs), *_workers(env, logs), _beat(env, logs)]


def _web(env: dict[str, str], ports: Ports, logs: Path) -> Child:
    return spawn(
        "web",
        [sys.executable, "manage.py", "serve", "--port", str(ports.web)],
        env=env,
        log=logs / "web.log",
        stop_signal=signal.SIGINT,  # hand live calls over at once: nobody waits for a demo to drain
        cwd=project_root(),
    )


def _workers(env: dict[str, str], logs: Path) -> list[Child]:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
    worker = ("celery", "-A", "heartvoice", "worker", *quiet)
    return [
        _python(
            "worker",
            *worker,
            *(
                "--queues",
                "urgent,calls,upkeep",
                "--pool",
                "threads",
                "--concurrency",
                "6",
                "--hostname",
                "work@demo",
            ),
            env=env,
            logs=logs,
        ),
        # The analysis holds the interpreter's lock for long stretches: processes, never threads.
        _python(
            "biomarkers",
            *worker,
            *(
                "--queues",
                "biomarkers",
                "--pool",
                "prefork",
                "--concurrency",
                "1",
                "--hostname",
                "biomarkers@demo",
            ),
            env=env,
            logs=logs,
            niceness=MEASURING_NICENESS,
        ),
    ]


def _beat(env: dict[str, str], logs: Path) -> Child:
    return _python(
        "beat",
        *("celery", "-A", "heartvoice", "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", ""),
        env=env,
        logs=logs,
    )


def _python(
    name: str, module: str, *arguments: str, env: dict[str, str], logs: Path, niceness: int = 0
) -> Child:
    child = spawn(
        name,
        [sys.executable, "-m", module, *arguments],
        env=env,
        log=logs / f"{name.replace(' ', '-')}.log",
        cwd=project_root(),
    )
    if niceness:
        os.setpriority(os.PRIO_PGRP, child.process.pid, niceness)
    return child


def join(env: dict[str, str]) -> None:
    """Make this process one of the system's own, while the others start: it will read what they write."""
    os.environ.clear()
    os.environ.update(env)
    import django

    django.setup()
    from heartvoice.tasks import heartbeat

    heartbeat.delay()  # readiness asks for a worker's sign of life; beat would send for one in 10 s


def wait_until_product_ready(ports: Ports, children: list[Child]) -> None:
    """Return once the web process says that everything it needs for a call is there. Raises `ProcessFailed`."""
    reasons: list[str] = []

    def is_ready() -> bool:
        reasons[:] = _reasons(f"{ports.web_url}/health/ready")
        return not reasons

    try:
        wait_until(is_ready, children=children, within_s=READY_WITHIN_S, what="the web process", every_s=0.1)
    except ProcessFailed as failure:
        raise ProcessFailed(f"not ready: {', '.join(reasons)}\n{failure}") from None


def _wait_for_line(child: Child, beginning: str, children: list[Child]) -> None:
    log = child.log
    assert log is not None  # noqa: S101 -- _python gives every child one
    wait_until(
        lambda: any(line.startswith(beginning) for line in log.read_text(errors="replace").splitlines()),
        children=children,
        within_s=READY_WITHIN_S,
        what=f"the {child.name}",
    )


def _reasons(url: str) -> list[str]:
    """Why the web process may not be given work yet; empty when it may."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own loopback address
            answer.read()
            return []
    except urllib.error.HTTPError as error:
        with contextlib.suppress(ValueError, AttributeError):
            return [str(reason) for reason in json.loads(error.read()).get("reasons", [])] or [
                str(error.code)
            ]
        return [str(error.code)]
    except OSError:
        return ["does not answer yet"]


def _empty(logs: Path) -> Path:
    logs.mkdir(parents=True, exist_ok=True)
    for old in logs.glob("*.log"):
        old.unlink()
    return logs


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
