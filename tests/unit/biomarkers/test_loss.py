"""Lost packets told from pauses, in the samples themselves."""

from __future__ import annotations

import numpy as np
import pytest

from biomarkers.loss import lost_gaps, zero_runs
from tests.support import voices
from tests.support.voices import Speech

RATE_HZ = 8000


def test_runs_of_zeros_are_found_with_their_ends() -> None:
    x = np.array([0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0])
    assert zero_runs(x, 3) == [(0, 3), (7, 11)]


@pytest.mark.parametrize("frame_ms", [10, 20, 40])
def test_zero_filled_packets_inside_speech_are_lost(frame_ms: int) -> None:
    sound = voices.running_speech()
    lossy = voices.with_loss(sound, 0.05, frame_ms=frame_ms)
    changed = (lossy.samples == 0) & (np.abs(sound.samples) > 0.02)
    found = np.zeros(len(sound.samples), bool)
    for gap in lost_gaps(voices.mu_law(lossy.samples), RATE_HZ):
        found[round(gap.start_s * RATE_HZ) : round(gap.end_s * RATE_HZ)] = True
    assert found[changed].mean() > 0.95


def test_pauses_of_digital_silence_are_not_lost() -> None:
    sound = voices.running_speech(Speech(pauses_s=(0.15, 0.3, 0.2)), floor_dbfs=None)
    assert lost_gaps(voices.mu_law(sound.samples), RATE_HZ) == ()


def test_silence_before_the_first_and_after_the_last_word_is_not_lost() -> None:
    tone = 0.3 * np.sin(np.arange(4000))
    x = np.concatenate([np.zeros(1000), tone, np.zeros(1000)])
    assert lost_gaps(x, RATE_HZ) == ()


def test_a_whole_long_silence_is_a_pause_even_if_it_starts_abruptly() -> None:
    tone = 0.3 * np.sin(np.arange(4000))
    assert lost_gaps(np.concatenate([tone, np.zeros(2400), tone]), RATE_HZ) == ()
    assert len(lost_gaps(np.concatenate([tone, np.zeros(800), tone]), RATE_HZ)) == 1
