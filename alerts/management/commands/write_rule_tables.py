"""`manage.py write_rule_tables`: make the tables in docs/clinical/ anew from the rule set that ships with the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from alerts.rule_tables import filled
from alerts.rules import load_ruleset


class Command(BaseCommand):
    help = "Make the tables in docs/clinical/ anew from the packaged rule set."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        rules = load_ruleset()
        for page in sorted((Path(settings.BASE_DIR) / "docs" / "clinical").glob("*.md")):
            text = page.read_text(encoding="utf-8")
            made = filled(text, rules)
            if made != text:
                page.write_text(made, encoding="utf-8")
                self.stdout.write(f"{page.name} written")
