"""Commands that run in a process of their own, because this one has already read settings that are not theirs."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class HandOver(BaseCommand):
    """Becomes `python -m <module>` with the same arguments."""

    module: str

    def run_from_argv(self, argv: list[str]) -> None:
        path = os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")]))
        program = [sys.executable, "-m", self.module, *argv[2:]]
        os.execve(sys.executable, program, os.environ | {"PYTHONPATH": path})  # noqa: S606 -- our own module

    def handle(self, *args: Any, **options: Any) -> None:
        self.run_from_argv(["manage.py", self.module, *map(str, args)])
