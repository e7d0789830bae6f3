"""Run the web and WebSocket process alone."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from psycopg_pool import ConnectionPool

from calls.deadlines import check_connection
from heartvoice.server.drain import PROCESS
from heartvoice.server.runner import CannotListen, listening_socket, serve

HOST = "127.0.0.1"
PORT = 8000
POOL = {"min_size": 2, "max_size": 24, "timeout": 5.0}
"""A connection for each thread that may ask at a time; 5 s without one is an error, not a wait."""


class Command(BaseCommand):
    help = (
        "Serve HTTP and WebSockets; everything else comes from the environment. SIGTERM drains: readiness "
        "turns 503, live calls have up to DRAIN_SECONDS. A second one, or SIGINT, hands them over at once."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default=HOST, help=f"address to listen on (default {HOST})")
        parser.add_argument("--port", type=int, default=PORT, help=f"port to listen on (default {PORT})")
        parser.add_argument(
            "--reuse-port", action="store_true", help="share the address with other processes of this command"
        )

    def handle(self, *args: Any, host: str, port: int, reuse_port: bool, **options: Any) -> None:
        try:
            bound = listening_socket(host, port, reuse_port=reuse_port)
        except CannotListen as error:
            raise CommandError(str(error)) from None
        _pool_connections()
        from heartvoice.asgi import application  # after the address is ours: it loads the whole project

        self.stdout.write(f"listening on {host}:{bound.getsockname()[1]}", ending="\n")
        self.stdout.flush()
        serve(
            application,
            bound=bound,
            drain=PROCESS,
            drain_s=settings.DRAIN_SECONDS,
            most_calls=settings.MAX_LIVE_CALLS,
            shares_port=reuse_port,
        )


def _pool_connections() -> None:
    """Let this process reuse its connections; workers fork, and keep plain ones."""
    database = connections.settings["default"]
    if database["ENGINE"] == "django.db.backends.postgresql":
        database["OPTIONS"] = {**database.get("OPTIONS", {}), "pool": POOL}
        # Django asks the pool's own check, which waits for ever on a connection where nobody answers.
        ConnectionPool.check_connection = staticmethod(check_connection)
