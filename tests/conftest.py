"""What every test gets: a marker from its folder, no network but this machine, no connection left open."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.settings import HAVE_SERVERS

TESTS = Path(__file__).parent
NEED_SERVERS = {"integration", "browser"}
LOOPBACK = {"127.0.0.1", "::1", "localhost", "", None}

# A busy machine is slow; that is no fault of a test. What is slow is measured in tests/bench.
hypothesis_settings.register_profile(
    "heartvoice", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("heartvoice")

_other_threads: list[BaseDatabaseWrapper] = []


def pytest_configure(config: pytest.Config) -> None:
    for folder in sorted(path.name for path in TESTS.iterdir() if path.is_dir() and path.name[0] not in "._"):
        config.addinivalue_line("markers", f"{folder}: lies in tests/{folder} (set by the folder)")
    _allow_only_this_machine()
    connection_created.connect(_remember, dispatch_uid="tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    no_servers = pytest.mark.skip(reason="needs DATABASE_URL and REDIS_URL: use ./run test")
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        item.add_marker(folder)
        if folder in NEED_SERVERS and not HAVE_SERVERS:
            item.add_marker(no_servers)


@pytest.fixture(autouse=True, scope="session")
def append_only_tables_are_emptied_after_a_test() -> Iterator[None]:
    """Emptying the tables after a transactional test is a purge; the triggers allow that for its transaction only."""
    empty = DatabaseOperations.execute_sql_flush
    purge = "SELECT set_config('heartvoice.allow_purge', 'on', true)"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            DatabaseOperations, "execute_sql_flush", lambda ops, statements: empty(ops, [purge, *statements])
        )
        yield


@pytest.fixture(autouse=True)
def no_connection_is_left_open() -> Iterator[None]:
    """Close what other threads opened: PostgreSQL does not drop a database that somebody is connected to."""
    yield
    while _other_threads:
        wrapper = _other_threads.pop()
        wrapper.inc_thread_sharing()
        wrapper.close()
        wrapper.dec_thread_sharing()


@pytest.fixture
def empty_redis() -> Iterator[str]:
    """The URL of this worker's own Redis database, empty before the test and after it."""
    import redis

    url = os.environ["REDIS_URL"]
    client = redis.Redis.from_url(url)
    client.flushdb()
    yield url
    client.flushdb()
    client.close()


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a process of ours started by a test: same keys, the test database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "DATABASE_URL": url._replace(path=f"/{name}").geturl(),
        "DJANGO_SETTINGS_MODULE": "heartvoice.settings",
    }


def _remember(sender: object, connection: BaseDatabaseWrapper, **_: object) -> None:
    if threading.current_thread() is not threading.main_thread():
        _other_threads.append(connection)


def _allow_only_this_machine() -> None:
    """Refuse every connection and name look-up but to this machine and the two configured servers."""
    allowed = LOOPBACK | {urlsplit(os.environ[name]).hostname for name in ("DATABASE_URL", "REDIS_URL")}
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in allowed:
            raise RuntimeError(f"a test tried to reach {name}: tests talk to this machine only")

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and isinstance(address, tuple):
            check(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        if self.family != socket.AF_UNIX and isinstance(address, tuple):
            check(address[0])
        return connect_ex(self, address)

    def guarded_look_up(host: object, *args: object, **kwargs: object) -> object:
        check(host)
        return look_up(host, *args, **kwargs)

    with contextlib.suppress(AttributeError):
        socket.socket.connect = guarded_connect
        socket.socket.connect_ex = guarded_connect_ex
        socket.getaddrinfo = guarded_look_up
