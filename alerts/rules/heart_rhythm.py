"""E14 to E17: palpitations, ICD shocks, vital signs, and a line that is lost after a flag. Pure."""

from __future__ import annotations

from alerts.rules.emergency import when, within
from alerts.rules.facts import Evidence, FlagFact
from alerts.rules.given import answered, readings
from alerts.rules.outcomes import Finding, Outcome, Value, from_flags, together, verdict
from alerts.rules.registry import Case, row
from alerts.severity import AlertType, Severity


def _symptoms(case: Case, words: str, hours: float) -> tuple[FlagFact, ...]:
    """The row's symptom flags of the last `hours`."""
    wanted = case.rule.words[words]
    return tuple(flag for flag in case.facts.flags if flag.name in wanted and flag.within(hours))


def _names(flags: tuple[FlagFact, ...]) -> list[str]:
    return sorted({flag.name for flag in flags})


@row(
    "E14",
    params=["heart_rate_bpm", "recent_h", "week_h", "dyspnea_score"],
    words=["danger_flags", "symptom_flags"],
)
def e14(case: Case) -> Outcome:
    """What was said of the heart earlier this week never hides what it does today: the worst of the three leads."""
    facts, rule = case.facts, case.rule
    score = facts.answers.shortness_of_breath
    breathless = score is not None and score >= rule["dyspnea_score"]
    found = [*_severe_words(case), *_fluttering(case, breathless), *_racing(case, breathless)]
    return together(found) if found else case.clear()


def _severe_words(case: Case) -> list[Finding]:
    severe = within(case.facts.flagged("palpitations_severe"), case.rule["week_h"])
    if not severe:
        return []
    text = f"Racing or irregular heart with danger signs ({when(severe)})"
    severity = Severity.CRITICAL if within(severe, case.rule["recent_h"]) else Severity.HIGH
    return [case.finding(severity, text, {"flags": _names(severe)}, from_flags(severe))]


def _fluttering(case: Case, breathless: bool) -> list[Finding]:
    recent = within(case.facts.flagged("palpitations"), case.rule["recent_h"])
    danger = _symptoms(case, "danger_flags", case.rule["recent_h"])
    if not recent or not (danger or breathless):
        return []
    score = case.facts.answers.shortness_of_breath
    inputs: dict[str, Value] = {"flags": _names(recent + danger), "shortness_of_breath": score}
    text = "Palpitations with faint, chest pain or breathlessness"
    evidence = [
        *from_flags(recent + danger),
        *(answered(case.facts, "shortness_of_breath") if breathless else []),
    ]
    return [case.finding(Severity.CRITICAL, text, inputs, evidence)]


def _racing(case: Case, breathless: bool) -> list[Finding]:
    rate = case.facts.vitals.heart_rate_bpm
    symptoms = _symptoms(case, "symptom_flags", case.rule["recent_h"])
    if rate is None or rate <= case.rule["heart_rate_bpm"] or not (symptoms or breathless):
        return []
    score = case.facts.answers.shortness_of_breath
    inputs: dict[str, Value] = {
        "heart_rate_bpm": rate,
        "flags": _names(symptoms),
        "shortness_of_breath": score,
    }
    evidence = [*readings(case.facts, "heart_rate_bpm"), *from_flags(symptoms)]
    evidence += answered(case.facts, "shortness_of_breath") if breathless else []
    return [case.finding(Severity.CRITICAL, f"Heart rate {rate:.0f} with symptoms", inputs, evidence)]


@row("E15", params=["shocks", "week_h", "symptom_h"], words=["symptom_flags"])
def e15(case: Case) -> Outcome:
    """An unknown number of shocks counts as one."""
    facts, rule = case.facts, case.rule
    shocks = within(facts.flagged("icd_shock"), rule["week_h"])
    if not shocks:
        return case.clear()
    count = max(flag.count or 1 for flag in shocks)
    symptoms = _symptoms(case, "symptom_flags", rule["symptom_h"])
    unwell = any("unwell" in flag.markers for flag in shocks)
    severe = count >= rule["shocks"] or bool(symptoms) or unwell
    text = f"ICD shock, {count:.0f} time{'s' if count > 1 else ''} ({when(shocks)})"
    inputs = {"shocks": count, "symptoms": _names(symptoms), "unwell": unwell}
    return case.finding(
        Severity.CRITICAL if severe else Severity.HIGH, text, inputs, from_flags(shocks + symptoms)
    )


@row(
    "E16",
    params=[
        "spo2_critical_percent",
        "spo2_high_percent",
        "heart_rate_low_bpm",
        "heart_rate_high_bpm",
        "systolic_mmhg",
        "recent_h",
    ],
    words=["symptom_flags"],
)
def e16(case: Case) -> Outcome:
    found = [*_oxygen(case), *_circulation(case)]
    return together(found) if found else _vitals_verdict(case)


def _oxygen(case: Case) -> list[Finding]:
    rule, spo2 = case.rule, case.facts.vitals.spo2_percent
    words = within(case.facts.flagged("hypoxia"), rule["recent_h"])
    found: list[Finding] = []
    if spo2 is not None and spo2 < rule["spo2_high_percent"]:
        severity = Severity.CRITICAL if spo2 < rule["spo2_critical_percent"] else Severity.HIGH
        evidence = readings(case.facts, "spo2_percent")
        text = f"Oxygen saturation {spo2:.0f} %"
        found.append(case.finding(severity, text, {"spo2_percent": spo2}, evidence))
    if words:
        # Without a number the scanner's own reading of the words decides; unread words count as the worse.
        severity = max((flag.severity or Severity.CRITICAL for flag in words), key=lambda one: one.rank)
        text = "Low oxygen reading reported"
        found.append(case.finding(severity, text, {"flags": _names(words)}, from_flags(words)))
    return found


def _circulation(case: Case) -> list[Finding]:
    rate, resting = case.facts.vitals.heart_rate_bpm, case.facts.vitals.at_rest is not False
    rule, found = case.rule, list[Finding]()
    kind, topic = AlertType.SYMPTOM_WORSENING, "circulation"
    if rate is not None and resting and not rule["heart_rate_low_bpm"] <= rate <= rule["heart_rate_high_bpm"]:
        text, evidence = f"Resting heart rate {rate:.0f}", readings(case.facts, "heart_rate_bpm")
        inputs: dict[str, Value] = {"heart_rate_bpm": rate}
        found.append(case.finding(Severity.HIGH, text, inputs, evidence, alert_type=kind, topic=topic))
    pressure = case.facts.vitals.systolic_mmhg
    symptoms = _symptoms(case, "symptom_flags", rule["recent_h"])
    words = within(case.facts.flagged("hypotension"), rule["recent_h"])
    low = pressure is not None and pressure < rule["systolic_mmhg"]
    if symptoms and (low or words):
        text = "Low blood pressure with symptoms" + (f": {pressure:.0f} mmHg" if pressure is not None else "")
        inputs = {"systolic_mmhg": pressure, "flags": _names(words + symptoms)}
        evidence = [*readings(case.facts, "systolic_mmhg"), *from_flags(words + symptoms)]
        found.append(case.finding(Severity.HIGH, text, inputs, evidence, alert_type=kind, topic=topic))
    return found


def _vitals_verdict(case: Case) -> Outcome:
    vitals = case.facts.vitals
    known = {
        "spo2_percent": vitals.spo2_percent,
        "heart_rate_bpm": vitals.heart_rate_bpm,
        "systolic_mmhg": vitals.systolic_mmhg,
    }
    return verdict(case.rule, [name for name, value in known.items() if value is None])


@row("E17", params=["silence_s"])
def e17(case: Case) -> Outcome:
    facts = case.facts
    told = facts.flagged("call_lost_after_flag")
    silent = facts.call.silence_s is not None and facts.call.silence_s >= case.rule["silence_s"]
    if told or (facts.call.emergency_flagged and (facts.call.line_lost or silent)):
        inputs = {"line_lost": facts.call.line_lost, "silence_s": facts.call.silence_s}
        evidence = from_flags(told) or (Evidence("event", "call_lost_after_flag", facts.now),)
        return case.finding(
            Severity.CRITICAL, "Line lost or silent after an emergency flag", inputs, evidence
        )
    return case.clear()


ROWS = (e14, e15, e16, e17)
