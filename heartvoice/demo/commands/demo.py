"""The whole system with one check-in call at once: `./run demo`. Stays up until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time

from heartvoice.demo.environment import chosen_ports
from heartvoice.demo.launcher import Stack, running_stack
from heartvoice.demo.processes import ProcessFailed
from heartvoice.demo.servers import Busy
from heartvoice.demo.servers.postgres import HOST
from heartvoice.demo.staff import STAFF
from heartvoice.demo.stopping import Stopped, stoppable

PORT = 8000
PERSONA = "weight_gain"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"where the dashboard listens (default {PORT})"
    )
    parser.add_argument("--persona", default=PERSONA, help=f"who is called at once (default {PERSONA})")
    parser.add_argument("--no-call", action="store_true", help="start the system only")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier starts have written")
    options = parser.parse_args(arguments)
    if not _is_free(options.port):
        print(f"port {options.port} is in use; choose another with --port", file=sys.stderr)
        return 1
    print("Starting PostgreSQL, Valkey, web, workers, the voice agent and the telephone ...", flush=True)
    try:
        with (
            stoppable(),
            running_stack(chosen_ports(options.port), keeps_data=True, fresh=options.fresh) as stack,
        ):
            _introduce(stack)
            if not options.no_call:
                _call(stack, options.persona)
            print("\nThe system stays up. Ctrl-C stops everything.", flush=True)
            _stay(stack)
    except Stopped:
        print("\nStopped.", flush=True)
    except Busy as busy:
        print(f"the demo is already running ({busy})", file=sys.stderr)
        return 1
    except ProcessFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _introduce(stack: Stack) -> None:
    from heartvoice.demo.seed.rows import password_of  # needs Django, which the stack has set up

    print(f"\nDashboard  {stack.ports.web_url}/")
    for name, role, *_ in STAFF:
        print(f"Log in as  {name:8} {password_of(name)}  ({role})")
    print(f"Logs       {os.path.relpath(stack.logs)}\n", flush=True)


def _call(stack: Stack, persona: str) -> None:
    from heartvoice.demo.checkin_call import run

    run(persona, phone_url=stack.ports.phone_url)


def _stay(stack: Stack) -> None:
    """Sleep until a signal, or until a part of the system has ended."""
    while True:
        time.sleep(1.0)
        stack.check()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
