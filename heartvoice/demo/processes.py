"""Child processes that end when this one ends, however it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
PARENT_DIED_FIRST = 113


class ProcessFailed(RuntimeError):
    """A child did not start or ended before it was asked to; the message names its log."""


@dataclass(frozen=True, slots=True)
class Child:
    """A started process, the signal that asks it to end, and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    log: Path | None
    signal_group: bool = True

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def log_tail(self, lines: int = 15) -> str:
        """Return the last lines it wrote, empty when it has no log."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def check(self) -> None:
        """Raise `ProcessFailed` if it has ended."""
        if not self.is_running:
            raise ProcessFailed(
                f"{self.name} ended with code {self.process.returncode}; see {self.log}\n{self.log_tail()}"
            )


def spawn(
    name: str,
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    orphan_signal: signal.Signals | None = None,
    signal_group: bool = True,
    stdin: bytes | None = None,
    cwd: Path | str | None = None,
    user: int | None = None,
    group: int | None = None,
) -> Child:
    """Start `argv` in a process group of its own; on Linux it also ends when this process is killed.

    `orphan_signal` (default: `stop_signal`) is what the kernel sends it when this process dies. The kernel
    watches the thread that started the child, not the process: hence the main thread only.
    `signal_group=False` asks only the first process to stop (it tells its own children). With `user`, the
    child also drops every supplementary group.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread only")
    with contextlib.ExitStack() as stack:
        output: IO[bytes] | int | None = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            output = stack.enter_context(log.open("ab"))
        process = subprocess.Popen(
            [str(part) for part in argv],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            preexec_fn=_before_exec(orphan_signal or stop_signal),  # safe: this thread alone starts children
        )
    if stdin is not None and process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(stdin)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    return Child(name=name, process=process, stop_signal=stop_signal, log=log, signal_group=signal_group)


def stop_all(children: Iterable[Child], *, within_s: float) -> None:
    """Ask every child to end, all at once, and kill what is left of their groups after `within_s` seconds."""
    asked = list(children)
    for child in asked:
        if child.is_running:
            _signal(child, child.stop_signal, group=child.signal_group)
    deadline = time.monotonic() + within_s
    for child in asked:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
    for child in asked:
        # The group, not only its first process: a killed prefork parent leaves its children behind.
        _signal(child, signal.SIGKILL, group=True)
        child.process.wait()


def run_in_foreground(argv: Sequence[str | Path], *, env: Mapping[str, str]) -> int:
    """Run `argv` on this terminal and return its exit code; Ctrl-C and SIGTERM are its business meanwhile.

    It shares our process group, so the terminal's Ctrl-C reaches it without us, and it ends when we are killed.
    """
    process = subprocess.Popen(
        [str(part) for part in argv], env=dict(env), preexec_fn=_before_exec(signal.SIGTERM)
    )
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    # The shell's convention for a process that a signal ended.
    return code if code >= 0 else 128 - code


def wait_until(
    is_ready: Callable[[], bool],
    *,
    children: Iterable[Child],
    within_s: float,
    what: str,
    every_s: float = 0.02,
) -> None:
    """Return once `is_ready()`; raise `ProcessFailed` when a child ends first or `within_s` seconds pass."""
    watched = list(children)
    deadline = time.monotonic() + within_s
    while not is_ready():
        for child in watched:
            child.check()
        if time.monotonic() > deadline:
            tails = "\n".join(f"--- {child.name} ({child.log})\n{child.log_tail()}" for child in watched)
            raise ProcessFailed(f"{what} was not ready within {within_s:.0f} s\n{tails}")
        time.sleep(every_s)


def command_line(pid: int) -> str:
    """Return how process `pid` was started, empty when there is none or it may not be seen."""
    if sys.platform == "linux":
        try:
            return (
                Path(f"/proc/{pid}/cmdline")
                .read_bytes()
                .replace(b"\0", b" ")
                .decode(errors="replace")
                .strip()
            )
        except OSError:
            return ""
    try:
        told = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip()


def _signal(child: Child, number: signal.Signals, *, group: bool) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(child.process.pid, number)
        else:
            os.kill(child.process.pid, number)


def _before_exec(orphan_signal: signal.Signals) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    parent = os.getpid()

    def prepare() -> None:
        # A launcher that holds signals back, or ignores Ctrl-C in the background, must not hand that on.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        # After the change of user, which would clear the setting; exec keeps it.
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
            if os.getppid() != parent:
                os._exit(PARENT_DIED_FIRST)

    return prepare
