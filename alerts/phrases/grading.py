"""Severity from what stands together: record facts, other flags, counts. Rules E06, E14, E15, S04, S05, S09, M02 to M05. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

from alerts.phrases.findings import Raised
from alerts.phrases.lexicon import PatternSet, cues
from alerts.phrases.limits import CountLimits, ScaleLimits, VitalLimits
from alerts.phrases.model import ScanContext, Severity
from alerts.phrases.text import Text
from alerts.phrases.vitals import MEASURED, RACING

# Beside a heart that races in so many words, nearly fainting counts as fainting.
_NEARLY = frozenset({"dizziness"})
# "Two doses", "a couple of days".
# So far before "days in a row" their number stands.
_NUMBER_REACH = 2
_PAIR = frozenset({"twice", "couple", "par", "ambos", "both"})
_SCALES = frozenset({"worsening_dyspnea", "worsening_edema", "worsening_fatigue", "orthopnea_pnd"})
_CONGESTION = frozenset({"worsening_dyspnea", "orthopnea_pnd"})

_DOWN = cues("grading_ground", "down")
_SEVERAL_SHOCKS = cues("grading", "several_shocks")
_DOSES = {
    "many_in_a_row": cues("grading", "many_in_a_row"),
    "several": cues("grading", "several"),
}
_CLASSES = cues("grading", "classes")
_DIURETIC = cues("grading", "diuretic")
_CARRIED_DRUG = cues("grading", "carried_drug")


def graded_together(found: list[Raised], text: Text, context: ScanContext) -> list[Raised]:
    """The flags with the severities that the others, the record and the counts give them."""
    found = [*found, *_gone_down(found, text)]
    names = {raised.flag for raised in found}
    out = [_graded(raised, names, text, context) for raised in found]
    out = [
        replace(raised, flag="palpitations_severe", severity="critical", rule_id="E14")
        if raised.flag == "palpitations" and names & _danger_beside(raised, context.limits.vitals)
        else raised
        for raised in out
    ]
    return _raised_by_scales([raised for raised in out if raised.severity != "none"], context.limits.scales)


def _gone_down(found: list[Raised], text: Text) -> list[Raised]:
    """Who wakes on the ground after a faint has fallen too."""
    faints = [raised for raised in found if raised.flag == "syncope"]
    if not faints or any(raised.flag == "fall" for raised in found) or not _DOWN.is_in(text):
        return []
    faint = faints[0]
    return [replace(faint, flag="fall", source="syncope.down", severity=None, rule_id=None)]


def _danger_beside(raised: Raised, limits: VitalLimits) -> frozenset[str]:
    """What makes palpitations an emergency: any symptom beside a racing pulse that was counted, else a danger sign."""
    if raised.source == RACING:
        return limits.pulse_symptoms
    return limits.pulse_danger if raised.source == MEASURED else limits.pulse_danger | _NEARLY


def _graded(raised: Raised, names: set[str], text: Text, context: ScanContext) -> Raised:
    facts, limits = context.facts, context.limits
    match raised.flag:
        case "fall":
            faint = "syncope" in names or "syncope" in context.raised
            struck = "head_injury" in names or "head_injury" in context.raised
            if facts.blood_thinner or struck or faint or raised.severity == "critical":
                return replace(raised, severity="critical", rule_id="E06", age_h=None)
        case "head_injury":
            if (
                facts.blood_thinner
                or "fall" in names
                or "fall" in context.raised
                or raised.severity == "critical"
            ):
                return replace(raised, severity="critical", rule_id="E06", age_h=None)
        case "icd_shock":
            several = limits.counts.shocks <= 1 or _SEVERAL_SHOCKS.is_in(text)
            if several or names & limits.counts.shock_symptoms:
                return replace(raised, severity="critical")
        case "palpitations_severe":
            if names & (limits.vitals.pulse_danger | _NEARLY) or raised.severity is None:
                return replace(raised, severity="critical")
        case "hypotension":
            if names & limits.vitals.pressure_symptoms:
                return replace(raised, severity="high", rule_id="E16")
        case "weight_loss":
            if names & limits.dizzy:
                return replace(raised, severity="high")
        case "missed_medication":
            return _missed(raised, text, limits.counts)
        case "extra_dose":
            if _DIURETIC.is_in(text) and not _CARRIED_DRUG.is_in(text):
                return replace(raised, severity="medium")
        case _:
            pass
    return raised


def _missed(raised: Raised, text: Text, limits: CountLimits) -> Raised:
    if _reaches(_DOSES["many_in_a_row"], text, limits.missed_days) and not pattern_every_other(text):
        return replace(raised, severity="high", rule_id="M02")
    if raised.rule_id == "M02":
        return raised
    if limits.missed_doses <= 1 or _reaches(_DOSES["several"], text, limits.missed_doses):
        return replace(raised, severity="medium", rule_id="M03")
    return raised


def _reaches(patterns: PatternSet, text: Text, least: float) -> bool:
    """Whether the words tell of at least so many; those without a number ("a few") of as many as any rule wants."""
    if least == math.inf:
        return False
    for start, end in patterns.spans(text):
        told = [
            2.0 if token.word in _PAIR else token.value
            for token in text.tokens[max(0, start - _NUMBER_REACH) : end]
            if token.word in _PAIR or (token.value is not None and token.value > 1)
        ]
        if max((each for each in told if each is not None), default=math.inf) >= least:
            return True
    return False


_EVERY_OTHER = cues("grading", "every_other")


def pattern_every_other(text: Text) -> bool:
    """True if the doses were missed now and then, not days on end."""
    return _EVERY_OTHER.is_in(text)


def _raised_by_scales(found: list[Raised], limits: ScaleLimits) -> list[Raised]:
    """S09: scales that are up together are high. S04: weight with breathlessness goes up one level.

    A symptom told as worse counts as up by as much as these rules ask for.
    """
    names = {raised.flag for raised in found}
    together = len(names & _SCALES) >= limits.together
    congested = bool(names & _CONGESTION) and limits.weight_rise < math.inf
    out: list[Raised] = []
    for raised in found:
        severity: Severity = raised.graded()[0]
        if raised.flag in _SCALES and together and severity == "medium":
            out.append(replace(raised, severity="high", rule_id="S09"))
        elif raised.flag == "weight_gain" and congested and severity == "medium":
            out.append(replace(raised, severity="high", rule_id="S04"))
        else:
            out.append(raised)
    return out
