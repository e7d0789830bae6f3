"""Starts the demo's whole stack as a process: `python -m tests.support.stack STATE`, `ready PORT PIDS...` when it is up."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from heartvoice.demo.environment import chosen_ports
from heartvoice.demo.launcher import running_stack
from heartvoice.demo.stopping import Stopped, stoppable

if __name__ == "__main__":
    try:
        with (
            stoppable(),
            running_stack(chosen_ports(None), keeps_data=True, state=Path(sys.argv[1])) as stack,
        ):
            print("ready", stack.ports.web, *(child.process.pid for child in stack.children), flush=True)
            signal.pause()
    except Stopped as stopped:
        sys.exit(stopped.exit_code)
