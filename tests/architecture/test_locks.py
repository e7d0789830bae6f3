"""The locks install the same bytes anywhere: pinned by hash, bound to no host, in step with their sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

NAMES = ("requirements", "requirements-dev", "requirements-bench")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins(path: str) -> dict[str, str]:
    return {
        re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(Path(path).read_text())
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_names_no_host(name: str) -> None:
    assert "://" not in Path(f"{name}.lock").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_nothing_but_pins_with_hashes(name: str) -> None:
    statements = Path(f"{name}.lock").read_text().replace("\\\n", " ").splitlines()
    odd = [
        line[:60]
        for line in statements
        if line.strip()
        and not line.lstrip().startswith("#")
        and not (PIN.match(line) and "--hash=sha256:" in line)
    ]
    assert odd == []


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_the_versions_its_source_asks_for(name: str) -> None:
    locked = pins(f"{name}.lock")
    assert {
        package: version for package, version in pins(f"{name}.txt").items() if locked.get(package) != version
    } == {}


def test_the_larger_locks_contain_the_smaller_unchanged() -> None:
    """`./run` installs them into one environment, in any order."""
    runtime, dev, bench = (pins(f"{name}.lock").items() for name in NAMES)
    assert runtime <= dev <= bench


def test_every_direct_dependency_is_explained() -> None:
    text = Path("docs/dependencies.md").read_text().lower()
    direct = {package for name in NAMES for package in pins(f"{name}.txt")}
    assert {package for package in direct if f"`{package}" not in text} == set()
