"""S01 to S05 and the weight half of D01: pounds, kilograms and stone, weighings and words, exact boundaries."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.rules import Finding, judge
from alerts.rules.facts import Answers, Evidence
from alerts.rules.weight import WeightChange, fastest
from alerts.severity import Severity
from patients.units import WeightUnit, stone_and_pounds_to_lb
from tests.unit.alerts.builders import (
    CLEAR,
    HIGH,
    MEDIUM,
    RULES,
    UNKNOWN,
    ago,
    answer_of,
    facts,
    flagged,
    weighed,
)

KG, STONE = WeightUnit.KG, WeightUnit.STONE


def told(change_lb: float, *, days: float | None, **answers: Any) -> dict[str, Any]:
    """The patient says how much changed since a check-in so many days ago; None: the first call ever."""
    last = None if days is None else ago(days=days)
    return {"answers": Answers(weight_change_lb=change_lb, **answers), "last_check_in_at": last}


def scales(*readings: tuple[float, float], unit: WeightUnit = WeightUnit.LB) -> dict[str, Any]:
    return {"weights": weighed(*readings, unit=unit)}


FOUR_LB_IN_STONE = {
    "weights": weighed(
        (24, stone_and_pounds_to_lb(13, 4)),
        (0, stone_and_pounds_to_lb(13, 8)),
    )
}

STEADY = scales((168, 180), (72, 180), (24, 180), (0, 180))

TABLE: list[tuple[str, str, dict[str, Any], Severity | str]] = [
    # S01: more than 3 lb in 24 h
    ("S01", "3.1 lb in exactly 24 h", scales((24, 183.4), (0, 186.5)), HIGH),
    ("S01", "3.0 lb in exactly 24 h", scales((24, 183.5), (0, 186.5)), CLEAR),
    ("S01", "3.0 lb that floating point makes 3.0000000000000004", scales((24, 180.1), (0, 183.1)), CLEAR),
    ("S01", "3.1 lb told, called yesterday", told(3.1, days=1), HIGH),
    ("S01", "3.0 lb told, called yesterday", told(3.0, days=1), CLEAR),
    ("S01", "3.1 lb told on the first call ever", told(3.1, days=None), HIGH),
    ("S01", "two kilograms in a day", scales((24, 84), (0, 86), unit=KG), HIGH),
    ("S01", "1.3 kg in a day", scales((24, 84), (0, 85.3), unit=KG), CLEAR),
    ("S01", "1.4 kg in a day", scales((24, 84), (0, 85.4), unit=KG), HIGH),
    ("S01", "four pounds on a stone scale", FOUR_LB_IN_STONE, HIGH),
    ("S01", "a quarter stone in a day", scales((24, 13.0), (0, 13.25), unit=STONE), HIGH),
    ("S01", "30 h apart still counts as a day", scales((30, 182), (0, 186)), HIGH),
    ("S01", "31 h apart does not, and does not reassure", scales((31, 182), (0, 186)), UNKNOWN),
    ("S01", "from the lowest of the day", scales((24, 184), (12, 182), (0, 185.5)), HIGH),
    ("S01", "latest weighing two days old", scales((72, 182), (48, 190)), UNKNOWN),
    ("S01", "one weighing only", scales((0, 186)), UNKNOWN),
    ("S01", "steady over the last 12 h says nothing of the day", scales((12, 186), (0, 186)), UNKNOWN),
    ("S01", "no weight at all", {}, UNKNOWN),
    (
        "S01",
        "in words",
        {"flags": flagged("weight_gain", change_lb=4.0, over_h=24.0)},
        HIGH,
    ),
    ("S01", "9.3 lb over three days hold 3.1 on one of them", told(9.3, days=3), HIGH),
    ("S01", "9.0 lb over three days may be 3.0 each", told(9.0, days=3), UNKNOWN),
    # S02: more than 5 lb in 7 days, or more than 2 kg in 3 days
    ("S02", "5.1 lb in 7 days", scales((168, 180), (72, 181), (0, 185.1)), HIGH),
    ("S02", "5.0 lb in 7 days", scales((168, 180), (72, 181), (0, 185.0)), CLEAR),
    ("S02", "6 lb told since last week", told(6.0, days=7), HIGH),
    ("S02", "5.0 lb told since last week", told(5.0, days=7), UNKNOWN),
    ("S02", "2.0 kg in exactly 3 days", scales((72, 84), (0, 86), unit=KG), UNKNOWN),
    ("S02", "2.0 kg in 3 days, a week known", scales((168, 85), (72, 84), (0, 86), unit=KG), CLEAR),
    ("S02", "2.1 kg in exactly 3 days", scales((72, 84), (0, 86.1), unit=KG), HIGH),
    ("S02", "4.4 lb in 3 days", told(4.4, days=3), UNKNOWN),
    ("S02", "4.5 lb in 3 days", told(4.5, days=3), HIGH),
    ("S02", "12 lb told over a fortnight hold 6 in one week", told(12.0, days=14), HIGH),
    # S03: 2-3 lb in 24 h or 3-5 lb in 7 days
    ("S03", "exactly 2.0 lb in a day", scales((24, 184.5), (0, 186.5)), MEDIUM),
    ("S03", "1.9 lb in a day and in the week", scales((168, 184.6), (24, 184.6), (0, 186.5)), CLEAR),
    ("S03", "exactly 3.0 lb in a day", scales((24, 183.5), (0, 186.5)), MEDIUM),
    ("S03", "3.1 lb in a day is S01", scales((24, 183.4), (0, 186.5)), CLEAR),
    ("S03", "exactly 3.0 lb in a week", told(3.0, days=7), MEDIUM),
    ("S03", "2.9 lb in a week", told(2.9, days=7), UNKNOWN),
    ("S03", "exactly 5.0 lb in a week", told(5.0, days=7), MEDIUM),
    ("S03", "nothing known", {}, UNKNOWN),
    # S04: S01-S03 together with breathing or sleep
    ("S04", "2.5 lb and dyspnoea one up", told(2.5, days=1, shortness_of_breath=2), HIGH),
    ("S04", "2.5 lb and sleep one up", told(2.5, days=1, sleep_difficulty=2), HIGH),
    (
        "S04",
        "2.5 lb and everything as usual",
        told(2.5, days=1, shortness_of_breath=1, sleep_difficulty=1),
        CLEAR,
    ),
    ("S04", "2.5 lb, breathing and sleep not asked", told(2.5, days=1), UNKNOWN),
    (
        "S04",
        "2.5 lb and slept in the recliner",
        {**told(2.5, days=1), "flags": flagged("orthopnea_pnd")},
        HIGH,
    ),
    ("S04", "worse breathing, weight steady", {**STEADY, "answers": Answers(shortness_of_breath=2)}, CLEAR),
    ("S04", "worse breathing, weight not known", {"answers": Answers(shortness_of_breath=2)}, UNKNOWN),
    # S05: loss
    ("S05", "3.1 lb lost in a day", scales((24, 186.5), (0, 183.4)), MEDIUM),
    ("S05", "3.0 lb lost in a day", scales((168, 186.5), (24, 186.5), (0, 183.5)), CLEAR),
    ("S05", "5.1 lb lost in a week", told(-5.1, days=7), MEDIUM),
    ("S05", "5.0 lb lost in a week", told(-5.0, days=7), UNKNOWN),
    ("S05", "lost and dizzy", {**told(-4.0, days=1), "flags": flagged("dizziness")}, HIGH),
    ("S05", "dizzy, weight steady", {**STEADY, "flags": flagged("dizziness")}, CLEAR),
    ("S05", "dizzy, only the last day known", {**told(0.0, days=1), "flags": flagged("dizziness")}, UNKNOWN),
    ("S05", "nothing known", {}, UNKNOWN),
    # D01: weights that cannot be true
    ("D01", "a dropped digit", scales((24, 180.4), (0, 18)), MEDIUM),
    ("D01", "exactly 60 lb", scales((0, 60)), CLEAR),
    ("D01", "exactly 700 lb", scales((0, 700)), CLEAR),
    ("D01", "700.1 lb", scales((0, 700.1)), MEDIUM),
    ("D01", "a jump of 15.1 lb in a day", scales((24, 180), (0, 195.1)), MEDIUM),
    ("D01", "a jump of exactly 15 lb in a day", scales((24, 180), (0, 195)), CLEAR),
    (
        "D01",
        "a jump that the patient confirmed",
        {"weights": weighed((24, 180), (0, 196), confirmed=True)},
        CLEAR,
    ),
    ("D01", "an old slip, put right since", scales((48, 180), (24, 18), (0, 181)), CLEAR),
]


@pytest.mark.parametrize(
    ("rule_id", "given", "expected"),
    [pytest.param(rule, given, expected, id=f"{rule} {name}") for rule, name, given, expected in TABLE],
)
def test_a_weight_rule_answers_as_its_row_says(
    rule_id: str, given: dict[str, Any], expected: Severity | str
) -> None:
    assert answer_of(rule_id, facts(**given)) == expected


def test_an_implausible_weight_is_left_out_of_the_weight_rules() -> None:
    given = facts(**scales((48, 180), (24, 180), (0, 350)))
    assert answer_of("D01", given) == MEDIUM
    assert all(answer_of(rule_id, given) != HIGH for rule_id in ("S01", "S02"))


def test_a_confirmed_jump_is_judged_as_the_gain_it_is() -> None:
    given = facts(weights=weighed((24, 180), (0, 196), confirmed=True))
    assert answer_of("S01", given) == HIGH


def test_a_steady_weight_never_lowers_what_symptoms_say() -> None:
    steady = facts(**{**scales((24, 180), (0, 180)), "answers": Answers(shortness_of_breath=3)})
    assert judge(steady, RULES).severity is HIGH


def test_the_evidence_of_a_gain_names_both_weighings() -> None:
    finding = judge(facts(**scales((24, 182), (0, 186.5))), RULES).of("S01")
    assert isinstance(finding, Finding)
    assert finding.evidence[0].what == "182.0 lb to 186.5 lb"
    assert finding.inputs == {"gain_lb": 4.5}


@pytest.mark.parametrize(
    ("over_h", "lb"),
    [
        pytest.param(24, 6.0, id="one window holds all of it"),
        pytest.param(30, 6.0, id="the tolerance belongs to the window"),
        pytest.param(48, 3.0, id="two windows: one holds at least half"),
        pytest.param(78, 2.0, id="three windows: one holds at least a third"),
        pytest.param(None, 6.0, id="unknown time is recent"),
    ],
)
def test_a_change_over_a_long_time_holds_at_least_its_share_in_one_window(
    over_h: float | None, lb: float
) -> None:
    change = WeightChange(6.0, over_h, Evidence("answer", "weight_change_lb"))
    assert fastest([change], 24, 6).lb == lb
