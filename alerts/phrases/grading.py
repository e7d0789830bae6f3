"""Severity from what stands together: record facts, other flags, counts. Rules E06, E14, E15, S04, S05, S09, M02 to M05. Pure."""

from __future__ import annotations

from dataclasses import replace

from alerts.phrases.findings import Raised
from alerts.phrases.lexicon import cues
from alerts.phrases.limits import VitalLimits
from alerts.phrases.model import ScanContext, Severity
from alerts.phrases.text import Text
from alerts.phrases.vitals import MEASURED, RACING

_FAINT_SIGNS = frozenset({"syncope", "chest_pain", "severe_dyspnea", "dizziness"})
_DANGER_SIGNS = _FAINT_SIGNS - {"dizziness"}
_UNWELL = frozenset(
    {
        "syncope",
        "chest_pain",
        "severe_dyspnea",
        "dizziness",
        "palpitations",
        "palpitations_severe",
        "worsening_dyspnea",
        "near_fall",
        "confusion",
    }
)
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
    return _raised_by_scales([raised for raised in out if raised.severity != "none"])


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
    return _DANGER_SIGNS if raised.source == MEASURED else _FAINT_SIGNS


def _graded(raised: Raised, names: set[str], text: Text, context: ScanContext) -> Raised:
    facts = context.facts
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
            if _SEVERAL_SHOCKS.is_in(text) or names & _UNWELL:
                return replace(raised, severity="critical")
        case "palpitations_severe":
            if names & _FAINT_SIGNS or raised.severity is None:
                return replace(raised, severity="critical")
        case "hypotension":
            if names & context.limits.vitals.pressure_symptoms:
                return replace(raised, severity="high", rule_id="E16")
        case "weight_loss":
            if "dizziness" in names:
                return replace(raised, severity="high")
        case "missed_medication":
            return _missed(raised, text)
        case "extra_dose":
            if _DIURETIC.is_in(text) and not _CARRIED_DRUG.is_in(text):
                return replace(raised, severity="medium")
        case _:
            pass
    return raised


def _missed(raised: Raised, text: Text) -> Raised:
    if _DOSES["many_in_a_row"].is_in(text) and not pattern_every_other(text):
        return replace(raised, severity="high", rule_id="M02")
    if _DOSES["several"].is_in(text):
        return replace(raised, severity="medium", rule_id="M03")
    return raised


_EVERY_OTHER = cues("grading", "every_other")


def pattern_every_other(text: Text) -> bool:
    """True if the doses were missed now and then, not days on end."""
    return _EVERY_OTHER.is_in(text)


def _raised_by_scales(found: list[Raised]) -> list[Raised]:
    """S09: two scales up together are high. S04: weight with breathlessness goes up one level."""
    names = {raised.flag for raised in found}
    together = len(names & _SCALES) >= 2
    congested = bool(names & _CONGESTION)
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
