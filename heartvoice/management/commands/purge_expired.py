from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from heartvoice.retention import purge


class Command(BaseCommand):
    help = "Removes what is past RETENTION_DAYS since the last contact; legal holds stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count.")

    def handle(self, *args: Any, **options: Any) -> None:
        purged = purge(dry_run=options["dry_run"])
        verb = "would remove" if options["dry_run"] else "removed"
        self.stdout.write(f"{verb} {purged.patients} patient(s) and {purged.access_rows} access row(s)")
