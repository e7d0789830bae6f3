"""The numbers of the clinical rules that the scanner needs: those in force for the patient, else the packaged ones. Pure.

The scanner has no threshold of its own. What a clinician set for one patient holds for what the patient says as it does
for what is entered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alerts.rules import load_ruleset
from alerts.ruleset import RuleSet

LB_PER_KG = 2.2046
# Emergencies whose row says until when they are of now, and until when they count at all.
_AGED = {
    "chest_pain": ("E01", "E02"),
    "severe_dyspnea": ("E03", "E03"),
    "confusion": ("E05", "E05"),
    "unresponsive": ("E05", "E05"),
    "syncope": ("E08", "E08"),
    "stroke_signs": ("E09", "E09"),
    "angioedema": ("E12", "E12"),
    "palpitations_severe": ("E14", "E14"),
}


@dataclass(frozen=True, slots=True)
class WeightLimits:
    """Pounds: rules S01 to S03 upwards, S05 downwards, D01 for what cannot be true. Windows in hours."""

    day_gain: float
    week_gain: float
    three_day_gain: float
    day_creep: float
    week_creep: float
    day_loss: float
    week_loss: float
    lowest: float
    highest: float
    jump: float
    day_h: float
    three_day_h: float
    week_h: float
    tolerance_h: float


@dataclass(frozen=True, slots=True)
class VitalLimits:
    """Oxygen in percent, pulse per minute, systolic pressure in mmHg: rules E14 and E16, and what counts as a symptom."""

    spo2_critical: float
    spo2_high: float
    pulse_low: float
    pulse_high: float
    pulse_severe: float
    systolic: float
    pulse_symptoms: frozenset[str]
    pressure_symptoms: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScaleLimits:
    """Scores 0 to 4 and rises above the patient's usual: rules E03, S06 to S08, S10, S13."""

    dyspnea_worst: float
    dyspnea_marked: float
    dyspnea_rise_marked: float
    dyspnea_rise: float
    other_rise: float
    other_worst: float
    sleep: float
    mood: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything numeric. `recent_h` and `week_h` are by flag; `unheard` is the recogniser's confidence, 0 to 1."""

    weight: WeightLimits
    vitals: VitalLimits
    scales: ScaleLimits
    recent_h: tuple[tuple[str, float], ...]
    week_h: tuple[tuple[str, float], ...]
    unheard: float

    @property
    def counts_h(self) -> float:
        """Hours after which an event no longer counts."""
        return max(hours for _, hours in self.week_h)

    def recent(self, flag: str) -> float:
        """Hours up to which the flag counts as of now; 24 where its row does not say."""
        return dict(self.recent_h).get(flag, 24.0)


def limits_of(rules: RuleSet) -> Limits:
    """The limits of a rule set, the patient's own numbers in it."""
    value = {
        f"{rule.id}.{name}": number.value
        for rule in rules.rules.values()
        for name, number in rule.params.items()
    }
    return Limits(
        weight=WeightLimits(
            day_gain=value["S01.gain_lb"],
            week_gain=value["S02.week_gain_lb"],
            three_day_gain=value["S02.three_day_gain_kg"] * LB_PER_KG,
            day_creep=value["S03.day_gain_lb"],
            week_creep=value["S03.week_gain_lb"],
            day_loss=value["S05.day_loss_lb"],
            week_loss=value["S05.week_loss_lb"],
            lowest=value["D01.lowest_lb"],
            highest=value["D01.highest_lb"],
            jump=value["D01.jump_lb"],
            day_h=value["S01.window_h"],
            three_day_h=value["S02.three_day_h"],
            week_h=value["S02.week_h"],
            tolerance_h=rules["weight_tolerance_h"],
        ),
        vitals=VitalLimits(
            spo2_critical=value["E16.spo2_critical_percent"],
            spo2_high=value["E16.spo2_high_percent"],
            pulse_low=value["E16.heart_rate_low_bpm"],
            pulse_high=value["E16.heart_rate_high_bpm"],
            pulse_severe=value["E14.heart_rate_bpm"],
            systolic=value["E16.systolic_mmhg"],
            pulse_symptoms=rules.rule("E14").words["symptom_flags"] - {"palpitations"},
            pressure_symptoms=rules.rule("E16").words["symptom_flags"] - {"palpitations"},
        ),
        scales=ScaleLimits(
            dyspnea_worst=value["E03.score"],
            dyspnea_marked=value["S07.score"],
            dyspnea_rise_marked=value["S07.rise"],
            dyspnea_rise=value["S08.dyspnea_rise"],
            other_rise=value["S08.other_rise"],
            other_worst=value["S10.score"],
            sleep=value["S06.sleep_score"],
            mood=value["S13.mood_score"],
        ),
        recent_h=tuple((flag, value[f"{rule}.recent_h"]) for flag, (rule, _) in _AGED.items()),
        week_h=tuple((flag, value[f"{rule}.week_h"]) for flag, (_, rule) in _AGED.items()),
        unheard=value["D01.confidence"],
    )


@cache
def packaged_limits() -> Limits:
    """The limits of the rule set that ships with the code."""
    return limits_of(load_ruleset())
