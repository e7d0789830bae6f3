"""Weight in words: the window of a change, stones and kilos, two readings, and what must be asked for again."""

from __future__ import annotations

from datetime import datetime

import pytest

from alerts.phrases import ScanContext, ScanResult, Segment, scan

THURSDAY = datetime(2026, 3, 12, 10)
ASKED = "What is your weight today?"


def _said(words: str, question: str | None = None) -> ScanResult:
    return scan(Segment(words), ScanContext(last_question=question, now=THURSDAY))


def _rule(words: str, question: str | None = None) -> tuple[str, str, str] | None:
    found = [hit for hit in _said(words, question).flags if hit.flag.startswith("weight")]
    return (found[0].flag, found[0].severity, found[0].rule_id) if found else None


@pytest.mark.parametrize(
    "words",
    [
        "I gained four pounds in five days.",
        "I've gained four pounds over the past week.",
        "I'm up 5 pounds in 7 days.",
        "I went from 180 to 184 in a week.",
        "I was 180 last week and 184 today.",
        "I was twelve stone last week and twelve stone four today.",
        "Subí cuatro libras en una semana.",
        "I gained two kilos in three days.",
        "Subí dos kilos en tres días.",
        "I gained 4.4 pounds in three days.",
        "I gained six pounds in two weeks.",
        "I gained 3 pounds since yesterday.",
    ],
)
def test_a_slow_gain_is_for_the_next_day(words: str) -> None:
    assert _rule(words) == ("weight_gain", "medium", "S03")


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("I gained half a stone this week.", "S02"),
        ("I gained 2.1 kilos in three days.", "S02"),
        ("I gained 4.5 pounds in three days.", "S02"),
        ("I was eleven stone four on Monday and I'm eleven stone nine now.", "S02"),
        ("I gained 3.1 pounds since yesterday.", "S01"),
        ("My weight went up two kilos in a day.", "S01"),
        ("Gained a kilo and a half since yesterday.", "S01"),
        ("I've gone up a quarter stone overnight.", "S01"),
    ],
)
def test_a_fast_gain_is_for_today(words: str, rule: str) -> None:
    assert _rule(words) == ("weight_gain", "high", rule)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("One ninety-nine point five, and it was one ninety-six yesterday.", ("weight_gain", "high", "S01")),
        ("Twelve stone two yesterday, twelve stone six today.", ("weight_gain", "high", "S01")),
        ("went from won eighty too to won eighty six over night", ("weight_gain", "high", "S01")),
        ("I was 184 yesterday and 180 today.", ("weight_loss", "medium", "S05")),
        (
            "Four pounds lighter since I got up yesterday.",
            ("weight_loss", "medium", "S05"),
        ),
    ],
)
def test_of_two_readings_the_words_tell_the_earlier_one(words: str, expected: tuple[str, str, str]) -> None:
    assert _rule(words, ASKED) == expected


def test_a_window_of_the_question_holds_for_the_answer() -> None:
    assert _rule("Four and a half.", "How many pounds up this week?") == ("weight_gain", "medium", "S03")
    assert _rule("Four and a half.", "How many pounds up since yesterday?") == ("weight_gain", "high", "S01")


def test_just_over_three_is_more_than_three() -> None:
    asked = "How many pounds up since yesterday?"
    assert _rule("A little over three.", asked) == ("weight_gain", "high", "S01")
    assert _rule("Just under three.", asked) == ("weight_gain", "medium", "S03")


@pytest.mark.parametrize(
    "words",
    [
        "One hundred and something, I can't read it without my glasses.",
        "One sixty, or was it one sixteen?",
        "The needle swings from one fifty to one ninety, pick one.",
        "It just flashes at me.",
    ],
)
def test_a_reading_nobody_could_read_is_asked_for_again(words: str) -> None:
    result = _said(words, ASKED)
    assert "clarify:weight" in result.controls
    assert result.severity == "none"


@pytest.mark.parametrize(
    "words",
    [
        "My sugar was 180 last week and 184 today.",
        "The freezer died and I lost forty pounds of venison.",
        "I gained six pounds since my wedding.",
        "I was 184 last week and 181 today.",
    ],
)
def test_other_numbers_are_no_change_of_weight(words: str) -> None:
    assert _rule(words) is None
