"""Format, lint, types, import contracts, migrations, templates, Dockerfile and unit tests: `./run check`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from heartvoice.demo.keys import nowhere

PURE_CONTRACT = "pure stays pure"
SCRIPTS = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Step:
    """One check: a name for the reader and the command that decides it."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    step: Step
    passed: bool
    seconds: float
    output: str


def main() -> int:
    started = time.monotonic()
    # Two at a time: the long ones (types, unit tests) overlap with the many short ones.
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = []
        for outcome in pool.map(_run, steps()):
            outcomes.append(outcome)
            print(
                f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.step.name} ({outcome.seconds:.1f} s)",
                flush=True,
            )
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"\n--- {outcome.step.name}: {' '.join(outcome.step.command)}\n{outcome.output}")
    print(
        f"{len(outcomes) - len(failed)} of {len(outcomes)} checks passed in {time.monotonic() - started:.0f} s"
    )
    return 1 if failed else 0


def steps() -> list[Step]:
    """Return every check, the longest first."""
    python = sys.executable
    return [
        Step("unit tests", (python, "-m", "pytest", "tests/unit", "-q", "-n", "2", "--dist", "loadfile")),
        Step("types of the pure modules", (python, "-m", "mypy", "--strict", *mypy_targets())),
        Step("migrations", (python, "manage.py", "makemigrations", "--check", "--dry-run")),
        Step("import contracts", (str(SCRIPTS / "lint-imports"),)),
        Step("lint", (python, "-m", "ruff", "check", ".")),
        Step("format", (python, "-m", "ruff", "format", "--check", ".")),
        Step("templates", (python, "-m", "djlint", "templates", "--lint", "--quiet")),
        Step("Dockerfile", (str(SCRIPTS / "hadolint"), "Dockerfile")),
    ]


def pure_modules() -> list[str]:
    """Return the modules that may import neither Django nor I/O: the import contract's own list."""
    contracts = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    modules: list[str] = next(one for one in contracts if one["name"] == PURE_CONTRACT)["source_modules"]
    return modules


def mypy_targets() -> list[str]:
    """Return the pure modules as paths: a package with everything in it, a module as its file."""
    paths = (Path(*module.split(".")) for module in pure_modules())
    return [str(path if path.is_dir() else path.with_suffix(".py")) for path in paths]


def _run(step: Step) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        step.command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=os.environ | nowhere(),
        check=False,
    )
    return Outcome(step, done.returncode == 0, time.monotonic() - started, done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(main())
