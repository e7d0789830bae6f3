"""E01 to E13 and E18: emergencies that words alone can tell. Pure.

Source: docs/clinical/emergencies.md, one row per rule. An event at an unknown time counts as recent.
"""

from __future__ import annotations

from alerts.rules.facts import FlagFact
from alerts.rules.given import answered
from alerts.rules.outcomes import Finding, Outcome, from_flags, together, verdict
from alerts.rules.registry import Case, row
from alerts.severity import Severity

HOURS_PER_DAY = 24.0
WORST = 4  # the scale's end


def when(flags: tuple[FlagFact, ...]) -> str:
    """When the latest of these last happened, for a nurse: "now", "5 h ago", "3 days ago", "time not known"."""
    known = [flag.hours_ago for flag in flags if flag.hours_ago is not None]
    if len(known) < len(flags):
        return "time not known"
    latest = min(known)
    if latest < 1:
        return "now"
    return f"{latest:.0f} h ago" if latest <= 2 * HOURS_PER_DAY else f"{latest / HOURS_PER_DAY:.0f} days ago"


def _ages(flags: tuple[FlagFact, ...]) -> list[str]:
    return ["unknown" if flag.hours_ago is None else f"{flag.hours_ago:g}" for flag in flags]


def within(flags: tuple[FlagFact, ...], hours: float) -> tuple[FlagFact, ...]:
    """The flags at most `hours` old (inclusive), or of unknown age."""
    return tuple(flag for flag in flags if flag.within(hours))


def _said(case: Case, what: str, severity: Severity, flags: tuple[FlagFact, ...]) -> Outcome:
    """A finding that rests on words."""
    names = sorted({flag.name for flag in flags})
    inputs = {"flags": names, "hours_ago": _ages(flags)}
    return case.finding(severity, f"{what} ({when(flags)})", inputs, from_flags(flags))


def _this_week(case: Case, what: str) -> Outcome:
    """Critical if one of the row's flags is at most a week old."""
    recent = within(case.facts.flagged(*case.rule.flags), case.rule["week_h"])
    return _said(case, what, Severity.CRITICAL, recent) if recent else case.clear()


def _day_or_week(case: Case, what: str) -> Outcome:
    """Critical within `recent_h`, high within `week_h`."""
    flags = case.facts.flagged(*case.rule.flags)
    if recent := within(flags, case.rule["recent_h"]):
        return _said(case, what, Severity.CRITICAL, recent)
    if older := within(flags, case.rule["week_h"]):
        return _said(case, what, Severity.HIGH, older)
    return case.clear()


@row("E01", params=["recent_h"])
def e01(case: Case) -> Outcome:
    recent = within(case.facts.flagged("chest_pain"), case.rule["recent_h"])
    return _said(case, "Chest pain or pressure", Severity.CRITICAL, recent) if recent else case.clear()


@row("E02", params=["week_h"])
def e02(case: Case) -> Outcome:
    if case.found("E01"):
        return case.clear()
    older = within(case.facts.flagged("chest_pain"), case.rule["week_h"])
    return _said(case, "Chest pain earlier this week", Severity.HIGH, older) if older else case.clear()


@row("E03", params=["score", "recent_h", "week_h"])
def e03(case: Case) -> Outcome:
    """Words beat the score: a documented baseline as bad as the score lowers its finding to high, never the words'.

    A score that was said ("Four.") is a score, whether the model has recorded it yet or not.
    """
    heard = case.facts.flagged("severe_dyspnea")
    flags = tuple(flag for flag in heard if not flag.by_score)
    if recent := within(flags, case.rule["recent_h"]):
        return _said(case, "Breathless at rest", Severity.CRITICAL, recent)
    score, scored = case.facts.answers.shortness_of_breath, tuple(flag for flag in heard if flag.by_score)
    if scored or (score is not None and score >= case.rule["score"]):
        documented = case.facts.record.documented_dyspnea
        usual = _is_usual(case, score, scored)
        said = f"{score} of 4" if score is not None else f"{case.rule['score']:g} of 4, or more"
        text = f"Shortness of breath {said}" + (" (documented as usual)" if usual else "")
        inputs = {"shortness_of_breath": score, "documented_baseline": documented}
        evidence = [*from_flags(scored), *answered(case.facts, "shortness_of_breath")]
        return case.finding(Severity.HIGH if usual else Severity.CRITICAL, text, inputs, evidence)
    if older := within(flags, case.rule["week_h"]):
        return _said(case, "Breathless at rest earlier this week", Severity.HIGH, older)
    return verdict(case.rule, [] if score is not None else ["shortness_of_breath"])


def _is_usual(case: Case, score: int | None, scored: tuple[FlagFact, ...]) -> bool:
    """True when a clinician has documented a score as bad as this one. One that was only said is taken for the worst,
    unless the phrase scanner, which knows its number, has found it to be usual.
    """
    documented = case.facts.record.documented_dyspnea
    if documented is None:
        return False
    if score is not None and score >= case.rule["score"]:
        return documented >= score
    return documented >= WORST or all(flag.severity is Severity.HIGH for flag in scored)


@row("E04", params=["week_h"])
def e04(case: Case) -> Outcome:
    return _this_week(case, "Pink or frothy sputum")


@row("E05", params=["recent_h", "week_h", "failed_answers"])
def e05(case: Case) -> Outcome:
    failed = case.facts.answers.orientation_failed
    words = _day_or_week(case, "New confusion or cannot be roused")
    if failed is None or failed < case.rule["failed_answers"]:
        return words
    evidence = answered(case.facts, "orientation_failed")
    text, inputs = f"{failed} orientation answers failed", {"orientation_failed": failed}
    tested = case.finding(Severity.CRITICAL, text, inputs, evidence)
    return together([tested, words]) if isinstance(words, Finding) else tested


@row("E06", params=["fall_h", "faint_h"])
def e06(case: Case) -> Outcome:
    """Fall since the last check-in, or in the last 7 days if that is longer, with a danger sign."""
    facts, window_h = case.facts, fall_window_h(case)
    head = within(facts.flagged("head_injury"), window_h)
    falls = within(facts.flagged("fall"), window_h)
    thinner = facts.record.blood_thinner
    if head and (falls or thinner):
        return _said(case, "Fall with a blow to the head", Severity.CRITICAL, head + falls)
    if head:
        return _said(case, "Blow to the head", Severity.HIGH, head)
    if not falls:
        return case.clear()
    faints = within(facts.flagged("syncope"), case.rule["faint_h"])
    signs = {sign for fall in falls for sign in fall.markers & {"on_floor", "cannot_bear_weight", "fainted"}}
    if signs or faints:
        return _said(case, "Fall with danger signs", Severity.CRITICAL, falls + faints)
    if thinner:
        return _said(case, "Fall on a blood thinner", Severity.CRITICAL, falls)
    return verdict(case.rule, ["blood_thinner"] if thinner is None else [])


def fall_window_h(case: Case) -> float:
    """Hours back to the last check-in, at least the row's `fall_h` (first call ever: `fall_h`)."""
    last = case.facts.last_check_in_at
    since = 0.0 if last is None else (case.facts.now - last).total_seconds() / 3600
    return max(case.rule["fall_h"], since)


@row("E07", params=["fall_h"])
def e07(case: Case) -> Outcome:
    if case.found("E06"):
        return case.clear()
    falls = within(case.facts.flagged("fall"), case.rule["fall_h"])
    return _said(case, "Fall", Severity.HIGH, falls) if falls else case.clear()


@row("E08", params=["recent_h", "week_h"])
def e08(case: Case) -> Outcome:
    return _day_or_week(case, "Fainted")


@row("E09", params=["recent_h", "week_h"])
def e09(case: Case) -> Outcome:
    return _day_or_week(case, "Stroke sign")


@row("E10")
def e10(case: Case) -> Outcome:
    """No age limit: the scanner tells a past attempt (suicide_history) from a present wish."""
    flags = case.facts.flagged("suicidal_ideation")
    return (
        _said(case, "Suicidal thought or wish to be dead", Severity.CRITICAL, flags)
        if flags
        else case.clear()
    )


@row("E11", params=["week_h", "tablets"])
def e11(case: Case) -> Outcome:
    """How many tablets are an overdose the scanner judges, where it hears their number."""
    return _this_week(case, "Overdose")


@row("E12", params=["recent_h", "week_h"])
def e12(case: Case) -> Outcome:
    return _day_or_week(case, "Swelling of face, lip, tongue or throat")


@row("E13", params=["week_h"])
def e13(case: Case) -> Outcome:
    return _this_week(case, "Major bleeding")


@row("E18")
def e18(case: Case) -> Outcome:
    flags = case.facts.flagged("safeguarding")
    return (
        _said(case, "Abuse, neglect or denied medicine disclosed", Severity.HIGH, flags)
        if flags
        else case.clear()
    )


ROWS = (e01, e02, e03, e04, e05, e06, e07, e08, e09, e10, e11, e12, e13, e18)
