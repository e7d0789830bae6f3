"""Children of the launcher: how they start, end, and are ended."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from heartvoice.demo.processes import (
    ProcessFailed,
    command_line,
    run_in_foreground,
    spawn,
    stop_all,
    wait_until,
)

PYTHON = sys.executable


def python(code: str) -> list[str]:
    return [PYTHON, "-c", code]


def until_it_says(path: Path, text: str, child: object) -> None:
    wait_until(lambda: path.exists() and text in path.read_text(), children=[child], within_s=20, what=text)  # type: ignore[list-item]


def test_a_child_writes_to_its_log_and_ends_when_asked(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "child.log"
    child = spawn(
        "child", python("import time; print('up', flush=True); time.sleep(60)"), env=os.environ, log=log
    )
    until_it_says(log, "up", child)
    stop_all([child], within_s=10)
    assert child.process.returncode == -signal.SIGTERM


def test_one_that_will_not_end_is_killed_with_its_own_children(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    stubborn = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork();"
        "print('up', os.getpid(), flush=True); time.sleep(60)"
    )
    child = spawn("stubborn", python(stubborn), env=os.environ, log=log)
    wait_until(lambda: log.read_text().count("up") == 2, children=[child], within_s=20, what="both")
    pids = [int(line.split()[1]) for line in log.read_text().splitlines()]
    stop_all([child], within_s=0.1)
    wait_until(lambda: not any(map(command_line, pids)), children=[], within_s=10, what="the end of both")


def test_one_that_ends_too_early_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    child = spawn("early", python("raise SystemExit('no luck')"), env=os.environ, log=tmp_path / "early.log")
    with pytest.raises(ProcessFailed, match=r"early ended with code 1.*\n.*no luck"):
        wait_until(lambda: False, children=[child], within_s=20, what="the impossible")


def test_a_wait_has_an_end() -> None:
    with pytest.raises(ProcessFailed, match="the impossible was not ready within 0 s"):
        wait_until(lambda: False, children=[], within_s=0, what="the impossible")


def test_a_child_does_not_inherit_held_back_or_ignored_signals(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    told = "import signal; print(signal.getsignal(2).__name__, signal.pthread_sigmask(0, []), flush=True)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        child = spawn("child", python(told), env=os.environ, log=log)
        child.process.wait(20)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        signal.signal(signal.SIGINT, before)
    assert log.read_text() == "default_int_handler set()\n"


def test_children_are_refused_to_other_threads() -> None:
    """The kernel watches the thread that forked, so a child of a short thread would end with it."""
    refusals: list[str] = []

    def attempt() -> None:
        try:
            spawn("child", python("pass"), env=os.environ)
        except RuntimeError as error:
            refusals.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert refusals == ["children are started from the main thread only"]


@pytest.mark.parametrize(("code", "expected"), [("pass", 0), ("raise SystemExit(3)", 3)])
def test_a_foreground_command_gives_its_exit_code(code: str, expected: int) -> None:
    assert run_in_foreground(python(code), env=os.environ) == expected


def test_a_foreground_command_that_a_signal_ended_gives_the_shells_code() -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert run_in_foreground(python(code), env=os.environ) == 137
