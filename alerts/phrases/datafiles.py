"""The scanner's data files: versioned TOML beside the code, read once. Pure but for reading its own files."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
VERSION = "phrases-1"


class DataError(Exception):
    """A data file is of another version or does not have the expected shape: the scanner must not start."""


@cache
def load(name: str) -> dict[str, Any]:
    """The table of one data file. Raises DataError if its `version` is not the scanner's."""
    with (DATA / name).open("rb") as file:
        table = tomllib.load(file)
    if table.get("version") != VERSION:
        raise DataError(f"{name}: version {table.get('version')!r}, the scanner is {VERSION!r}")
    return table


def names(folder: str) -> list[str]:
    """The data files of a folder, in a stable order, as `load` takes them."""
    return sorted(f"{folder}/{path.name}" for path in (DATA / folder).glob("*.toml"))


def wordset(stage: str, name: str) -> frozenset[str]:
    """A closed set of words of wordsets.toml."""
    return frozenset(load("wordsets.toml")[stage][name])
