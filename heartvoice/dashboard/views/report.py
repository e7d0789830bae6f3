"""The weekly report as a page. Aggregates only: it names no patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heartvoice.dashboard import wording
from heartvoice.dashboard.charts import Axis, Sample, axis_for, bar_chart, line_chart
from heartvoice.dashboard.selectors.trends import Trend
from heartvoice.dashboard.staff import staff_of, staff_page, zone_of
from heartvoice.reports.views import report_for
from heartvoice.reports.weekly import current_week, week_bounds

SCORE = Axis(0, 100, (0.0, 25.0, 50.0, 75.0, 100.0))


@require_safe
@staff_page
def weekly(request: HttpRequest) -> HttpResponse:
    """The figures of an ISO week for the person's teams, or one of them."""
    staff = staff_of(request)
    report = report_for(request, staff)
    start, _end = week_bounds(report["week"], zone_of(report["time_zone"]))
    figures = report["overall"]
    team = request.GET.get("team", "")
    context = {
        "report": report,
        "start": start.date(),
        "end": start.date() + timedelta(days=6),
        "before": current_week(start - timedelta(days=7)),
        "after": current_week(start + timedelta(days=7)) if report["week"] < current_week() else "",
        "voice": _line("voice-score", _("Voice quality"), start, figures["voice_quality_trend"]),
        "daily": [
            _bars("calls-by-day", _("Calls"), "", start, figures["calls_by_day"]),
            _bars("alerts-by-day", _("Alerts"), "", start, figures["alerts_by_day"]),
            _bars("cost-by-day", _("Cost"), "USD", start, figures["cost_usd_by_day"], 2),
        ],
        "teams": [(str(pk), name) for pk, name in staff.team_names.items()],
        "team": team,
        "query": f"?week={report['week']}" + (f"&team={team}" if team else ""),
        "wording": wording,
    }
    return render(request, "dashboard/report.html", context)


def _samples(start: datetime, values: Sequence[float | None]) -> list[Sample]:
    """One sample at noon of each day."""
    return [Sample(start + timedelta(days=day, hours=12), value) for day, value in enumerate(values)]


def _line(key: str, label: str, start: datetime, values: Sequence[float | None]) -> Trend:
    chart = line_chart(
        _samples(start, values), start=start, end=start + timedelta(days=6, hours=23), axis=SCORE
    )
    return Trend(key, label, "", chart, 1)


def _bars(key: str, label: str, unit: str, start: datetime, values: Sequence[Any], places: int = 0) -> Trend:
    chart = bar_chart(
        _samples(start, values),
        start=start,
        end=start + timedelta(days=6, hours=23),
        axis=axis_for(values, include=(0, 1 if places else 4)),  # counts have whole ticks
    )
    return Trend(key, label, unit, chart, places)
