"""The whole system by one command: it takes traffic when it says so, and nothing of it stays behind."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from heartvoice.demo.processes import command_line

pytestmark = pytest.mark.timeout(240)
STOPS_WITHIN_S = 60.0  # longer is never: how fast is a matter of the machine


@dataclass
class Running:
    process: subprocess.Popen[str]
    port: int
    pids: list[int]

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def left_over(self, state: Path) -> list[str]:
        """Command lines of its processes, and of servers on its data, that still run."""
        lines = [command_line(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [*filter(None, map(command_line, self.pids)), *(line for line in lines if str(state) in line)]


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="heartvoice-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextlib.contextmanager
def running(state: Path) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.stack", str(state)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        assert process.stdout
        word, port, *pids = process.stdout.readline().split()
        assert word == "ready"
        yield Running(process, int(port), [int(pid) for pid in pids])
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_it_is_ready_when_it_says_so_and_ends_as_a_whole(state: Path, number: signal.Signals) -> None:
    """The second start works on the data that the first one made."""
    with running(state) as stack:
        status, body = stack.get("/health/ready")
        assert (status, json.loads(body)["reasons"]) == (200, [])
        status, body = stack.get("/")
        assert status == 200
        assert "accounts/login" in body or 'name="login"' in body
        began = time.monotonic()
        stack.process.send_signal(number)
        stack.process.wait(30)
        while stack.left_over(state):
            assert time.monotonic() - began < STOPS_WITHIN_S, stack.left_over(state)


def test_a_second_start_on_the_same_data_is_refused_in_one_line(state: Path) -> None:
    with running(state):
        second = subprocess.run(
            [sys.executable, "-m", "tests.support.stack", str(state)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode != 0
        assert "is already in use by process" in second.stderr.splitlines()[-1]
