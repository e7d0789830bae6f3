"""Who may import whom: the contracts hold, without exceptions, and every pure module is under them."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

APPS = ("patients", "alerts", "biomarkers", "calls")
OURS = ("heartvoice", *APPS)
NOT_PURE = {"asyncio", "http", "logging", "multiprocessing", "socket", "subprocess", "threading", "urllib"}
PURE_LIBRARIES = {"numpy", "parselmouth"}


def contracts() -> list[dict[str, Any]]:
    settings: dict[str, Any] = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["importlinter"]
    return list(settings["contracts"])


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def pure_modules() -> set[str]:
    """Modules of the apps that reach nothing but the standard library's pure part and numbers, however indirectly."""
    paths = [path for app in OURS for path in Path(app).rglob("*.py") if "migrations" not in path.parts]
    imports = {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__"): imported(path) for path in paths
    }
    pure_outside = (set(sys.stdlib_module_names) | PURE_LIBRARIES) - NOT_PURE

    def is_outside_and_impure(name: str) -> bool:
        top = name.split(".")[0]
        return top not in OURS and top not in pure_outside

    impure = {name for name, targets in imports.items() if any(map(is_outside_and_impure, targets))}
    while more := {name for name, targets in imports.items() if name not in impure and targets & impure}:
        impure |= more
    return {
        name
        for name, targets in imports.items()
        if name not in impure
        and targets
        and name.split(".")[0] in APPS
        and not name.endswith(("admin", "apps"))
    }


def test_the_contracts_hold() -> None:
    told = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_no_contract_has_exceptions() -> None:
    assert [contract["name"] for contract in contracts() if "ignore_imports" in contract] == []


def test_every_pure_module_is_under_the_contract_that_keeps_it_pure() -> None:
    """The same list is what `./run check` type-checks strictly."""
    listed = next(one for one in contracts() if one["name"] == "pure stays pure")["source_modules"]
    missing = {
        module
        for module in pure_modules()
        if not any(module == one or module.startswith(f"{one}.") for one in listed)
    }
    assert missing == set(), "add these to the contract `pure stays pure` in pyproject.toml"
