"""The patient's answers and readings as evidence: which, what was given, and at which second of the call. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.rules.facts import SYMPTOM_SCALES, CheckInFacts, Evidence

SCORED = frozenset({*SYMPTOM_SCALES, "quality_of_life", "mood_assessment"})
VITALS = {"heart_rate_bpm": "/min", "systolic_mmhg": "mmHg", "spo2_percent": "%"}
ADHERENCE = "medication_adherence"


def answered(facts: CheckInFacts, *names: str) -> list[Evidence]:
    """One piece per answer that was given in this check-in, in the order asked for."""
    return [
        Evidence("answer", name, facts.now, facts.given_s.get(name), value=value)
        for name in names
        if (value := _value(facts, name)) is not None
    ]


def readings(facts: CheckInFacts, *names: str) -> list[Evidence]:
    """One piece per vital sign that was told in this check-in."""
    told = [(name, getattr(facts.vitals, name)) for name in names]
    return [
        Evidence("reading", name, facts.now, facts.given_s.get(name), value=f"{value:g} {VITALS[name]}")
        for name, value in told
        if value is not None
    ]


def _value(facts: CheckInFacts, name: str) -> str | None:
    """The answer in figures; None if it was not given."""
    answers = facts.answers
    if name == ADHERENCE:
        return _adherence(answers.takes.items(), answers.missed_doses_week)
    value = getattr(answers, name)
    if value is None:
        return None
    if name == "weight_change_lb":
        return f"{value:+g} lb"
    return f"{value} of 4" if name in SCORED else f"{value:g}"


def _adherence(takes: Iterable[tuple[str, bool]], missed: int | None) -> str | None:
    """ "not taken: loop diuretic; 2 doses missed"."""
    not_taken = sorted(name.replace("_", " ") for name, taken in takes if not taken)
    parts = [f"not taken: {', '.join(not_taken)}"] if not_taken else []
    parts += [] if missed is None else [f"{missed} doses missed in 7 days"]
    return "; ".join(parts) or None
