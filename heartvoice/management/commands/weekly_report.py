import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heartvoice.reports.weekly import current_week, weekly_report


class Command(BaseCommand):
    help = "The weekly report, per team and over all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--week", default=None, help="ISO week such as 2026-W47; the current one by default."
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = weekly_report(options["week"] or current_week())
        except ValueError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(
            f"Week {report['week']} ({report['from']} to {report['until']}, {report['time_zone']})"
        )
        for figures in [{"team": "all teams", **report["overall"]}, *report["teams"]]:
            self.stdout.write(f"\n{figures['team']}")
            for name, value in figures.items():
                if name not in {"team", "team_id", "time_zone", "rules"}:
                    self.stdout.write(
                        f"  {name.replace('_', ' '):34} {value if value is not None else 'no data'}"
                    )
            for rule in figures["rules"]:
                self.stdout.write(f"  rule {rule['rule_id']}: {rule['alerts']} alerts, PPV {rule['ppv']}")
        self.stdout.write(f"\nBudget: {report['budget']}")
