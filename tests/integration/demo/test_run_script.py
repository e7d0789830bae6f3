"""`./run` on machines that lack something, from any folder, without installing twice."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path("run").resolve()
SHELL_TOOLS = ("sh", "dirname", "cat", "cksum", "mkdir", "rm", "printf")


class Machine:
    """A folder with spaces that holds `run`, and a PATH that holds only what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "a project"
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        self.project.mkdir()
        self.bin.mkdir()
        shutil.copy(SCRIPT, self.project)
        for name in ("requirements", "requirements-dev", "requirements-bench"):
            (self.project / f"{name}.lock").write_text(name)
        for tool in SHELL_TOOLS:
            if found := shutil.which(tool):
                (self.bin / tool).symlink_to(found)

    def script(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}")
        path.chmod(0o755)

    def python(self, *, lacks: str = "", is_old: bool = False) -> None:
        """A python3 that writes down how it was called, and makes a .venv with itself in it."""
        self.script(
            self.bin / "python3",
            f'printf "%s\\n" "$*" >>"{self.calls}"\n'
            f'case "$*" in\n'
            f"*version_info*) exit {int(is_old)} ;;\n"
            f'"-c import venv, ensurepip") exit {int(lacks == "venv")} ;;\n'
            '"-m venv .venv") mkdir -p .venv/bin; cat "$0" >.venv/bin/python; /bin/chmod 755 .venv/bin/python ;;\n'
            f'"-m uv"*|"-m pip install"*uv==*) exit {int(lacks == "uv")} ;;\n'
            "esac\n",
        )

    def run(self, *arguments: str, cwd: str = "/") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.project / "run"), *arguments],
            cwd=cwd,
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("arguments", [[], ["dance"]])
def test_an_unknown_command_says_what_there_is(machine: Machine, arguments: list[str]) -> None:
    told = machine.run(*arguments)
    assert told.returncode == 64
    assert "usage: ./run COMMAND" in told.stderr


def test_without_python_it_names_what_to_install(machine: Machine) -> None:
    told = machine.run("servers")
    assert told.returncode == 1
    assert told.stderr == "run: Python 3.11 or newer is needed (Debian: apt-get install python3-venv)\n"


def test_an_old_python_is_no_python(machine: Machine) -> None:
    machine.python(is_old=True)
    assert "3.11 or newer is needed" in machine.run("servers").stderr


def test_without_the_venv_module_it_names_what_to_install(machine: Machine) -> None:
    machine.python(lacks="venv")
    told = machine.run("servers")
    assert told.returncode == 1
    assert told.stderr == "run: Python's venv module is missing (Debian: apt-get install python3-venv)\n"


def test_it_installs_the_hashed_lock_once_and_hands_over(machine: Machine) -> None:
    machine.python()
    for _ in range(2):
        assert machine.run("servers", "--durable").returncode == 0
    called = machine.called()
    assert sum("--require-hashes -r requirements.lock" in call for call in called) == 1
    assert called.count("-m heartvoice.demo.servers --durable") == 2


def test_a_changed_lock_is_installed_again(machine: Machine) -> None:
    machine.python()
    machine.run("servers")
    (machine.project / "requirements.lock").write_text("changed")
    machine.run("servers")
    assert sum("-r requirements.lock" in call for call in machine.called()) == 2


def test_the_larger_lock_is_not_undone_by_the_smaller(machine: Machine) -> None:
    machine.python()
    machine.run("check")
    machine.run("servers")
    installed = [call.split("-r ")[1] for call in machine.called() if "--require-hashes" in call]
    assert installed == ["requirements-dev.lock"]


def test_without_uv_pip_installs_the_same_lock(machine: Machine) -> None:
    machine.python(lacks="uv")
    assert machine.run("servers").returncode == 0
    installs = [call for call in machine.called() if "--require-hashes" in call]
    assert installs == [
        "-m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock"
    ]


def test_continuous_integration_runs_the_same_command() -> None:
    lines = [
        line
        for line in Path(".ci/run").read_text().splitlines()
        if line and not line.startswith(("#", "set ", "cd "))
    ]
    assert lines == ["CI=true exec ./run test"]
    assert os.access(".ci/run", os.X_OK)
