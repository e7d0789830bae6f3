"""Turns results into the report's rows: what happened, in a line that a clinician can read. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tests.safety.expectations import Outcome, Verdict
from tests.safety.report import Row, Word
from tests.safety.script import Script


def row_of(script: Script, verdict: Verdict, outcome: Outcome, word: Word, took_s: float) -> Row:
    """One patient's row."""
    return Row(
        hazard=script.hazard,
        patient=script.name,
        summary=script.summary,
        must=script.must,
        happened="; ".join(happened(outcome)),
        word=word,
        failed=tuple(f"{check.what} (found: {check.found})" for check in verdict.failed),
        known_gap=script.known_gap,
        checks=len(verdict.checks),
        took_s=round(took_s, 1),
        figures=_figures(outcome),
    )


def happened(outcome: Outcome) -> Iterator[str]:
    """The outcome in words, most important first."""
    if outcome.trouble:
        yield outcome.trouble
    alerts = [
        f"{one.severity} {one.type} ({one.rule}{', ' + one.flag if one.flag else ''})"
        for one in outcome.alerts
    ]
    yield f"alerts: {', '.join(alerts)}" if alerts else "no alert"
    sent = [
        page for page in outcome.paged if page.state in {"sent", "delivered"} and page.channel != "dashboard"
    ]
    if sent:
        yield f"{len(sent)} pages sent"
    if outcome.calls:
        first, *later = outcome.calls
        yield f"call {first.state} ({first.end_reason}), identity {first.identity}"
        if later:
            yield f"{len(later)} later call: {', '.join(f'{one.purpose} {one.state}' for one in later)}"
    else:
        yield "no call"
    yield "answers recorded" if outcome.record is not None else "no record"
    if outcome.tasks:
        yield f"tasks: {', '.join(outcome.tasks)}"


def _figures(outcome: Outcome) -> dict[str, float] | None:
    found = {
        "alert_committed": outcome.alert_committed_after_s,
        "pages_committed": outcome.pages_committed_after_s,
        "first_page_sent": outcome.sent_after_s,
    }
    if outcome.alert_committed_after_s is None:
        return None
    return {name: round(seconds, 3) for name, seconds in found.items() if seconds is not None}
