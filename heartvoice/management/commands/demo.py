"""`manage.py demo`: the whole system with one simulated check-in call, as `./run demo` starts it."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the whole system with one simulated check-in call; see ./run demo --help."

    def run_from_argv(self, argv: list[str]) -> None:
        # In a process of its own: this one has already read settings that are not the demo's.
        os.execv(sys.executable, [sys.executable, "-m", "heartvoice.demo.commands.demo", *argv[2:]])  # noqa: S606

    def handle(self, *args: Any, **options: Any) -> None:
        self.run_from_argv(["manage.py", "demo", *map(str, args)])
