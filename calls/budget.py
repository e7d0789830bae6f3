"""What voice costs this day and month, what the month will come to, and what carries scheduled calls then."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from calls.models import Call, UsageEntry

WARN_AT = (Decimal("0.80"), Decimal("0.95"))
ZERO = Decimal(0)
OVER_BUDGET = {"questionnaire": Call.Mode.QUESTIONNAIRE, "mini": Call.Mode.SMALL_MODEL}


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
    day_start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    month = _sum_since(month_start(now))
    return Spending(
        today=_sum_since(day_start),
        month=month,
        budget=settings.MONTHLY_BUDGET_USD,
        projected=projected(month, now),
    )


def patient_spending(patient_id: UUID, now: datetime | None = None) -> Decimal:
    """What one patient's calls have cost since the month began."""
    return _sum_since(month_start(now or timezone.now()), call__patient_id=patient_id)


def is_within_budget(now: datetime | None = None) -> bool:
    """False when this month's budget is spent: scheduled calls then use the questionnaire."""
    return spending(now).is_within


def scheduled_mode(now: datetime | None = None) -> Call.Mode:
    """What carries a scheduled call that is placed now: Maya, or past the budget what OVER_BUDGET_CALLS names.

    Only check-ins and follow-ups that nobody is waiting for are asked about it. Emergencies, patients who call us
    and calls placed by staff are always carried by Maya.
    """
    if is_within_budget(now):
        return Call.Mode.ASSISTANT
    return OVER_BUDGET[settings.OVER_BUDGET_CALLS]


def month_start(now: datetime) -> datetime:
    """The first moment of the month, in the zone of `now` (UTC where nothing else is meant)."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _sum_since(start: datetime, **which: object) -> Decimal:
    entries = UsageEntry.objects.filter(created_at__gte=start, **which)
    return entries.aggregate(total=Sum("cost_usd"))["total"] or ZERO
