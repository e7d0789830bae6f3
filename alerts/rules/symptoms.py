"""S06 to S13: breathing, swelling, fatigue, sleep, mood and quality of life against the patient's own usual. Pure."""

from __future__ import annotations

from alerts.rules.baseline import baseline, baseline_before, rise
from alerts.rules.emergency import when, within
from alerts.rules.facts import SYMPTOM_SCALES, Scale
from alerts.rules.given import answered, readings
from alerts.rules.outcomes import Finding, Outcome, Value, from_flags, verdict
from alerts.rules.registry import Case, row
from alerts.severity import Severity

NAMES: dict[Scale, str] = {
    "shortness_of_breath": "shortness of breath",
    "swelling": "swelling",
    "fatigue": "fatigue",
    "sleep_difficulty": "sleep",
    "quality_of_life": "quality of life",
    "mood_assessment": "mood",
}


def _unanswered(case: Case, *scales: Scale) -> list[str]:
    return [scale for scale in scales if case.facts.answers.scale(scale) is None]


def _no_rise(case: Case, *scales: Scale) -> list[str]:
    """What is missing to compare these scales with their baseline."""
    missing: list[str] = []
    for scale in scales:
        if case.facts.answers.scale(scale) is None:
            missing.append(scale)
        elif baseline(case.facts, scale, case.rules) is None:
            missing.append(f"{scale}_baseline")
    return missing


@row("S06", params=["sleep_score", "week_h"])
def s06(case: Case) -> Outcome:
    """Needing extra pillows counts as new unless the usual sleep score already says so."""
    flags = within(case.facts.flagged("orthopnea_pnd"), case.rule["week_h"])
    if flags:
        text = f"New orthopnoea or waking breathless ({when(flags)})"
        return case.finding(Severity.HIGH, text, {"flags": ["orthopnea_pnd"]}, from_flags(flags))
    sleep, usual = case.facts.answers.sleep_difficulty, baseline(case.facts, "sleep_difficulty", case.rules)
    needs = case.rule["sleep_score"]
    if sleep is not None and sleep >= needs and (usual is None or usual < needs):
        inputs: dict[str, Value] = {"sleep_difficulty": sleep, "baseline": usual}
        text = f"Needs pillows or a chair to sleep: {sleep} of 4, usually {_usual(usual)}"
        return case.finding(Severity.HIGH, text, inputs, answered(case.facts, "sleep_difficulty"))
    return verdict(case.rule, _unanswered(case, "sleep_difficulty"))


def _usual(value: float | None) -> str:
    return "not known" if value is None else f"{value:g}"


@row("S07", params=["score", "rise"])
def s07(case: Case) -> Outcome:
    much = tuple(flag for flag in case.facts.flagged("worsening_dyspnea") if "much_worse" in flag.markers)
    if much:
        return case.finding(
            Severity.HIGH, "Breathing much worse", {"flags": ["worsening_dyspnea"]}, from_flags(much)
        )
    score, by = case.facts.answers.shortness_of_breath, rise(case.facts, "shortness_of_breath", case.rules)
    if score is None:
        return verdict(case.rule, ["shortness_of_breath"])
    if score >= case.rule["score"] or (by is not None and by >= case.rule["rise"]):
        usual = baseline(case.facts, "shortness_of_breath", case.rules)
        inputs: dict[str, Value] = {"shortness_of_breath": score, "baseline": usual}
        text = f"Shortness of breath {score} of 4, usually {_usual(usual)}"
        return case.finding(Severity.HIGH, text, inputs, answered(case.facts, "shortness_of_breath"))
    return verdict(case.rule, _no_rise(case, "shortness_of_breath"))


@row("S08", params=["dyspnea_rise", "other_rise"])
def s08(case: Case) -> Outcome:
    facts, rule = case.facts, case.rule
    rises = {scale: rise(facts, scale, case.rules) for scale in SYMPTOM_SCALES}
    up = [
        scale
        for scale, by in rises.items()
        if by is not None and by >= rule["dyspnea_rise" if scale == "shortness_of_breath" else "other_rise"]
    ]
    words = facts.flagged("worsening_dyspnea", "worsening_edema", "worsening_fatigue")
    if not (up or words):
        return verdict(rule, _no_rise(case, *SYMPTOM_SCALES))
    inputs: dict[str, Value] = {scale: facts.answers.scale(scale) for scale in up}
    inputs |= {"flags": sorted({flag.name for flag in words})}
    text = (
        ", ".join(f"{NAMES[scale]} up {rises[scale]:g}" for scale in up)
        or "Worse, in the patient's own words"
    )
    evidence = [*answered(case.facts, *up), *from_flags(words)]
    return case.finding(Severity.MEDIUM, text[:1].upper() + text[1:], inputs, evidence)


@row("S09", params=["rise", "scales", "running"])
def s09(case: Case) -> Outcome:
    rule = case.rule
    rises = {scale: rise(case.facts, scale, case.rules) for scale in SYMPTOM_SCALES}
    up = [scale for scale, by in rises.items() if by is not None and by >= rule["rise"]]
    if len(up) >= rule["scales"]:
        text = "Worse together: " + ", ".join(NAMES[scale] for scale in up)
        inputs: dict[str, Value] = {scale: rises[scale] for scale in up}
        return case.finding(Severity.HIGH, text, inputs, answered(case.facts, *up))
    running = [scale for scale in SYMPTOM_SCALES if _stays_up(case, scale)]
    if running:
        text = f"Up on {rule['running']:.0f} check-ins running: " + ", ".join(
            NAMES[scale] for scale in running
        )
        return case.finding(Severity.HIGH, text, {"scales": list(running)}, answered(case.facts, *running))
    return verdict(rule, _no_rise(case, *SYMPTOM_SCALES))


def _stays_up(case: Case, scale: Scale) -> bool:
    """Today and the check-ins before it all lie above what was usual before the first of them."""
    earlier = int(case.rule["running"]) - 1
    run = case.facts.history[-earlier:] if earlier else ()
    today = case.facts.answers.scale(scale)
    if today is None or len(run) < earlier:
        return False
    start = run[0].at if run else case.facts.now
    usual = baseline_before(case.facts, scale, case.rules, start)
    scores = [today, *(past.answers.scale(scale) for past in run)]
    return usual is not None and all(
        score is not None and score >= usual + case.rule["rise"] for score in scores
    )


@row("S10", params=["score"])
def s10(case: Case) -> Outcome:
    scales: tuple[Scale, ...] = ("swelling", "fatigue", "sleep_difficulty")
    scores = {scale: case.facts.answers.scale(scale) for scale in scales}
    full = [scale for scale, score in scores.items() if score is not None and score >= case.rule["score"]]
    if full:
        text = "At its worst score: " + ", ".join(f"{NAMES[scale]} {scores[scale]} of 4" for scale in full)
        inputs: dict[str, Value] = {scale: scores[scale] for scale in full}
        return case.finding(Severity.HIGH, text, inputs, answered(case.facts, *full))
    return verdict(case.rule, _unanswered(case, *scales))


@row("S11", params=["week_h"])
def s11(case: Case) -> Outcome:
    """Palpitations and low pressure that are already a finding of E14 or E16 are not repeated here.

    A low pressure without symptoms belongs here, told in words or as a reading: where it begins is E16's number.
    """
    covered = {"palpitations"} if case.found("E14") else set()
    covered |= {"hypotension"} if any(_is_of_pressure(found) for found in case.found("E16")) else set()
    wanted = [name for name in case.rule.flags if name not in covered]
    flags = within(case.facts.flagged(*wanted), case.rule["week_h"])
    pressure = case.facts.vitals.systolic_mmhg
    is_low = pressure is not None and pressure < case.rules.rule("E16")["systolic_mmhg"]
    is_low = is_low and "hypotension" not in covered
    if not (flags or is_low):
        return case.clear()
    names = sorted({flag.name for flag in flags})
    said = f"{', '.join(names).replace('_', ' ').capitalize()} ({when(flags)})" if flags else ""
    measured = f"Low blood pressure: {pressure:.0f} mmHg" if is_low else ""
    inputs: dict[str, Value] = {"flags": names} | ({"systolic_mmhg": pressure} if is_low else {})
    evidence = [*from_flags(flags), *(readings(case.facts, "systolic_mmhg") if is_low else ())]
    return case.finding(Severity.MEDIUM, "; ".join(filter(None, (said, measured))), inputs, evidence)


def _is_of_pressure(found: Finding) -> bool:
    flags = found.inputs.get("flags")
    return "systolic_mmhg" in found.inputs or (isinstance(flags, list) and "hypotension" in flags)


@row("S12", params=["kccq_drop", "kccq_drop_high", "rise"])
def s12(case: Case) -> Outcome:
    """The KCCQ is compared with the score before it; the own score with its baseline."""
    found = _kccq_drop(case)
    if found is not None and found.severity is Severity.HIGH:
        return found
    by = rise(case.facts, "quality_of_life", case.rules)
    if found is None and by is not None and by >= case.rule["rise"]:
        score = case.facts.answers.quality_of_life
        text = f"Heart limits daily life more: {score} of 4, up {by:g}"
        inputs: dict[str, Value] = {"quality_of_life": score, "rise": by}
        found = case.finding(Severity.MEDIUM, text, inputs, answered(case.facts, "quality_of_life"))
    return found or verdict(case.rule, _no_rise(case, "quality_of_life"))


def _kccq_drop(case: Case) -> Finding | None:
    today = case.facts.answers.kccq12
    earlier = [past.answers.kccq12 for past in case.facts.history if past.answers.kccq12 is not None]
    if today is None or not earlier:
        return None
    drop = round(earlier[-1] - today, 2)
    if drop < case.rule["kccq_drop"]:
        return None
    severity = Severity.HIGH if drop >= case.rule["kccq_drop_high"] else Severity.MEDIUM
    inputs: dict[str, Value] = {"kccq12": today, "before": earlier[-1]}
    return case.finding(severity, f"KCCQ-12 down {drop:g} points", inputs, answered(case.facts, "kccq12"))


@row("S13", params=["phq2", "mood_score"])
def s13(case: Case) -> Outcome:
    answers, rule = case.facts.answers, case.rule
    if answers.phq2 is not None and answers.phq2 >= rule["phq2"]:
        evidence = answered(case.facts, "phq2")
        return case.finding(Severity.MEDIUM, f"PHQ-2 score {answers.phq2}", {"phq2": answers.phq2}, evidence)
    mood = answers.mood_assessment
    history = case.facts.flagged("suicide_history")
    low = case.facts.flagged("low_mood")
    hopeless = any("hopeless" in flag.markers for flag in low)
    if mood is not None and mood >= rule["mood_score"]:
        text = f"Mood {mood} of 4 (4 is very low)"
        return case.finding(
            Severity.MEDIUM, text, {"mood_assessment": mood}, answered(case.facts, "mood_assessment")
        )
    if history or hopeless:
        text = "Past suicide attempt disclosed" if history else "Hopelessness"
        return case.finding(Severity.MEDIUM, text, {"hopeless": hopeless}, from_flags(history + low))
    if low:
        return case.finding(Severity.LOW, "Low mood mentioned", {"flags": ["low_mood"]}, from_flags(low))
    return verdict(rule, _unanswered(case, "mood_assessment"))


ROWS = (s06, s07, s08, s09, s10, s11, s12, s13)
