"""A running local voice agent, as a process of its own."""

import subprocess
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def agent_port() -> Iterator[int]:
    """The port of an agent that has said it is ready; it ends with SIGTERM, cleanly."""
    command = [sys.executable, "-m", "heartvoice.demo.agent", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        word, _, port = process.stdout.readline().partition(" ")
        assert word == "ready"
        try:
            yield int(port)
        finally:
            process.terminate()
            assert process.wait(10) == 0
