"""Databases of the demo: one built and seeded once, and copies of it that appear in a moment.

Building takes seconds (migrations, weeks of invented history); copying takes a tenth of one. The built one is
made anew when the code that shapes it, the keys or the day has changed: the history ends yesterday.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from heartvoice.demo.environment import project_root

BUILT = "built_"
SHAPING = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "heartvoice/demo/seed/*.py",
    "heartvoice/demo/personas/*.toml",
)
KEYS = ("PHI_KEYS", "PHI_INDEX_KEY")


class Databases:
    """The databases of one PostgreSQL server; `server_url` names one that always exists."""

    def __init__(self, server_url: str) -> None:
        self.server_url = server_url

    def url(self, name: str) -> str:
        return urlsplit(self.server_url)._replace(path=f"/{name}").geturl()

    def names(self) -> set[str]:
        with self._connect() as server:
            return {row[0] for row in server.execute("SELECT datname FROM pg_database")}

    def build(self, fingerprint: str, fill: Callable[[str], None]) -> str:
        """Return the name of the built database for `fingerprint`, filling a new one through its URL if needed."""
        wanted = f"{BUILT}{fingerprint}"
        present = self.names()
        if wanted not in present:
            self.drop(name for name in present if name.startswith(BUILT))
            # Under another name until it is whole: a start that is interrupted leaves nothing half-built behind.
            unfinished = f"{BUILT}unfinished"
            self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            fill(self.url(unfinished))
            self._run(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(unfinished), sql.Identifier(wanted)
                )
            )
        return wanted

    def copy(self, source: str, target: str) -> str:
        """Make `target` a fresh copy of `source` and return its URL."""
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(target), sql.Identifier(source))
        )
        return self.url(target)

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with self._connect() as server:
            server.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.server_url, autocommit=True, connect_timeout=5)


def fingerprint_of(keys: Mapping[str, str], *, today: date | None = None, root: Path | None = None) -> str:
    """Return 16 hex digits that change with the migrations, the seed, the keys or the day."""
    digest = hashlib.sha256((today or datetime.now(UTC).date()).isoformat().encode())
    digest.update(shape_of(root or project_root()).encode())
    digest.update(keyed(keys).encode())
    return digest.hexdigest()[:16]


def shape_of(root: Path) -> str:
    """Return a digest of every file that decides what a freshly built database holds."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SHAPING for path in root.glob(pattern)}):
        if ".venv" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def keyed(keys: Mapping[str, str]) -> str:
    """Return 8 hex digits for the keys under which a database was written: without them it cannot be read."""
    return hashlib.sha256("|".join(keys[name] for name in KEYS).encode()).hexdigest()[:8]
