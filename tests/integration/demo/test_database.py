"""The demo's databases: built once for each shape, copied in a moment, never left half-made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from heartvoice.demo.database import BUILT, Databases, fingerprint_of, shape_of
from heartvoice.demo.keys import generated_keys

KEYS = generated_keys()


@pytest.fixture
def databases() -> Iterator[Databases]:
    served = Databases(os.environ["DATABASE_URL"])
    before = served.names()
    yield served
    served.drop(served.names() - before)


def fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CREATE TABLE people AS SELECT 1 AS id")


def refuse_to_fill(url: str) -> None:
    raise AssertionError("it was built before")


def people(url: str) -> int:
    with psycopg.connect(url) as database:
        row = database.execute("SELECT count(*) FROM people").fetchone()
        assert row
        return int(row[0])


def test_a_database_is_built_once_and_copied_as_often_as_needed(databases: Databases) -> None:
    built = databases.build("a", fill)
    assert databases.build("a", refuse_to_fill) == built
    first, second = databases.copy(built, "hv_copy_1"), databases.copy(built, "hv_copy_2")
    with psycopg.connect(first, autocommit=True) as database:
        database.execute("DELETE FROM people")
    assert (people(first), people(second)) == (0, 1)


def test_another_shape_replaces_what_was_built(databases: Databases) -> None:
    databases.build("a", fill)
    databases.build("b", fill)
    assert {name for name in databases.names() if name.startswith(BUILT)} == {f"{BUILT}b"}


def test_what_was_interrupted_is_begun_again(databases: Databases) -> None:
    def interrupted(url: str) -> None:
        fill(url)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        databases.build("a", interrupted)
    assert f"{BUILT}a" not in databases.names()
    assert people(databases.url(databases.build("a", fill))) == 1


def test_the_fingerprint_changes_with_the_day_the_keys_and_the_code(tmp_path: Path) -> None:
    migrations = tmp_path / "patients" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_initial.py").write_text("one")

    def fingerprint(keys: dict[str, str] = KEYS, day: int = 1) -> str:
        return fingerprint_of(keys, today=date(2026, 1, day), root=tmp_path)

    first = fingerprint()
    assert fingerprint() == first
    assert fingerprint(day=2) != first
    assert fingerprint(keys=generated_keys()) != first
    (migrations / "0002_more.py").write_text("two")
    assert fingerprint() != first


def test_the_shape_holds_the_projects_own_files() -> None:
    assert shape_of(Path()) != shape_of(Path("docs"))
