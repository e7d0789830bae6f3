"""The numbers of the clinical rules that the scanner needs: those in force for the patient, else the packaged ones. Pure.

The scanner has no threshold of its own. What a clinician set for one patient holds for what the patient says as it does
for what is entered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from alerts.rules import load_ruleset
from alerts.ruleset import Rule, RuleSet

LB_PER_KG = 2.2046
# Rows that say until when a flag is of now, and rows that say until when it counts at all. D01 and the windows aside,
# a number of a rule that is switched off grades nothing: nothing reaches it.
_RECENT = {
    "chest_pain": "E01",
    "severe_dyspnea": "E03",
    "confusion": "E05",
    "unresponsive": "E05",
    "syncope": "E08",
    "stroke_signs": "E09",
    "angioedema": "E12",
    "palpitations_severe": "E14",
    "hypoxia": "E16",
    "hypotension": "E16",
}
_COUNTS = {
    "chest_pain": "E02.week_h",
    "severe_dyspnea": "E03.week_h",
    "pink_frothy_sputum": "E04.week_h",
    "confusion": "E05.week_h",
    "unresponsive": "E05.week_h",
    "head_injury": "E06.fall_h",
    "fall": "E07.fall_h",
    "syncope": "E08.week_h",
    "stroke_signs": "E09.week_h",
    "overdose": "E11.week_h",
    "angioedema": "E12.week_h",
    "major_bleeding": "E13.week_h",
    "palpitations_severe": "E14.week_h",
    "icd_shock": "E15.week_h",
    "orthopnea_pnd": "S06.week_h",
    "dizziness": "S11.week_h",
    "near_fall": "S11.week_h",
    "palpitations": "S11.week_h",
    "cough_new": "S11.week_h",
    "hypotension": "S11.week_h",
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
    """Oxygen in percent, pulse per minute, systolic pressure in mmHg: rules E14 and E16, and what counts as a symptom.

    `pulse_danger` makes any palpitations an emergency, `pulse_symptoms` a racing pulse that was counted.
    """

    spo2_critical: float
    spo2_high: float
    pulse_low: float
    pulse_high: float
    pulse_severe: float
    systolic: float
    pulse_danger: frozenset[str]
    pulse_symptoms: frozenset[str]
    pressure_symptoms: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScaleLimits:
    """Scores 0 to 4 and rises above the patient's usual: rules E03, S04, S06 to S10, S13.

    `together` scales that are up by `together_rise` go up a level (S09); so does a weight beside one that is up by
    `weight_rise` (S04).
    """

    dyspnea_worst: float
    dyspnea_marked: float
    dyspnea_rise_marked: float
    dyspnea_rise: float
    other_rise: float
    other_worst: float
    sleep: float
    mood: float
    together: float
    together_rise: float
    weight_rise: float


@dataclass(frozen=True, slots=True)
class CountLimits:
    """How many make the next level: tablets (E11), shocks (E15), missed doses and days (M02 to M04), wrong answers (E05)."""

    tablets: float
    shocks: float
    shock_symptoms: frozenset[str]
    missed_days: float
    missed_doses: float
    missed_once: float
    failed_answers: float


@dataclass(frozen=True, slots=True)
class HearingLimits:
    """The recogniser's confidence, 0 to 1 (D01).

    Below `answer` no answer binds and its question is put again; a weight is asked for again below `weight` already.
    """

    answer: float
    weight: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything numeric. `recent_h` and `week_h` are by flag."""

    weight: WeightLimits
    vitals: VitalLimits
    scales: ScaleLimits
    counts: CountLimits
    hearing: HearingLimits
    recent_h: tuple[tuple[str, float], ...]
    week_h: tuple[tuple[str, float], ...]
    dizzy: frozenset[str]

    @property
    def counts_h(self) -> float:
        """Hours after which nothing counts any more, whatever it was."""
        return max(hours for _, hours in self.week_h)

    def counts_for(self, flag: str) -> float:
        """Hours after which the flag no longer counts; as long as anything does where its row does not say."""
        return dict(self.week_h).get(flag, self.counts_h)

    def recent(self, flag: str) -> float:
        """Hours up to which the flag counts as of now; the shortest of all where its row does not say."""
        return dict(self.recent_h).get(flag, min(hours for _, hours in self.recent_h))


def limits_of(rules: RuleSet) -> Limits:
    """The limits of a rule set, the patient's own numbers in it."""
    value = {
        f"{rule.id}.{name}": number.value
        for rule in rules.rules.values()
        for name, number in rule.params.items()
    }
    # A threshold, which nothing reaches while its rule is switched off.
    least = {
        key: number if _is_on(rules.rule(key.partition(".")[0])) else math.inf
        for key, number in value.items()
    }
    return Limits(
        weight=_weight(rules, value, least),
        vitals=VitalLimits(
            spo2_critical=value["E16.spo2_critical_percent"],
            spo2_high=value["E16.spo2_high_percent"],
            pulse_low=value["E16.heart_rate_low_bpm"],
            pulse_high=value["E16.heart_rate_high_bpm"],
            pulse_severe=value["E14.heart_rate_bpm"],
            systolic=value["E16.systolic_mmhg"],
            pulse_danger=rules.rule("E14").words["danger_flags"],
            pulse_symptoms=rules.rule("E14").words["symptom_flags"] - {"palpitations"},
            pressure_symptoms=rules.rule("E16").words["symptom_flags"] - {"palpitations"},
        ),
        scales=_scales(least),
        counts=CountLimits(
            tablets=value["E11.tablets"],
            shocks=value["E15.shocks"],
            shock_symptoms=rules.rule("E15").words["symptom_flags"],
            missed_days=least["M02.days_running"],
            missed_doses=least["M03.missed_week"],
            missed_once=least["M04.missed_week"],
            failed_answers=value["E05.failed_answers"],
        ),
        hearing=HearingLimits(answer=value["D01.unheard_confidence"], weight=value["D01.confidence"]),
        recent_h=tuple((flag, value[f"{rule}.recent_h"]) for flag, rule in _RECENT.items()),
        week_h=tuple((flag, value[key]) for flag, key in _COUNTS.items()),
        dizzy=rules.rule("S05").words["dizzy_flags"] if _is_on(rules.rule("S05")) else frozenset(),
    )


def _is_on(rule: Rule) -> bool:
    return rule.enabled or rule.is_emergency or rule.group == "D"


def _weight(rules: RuleSet, value: Mapping[str, float], least: Mapping[str, float]) -> WeightLimits:
    return WeightLimits(
        day_gain=least["S01.gain_lb"],
        week_gain=least["S02.week_gain_lb"],
        three_day_gain=least["S02.three_day_gain_kg"] * LB_PER_KG,
        day_creep=least["S03.day_gain_lb"],
        week_creep=least["S03.week_gain_lb"],
        day_loss=least["S05.day_loss_lb"],
        week_loss=least["S05.week_loss_lb"],
        lowest=value["D01.lowest_lb"],
        highest=value["D01.highest_lb"],
        jump=value["D01.jump_lb"],
        day_h=value["S01.window_h"],
        three_day_h=value["S02.three_day_h"],
        week_h=value["S02.week_h"],
        tolerance_h=rules["weight_tolerance_h"],
    )


def _scales(least: Mapping[str, float]) -> ScaleLimits:
    return ScaleLimits(
        dyspnea_worst=least["E03.score"],
        dyspnea_marked=least["S07.score"],
        dyspnea_rise_marked=least["S07.rise"],
        dyspnea_rise=least["S08.dyspnea_rise"],
        other_rise=least["S08.other_rise"],
        other_worst=least["S10.score"],
        sleep=least["S06.sleep_score"],
        mood=least["S13.mood_score"],
        together=least["S09.scales"],
        together_rise=least["S09.rise"],
        weight_rise=least["S04.rise"],
    )


@cache
def packaged_limits() -> Limits:
    """The limits of the rule set that ships with the code."""
    return limits_of(load_ruleset())
