"""Print DATABASE_URL=... and REDIS_URL=... of freshly started servers and stay until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from heartvoice.demo.processes import ProcessFailed
from heartvoice.demo.servers import Busy, running_servers

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run servers", description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="keep the database here (default: a temporary folder)")
    parser.add_argument("--durable", action="store_true", help="survive a power loss (slower)")
    options = parser.parse_args()
    # Held back until both servers are up, so that a stop in between still ends them in order.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        with running_servers(options.data_dir, durable=options.durable) as urls:
            for name, value in urls.environment().items():
                print(f"{name}={value}", flush=True)
            signal.sigwait(STOP_SIGNALS)
    except (Busy, ProcessFailed) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
