"""Jitter, shimmer and HNR of voices whose irregularity was put in."""

from __future__ import annotations

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

from biomarkers import noise, periods, perturbation, pitch
from biomarkers.periods import Periods
from tests.support import voices
from tests.support.voices import Band, KnownSound, Voice


def cycles_of(samples: np.ndarray) -> Periods:
    sound = parselmouth.Sound(samples, 8000)
    within = pitch.range_from(pitch.search(samples, sound))
    assert within is not None
    track = pitch.track(sound, within)
    assert track is not None
    stretches = periods.voiced_stretches(track, np.ones(len(track.hz), bool))
    return periods.measure(samples, sound, track, stretches)


def vowel(voice: Voice, band: Band = Band.PLAIN, seconds: float = 4.0) -> tuple[KnownSound, Periods]:
    sound = voices.sustained_vowel(voice, seconds, band, seed=2)
    return sound, cycles_of(voices.mu_law(sound.samples))


@pytest.mark.parametrize("jitter", [0.002, 0.005, 0.01, 0.02, 0.03])
@pytest.mark.parametrize(
    ("f0_hz", "kind", "band"), [(85, "a", Band.TELEPHONE), (130, "hum", Band.PLAIN), (200, "hum", Band.CODEC)]
)
def test_jitter_within_a_sixth_of_a_point(f0_hz: float, kind: str, band: Band, jitter: float) -> None:
    sound, cycles = vowel(Voice(f0_hz=f0_hz, jitter_ratio=jitter, vowel=kind), band)
    found = perturbation.measure(cycles).jitter_local_ratio
    assert found == pytest.approx(sound.truth.jitter_ratio, abs=0.0015)


def test_the_ringing_of_the_tract_hides_jitter_from_the_plain_measure_only() -> None:
    sound, cycles = vowel(Voice(f0_hz=180, jitter_ratio=0.02, vowel="a"))
    found = perturbation.measure(cycles)
    assert found.raw_jitter_local_ratio is not None
    assert found.raw_jitter_local_ratio < sound.truth.jitter_ratio - 0.004
    assert found.jitter_local_ratio == pytest.approx(sound.truth.jitter_ratio, abs=0.0015)


@pytest.mark.parametrize("hnr_db", [10.0, 15.0, 20.0])
def test_noise_is_not_read_as_jitter(hnr_db: float) -> None:
    sound, cycles = vowel(Voice(f0_hz=120, jitter_ratio=0.002, hnr_db=hnr_db))
    found = perturbation.measure(cycles)
    assert found.jitter_local_ratio == pytest.approx(sound.truth.jitter_ratio, abs=0.0015)
    assert found.raw_jitter_local_ratio is not None
    assert found.jitter_local_ratio is not None
    assert found.raw_jitter_local_ratio >= found.jitter_local_ratio


def test_a_gliding_voice_has_jitter_by_the_local_and_none_by_the_five_point_measure() -> None:
    _, steady = vowel(Voice(f0_hz=130, jitter_ratio=0.004, vowel="hum"))
    _, gliding = vowel(Voice(f0_hz=130, jitter_ratio=0.004, vowel="hum", vibrato_semitones=3, vibrato_hz=2))
    calm, moving = perturbation.measure(steady), perturbation.measure(gliding)
    assert moving.jitter_ppq5_ratio == pytest.approx(calm.jitter_ppq5_ratio, abs=0.0006)
    assert moving.jitter_local_ratio is not None
    assert calm.jitter_local_ratio is not None
    assert moving.jitter_local_ratio > calm.jitter_local_ratio + 0.001


@pytest.mark.parametrize("shimmer", [0.02, 0.06, 0.12])
def test_shimmer_rises_with_what_was_put_in(shimmer: float) -> None:
    _, cycles = vowel(Voice(f0_hz=100, shimmer_ratio=shimmer, jitter_ratio=0.003, vowel="hum"))
    assert perturbation.measure(cycles).shimmer_local_ratio == pytest.approx(shimmer, rel=0.25, abs=0.01)


def test_the_plain_jitter_is_praats() -> None:
    sound, cycles = vowel(Voice(f0_hz=115, jitter_ratio=0.008, vowel="hum"))
    praat = parselmouth.Sound(voices.mu_law(sound.samples), 8000)
    pulses = call(
        [praat, praat.to_pitch_ac(0.01, 75, 15, False, 0.03, 0.45, 0.01, 0.35, 0.14, 300)],
        "To PointProcess (cc)",
    )
    theirs = call(pulses, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3)
    assert perturbation.measure(cycles).raw_jitter_local_ratio == pytest.approx(theirs, abs=0.0005)


def test_nothing_voiced_has_no_perturbation() -> None:
    none = Periods.joined([])
    assert perturbation.measure(none) == perturbation.Perturbation(0, None, None, None, None)
    assert noise.harmonics_to_noise_db(none) is None


@pytest.mark.parametrize("hnr_db", [5.0, 10.0, 15.0, 20.0, 25.0])
@pytest.mark.parametrize(("f0_hz", "band"), [(95, Band.TELEPHONE), (150, Band.CODEC), (230, Band.PLAIN)])
def test_hnr_within_a_decibel(f0_hz: float, band: Band, hnr_db: float) -> None:
    voice = Voice(f0_hz=f0_hz, jitter_ratio=0.001, shimmer_ratio=0.005, hnr_db=hnr_db)
    sound = voices.sustained_vowel(voice, 2.5, band, seed=4)
    assert noise.harmonics_to_noise_db(cycles_of(voices.mu_law(sound.samples))) == pytest.approx(
        hnr_db, abs=1.0
    )


def test_cepstral_peaks_fall_with_noise() -> None:
    means = []
    for hnr_db in (25.0, 15.0, 8.0):
        sound = voices.sustained_vowel(Voice(f0_hz=120, hnr_db=hnr_db), 2.0, Band.TELEPHONE)
        peaks = noise.cepstral_peaks_db(voices.mu_law(sound.samples), np.arange(0.1, 1.9, 0.01))
        assert len(peaks) == 180
        means.append(peaks.mean())
    assert means[0] > means[1] + 1 > means[2] + 2


def test_cepstral_frames_that_do_not_fit_are_left_out() -> None:
    assert len(noise.cepstral_peaks_db(np.zeros(1000), np.array([0.0, 0.0625, 0.125]))) == 1
