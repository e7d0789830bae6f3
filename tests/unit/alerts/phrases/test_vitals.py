"""Readings said as numbers: the row of the rules table and the severity, alone and together with symptoms."""

from __future__ import annotations

import pytest

from alerts.phrases import ScanContext, Segment, scan


def _hits(words: str) -> dict[str, tuple[str, str, str]]:
    flags = scan(Segment(words), ScanContext()).flags
    return {hit.flag: (hit.severity, hit.alert_type, hit.rule_id) for hit in flags}


@pytest.mark.parametrize("words", ["My pulse is 135, I feel fine.", "Pulse 125.", "My pulse is 40."])
def test_a_pulse_out_of_bounds_alone_is_for_today(words: str) -> None:
    assert _hits(words) == {"palpitations": ("high", "symptom_worsening", "E16")}


def test_a_racing_pulse_with_a_symptom_is_an_emergency() -> None:
    assert _hits("My pulse is 135 and I'm dizzy.")["palpitations_severe"] == ("critical", "emergency", "E14")


def test_low_pressure_counts_as_urgent_only_with_symptoms() -> None:
    assert _hits("My blood pressure was 85 over 50.") == {
        "hypotension": ("medium", "symptom_worsening", "S11")
    }
    assert _hits("85 over 50 and I feel faint.")["hypotension"] == ("high", "symptom_worsening", "E16")
    assert "palpitations_severe" not in _hits("85 over 50 and I feel faint.")


def test_low_pressure_as_always_matters_only_with_symptoms() -> None:
    assert _hits("My blood pressure is 88 over 50, that's normal for me.") == {}
