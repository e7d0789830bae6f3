"""`manage.py serve` as an operator starts and stops it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(90)


@contextmanager
def serving(env: dict[str, str], *arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", *arguments],
        env=env | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        port = 0
        assert process.stdout
        for line in process.stdout:
            if line.startswith("listening on "):
                port = int(line.rpartition(":")[2])
            if '"serving"' in line:
                break
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_it_serves_says_what_is_missing_and_ends_with_0(process_environment: dict[str, str]) -> None:
    with serving(process_environment, "--port", "0") as (process, port):
        assert get(port, "/health")[0] == 200
        status, body = get(port, "/health/ready")
        assert status == 503
        assert "workers" in json.loads(body)["reasons"]
        assert "database" not in json.loads(body)["reasons"]
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        assert re.search(r"Max core file size +0 +0 ", limits)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def test_an_address_in_use_is_one_line(process_environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", port],
            env=process_environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode != 0
    assert (
        told.stderr.splitlines()[-1]
        == f"CommandError: cannot listen on 127.0.0.1:{port}: Address already in use"
    )


def test_several_processes_share_an_address_when_asked(process_environment: dict[str, str]) -> None:
    with (
        serving(process_environment, "--port", "0", "--reuse-port") as (first, port),
        serving(process_environment, "--port", str(port), "--reuse-port") as (second, _),
    ):
        first.send_signal(signal.SIGTERM)
        assert first.wait(15) == 0
        assert get(port, "/health")[0] == 200
        assert second.poll() is None


def test_a_missing_setting_stops_the_start_with_one_line_that_names_it(
    process_environment: dict[str, str],
) -> None:
    env = process_environment | {"PHI_KEYS": "", "PUBLIC_URL": "http://monitor.example.org"}
    told = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", "0"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 78
    assert len(told.stderr.splitlines()) == 1
    assert "PHI_KEYS is missing" in told.stderr
    assert "PUBLIC_URL must start with https://" in told.stderr
