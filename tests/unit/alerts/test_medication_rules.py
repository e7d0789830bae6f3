"""M01 to M08."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.rules.facts import Answers, Medicines
from alerts.severity import Severity
from tests.unit.alerts.builders import (
    CLEAR,
    HIGH,
    LOW,
    MEDIUM,
    UNKNOWN,
    answer_of,
    facts,
    flagged,
    past,
)

NOT_TAKEN = Answers(takes={"loop_diuretic": False})
TAKEN = Answers(takes={"loop_diuretic": True}, missed_doses_week=0)

TABLE: list[tuple[str, str, dict[str, Any], Severity | str]] = [
    (
        "M01",
        "stopped a beta blocker",
        {"flags": flagged("stopped_medication", drug_class="beta_blocker")},
        HIGH,
    ),
    (
        "M01",
        "ran out of a thinner",
        {"flags": flagged("out_of_medication", drug_class="anticoagulant")},
        HIGH,
    ),
    ("M01", "stopped, drug not named", {"flags": flagged("stopped_medication")}, HIGH),
    ("M01", "stopped something else", {"flags": flagged("stopped_medication", drug_class="other")}, MEDIUM),
    (
        "M01",
        "drug not named, judged by its words",
        {"flags": flagged("stopped_medication", severity=MEDIUM)},
        MEDIUM,
    ),
    ("M01", "nothing said", {}, CLEAR),
    ("M02", "two days running", {"flags": flagged("missed_medication", days_running=2)}, HIGH),
    ("M02", "one day", {"flags": flagged("missed_medication", days_running=1), "answers": TAKEN}, CLEAR),
    (
        "M02",
        "two days of a vitamin",
        {"flags": flagged("missed_medication", days_running=2, drug_class="other"), "answers": TAKEN},
        CLEAR,
    ),
    (
        "M02",
        "not taken yesterday and today",
        {"answers": NOT_TAKEN, "history": (past(1, takes={"loop_diuretic": False}),)},
        HIGH,
    ),
    (
        "M02",
        "not taken twice on one day",
        {"answers": NOT_TAKEN, "history": (past(0.5, takes={"loop_diuretic": False}),)},
        CLEAR,
    ),
    (
        "M02",
        "taken yesterday, not today",
        {"answers": NOT_TAKEN, "history": (past(1, takes={"loop_diuretic": True}),)},
        CLEAR,
    ),
    (
        "M02",
        "not taken over a week ago and today",
        {"answers": NOT_TAKEN, "history": (past(7.1, takes={"loop_diuretic": False}),)},
        CLEAR,
    ),
    ("M02", "not asked", {}, UNKNOWN),
    ("M03", "exactly two doses", {"answers": Answers(missed_doses_week=2)}, MEDIUM),
    ("M03", "one dose", {"answers": Answers(missed_doses_week=1)}, CLEAR),
    ("M03", "three in words, none answered", {"flags": flagged("missed_medication", count=3)}, MEDIUM),
    (
        "M03",
        "words say three, the answer says one",
        {"flags": flagged("missed_medication", count=3), "answers": Answers(missed_doses_week=1)},
        MEDIUM,
    ),
    ("M03", "not taken as prescribed", {"answers": NOT_TAKEN}, MEDIUM),
    (
        "M03",
        "not taken because not prescribed",
        {"answers": NOT_TAKEN, "medicines": Medicines(frozenset({"beta_blocker"}))},
        UNKNOWN,
    ),
    ("M03", "not asked", {}, UNKNOWN),
    ("M04", "exactly one dose", {"answers": Answers(missed_doses_week=1)}, LOW),
    ("M04", "no dose", {"answers": Answers(missed_doses_week=0)}, CLEAR),
    ("M04", "a missed dose without a number", {"flags": flagged("missed_medication")}, LOW),
    ("M04", "two doses are M03", {"answers": Answers(missed_doses_week=2)}, CLEAR),
    ("M04", "not asked", {}, UNKNOWN),
    ("M05", "metoprolol twice", {"flags": flagged("extra_dose", drug_class="beta_blocker")}, HIGH),
    ("M05", "digoxin twice", {"flags": flagged("extra_dose", drug_class="digoxin")}, HIGH),
    ("M05", "thinner twice", {"flags": flagged("extra_dose", drug_class="anticoagulant")}, HIGH),
    ("M05", "insulin twice", {"flags": flagged("extra_dose", drug_class="insulin")}, HIGH),
    ("M05", "water pill twice", {"flags": flagged("extra_dose", drug_class="loop_diuretic")}, MEDIUM),
    ("M05", "drug not named", {"flags": flagged("extra_dose")}, HIGH),
    ("M05", "nothing said", {}, CLEAR),
    ("M06", "cannot keep tablets down", {"flags": flagged("sick_day")}, HIGH),
    ("M06", "nothing said", {}, CLEAR),
    ("M07", "ibuprofen in words", {"flags": flagged("interacting_drug")}, MEDIUM),
    ("M07", "naproxen on the list", {"medicines": Medicines(names=frozenset({"naproxen"}))}, MEDIUM),
    ("M07", "ACE inhibitor and ARNI", {"medicines": Medicines(frozenset({"acei", "arni"}))}, HIGH),
    ("M07", "ARNI alone", {"medicines": Medicines(frozenset({"arni"}))}, CLEAR),
    ("M08", "cramps", {"flags": flagged("side_effect")}, MEDIUM),
    ("M08", "short nosebleed", {"flags": flagged("minor_bleeding")}, MEDIUM),
    ("M08", "only a question", {"flags": flagged("medication_question")}, LOW),
    ("M08", "nothing said", {}, CLEAR),
]


@pytest.mark.parametrize(
    ("rule_id", "given", "expected"),
    [pytest.param(rule, given, expected, id=f"{rule} {name}") for rule, name, given, expected in TABLE],
)
def test_a_medication_rule_answers_as_its_row_says(
    rule_id: str, given: dict[str, Any], expected: Severity | str
) -> None:
    assert answer_of(rule_id, facts(**given)) == expected
