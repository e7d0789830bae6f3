import json
import re
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

LIVE_SID = re.compile(r"AC(?!0{32})[0-9a-f]{32}")


class Command(BaseCommand):
    help = "Writes deterministic demo data: staff, a care team with an on-call roster, and patients with history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, required=True)
        parser.add_argument("--weeks", type=int, default=0)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REHEARSAL and LIVE_SID.fullmatch(settings.TWILIO_ACCOUNT_SID):
            raise CommandError(
                "these are live telephone credentials: demo data is refused (set TWILIO_API_BASE to a stand-in)"
            )
        from heartvoice.demo.seed.rows import seed

        if options["patients"] < 0 or options["weeks"] < 0:
            raise CommandError("--patients and --weeks must not be negative")
        try:
            result = seed(patients=options["patients"], weeks=options["weeks"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        for user in result["users"]:
            self.stdout.write(f"{user['role']:6} {user['username']:8} {user['password']}")
        self.stdout.write(f"{len(result['patients'])} patients")
