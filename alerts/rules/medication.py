"""M01 to M08: medicines missed, stopped, doubled, or in each other's way. Maya never gives dosing advice. Pure.

Sources: 2022 AHA/ACC/HFSA guideline for the classes; thresholds are product proposals.
"""

from __future__ import annotations

from datetime import timedelta

from alerts.rules.facts import Evidence, FlagFact
from alerts.rules.given import ADHERENCE, answered
from alerts.rules.outcomes import Outcome, Value, from_flags, verdict
from alerts.rules.registry import Case, row
from alerts.severity import Severity, worst


def _classes(flags: tuple[FlagFact, ...]) -> list[str]:
    return sorted({flag.drug_class for flag in flags if flag.drug_class})


def _of_class(flag: FlagFact, classes: frozenset[str], otherwise: Severity) -> Severity:
    """High for a class of the list; an unnamed drug counts as one, unless the scanner judged the words."""
    if flag.drug_class is None:
        return flag.severity or Severity.HIGH
    return Severity.HIGH if flag.drug_class in classes else otherwise


def _not_taken(case: Case) -> list[str]:
    """Prescribed classes that the patient says are not taken as prescribed. An unknown list prescribes all."""
    known = case.facts.medicines.classes
    return sorted(
        name for name, taken in case.facts.answers.takes.items() if not taken and (not known or name in known)
    )


@row("M01", words=["classes"])
def m01(case: Case) -> Outcome:
    flags = case.facts.flagged("stopped_medication", "out_of_medication")
    severity = worst(_of_class(flag, case.rule.words["classes"], Severity.MEDIUM) for flag in flags)
    if severity is None:
        return case.clear()
    names = sorted({flag.name for flag in flags})
    text = "Ran out of a medicine" if names == ["out_of_medication"] else "Stopped a medicine"
    return case.finding(severity, text, {"flags": names, "classes": _classes(flags)}, from_flags(flags))


@row("M02", params=["days_running"], words=["classes"])
def m02(case: Case) -> Outcome:
    flags = tuple(
        flag
        for flag in case.facts.flagged("missed_medication")
        if flag.days_running is not None
        and flag.days_running >= case.rule["days_running"]
        and (flag.drug_class is None or flag.drug_class in case.rule.words["classes"])
    )
    if flags:
        days = max(flag.days_running or 0 for flag in flags)
        inputs: dict[str, Value] = {"days_running": days, "classes": _classes(flags)}
        return case.finding(
            Severity.HIGH, f"Heart medicine missed {days:.0f} days running", inputs, from_flags(flags)
        )
    again = sorted(set(_not_taken(case)) & _not_taken_before(case) & case.rule.words["classes"])
    if again:
        text = "Not taken at two check-ins running: " + ", ".join(name.replace("_", " ") for name in again)
        return case.finding(Severity.HIGH, text, {"classes": again}, answered(case.facts, ADHERENCE))
    return verdict(case.rule, [] if case.facts.answers.takes or flags else ["takes"])


def _not_taken_before(case: Case) -> set[str]:
    """Classes not taken at the check-in before, if that was at least `days_running` - 1 days and at most a week ago."""
    if not case.facts.history:
        return set()
    before = case.facts.history[-1]
    age = case.facts.now - before.at
    if not timedelta(days=case.rule["days_running"] - 1) <= age <= timedelta(days=7):
        return set()
    return {name for name, taken in before.answers.takes.items() if not taken}


def _missed(case: Case) -> tuple[float | None, tuple[FlagFact, ...]]:
    """Doses missed this week: the highest figure known. A missed dose without a number is one."""
    flags = case.facts.flagged("missed_medication")
    told = [flag.count if flag.count is not None else 1.0 for flag in flags]
    answer = case.facts.answers.missed_doses_week
    known = told if answer is None else [float(answer), *told]
    return (max(known) if known else None), flags


@row("M03", params=["missed_week"])
def m03(case: Case) -> Outcome:
    missed, flags = _missed(case)
    if missed is not None and missed >= case.rule["missed_week"]:
        text = f"{missed:.0f} doses missed in 7 days"
        return case.finding(
            Severity.MEDIUM,
            text,
            {"missed_doses_week": missed},
            (*from_flags(flags), *answered(case.facts, ADHERENCE)),
        )
    not_taken = _not_taken(case)
    if not_taken:
        text = "Not taken as prescribed: " + ", ".join(name.replace("_", " ") for name in not_taken)
        return case.finding(Severity.MEDIUM, text, {"classes": not_taken}, answered(case.facts, ADHERENCE))
    return verdict(case.rule, [] if missed is not None else ["missed_doses_week"])


@row("M04", params=["missed_week"])
def m04(case: Case) -> Outcome:
    if case.found("M03"):
        return case.clear()
    missed, flags = _missed(case)
    if missed is not None and missed >= case.rule["missed_week"]:
        evidence = [*from_flags(flags), *answered(case.facts, ADHERENCE)]
        return case.finding(Severity.LOW, "One dose missed", {"missed_doses_week": missed}, evidence)
    return verdict(case.rule, [] if missed is not None else ["missed_doses_week"])


@row("M05", words=["dangerous_classes"])
def m05(case: Case) -> Outcome:
    flags = case.facts.flagged("extra_dose")
    severity = worst(_of_class(flag, case.rule.words["dangerous_classes"], Severity.MEDIUM) for flag in flags)
    if severity is None:
        return case.clear()
    return case.finding(severity, "Extra dose by mistake", {"classes": _classes(flags)}, from_flags(flags))


@row("M06", words=["risk_classes"])
def m06(case: Case) -> Outcome:
    flags = case.facts.flagged("sick_day")
    if not flags:
        return case.clear()
    at_risk = sorted(case.facts.medicines.classes & case.rule.words["risk_classes"])
    text = "Vomiting, diarrhoea or cannot keep tablets down"
    return case.finding(Severity.HIGH, text, {"sick_day_risk_classes": at_risk}, from_flags(flags))


@row("M07", words=["never_together", "harmful_names"])
def m07(case: Case) -> Outcome:
    medicines, words = case.facts.medicines, case.rule.words
    if words["never_together"] <= medicines.classes:
        text = "ACE inhibitor and ARNI are both on the list"
        evidence = [Evidence("record", "medication list", case.facts.now)]
        return case.finding(Severity.HIGH, text, {"classes": sorted(words["never_together"])}, evidence)
    flags = case.facts.flagged("interacting_drug")
    listed = sorted(medicines.names & words["harmful_names"])
    if flags or listed:
        text = "Interacting drug reported" if flags else f"On the list: {', '.join(listed)}"
        return case.finding(Severity.MEDIUM, text, {"listed": listed}, from_flags(flags))
    return case.clear()


@row("M08")
def m08(case: Case) -> Outcome:
    if effects := case.facts.flagged("side_effect", "minor_bleeding"):
        names = sorted({flag.name for flag in effects})
        text = "Minor bleeding reported" if names == ["minor_bleeding"] else "Side effect reported"
        return case.finding(Severity.MEDIUM, text, {"flags": names}, from_flags(effects))
    if questions := case.facts.flagged("medication_question"):
        return case.finding(Severity.LOW, "Question about a medicine", {}, from_flags(questions))
    return case.clear()


ROWS = (m01, m02, m03, m04, m05, m06, m07, m08)
