"""The servers from wheels: they answer, keep what they should, keep strangers out, and never outlive us."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis

from heartvoice.demo.servers import Busy, running_servers


@dataclass
class Launcher:
    process: subprocess.Popen[str]
    urls: dict[str, str]

    def answers(self) -> tuple[bool, bool]:
        return database_answers(self.urls["DATABASE_URL"]), redis_answers(self.urls["REDIS_URL"])


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter; pytest's folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="heartvoice-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def database_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def redis_answers(url: str) -> bool:
    with contextlib.closing(redis.Redis.from_url(url, retry=None)) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


@contextlib.contextmanager
def launched(*arguments: str | Path) -> Iterator[Launcher]:
    process = subprocess.Popen(
        [sys.executable, "-m", "heartvoice.demo.servers", *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        lines = [process.stdout.readline().strip() for _ in range(2)]
        yield Launcher(process, dict(line.split("=", 1) for line in lines))
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def until_gone(launcher: Launcher, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while launcher.answers() != (False, False):
        assert time.monotonic() < deadline, "a server outlived its launcher"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_servers_end_with_their_launcher_however_it_ends(number: signal.Signals) -> None:
    with launched() as launcher:
        assert launcher.answers() == (True, True)
        launcher.process.send_signal(number)
        until_gone(launcher, 5)
        assert launcher.process.wait(5) == (0 if number != signal.SIGKILL else -signal.SIGKILL)


def test_data_stay_from_one_start_to_the_next_when_they_have_a_place(place: Path) -> None:
    with (
        running_servers(place / "kept here", durable=True) as urls,
        psycopg.connect(urls.database) as database,
    ):
        database.execute("CREATE TABLE kept (value text)")
        database.execute("INSERT INTO kept VALUES ('ñ')")
        assert database.execute("SHOW fsync").fetchone() == ("on",)
    with running_servers(place / "kept here") as urls, psycopg.connect(urls.database) as database:
        assert database.execute("SELECT upper(value) FROM kept").fetchone() == ("Ñ",)
        assert database.execute("SHOW fsync").fetchone() == ("off",)


def test_one_data_directory_serves_one_start_at_a_time(place: Path) -> None:
    with (
        running_servers(place),
        pytest.raises(Busy, match=str(os.getpid())),
        running_servers(place),
    ):
        pass


def test_a_stranger_without_the_password_is_refused(place: Path) -> None:
    with running_servers(place) as urls:
        account, _, address = urls.database.rpartition("@")
        for guess in (f"postgres://heartvoice@{address}", f"postgres://heartvoice:guess@{address}"):
            assert not database_answers(guess)
        assert redis_answers(urls.redis)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://{urls.redis.rpartition('@')[2]}").ping()
        secret = account.rpartition(":")[2]
        told = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert secret not in told
        assert urls.redis.split(":")[2].split("@")[0] not in told


def test_statements_and_rows_are_not_written_to_the_log(place: Path) -> None:
    with running_servers(place) as urls, psycopg.connect(urls.database, autocommit=True) as database:
        database.execute("CREATE TABLE people (name text UNIQUE)")
        database.execute("INSERT INTO people VALUES ('Zyx Canaryson')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            database.execute("INSERT INTO people VALUES ('Zyx Canaryson')")
    logs = [path.read_text() for path in place.rglob("*.log")]
    assert any("duplicate key" in log for log in logs)
    assert not any("Canaryson" in log for log in logs)


def test_nothing_is_left_in_the_temporary_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place))
    killed = place / "heartvoice-servers-killed"
    killed.mkdir()
    (killed / "lock").touch()
    with running_servers():
        assert not killed.exists()
    assert [path for path in place.iterdir() if path.name.startswith("heartvoice-servers")] == []
