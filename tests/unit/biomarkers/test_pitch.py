"""The pitch and its octave."""

from __future__ import annotations

import numpy as np
import parselmouth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biomarkers import pitch
from tests.support import voices
from tests.support.voices import Band, Voice


def median_hz(samples: np.ndarray, sex: pitch.Sex = "unknown") -> float:
    sound = parselmouth.Sound(samples, 8000)
    within = pitch.range_from(pitch.search(samples, sound, sex))
    assert within is not None
    track = pitch.track(sound, within)
    assert track is not None
    return float(np.median(track.voiced_hz))


@settings(max_examples=20, deadline=None)
@given(
    f0_hz=st.floats(80, 300),
    band=st.sampled_from(Band),
    vowel=st.sampled_from(["a", "e", "o", "schwa"]),
    seed=st.integers(0, 9),
)
def test_a_voice_is_found_within_a_percent(f0_hz: float, band: Band, vowel: str, seed: int) -> None:
    sound = voices.sustained_vowel(Voice(f0_hz=f0_hz, vowel=vowel), 1.5, band, seed=seed)
    assert median_hz(voices.mu_law(sound.samples)) == pytest.approx(sound.truth.f0_median_hz, rel=0.01)


@pytest.mark.parametrize("hnr_db", [5.0, 10.0])
@pytest.mark.parametrize("f0_hz", [80, 110, 160, 220, 290])
def test_noise_does_not_make_it_jump_an_octave(f0_hz: float, hnr_db: float) -> None:
    sound = voices.sustained_vowel(Voice(f0_hz=f0_hz, hnr_db=hnr_db), 2.0, Band.TELEPHONE)
    assert median_hz(voices.mu_law(sound.samples)) == pytest.approx(f0_hz, rel=0.01)


def test_a_line_that_cuts_off_the_fundamental_leaves_the_pitch() -> None:
    sound = voices.sustained_vowel(Voice(f0_hz=82), 2.0, Band.TELEPHONE)
    spectrum = np.abs(np.fft.rfft(sound.samples))
    hz = np.fft.rfftfreq(len(sound.samples), 1 / 8000)
    assert spectrum[(hz > 70) & (hz < 95)].max() < 0.02 * spectrum.max()
    assert median_hz(sound.samples) == pytest.approx(82, rel=0.01)


@pytest.mark.parametrize(("sex", "f0_hz"), [("m", 95), ("f", 230)])
def test_a_known_sex_narrows_the_search_without_harm(sex: pitch.Sex, f0_hz: float) -> None:
    sound = voices.sustained_vowel(Voice(f0_hz=f0_hz), 1.5)
    assert median_hz(sound.samples, sex) == pytest.approx(f0_hz, rel=0.01)


def test_noise_has_no_range() -> None:
    noise = voices.noise_only(2.0)
    assert pitch.range_from(pitch.search(noise, parselmouth.Sound(noise, 8000))) is None


def test_a_whistle_above_any_voice_has_no_range() -> None:
    tone = voices.tones((1000,), 2.0)
    assert pitch.range_from(pitch.search(tone, parselmouth.Sound(tone, 8000))) is None


def test_what_is_shorter_than_three_periods_is_not_searched() -> None:
    x = np.zeros(300)
    assert len(pitch.search(x, parselmouth.Sound(x, 8000)).hz) == 0
    assert pitch.track(parselmouth.Sound(x, 8000), pitch.PitchRange(75, 300)) is None
