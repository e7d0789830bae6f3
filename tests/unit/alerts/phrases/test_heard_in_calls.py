"""Sentences of simulated patients that once raised what they do not say."""

from __future__ import annotations

import pytest

from alerts.phrases import ScanContext, Segment, scan


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        (
            "I am getting along, thank you, but I have felt rather puffy and heavy these last few days.",
            {"worsening_edema"},
        ),
        ("My legs have been heavy for two days.", set()),
    ],
)
def test_heavy_is_not_heaving(said: str, flags: set[str]) -> None:
    result = scan(Segment(said), ScanContext(last_question="How have you been feeling since we last talked?"))
    assert "sick_day" not in result.names
    assert flags <= set(result.names)


def test_heaving_still_is() -> None:
    assert "sick_day" in scan(Segment("I have been dry heaving since yesterday."), ScanContext()).names


@pytest.mark.parametrize(
    "said",
    [
        "Yes, please, that would be nice.",
        "Yes, I took all of my heart medicines every single day and I did not miss any doses.",
        "My daughter is here with me in the house.",
        "As I said, no need to worry. Goodbye.",
        "I took all of them, I missed none.",
    ],
)
def test_plain_talk_raises_nothing(said: str) -> None:
    assert scan(Segment(said), ScanContext()).severity == "none"
