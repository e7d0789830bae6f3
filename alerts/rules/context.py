"""V01 to V03, C01 to C03 and D01: voice measurements, missed contact, and answers that cannot be trusted. Pure.

A voice score alone never exceeds medium, and a good one never reassures.
"""

from __future__ import annotations

from datetime import timedelta

from alerts.rules.facts import Doubt, Evidence, KnownAlert
from alerts.rules.outcomes import Finding, Outcome, Value, verdict
from alerts.rules.registry import Case, row
from alerts.rules.weight import sort_out
from alerts.severity import AlertType, Severity, one_level_up


@row("V01")
def v01(case: Case) -> Outcome:
    voice = case.facts.voice
    if not voice:
        return verdict(case.rule, ["voice"])
    if voice[-1].outside:
        evidence = [Evidence("reading", "voice score", voice[-1].at)]
        text = "Voice outside the patient's own baseline (investigational)"
        return case.finding(Severity.LOW, text, {"score": voice[-1].score}, evidence)
    return case.clear()


@row("V02", params=["running"])
def v02(case: Case) -> Outcome:
    running = int(case.rule["running"])
    latest = case.facts.voice[-running:]
    if len(latest) < running:
        return verdict(case.rule, ["voice"])
    if all(call.outside for call in latest):
        evidence = [Evidence("reading", "voice score", call.at) for call in latest]
        text = f"Voice outside baseline on {running} valid calls running (investigational)"
        return case.finding(Severity.MEDIUM, text, {"calls": running}, evidence)
    return case.clear()


@row("V03")
def v03(case: Case) -> Outcome:
    """Raises the worst S or M alert that is open, or found now, by one level, at most to high."""
    voice = case.found("V01", "V02")
    if not voice:
        return verdict(case.rule, case.unknown("V01"))
    target = _worst_symptom_or_medication(case)
    if target is None or target.severity.rank >= Severity.HIGH.rank:
        return case.clear()
    raised = one_level_up(target.severity)
    text = f"Voice change beside an open {target.severity} alert (investigational)"
    inputs: dict[str, Value] = {"from": target.severity.value, "to": raised.value, "beside": target.rule_id}
    evidence = [piece for finding in voice for piece in finding.evidence]
    return case.finding(raised, text, inputs, evidence, alert_type=target.alert_type, topic=target.topic)


def _worst_symptom_or_medication(case: Case) -> Finding | KnownAlert | None:
    found = (done for done in case.done.values() if isinstance(done, Finding))
    known: list[Finding | KnownAlert] = [*case.facts.open_alerts, *found]
    beside = [one for one in known if one.rule_id[:1] in ("S", "M")]
    return max(beside, key=lambda one: one.severity.rank, default=None)


def _missed_text(in_a_row: int) -> str:
    return "Scheduled check-in missed" if in_a_row == 1 else f"{in_a_row} scheduled check-ins missed in a row"


@row("C01", params=["missed"])
def c01(case: Case) -> Outcome:
    missed = case.facts.missed
    if missed is None or missed.in_a_row < case.rule["missed"]:
        return case.clear()
    return case.finding(
        Severity.LOW, _missed_text(missed.in_a_row), {"in_a_row": missed.in_a_row}, _missed_at(case)
    )


@row("C02", params=["missed", "discharge_days"])
def c02(case: Case) -> Outcome:
    missed, discharged = case.facts.missed, case.facts.record.discharged_at
    if missed is None or missed.in_a_row < 1:
        return case.clear()
    days = None if discharged is None else (missed.latest_due_at - discharged) / timedelta(days=1)
    fresh = days is not None and 0 <= days <= case.rule["discharge_days"]
    if missed.in_a_row >= case.rule["missed"] or fresh:
        text = _missed_text(missed.in_a_row) + (" soon after discharge" if fresh else "")
        inputs: dict[str, Value] = {"in_a_row": missed.in_a_row, "days_since_discharge": days}
        return case.finding(Severity.MEDIUM, text, inputs, _missed_at(case))
    return case.clear()


@row("C03", params=["missed", "alert_h"])
def c03(case: Case) -> Outcome:
    missed = case.facts.missed
    if missed is None or missed.in_a_row < 1:
        return case.clear()
    since = missed.latest_due_at - timedelta(hours=case.rule["alert_h"])
    serious = [
        alert
        for alert in case.facts.recent_alerts
        if alert.severity.rank >= Severity.HIGH.rank
        and since <= alert.raised_at <= case.facts.now
        and alert.alert_type is not AlertType.MISSED_CONTACT
    ]
    if missed.in_a_row >= case.rule["missed"] or serious:
        text = _missed_text(missed.in_a_row) + (" after a serious alert" if serious else "")
        inputs: dict[str, Value] = {
            "in_a_row": missed.in_a_row,
            "after": [alert.rule_id for alert in serious],
        }
        return case.finding(Severity.HIGH, text, inputs, _missed_at(case))
    return case.clear()


def _missed_at(case: Case) -> list[Evidence]:
    missed = case.facts.missed
    return [Evidence("event", "missed check-in", missed.latest_due_at)] if missed else []


@row(
    "D01",
    params=["lowest_lb", "highest_lb", "jump_lb", "jump_h", "confidence", "unheard_confidence"],
    words=["medication_topics"],
)
def d01(case: Case) -> Outcome:
    """Weights that cannot be true, and answers the call left in doubt after one re-ask.

    Below `unheard_confidence` the scanner lets an answer bind nothing.
    """
    doubts = [doubt for doubt in case.facts.doubts if not doubt.resolved and _counts(case, doubt)]
    weights = [reading for reading in sort_out(case.facts, case.rules).doubtful if _today(case, reading.at)]
    topics = sorted({doubt.topic for doubt in doubts} | ({"weight"} if weights else set()))
    if not topics:
        return case.clear()
    medication = set(topics) <= case.rule.words["medication_topics"]
    kind = AlertType.MEDICATION_ISSUE if medication else AlertType.SYMPTOM_WORSENING
    text = "To verify: " + ", ".join(topic.replace("_", " ") for topic in topics)
    evidence = [doubt.evidence for doubt in doubts if doubt.evidence is not None]
    given_s = case.facts.given_s.get("weight_lb")
    evidence += [Evidence("reading", f"{reading.lb:.1f} lb", reading.at, given_s) for reading in weights]
    inputs: dict[str, Value] = {"topics": topics, "kinds": sorted({doubt.kind for doubt in doubts})}
    return case.finding(Severity.MEDIUM, text, inputs, evidence, alert_type=kind)


def _counts(case: Case, doubt: Doubt) -> bool:
    """Low confidence counts below the row's limit; an unknown confidence counts."""
    return (
        doubt.kind != "low_confidence"
        or doubt.confidence is None
        or doubt.confidence < case.rule["confidence"]
    )


def _today(case: Case, at: object) -> bool:
    newest = case.facts.weights[-1].at if case.facts.weights else None
    return at == newest


VOICE = (v01, v02, v03)
CONTACT = (c01, c02, c03)
DATA = (d01,)
