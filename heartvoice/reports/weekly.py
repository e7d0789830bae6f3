"""The weekly report of the original design, per care team and over all, with what tells whether alerts help.

Aggregates only: no patient is named.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, F, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from alerts.models import Alert
from biomarkers.models import VoiceBiomarker
from calls.budget import spending
from calls.models import Call
from patients.models import CareTeam, Patient, TimeLog

CLINICAL_ACTIONS = ("emergency_services", "same_day_visit", "drug_change", "education")


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """How often a rule spoke and how often a nurse acted on it."""

    rule_id: str
    alerts: int
    resolved: int
    acted_on: int
    ppv: float | None


@dataclass(frozen=True, slots=True)
class WeeklyFigures:
    """One ISO week, Monday first. None means that nothing was there to measure."""

    total_calls: int
    completed_calls: int
    average_duration_s: float | None
    completion_rate: float | None
    voice_quality_trend: list[float | None]
    calls_by_day: list[int]
    alerts_by_day: list[int]
    cost_usd_by_day: list[float]
    clinical_alerts_generated: int
    alerts_by_severity: dict[str, int]
    cost_usd: float
    cost_per_call_usd: float | None
    patient_satisfaction: float | None
    biomarker_extraction_rate: float | None
    rules: list[RuleFigures]
    median_time_to_acknowledge_min: float | None
    breach_percent: float | None
    nurse_minutes_per_patient: float | None


def week_bounds(week: str, zone: tzinfo = UTC) -> tuple[datetime, datetime]:
    """Where an ISO week such as `2026-W47` begins and ends in this time zone. Raises ValueError."""
    try:
        monday = date.fromisoformat(f"{week}-1")
    except ValueError:
        raise ValueError("a week looks like 2026-W47") from None
    start = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    return start, start + timedelta(days=7)


def current_week(now: datetime | None = None) -> str:
    """The ISO week of this moment in its own zone; of now in the zone of the page when none is given."""
    year, week, _ = (now or timezone.localtime()).isocalendar()
    return f"{year}-W{week:02d}"


def weekly_report(week: str, *, team_ids: list[UUID] | None = None) -> dict[str, Any]:
    """The report as plain data: `overall`, `teams`, `budget`. `team_ids` limits it to what a user may see.

    A team's days are those of its own time zone; those of `overall` too when all teams share one, else UTC days.
    """
    teams = list(CareTeam.objects.all() if team_ids is None else CareTeam.objects.filter(pk__in=team_ids))
    zone = _shared_zone(teams)
    start, end = week_bounds(week, zone)
    spent = spending()
    return {
        "week": week,
        "from": start.date().isoformat(),
        "until": (end - timedelta(days=1)).date().isoformat(),
        "time_zone": str(zone),
        "overall": asdict(_figures(start, end, [team.pk for team in teams])),
        "teams": [
            {
                "team_id": str(team.pk),
                "team": team.name,
                "time_zone": team.time_zone,
                **asdict(_figures(*week_bounds(week, ZoneInfo(team.time_zone)), [team.pk])),
            }
            for team in teams
        ],
        "budget": {
            "today_usd": float(spent.today),
            "month_usd": float(spent.month),
            "budget_usd": float(spent.budget),
            "projected_usd": float(spent.projected),
            "warning_percent": spent.warning,
        },
    }


def _shared_zone(teams: list[CareTeam]) -> ZoneInfo:
    names = {team.time_zone for team in teams}
    return ZoneInfo(names.pop() if len(names) == 1 else "UTC")


def _figures(start: datetime, end: datetime, teams: list[UUID]) -> WeeklyFigures:
    calls = Call.objects.filter(patient__care_team__in=teams, planned_for__gte=start, planned_for__lt=end)
    talked = calls.filter(answered_at__isnull=False)
    totals = talked.aggregate(
        total=Count("pk"),
        completed=Count("pk", filter=Q(is_completed=True)),
        duration=Avg("duration_s"),
        completion=Avg("completion_percent"),
        cost=Sum("cost_usd"),
        satisfaction=Avg("satisfaction"),
    )
    alerts = Alert.objects.filter(patient__care_team__in=teams, created_at__gte=start, created_at__lt=end)
    cost = totals["cost"] or Decimal(0)
    return WeeklyFigures(
        total_calls=totals["total"],
        completed_calls=totals["completed"],
        average_duration_s=_rounded(totals["duration"], 1),
        completion_rate=_ratio(totals["completed"], totals["total"]),
        voice_quality_trend=_voice_trend(start, teams),
        calls_by_day=[int(n) for n in _by_day(talked, "planned_for", Count("pk"), start)],
        alerts_by_day=[int(n) for n in _by_day(alerts, "created_at", Count("pk"), start)],
        cost_usd_by_day=[round(n, 4) for n in _by_day(talked, "planned_for", Sum("cost_usd"), start)],
        clinical_alerts_generated=alerts.count(),
        alerts_by_severity={
            row["severity"]: row["n"] for row in alerts.values("severity").annotate(n=Count("pk"))
        },
        cost_usd=round(float(cost), 4),
        cost_per_call_usd=round(float(cost) / totals["total"], 4) if totals["total"] else None,
        patient_satisfaction=_rounded(totals["satisfaction"], 2),
        biomarker_extraction_rate=_extraction_rate(start, end, teams),
        rules=_rules(alerts),
        median_time_to_acknowledge_min=_median_acknowledge(alerts),
        breach_percent=_breaches(alerts),
        nurse_minutes_per_patient=_nurse_minutes(start, end, teams),
    )


def _by_day(rows: Any, moment: str, figure: Any, start: datetime) -> list[float]:
    """The figure of each of the seven days, Monday first; 0 where nothing happened."""
    found = rows.annotate(day=TruncDate(moment, tzinfo=start.tzinfo)).values("day").annotate(figure=figure)
    by_day = {row["day"]: float(row["figure"] or 0) for row in found}
    return [by_day.get((start + timedelta(days=offset)).date(), 0.0) for offset in range(7)]


def _voice_trend(start: datetime, teams: list[UUID]) -> list[float | None]:
    """Mean voice quality score of each of the seven days, Monday first; None for a day without a measurement."""
    rows = (
        VoiceBiomarker.objects.filter(
            patient__care_team__in=teams,
            created_at__gte=start,
            created_at__lt=start + timedelta(days=7),
            voice_quality_score__isnull=False,
        )
        .annotate(day=TruncDate("created_at", tzinfo=start.tzinfo))
        .values("day")
        .annotate(mean=Avg("voice_quality_score"))
    )
    by_day = {row["day"]: round(row["mean"], 1) for row in rows}
    return [by_day.get((start + timedelta(days=offset)).date()) for offset in range(7)]


def _extraction_rate(start: datetime, end: datetime, teams: list[UUID]) -> float | None:
    """Measured segments among those of at least two seconds."""
    counts = VoiceBiomarker.objects.filter(
        patient__care_team__in=teams,
        created_at__gte=start,
        created_at__lt=end,
        end_ms__gte=F("start_ms") + 2000,
    ).aggregate(total=Count("pk"), measured=Count("pk", filter=Q(state=VoiceBiomarker.State.MEASURED)))
    return _ratio(counts["measured"], counts["total"])


def _rules(alerts: Any) -> list[RuleFigures]:
    rows = (
        alerts.values("rule_id")
        .annotate(
            n=Count("pk"),
            resolved=Count("pk", filter=Q(state=Alert.State.RESOLVED)),
            acted=Count("pk", filter=Q(disposition__in=CLINICAL_ACTIONS)),
        )
        .order_by("-n", "rule_id")
    )
    return [
        RuleFigures(r["rule_id"], r["n"], r["resolved"], r["acted"], _ratio(r["acted"], r["resolved"]))
        for r in rows
    ]


def _median_acknowledge(alerts: Any) -> float | None:
    waits = sorted(
        (acknowledged - created).total_seconds() / 60
        for created, acknowledged in alerts.filter(acknowledged_at__isnull=False).values_list(
            "created_at", "acknowledged_at"
        )
    )
    if not waits:
        return None
    middle = len(waits) // 2
    return round(waits[middle] if len(waits) % 2 else (waits[middle - 1] + waits[middle]) / 2, 1)


def _breaches(alerts: Any) -> float | None:
    """Per cent of alerts with a due time that were acknowledged late, or are late now."""
    due = alerts.filter(acknowledge_due_at__isnull=False)
    total = due.count()
    late = due.filter(
        Q(acknowledged_at__gt=F("acknowledge_due_at"))
        | Q(acknowledged_at__isnull=True, resolved_at__isnull=True, acknowledge_due_at__lt=timezone.now())
    ).count()
    return round(100 * late / total, 1) if total else None


def _nurse_minutes(start: datetime, end: datetime, teams: list[UUID]) -> float | None:
    active = Patient.objects.filter(care_team__in=teams, status=Patient.Status.ACTIVE).count()
    logs = TimeLog.objects.counted().filter(
        patient__care_team__in=teams, started_at__gte=start, started_at__lt=end
    )
    minutes = sum(
        (ended - started).total_seconds() / 60
        for started, ended in logs.values_list("started_at", "ended_at")
    )
    return round(minutes / active, 2) if active else None


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)
