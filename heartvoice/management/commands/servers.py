"""`manage.py servers`: PostgreSQL and Valkey from wheels until Ctrl-C, as `./run servers` starts them."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Start PostgreSQL and Valkey on free loopback ports and print their URLs; see ./run servers --help."
    )

    def run_from_argv(self, argv: list[str]) -> None:
        os.execv(sys.executable, [sys.executable, "-m", "heartvoice.demo.servers", *argv[2:]])  # noqa: S606

    def handle(self, *args: Any, **options: Any) -> None:
        self.run_from_argv(["manage.py", "servers", *map(str, args)])
