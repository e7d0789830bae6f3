"""S06 to S13 and the baseline they compare with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alerts.rules import judge
from alerts.rules.baseline import baseline
from alerts.rules.facts import RecordFacts, Vitals
from alerts.severity import Severity
from tests.unit.alerts.builders import (
    CLEAR,
    HIGH,
    LOW,
    MEDIUM,
    NOW,
    RULES,
    UNKNOWN,
    USUAL_ONE,
    WELL,
    answer_of,
    facts,
    flagged,
    past,
    weighed,
)

NEW_PATIENT = RecordFacts()


def say(**answers: Any) -> dict[str, Any]:
    """All answers as usual (one), but these."""
    return {"answers": replace(WELL, **answers)}


def usually(sleep: int) -> RecordFacts:
    return replace(USUAL_ONE, enrolment={**USUAL_ONE.enrolment, "sleep_difficulty": sleep})


def days_of(scale: str, *scores: int | None) -> dict[str, Any]:
    """Daily check-ins before today with these scores of one scale, oldest first; everything else as usual."""
    count = len(scores)
    return {
        "history": tuple(
            replace(past(count - n), answers=replace(WELL, **{scale: score}))
            for n, score in enumerate(scores)
        )
    }


TABLE: list[tuple[str, str, dict[str, Any], Severity | str]] = [
    ("S06", "sleeps in the recliner", {"flags": flagged("orthopnea_pnd")}, HIGH),
    ("S06", "exactly a week ago", {"flags": flagged("orthopnea_pnd", hours_ago=168), **say()}, HIGH),
    ("S06", "over a week ago", {"flags": flagged("orthopnea_pnd", hours_ago=169), **say()}, CLEAR),
    ("S06", "needs pillows, usually one", say(sleep_difficulty=3), HIGH),
    ("S06", "wakes often", say(sleep_difficulty=2), CLEAR),
    ("S06", "needs pillows as always", {**say(sleep_difficulty=3), "record": usually(3)}, CLEAR),
    ("S06", "needs pillows, usual not known", {**say(sleep_difficulty=3), "record": NEW_PATIENT}, HIGH),
    ("S06", "sleep not asked", {}, UNKNOWN),
    ("S07", "score 3", say(shortness_of_breath=3), HIGH),
    ("S07", "score 3 on the first call ever", {**say(shortness_of_breath=3), "record": NEW_PATIENT}, HIGH),
    ("S07", "score 2, usually one", say(shortness_of_breath=2), CLEAR),
    (
        "S07",
        "score 2, usually none",
        {
            **say(shortness_of_breath=2),
            "record": replace(USUAL_ONE, enrolment={"shortness_of_breath": 0}),
        },
        HIGH,
    ),
    ("S07", "score 2, usual not known", {**say(shortness_of_breath=2), "record": NEW_PATIENT}, UNKNOWN),
    (
        "S07",
        "much worse, no score",
        {"flags": flagged("worsening_dyspnea", markers=frozenset({"much_worse"}))},
        HIGH,
    ),
    ("S07", "not asked", {}, UNKNOWN),
    ("S08", "dyspnoea one up", say(shortness_of_breath=2), MEDIUM),
    ("S08", "swelling one up", say(swelling=2), CLEAR),
    ("S08", "swelling two up", say(swelling=3), MEDIUM),
    ("S08", "fatigue two up", say(fatigue=3), MEDIUM),
    ("S08", "sleep two up", say(sleep_difficulty=3), MEDIUM),
    ("S08", "everything as usual", say(), CLEAR),
    ("S08", "better than usual", say(shortness_of_breath=0, swelling=0), CLEAR),
    ("S08", "swelling worse in words", {"flags": flagged("worsening_edema")}, MEDIUM),
    (
        "S08",
        "swelling that the scanner heard as severe",
        {"flags": flagged("worsening_edema", severity=Severity.HIGH, rule_id="S08")},
        HIGH,
    ),
    ("S08", "one answer missing", say(fatigue=None), UNKNOWN),
    ("S08", "no baseline yet", {**say(), "record": NEW_PATIENT}, UNKNOWN),
    ("S09", "two scales one up", say(swelling=2, fatigue=2), HIGH),
    ("S09", "one scale one up", say(swelling=2), CLEAR),
    (
        "S09",
        "one up on three check-ins running",
        {**say(fatigue=2), **days_of("fatigue", 1, 1, 1, 2, 2)},
        HIGH,
    ),
    (
        "S09",
        "one up on two check-ins running",
        {**say(fatigue=2), **days_of("fatigue", 1, 1, 1, 1, 2)},
        CLEAR,
    ),
    (
        "S09",
        "three running with a missing answer between",
        {**say(fatigue=2), **days_of("fatigue", 1, 1, 1, 2, None)},
        CLEAR,
    ),
    ("S09", "running since enrolment", {**say(fatigue=2), **days_of("fatigue", 2, 2)}, HIGH),
    ("S09", "an answer missing", say(sleep_difficulty=None), UNKNOWN),
    ("S10", "swelling 4", say(swelling=4), HIGH),
    ("S10", "fatigue 4", say(fatigue=4), HIGH),
    ("S10", "sleep 4", say(sleep_difficulty=4), HIGH),
    ("S10", "all at 3", say(swelling=3, fatigue=3, sleep_difficulty=3), CLEAR),
    ("S10", "dyspnoea 4 is E03", say(shortness_of_breath=4), CLEAR),
    ("S10", "nothing asked", {}, UNKNOWN),
    ("S11", "dizzy", {"flags": flagged("dizziness")}, MEDIUM),
    ("S11", "near-fall", {"flags": flagged("near_fall")}, MEDIUM),
    ("S11", "flutters", {"flags": flagged("palpitations")}, MEDIUM),
    ("S11", "new cough", {"flags": flagged("cough_new", hours_ago=100)}, MEDIUM),
    ("S11", "flutters with chest pain are E14", {"flags": flagged("palpitations", "chest_pain")}, CLEAR),
    ("S11", "low pressure, feels well", {"flags": flagged("hypotension")}, MEDIUM),
    ("S11", "pressure 89, feels well", {"vitals": Vitals(70, 89, 97)}, MEDIUM),
    ("S11", "pressure 90, feels well", {"vitals": Vitals(70, 90, 97)}, CLEAR),
    (
        "S11",
        "pressure 89 and faint is E16",
        {"vitals": Vitals(70, 89, 97), "flags": flagged("syncope")},
        CLEAR,
    ),
    (
        "S11",
        "low oxygen does not cover a low pressure",
        {"vitals": Vitals(70, 89, 88)},
        MEDIUM,
    ),
    ("S11", "dizzy over a week ago", {"flags": flagged("dizziness", hours_ago=169)}, CLEAR),
    ("S12", "own score two up", say(quality_of_life=3), MEDIUM),
    ("S12", "own score one up", say(quality_of_life=2), CLEAR),
    ("S12", "KCCQ down 4.9", {**say(kccq12=55.1), "history": (past(28, kccq12=60.0),)}, CLEAR),
    ("S12", "KCCQ down exactly 5", {**say(kccq12=55.0), "history": (past(28, kccq12=60.0),)}, MEDIUM),
    ("S12", "KCCQ down 9.9", {**say(kccq12=50.1), "history": (past(28, kccq12=60.0),)}, MEDIUM),
    ("S12", "KCCQ down exactly 10", {**say(kccq12=50.0), "history": (past(28, kccq12=60.0),)}, HIGH),
    ("S12", "KCCQ for the first time", say(kccq12=20.0), CLEAR),
    ("S12", "nothing asked", {}, UNKNOWN),
    ("S13", "PHQ-2 of 3", say(phq2=3), MEDIUM),
    ("S13", "PHQ-2 of 2", say(phq2=2), CLEAR),
    ("S13", "mood 3", say(mood_assessment=3), MEDIUM),
    ("S13", "mood 2", say(mood_assessment=2), CLEAR),
    ("S13", "past attempt", {"flags": flagged("suicide_history", hours_ago=None)}, MEDIUM),
    ("S13", "hopeless", {"flags": flagged("low_mood", markers=frozenset({"hopeless"}))}, MEDIUM),
    ("S13", "one low-mood remark", {"flags": flagged("low_mood"), **say()}, LOW),
    ("S13", "mood not asked", {}, UNKNOWN),
]


@pytest.mark.parametrize(
    ("rule_id", "given", "expected"),
    [pytest.param(rule, given, expected, id=f"{rule} {name}") for rule, name, given, expected in TABLE],
)
def test_a_symptom_rule_answers_as_its_row_says(
    rule_id: str, given: dict[str, Any], expected: Severity | str
) -> None:
    assert answer_of(rule_id, facts(**given)) == expected


@pytest.mark.parametrize(
    ("history", "enrolled", "expected"),
    [
        pytest.param((), 1, 1.0, id="first call ever: enrolment"),
        pytest.param((), None, None, id="first call ever, nothing at enrolment"),
        pytest.param((2, 2), 1, 1.0, id="two answers are too few"),
        pytest.param((2, 2, 3), 1, 2.0, id="three answers are enough"),
        pytest.param((2, None, 2, None), 1, 1.0, id="unanswered does not count"),
        pytest.param((1, 2, 2, 3), 0, 2.0, id="median of an even number"),
        pytest.param((1, 1, 2, 2), 0, 1.5, id="median between two scores"),
        pytest.param((4, 4, 4, 0, 0, 0, 0, 1, 1, 1), 3, 0.0, id="only the last seven"),
    ],
)
def test_a_baseline_is_the_median_of_the_last_seven_valid_answers(
    history: tuple[int | None, ...], enrolled: int | None, expected: float | None
) -> None:
    record = RecordFacts(enrolment={} if enrolled is None else {"fatigue": enrolled})
    given = facts(record=record, **days_of("fatigue", *history))
    assert baseline(given, "fatigue", RULES) == expected


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [
        pytest.param(28, 3.0, id="exactly 28 days back still counts"),
        pytest.param(28.1, 1.0, id="older answers do not"),
    ],
)
def test_a_baseline_looks_back_28_days(days_ago: float, expected: float) -> None:
    answered = tuple(past(days_ago, fatigue=3) for _ in range(3))
    assert baseline(facts(history=answered), "fatigue", RULES) == expected


def test_a_missing_answer_is_never_read_as_no_symptom() -> None:
    silent = judge(facts(), RULES)
    assert silent.findings == ()
    assert {one.rule_id for one in silent.unknown} >= {
        "E03",
        "S01",
        "S06",
        "S07",
        "S08",
        "S09",
        "S10",
        "S12",
        "S13",
    }


def test_a_well_patient_with_a_whole_check_in_raises_nothing_and_leaves_nothing_open() -> None:
    given = facts(
        answers=replace(WELL, orientation_failed=0),
        weights=weighed((168, 180), (72, 180), (24, 180), (0, 180)),
        vitals=Vitals(70, 120, 97),
        last_check_in_at=NOW,
    )
    judgement = judge(given, RULES)
    assert judgement.findings == ()
    assert {one.rule_id for one in judgement.unknown} == {"V01", "V02", "V03"}
