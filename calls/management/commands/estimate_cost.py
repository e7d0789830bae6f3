from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.estimate import estimate
from calls.pricing import prices


class Command(BaseCommand):
    help = "Explains what a call costs, item by item, with and without the provider's cache."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=float, default=6.0)
        parser.add_argument("--model", default=settings.OPENAI_REALTIME_MODEL)

    def handle(self, *args: Any, **options: Any) -> None:
        minutes, model = options["minutes"], options["model"]
        if not 0 < minutes <= 60:
            raise CommandError("--minutes must be above 0 and at most 60")
        if not prices().knows(model):
            raise CommandError(f"no price is known for {model}")
        with_cache, without = estimate(minutes, model), estimate(minutes, model, is_cached=False)
        self.stdout.write(f"{minutes:g} minutes on {model}, prices of {prices().version}, US dollars")
        self.stdout.write(f"{'':66}{'cached':>9}{'no cache':>10}")
        for one, other in zip(with_cache, without, strict=True):
            self.stdout.write(f"{one.name:66}{one.usd:9.3f}{other.usd:10.3f}")
        totals = [sum((item.usd for item in items), Decimal(0)) for items in (with_cache, without)]
        self.stdout.write(f"{'together':66}{totals[0]:9.3f}{totals[1]:10.3f}")
