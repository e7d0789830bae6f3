"""Whether a simulated call did what its persona expects."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heartvoice.demo.outcome import AlertSeen, Outcome, shortcomings

WEIGHT = AlertSeen("high", "symptom_worsening", "S02", "weight_gain")
GOOD = Outcome(
    call_id="c",
    state="completed",
    has_ended=True,
    provider="openai",
    duration_s=201.234,
    completed=True,
    identity_verified=True,
    record={"swelling": 2, "weight_change": 6.0},
    biomarkers=9,
    long_segments=10,
    long_segments_measured=9,
    pending=0,
    alerts=(WEIGHT,),
    cost_usd=0.123456,
    latency_ms={"turn_p50": 640.0},
)
EXPECT: dict[str, Any] = {
    "completed": True,
    "identity_verified": True,
    "min_records": 1,
    "min_biomarker_share": 0.9,
    "alerts": [
        {"severity_at_least": "medium", "type": "symptom_worsening", "flag": "weight_gain", "rule": "S02"}
    ],
    "none_of": [{"type": "emergency"}],
    "record": {"swelling": 2, "weight_change": 6},
}


def test_a_call_as_expected_has_no_shortcomings() -> None:
    assert shortcomings(GOOD, EXPECT) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"has_ended": False, "state": "in_progress"}, "the call has not ended: in_progress"),
        ({"completed": False}, "completed is False"),
        ({"identity_verified": False}, "identity_verified is False"),
        ({"pending": 2}, "2 voice segments still wait for their analysis"),
        ({"record": None}, "0 record of answers was written"),
        ({"record": {"swelling": 0, "weight_change": 6.0}}, "the answer swelling is 0, not 2"),
        ({"record": {"weight_change": 6.0}}, "the answer swelling is None, not 2"),
        ({"long_segments_measured": 8}, "8 of 10 voice segments have biomarkers"),
        ({"long_segments": 0, "long_segments_measured": 0}, "no voice segment of 2 s was heard"),
        ({"alerts": ()}, "no alert like severity_at_least medium, type symptom_worsening"),
        ({"alerts": (replace(WEIGHT, severity="low"),)}, "no alert like"),
        ({"alerts": (replace(WEIGHT, rule="S03"),)}, "no alert like"),
        (
            {"alerts": (WEIGHT, AlertSeen("critical", "emergency", "E01", ""))},
            "should not be: critical emergency E01",
        ),
    ],
)
def test_each_shortcoming_is_named(change: dict[str, Any], told: str) -> None:
    found = shortcomings(replace(GOOD, **change), EXPECT)
    assert any(told in one for one in found), found


def test_a_record_that_should_not_be_there_is_one() -> None:
    assert shortcomings(GOOD, {"min_records": 0, "max_records": 0}) == ["1 record of answers was written"]


def test_what_a_persona_does_not_mention_is_not_judged() -> None:
    assert shortcomings(replace(GOOD, completed=False, identity_verified=False, alerts=()), {}) == []


def test_the_summary_has_the_promised_names() -> None:
    summary = GOOD.summary()
    assert list(summary) == [
        "call_id", "state", "provider", "duration_s", "completed", "identity_verified", "records", "biomarkers",
        "alerts", "cost_usd", "latency_ms",
    ]  # fmt: skip
    assert summary["alerts"] == [
        {"severity": "high", "type": "symptom_worsening", "rule": "S02", "flag": "weight_gain"}
    ]
    assert (summary["records"], summary["cost_usd"], summary["duration_s"]) == (1, 0.1235, 201.2)


@pytest.mark.parametrize(
    "path", sorted(Path("heartvoice/demo/personas").glob("*.toml")), ids=lambda path: path.stem
)
def test_every_persona_can_be_judged(path: Path) -> None:
    """A misspelt name in [expect] would never be compared with anything."""
    expect = tomllib.loads(path.read_text())["expect"]
    known = {
        "completed", "identity_verified", "min_records", "max_records", "min_biomarker_share", "alerts", "none_of", "record",
    }  # fmt: skip
    assert expect.keys() <= known
    for wanted in [*expect["alerts"], *expect["none_of"]]:
        assert wanted.keys() <= {"severity_at_least", "type", "rule", "flag"}
    assert expect.get("record", {}).keys() <= {
        "shortness_of_breath", "swelling", "fatigue", "sleep_difficulty", "mood_assessment", "quality_of_life",
        "missed_doses_week", "weight_change",
    }  # fmt: skip
