"""The weekly report on paper: the figures of the page, for one team or all that the reader may see."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heartvoice.reports.paper import Paper


def weekly_pdf(report: dict[str, Any], *, by: str, at: datetime) -> bytes:
    """The report as PDF. `report` is weekly_report's; `by` and `at` stand in the footer."""
    footer = _("Generated %(at)s by %(by)s. Aggregates only; no patient is named.") % {
        "at": f"{at:%Y-%m-%d %H:%M %Z}",
        "by": by,
    }
    paper = Paper(
        title=f"{_('Weekly report')} {report['week']}",
        watermark=_("GENERATED"),
        footer=footer,
        language=get_language() or "en",
    )
    period = _("%(first)s to %(last)s, days in %(zone)s") % {
        "first": report["from"],
        "last": report["until"],
        "zone": report["time_zone"],
    }
    paper.heading(f"{_('Weekly report')} {report['week']}", period)
    _figures(paper, _("All teams") if len(report["teams"]) != 1 else report["teams"][0]["team"],
             report["overall"], report["from"])  # fmt: skip
    _budget(paper, report["budget"])
    if len(report["teams"]) > 1:
        for team in report["teams"]:
            paper.add_page()
            _figures(paper, team["team"], team, report["from"])
    return paper.bytes()


def _figures(paper: Paper, name: str, figures: dict[str, Any], first: str) -> None:
    paper.section(name)
    paper.facts(figure_words(figures))
    monday = date.fromisoformat(first)
    days = [date_format(monday + timedelta(days=day), "D")[:2] for day in range(7)]
    paper.ln(3)
    top = paper.get_y()
    charts = (
        (_("Calls"), figures["calls_by_day"]),
        (_("Alerts"), figures["alerts_by_day"]),
        (_("Voice quality score"), figures["voice_quality_trend"]),
    )
    for number, (label, values) in enumerate(charts):
        paper.set_y(top)
        paper.columns_chart(label, days, values, paper.l_margin + number * 61)
    paper.set_y(top + 36)
    paper.quiet(_("The voice quality score is investigational and raises no alert."))
    if figures["rules"]:
        paper.section(_("What each rule was worth"))
        header = (_("Rule"), _("Alerts"), _("Resolved"), _("Acted on"), _("Acted on, of resolved"))
        rows = [
            (rule["rule_id"], rule["alerts"], rule["resolved"], rule["acted_on"], percent(rule["ppv"]))
            for rule in figures["rules"]
        ]
        paper.rows(header, rows, (3, 2, 2, 2, 3))


def _budget(paper: Paper, budget: dict[str, Any]) -> None:
    paper.section(_("Cost this month"))
    paper.facts(
        [
            (_("Spent"), f"${budget['month_usd']:.2f}"),
            (_("Budget"), f"${budget['budget_usd']:.2f}"),
            (_("Projected"), f"${budget['projected_usd']:.2f}"),
            (_("Today"), f"${budget['today_usd']:.2f}"),
        ]
    )
    if budget["warning_percent"]:
        paper.words(
            _("More than %(percent)s %% of the budget is spent.") % {"percent": budget["warning_percent"]}
        )


def figure_words(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """The figures of a week as names and values for reading."""
    return [
        (_("Calls answered"), str(figures["total_calls"])),
        (_("Check-ins completed"), f"{percent(figures['completion_rate'])} ({figures['completed_calls']})"),
        (_("Average length"), minutes(figures["average_duration_s"])),
        (_("Satisfaction"), number(figures["patient_satisfaction"], _("of 4"))),
        (_("Alerts"), str(figures["clinical_alerts_generated"])),
        (_("Median time to acknowledge"), number(figures["median_time_to_acknowledge_min"], "min")),
        (_("Acknowledged late"), number(figures["breach_percent"], "%")),
        (_("Nurse minutes per patient"), number(figures["nurse_minutes_per_patient"])),
        (_("Voice measured"), percent(figures["biomarker_extraction_rate"])),
        (_("Cost per call"), money(figures["cost_per_call_usd"])),
        (_("Cost of the week"), money(figures["cost_usd"])),
    ]


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def number(value: float | None, unit: str = "") -> str:
    return "–" if value is None else f"{value:g} {unit}".strip()


def money(value: float | None) -> str:
    return "–" if value is None else f"${value:.2f}"


def minutes(seconds: float | None) -> str:
    return "–" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
