"""Breathlessness that comes with an effort is a matter for today (S07, S08), that of this minute for 911 (E03)."""

from __future__ import annotations

import pytest

from alerts.phrases import ScanContext, Segment, scan
from alerts.phrases.model import Speaker


def _severe(words: str, speaker: Speaker = "patient") -> bool:
    return "severe_dyspnea" in scan(Segment(words, speaker=speaker), ScanContext()).names


@pytest.mark.parametrize(
    "words",
    [
        "I'm puffing like mad when I make the bed.",
        "I'm gasping when I make the bed.",
        "I'm panting like a dog when I climb the stairs.",
        "Me quedo sin aire cuando tiendo la cama.",
    ],
)
def test_with_an_effort_it_is_no_emergency_but_it_is_told(words: str) -> None:
    assert not _severe(words)
    assert "worsening_dyspnea" in scan(Segment(words), ScanContext()).names


@pytest.mark.parametrize(
    "words",
    [
        "I'm puffing like mad just sitting here.",
        "I'm puffing like mad when I talk.",
        "I'm puffing like mad when I make the bed and I can't breathe now.",
        "I made the bed and now I'm gasping and can't stop.",
        "I climbed the stairs and I'm still gasping like a fish.",
    ],
)
def test_at_rest_or_now_it_is_an_emergency(words: str) -> None:
    assert _severe(words)


@pytest.mark.parametrize(
    "words",
    [
        "There's a bluish tinge on Mom's lips and you can hear her pulling for breath across the room.",
        "I'm her daughter, and she's choking for breath on the stairs.",
    ],
)
def test_a_place_is_no_effort(words: str) -> None:
    assert _severe(words, "caregiver")
