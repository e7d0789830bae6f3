from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heartvoice.rotation import rotate
from heartvoice.shared.errors import PHIError


class Command(BaseCommand):
    help = "Re-seals all protected columns under the first key of PHI_KEYS. May be stopped and started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500)
        parser.add_argument("--dry-run", action="store_true", help="Only count what older keys still seal.")

    def handle(self, *args: Any, **options: Any) -> None:
        left = 0
        try:
            for progress in rotate(batch=options["batch"], dry_run=options["dry_run"]):
                left += progress.left
                if progress.resealed or progress.left:
                    self.stdout.write(
                        f"{progress.column}: {progress.resealed} re-sealed, {progress.left} left"
                    )
        except PHIError as error:
            raise CommandError(f"{error}: keep the old key in PHI_KEYS and look at this row") from None
        self.stdout.write(
            "older keys can be retired" if left == 0 else f"{left} value(s) still under an older key"
        )
