"""`python -m heartvoice.demo.agent --port N`: the offline demo voice, not for patients."""

import argparse
import asyncio
import logging
import os
import signal
import sys

from heartvoice.demo.agent import LABEL
from heartvoice.demo.agent.hearing.models import ModelMissing
from heartvoice.demo.agent.hearing.pool import Hearing
from heartvoice.demo.agent.server import start

HOST = "127.0.0.1"


async def _serve(host: str, port: int) -> None:
    """Listen until SIGTERM or SIGINT. Prints `ready PORT` once it can hear and speak."""
    hearing = Hearing()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    server = await start(host, port, hearing)
    try:
        await hearing.preload()
        print(f"ready {next(iter(server.sockets)).getsockname()[1]}", flush=True)
        await stopped.wait()
    finally:
        server.close()
        await server.wait_closed()
        hearing.close()


def main() -> int:
    """Run the server; 1 when a packaged model is missing."""
    options = argparse.ArgumentParser(prog="heartvoice.demo.agent", description=LABEL)
    options.add_argument("--host", default=HOST)
    options.add_argument("--port", type=int, default=0, help="0 takes a free port")
    options.add_argument("--log-level", default="WARNING")
    chosen = options.parse_args()
    logging.basicConfig(level=chosen.log_level, format="%(levelname)s %(name)s %(message)s")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        asyncio.run(_serve(chosen.host, chosen.port))
    except ModelMissing as error:
        print(f"heartvoice.demo.agent: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
