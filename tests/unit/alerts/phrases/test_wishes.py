"""Wishes about the calls: to end them, to have them at another time, to speak with a person."""

from __future__ import annotations

import pytest

from alerts.phrases import ScanContext, Segment, scan

CALL = "Is this a good time for our call?"


def _controls(words: str, question: str | None = None) -> set[str]:
    return set(scan(Segment(words), ScanContext(last_question=question)).names)


@pytest.mark.parametrize(
    "words",
    [
        "I don't want calls before ten.",
        "I don't want a call on Sundays.",
        "I don't want these calls in the morning.",
        "I don't want any calls while I'm eating.",
        "I don't want you to call me this early.",
        "No more calls before ten, please.",
        "Please don't call on weekends.",
        "Not so early.",
        "That's too early for me.",
        "No quiero que me llamen tan temprano.",
        "No quiero llamadas los domingos.",
    ],
)
def test_a_wish_about_time_does_not_end_the_calls(words: str) -> None:
    assert _controls(words) == {"reschedule"}


@pytest.mark.parametrize(
    "words",
    [
        "I don't want these calls anymore.",
        "Stop calling me.",
        "Don't ever call me again, not in the morning, not at night.",
        "Take my number off your list before I hang up.",
        "No me llamen más.",
        "Leave me alone.",
    ],
)
def test_a_refusal_of_the_calls_ends_them_and_accuses_nobody(words: str) -> None:
    assert _controls(words) == {"opt_out"}


def test_who_wants_a_nurse_instead_of_a_robot_wants_a_nurse() -> None:
    assert _controls("I don't want to talk to a robot, give me a nurse.") == {"human_request"}


@pytest.mark.parametrize(
    "words", ["It's too early to tell.", "I woke up so early.", "It's too late for me now."]
)
def test_early_and_late_of_other_things_are_no_wish(words: str) -> None:
    assert "reschedule" not in _controls(words, CALL)
