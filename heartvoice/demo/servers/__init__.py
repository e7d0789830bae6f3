"""The real PostgreSQL and Valkey from wheels, for the demo and the tests: no container, no system package."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heartvoice.demo.servers.postgres import Postgres
from heartvoice.demo.servers.valkey import Valkey

__all__ = ["Busy", "ServerUrls", "exclusive", "running_servers"]


TEMPORARY = "heartvoice-servers-"


class Busy(RuntimeError):
    """The folder is in use by another running start; the message names its process."""


@dataclass(frozen=True, slots=True)
class ServerUrls:
    """Where the two servers listen, in the form of the settings DATABASE_URL and REDIS_URL."""

    database: str
    redis: str

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database, "REDIS_URL": self.redis}


@contextlib.contextmanager
def running_servers(data_dir: Path | None = None, *, durable: bool = False) -> Iterator[ServerUrls]:
    """Both servers up for the duration of the block, on random loopback ports with random passwords.

    `data_dir` keeps the database from one start to the next; without it everything lives in a temporary
    folder and is gone afterwards. `durable=False` trades safety against power loss for speed. To be entered
    on the main thread: the servers are tied to it and end with it even when it is killed. Raises
    `Busy` or `ProcessFailed`.
    """
    with contextlib.ExitStack() as stack:
        folder = data_dir
        if folder is None:
            _sweep()
            folder = Path(tempfile.mkdtemp(prefix=TEMPORARY))
            folder.chmod(0o755)  # PostgreSQL may run as another user; its own data folder stays closed
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(exclusive(folder))
        valkey = Valkey(folder / "valkey")
        stack.callback(valkey.stop)
        valkey.start()
        postgres = Postgres(folder / "postgres", durable=durable)
        stack.callback(postgres.stop)
        postgres.start()
        yield ServerUrls(database=postgres.wait(), redis=valkey.wait())


def _sweep() -> None:
    """Remove the temporary folders that killed starts of this user left behind; one in use is locked."""
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError, Busy):
            if folder.lstat().st_uid == os.geteuid() and (folder / "lock").exists():
                with exclusive(folder):
                    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Have `folder` (made if it is not there) to ourselves for the duration of the block. Raises `Busy`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            raise Busy(f"{folder} is already in use by process {owner}") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
