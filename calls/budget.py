"""What voice costs this day and month, what the month will come to, and whether scheduled calls may go on."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from calls.models import UsageEntry

WARN_AT = (Decimal("0.80"), Decimal("0.95"))
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Spending:
    """US dollars. `projected` assumes that the rest of the month is like its days so far."""

    today: Decimal
    month: Decimal
    budget: Decimal
    projected: Decimal

    @property
    def share(self) -> Decimal:
        """The part of the budget that is spent."""
        return self.month / self.budget

    @property
    def is_within(self) -> bool:
        return self.month < self.budget

    @property
    def warning(self) -> int | None:
        """95 or 80 when that many per cent are spent, else None."""
        passed = [limit for limit in WARN_AT if self.share >= limit]
        return int(max(passed) * 100) if passed else None


def projected(spent: Decimal, now: datetime) -> Decimal:
    """The month's total at the pace so far. The part of a day that has gone by counts as a part."""
    days = calendar.monthrange(now.year, now.month)[1]
    start = datetime(now.year, now.month, 1, tzinfo=UTC)
    gone = Decimal((now - start).total_seconds()) / 86400
    return spent if gone <= 0 else (spent / gone * days).quantize(Decimal("0.01"))


def spending(now: datetime | None = None) -> Spending:
    """Today's and this month's spending (UTC days), with the projection."""
    now = now or timezone.now()
    month_start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    day_start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    month = _sum_since(month_start)
    return Spending(
        today=_sum_since(day_start),
        month=month,
        budget=settings.MONTHLY_BUDGET_USD,
        projected=projected(month, now),
    )


def is_within_budget(now: datetime | None = None) -> bool:
    """False when this month's budget is spent: scheduled calls then use the questionnaire or wait."""
    return spending(now).is_within


def _sum_since(start: datetime) -> Decimal:
    return UsageEntry.objects.filter(created_at__gte=start).aggregate(total=Sum("cost_usd"))["total"] or ZERO
