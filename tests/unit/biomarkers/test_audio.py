"""Telephone audio as numbers."""

from __future__ import annotations

import numpy as np
import pytest

from biomarkers.audio import (
    SILENCE_DBFS,
    Gap,
    frame_levels_dbfs,
    frame_times_s,
    from_mu_law,
    resampled,
    to_mu_law,
)
from tests.support import voices


def sine(hz: float, seconds: float = 1.0, rate_hz: int = 8000, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def test_every_mu_law_code_survives_the_way_there_and_back() -> None:
    codes = bytes(range(256))
    there = to_mu_law(from_mu_law(codes))
    # 0x7F and 0xFF are both zero; zero is sent as 0xFF.
    assert there == bytes(255 if code == 0x7F else code for code in codes)


@pytest.mark.parametrize(
    ("code", "value"), [(0xFF, 0), (0x80, 32124), (0x00, -32124), (0xFE, 8), (0xF0, 120)]
)
def test_codes_decode_as_the_standard_lists_them(code: int, value: int) -> None:
    assert from_mu_law(bytes([code]))[0] * 32768 == value


def test_a_second_is_eight_thousand_bytes_and_sounds_the_same_within_the_codec() -> None:
    x = sine(400)
    data = to_mu_law(x)
    assert len(data) == 8000
    error = from_mu_law(data) - x
    assert 10 * np.log10((x**2).mean() / (error**2).mean()) > 35


def test_our_encoder_agrees_with_the_independent_one() -> None:
    x = np.random.default_rng(1).uniform(-1, 1, 4000)
    assert to_mu_law(x) == voices.mu_law_bytes(x)


def test_what_lies_beyond_full_scale_is_clipped() -> None:
    assert to_mu_law(np.array([7.0, -7.0])) == bytes([0x80, 0x00])


@pytest.mark.parametrize("rate_hz", [6000, 11025, 16000, 22050, 24000, 44100, 48000, 96000])
def test_another_rate_becomes_8_khz_with_the_same_tone(rate_hz: int) -> None:
    there = resampled(sine(1000, 12.3, rate_hz), rate_hz)
    want = sine(1000, 12.3)
    assert len(there) == len(want)
    middle = slice(800, -800)
    assert np.abs(there[middle] - want[middle]).max() < 2e-3


def test_what_the_line_cannot_carry_is_gone() -> None:
    assert np.abs(resampled(sine(5000, 2.0, 48_000), 48_000)[800:-800]).max() < 1e-4


def test_frames_are_30_ms_every_10_ms_and_know_their_level() -> None:
    levels = frame_levels_dbfs(sine(500, 1.0, level=1.0))
    assert len(levels) == 98
    assert levels == pytest.approx(-3.01, abs=0.05)
    assert frame_times_s(2).tolist() == [0.015, 0.025]


def test_a_constant_offset_is_no_sound() -> None:
    assert frame_levels_dbfs(np.full(8000, 0.3)).max() == SILENCE_DBFS


def test_less_than_a_frame_has_no_level() -> None:
    assert len(frame_levels_dbfs(np.zeros(200))) == 0


def test_a_gap_knows_its_length() -> None:
    assert Gap(1.0, 1.25).seconds == 0.25
