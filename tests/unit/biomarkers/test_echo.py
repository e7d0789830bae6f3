"""The agent's own voice coming back down the line."""

from __future__ import annotations

import numpy as np
import pytest

from biomarkers.analysis import analyse
from biomarkers.echo import echo_correlation
from tests.support import voices
from tests.support.voices import Speech, Voice

AGENT = voices.running_speech(Speech(Voice(f0_hz=210)), seed=8).samples
PATIENT = voices.running_speech(Speech(Voice(f0_hz=110)), seed=9).samples


@pytest.mark.parametrize("delay_s", [0.0, 0.08, 0.5])
def test_an_echo_is_found_at_any_delay(delay_s: float) -> None:
    heard = 0.1 * np.concatenate([np.zeros(round(8000 * delay_s)), AGENT])
    assert echo_correlation(heard, AGENT) > 0.8


def test_two_different_voices_do_not_correlate() -> None:
    assert echo_correlation(PATIENT, AGENT) < 0.2


def test_a_silent_agent_has_no_echo() -> None:
    assert echo_correlation(PATIENT, np.zeros(len(PATIENT))) == 0.0
    assert echo_correlation(PATIENT, np.zeros(0)) == 0.0


def test_the_agents_echo_is_refused_as_a_recording_of_the_patient() -> None:
    heard = (0.3 * np.concatenate([np.zeros(400), AGENT])).astype(np.float32)
    assert "echo" in analyse(heard, reference=AGENT).refusals
    assert analyse(heard).is_measured
