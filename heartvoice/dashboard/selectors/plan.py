"""What the plan and the time log of one patient read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q
from django.utils import timezone

from alerts.models import CareTask
from alerts.overrides import Adjustable, adjustable
from alerts.ruleset import RuleSet
from alerts.selectors import ruleset_in_force
from heartvoice.dashboard.minutes import PROGRAMMES, Logged, Month, month_of
from heartvoice.dashboard.staff import Staff
from patients.models import Patient, ThresholdOverride, TimeLog, TimeLogChange

SETTLED_SHOWN = timedelta(days=30)
LISTED = 100


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Tasks, personal thresholds with their history, and what may be set."""

    tasks: Sequence[CareTask]
    settled: Sequence[CareTask]
    overrides: Sequence[ThresholdOverride]
    adjustable: Sequence[Adjustable]
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class TimePage:
    """One month of minutes: the entries, newest first, and what they come to."""

    month: datetime
    before: str
    after: str
    entries: Sequence[TimeLog]
    months: Sequence[Month]


def plan_page(patient: Patient) -> PlanPage:
    """Three queries."""
    since = timezone.now() - SETTLED_SHOWN
    tasks = list(
        CareTask.objects.filter(patient=patient)
        .filter(Q(state="open") | Q(done_at__gte=since))
        .select_related("owner")
        .order_by("due_at")[:LISTED]
    )
    rules = ruleset_in_force()
    return PlanPage(
        tasks=[task for task in tasks if task.state == CareTask.State.OPEN],
        settled=[task for task in reversed(tasks) if task.state != CareTask.State.OPEN],
        overrides=list(
            ThresholdOverride.objects.filter(patient=patient)
            .select_related("set_by", "revoked_by")
            .order_by("-created_at")[:LISTED]
        ),
        adjustable=adjustable(rules),
        rules=rules,
    )


def time_page(patient: Patient, *, staff: Staff, asked: str) -> TimePage:
    """The month that is asked for (2026-11), else the present one. Two queries."""
    now = staff.now()
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    try:
        wanted = datetime.strptime(asked, "%Y-%m")  # noqa: DTZ007  (only its year and month are used)
        first = first.replace(year=wanted.year, month=wanted.month)
    except ValueError:
        pass
    following = (first + timedelta(days=32)).replace(day=1)
    entries = list(
        TimeLog.objects.filter(patient=patient, started_at__gte=first, started_at__lt=following)
        .select_related("staff")
        .prefetch_related(Prefetch("changes", TimeLogChange.objects.select_related("by")))
        .order_by("-started_at")
    )
    logged = [
        Logged(
            entry.programme,
            (entry.ended_at - entry.started_at).total_seconds() / 60,
            entry.is_interactive,
        )
        for entry in entries
        if entry.withdrawn_at is None
    ]
    return TimePage(
        month=first,
        before=f"{first - timedelta(days=1):%Y-%m}",
        after="" if following > now else f"{following:%Y-%m}",
        entries=entries,
        months=[month_of(programme, logged) for programme in PROGRAMMES],
    )
