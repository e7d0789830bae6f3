"""The weekly report as a page. Aggregates only: it names no patient."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from heartvoice.dashboard import wording
from heartvoice.dashboard.charts import Axis, Chart, Sample, line_chart
from heartvoice.dashboard.selectors.trends import Trend
from heartvoice.dashboard.staff import staff_of, staff_page
from heartvoice.reports.weekly import current_week, week_bounds, weekly_report


@require_safe
@staff_page
def weekly(request: HttpRequest) -> HttpResponse:
    """The figures of an ISO week for the person's teams."""
    staff = staff_of(request)
    asked = request.GET.get("week") or current_week()
    try:
        start, _ = week_bounds(asked)
        report = weekly_report(asked, team_ids=list(staff.roles))
    except (ValueError, OverflowError):
        raise Http404 from None
    context = {
        "report": report,
        "start": start.date(),
        "end": start.date() + timedelta(days=6),
        "before": current_week(start - timedelta(days=7)),
        "after": current_week(start + timedelta(days=7)) if asked < current_week() else "",
        "voice": Trend("voice-score", "", "", _voice_chart(start, report["overall"]), 1),
        "days": [(start.date() + timedelta(days=day)) for day in range(7)],
        "wording": wording,
    }
    return render(request, "dashboard/report.html", context)


def _voice_chart(start: Any, figures: dict[str, Any]) -> Chart:
    samples = [
        Sample(start + timedelta(days=day, hours=12), value)
        for day, value in enumerate(figures["voice_quality_trend"])
    ]
    return line_chart(
        samples,
        start=start,
        end=start + timedelta(days=6, hours=23),
        axis=Axis(0, 100, (0.0, 25.0, 50.0, 75.0, 100.0)),
    )
