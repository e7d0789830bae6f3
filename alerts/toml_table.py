"""Strict reading of a TOML table: every key asked for must be there, every key there must be asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from alerts.ruleset import RuleSetError

T = TypeVar("T")


class Table:
    """One table of a file, its place in the file, and the keys nobody has read yet."""

    def __init__(self, where: str, data: Mapping[str, Any]) -> None:
        self.where = where
        self.data = data
        self._unread = set(data)

    def get(self, key: str, kind: type[T]) -> T:
        """The value of `key`, which must be there and of this kind."""
        if key not in self.data:
            raise RuleSetError(f"{self.where}: {key} is missing")
        self._unread.discard(key)
        value = self.data[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise RuleSetError(f"{self.where}.{key}: {kind.__name__} expected")
        return value

    def has(self, key: str) -> bool:
        return key in self.data

    def number(self, key: str) -> float:
        """A finite integer or float."""
        value = self.get(key, object)
        if not isinstance(value, int | float) or value != value or value in (float("inf"), float("-inf")):
            raise RuleSetError(f"{self.where}.{key}: a number expected")
        return float(value)

    def text(self, key: str, *, empty: bool = False) -> str:
        value = self.get(key, str)
        if not value and not empty:
            raise RuleSetError(f"{self.where}.{key}: must not be empty")
        return value

    def texts(self, key: str, *, allowed: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts; with `allowed`, nothing else may occur in it."""
        values = self.get(key, list)
        if not all(isinstance(value, str) for value in values):
            raise RuleSetError(f"{self.where}.{key}: a list of texts expected")
        if allowed is not None and (unknown := set(values) - set(allowed)):
            raise RuleSetError(f"{self.where}.{key}: unknown {sorted(unknown)}")
        return tuple(values)

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        value = self.text(key)
        if value not in (known := tuple(allowed)):
            raise RuleSetError(f"{self.where}.{key}: {value!r} is none of {known}")
        return value

    def table(self, key: str) -> Table:
        return Table(f"{self.where}.{key}", self.get(key, dict))

    def tables(self) -> dict[str, Table]:
        """Every key of this table as a table of its own."""
        return {key: self.table(key) for key in self.data}

    def entries(self, key: str) -> list[Table]:
        """A list of tables."""
        return [Table(f"{self.where}.{key}[{n}]", entry) for n, entry in enumerate(self.get(key, list))]

    def done(self) -> None:
        """Refuse the file if it holds a key nobody has read."""
        if self._unread:
            raise RuleSetError(f"{self.where}: unknown key {sorted(self._unread)}")


def same_names(where: str, found: Iterable[str], wanted: Iterable[str]) -> None:
    """Refuse missing and unknown names alike."""
    have, need = set(found), set(wanted)
    if missing := need - have:
        raise RuleSetError(f"{where}: missing {sorted(missing)}")
    if unknown := have - need:
        raise RuleSetError(f"{where}: unknown {sorted(unknown)}")
