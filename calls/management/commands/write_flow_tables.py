"""Writes the tables of docs/clinical/flows.md from the screens and scripts in force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from calls.screens.tables import with_tables


class Command(BaseCommand):
    help = "Write the tables of docs/clinical/flows.md."

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / "docs/clinical/flows.md"
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write(f"{page.name} is up to date")
