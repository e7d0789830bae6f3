"""S01 to S05: weight up or down too fast. A weak signal: it never lowers what symptoms say. Pure.

Sources: public heart-failure zone sheets (3 lb a day, 5 lb a week), ESC 2021 (2 kg in 3 days).
"""

from __future__ import annotations

from alerts.rules.baseline import rise
from alerts.rules.outcomes import Outcome, Value, from_flags, verdict
from alerts.rules.registry import Case, row
from alerts.rules.weight import Fastest, fastest, weight_changes
from alerts.severity import Severity, one_level_up, worst
from patients.units import KG_PER_LB


def _fastest(case: Case, window_h: float, *, down: bool = False) -> Fastest:
    changes = weight_changes(case.facts, case.rules)
    return fastest(changes, window_h, case.rules["weight_tolerance_h"], down=down)


def _changed(case: Case, severity: Severity, text: str, inputs: dict[str, Value], *rates: Fastest) -> Outcome:
    evidence = [rate.change.evidence for rate in rates if rate.change is not None]
    return case.finding(severity, text, inputs, evidence)


def _unknown(**rates: Fastest) -> list[str]:
    return [name for name, rate in rates.items() if not rate.informed]


def _day_h(case: Case) -> float:
    return case.rules.rule("S01")["window_h"]


def _week_h(case: Case) -> float:
    return case.rules.rule("S02")["week_h"]


@row("S01", params=["gain_lb", "window_h"])
def s01(case: Case) -> Outcome:
    day = _fastest(case, case.rule["window_h"])
    if day.lb > case.rule["gain_lb"]:
        text = f"Weight up {day.lb:.1f} lb in {case.rule['window_h']:.0f} h"
        return _changed(case, Severity.HIGH, text, {"gain_lb": day.lb}, day)
    return verdict(case.rule, _unknown(weight_24h=day))


@row("S02", params=["week_gain_lb", "week_h", "three_day_gain_kg", "three_day_h"])
def s02(case: Case) -> Outcome:
    rule = case.rule
    week, three_days = _fastest(case, rule["week_h"]), _fastest(case, rule["three_day_h"])
    if week.lb > rule["week_gain_lb"]:
        text = f"Weight up {week.lb:.1f} lb in 7 days"
        return _changed(case, Severity.HIGH, text, {"gain_lb": week.lb, "days": 7}, week)
    gain_kg = round(three_days.lb * KG_PER_LB, 2)
    if gain_kg > rule["three_day_gain_kg"]:
        text = f"Weight up {three_days.lb:.1f} lb ({gain_kg:.1f} kg) in 3 days"
        inputs: dict[str, Value] = {"gain_lb": three_days.lb, "gain_kg": gain_kg, "days": 3}
        return _changed(case, Severity.HIGH, text, inputs, three_days)
    return verdict(rule, _unknown(weight_7d=week, weight_3d=three_days))


@row("S03", params=["day_gain_lb", "week_gain_lb"])
def s03(case: Case) -> Outcome:
    """Below S01 and S02; the upper ends of its ranges are their thresholds."""
    if case.found("S01", "S02"):
        return case.clear()
    day, week = _fastest(case, _day_h(case)), _fastest(case, _week_h(case))
    if day.lb >= case.rule["day_gain_lb"]:
        text = f"Weight up {day.lb:.1f} lb in 24 h"
        return _changed(case, Severity.MEDIUM, text, {"gain_lb": day.lb, "days": 1}, day)
    if week.lb >= case.rule["week_gain_lb"]:
        text = f"Weight up {week.lb:.1f} lb in 7 days"
        return _changed(case, Severity.MEDIUM, text, {"gain_lb": week.lb, "days": 7}, week)
    return verdict(case.rule, _unknown(weight_24h=day, weight_7d=week))


@row("S04", params=["rise"])
def s04(case: Case) -> Outcome:
    gains = case.found("S01", "S02", "S03")
    severity = worst(gain.severity for gain in gains)
    if severity is None:
        return verdict(case.rule, case.unknown("S01", "S02", "S03"))
    facts = case.facts
    words = facts.flagged("orthopnea_pnd", "worsening_dyspnea")
    rises = {
        "shortness_of_breath": rise(facts, "shortness_of_breath", case.rules),
        "sleep_difficulty": rise(facts, "sleep_difficulty", case.rules),
    }
    up = [name for name, by in rises.items() if by is not None and by >= case.rule["rise"]]
    if not (words or up):
        return verdict(case.rule, [name for name, by in rises.items() if by is None])
    signs = up + sorted({flag.name for flag in words})
    evidence = (*(piece for gain in gains for piece in gain.evidence), *from_flags(words))
    inputs: dict[str, Value] = {"weight_rules": [gain.rule_id for gain in gains], "with": signs}
    return case.finding(one_level_up(severity), "Weight gain with worse breathing or sleep", inputs, evidence)


@row("S05", params=["day_loss_lb", "week_loss_lb"], words=["dizzy_flags"])
def s05(case: Case) -> Outcome:
    day, week = _fastest(case, _day_h(case), down=True), _fastest(case, _week_h(case), down=True)
    if day.lb > case.rule["day_loss_lb"]:
        rate, span = day, "24 h"
    elif week.lb > case.rule["week_loss_lb"]:
        rate, span = week, "7 days"
    else:
        return verdict(case.rule, _unknown(weight_24h=day, weight_7d=week))
    dizzy = case.facts.flagged(*case.rule.words["dizzy_flags"])
    text = f"Weight down {rate.lb:.1f} lb in {span}" + (" and dizzy" if dizzy else "")
    inputs: dict[str, Value] = {"loss_lb": rate.lb, "dizzy": bool(dizzy)}
    return _changed(case, Severity.HIGH if dizzy else Severity.MEDIUM, text, inputs, rate)


ROWS = (s01, s02, s03, s04, s05)
