"""A recording in, features and quality out: what it says of voices, of damage, and of what is no voice."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from biomarkers.analysis import analyse
from biomarkers.audio import Gap
from biomarkers.features import FEATURE_NAMES, SegmentAnalysis
from biomarkers.limits import BLOCK_S
from tests.support import grains, unvoiced, voices
from tests.support.grains import Talk, Talker
from tests.support.voices import Band, Speech, Voice


def of(samples: np.ndarray, **known: object) -> SegmentAnalysis:
    return analyse(voices.mu_law(samples).astype(np.float32), **known)  # type: ignore[arg-type]


def speech(**how: object) -> np.ndarray:
    return voices.running_speech(Speech(), Band.TELEPHONE, **how).samples  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(speech(), id="speech"),
        pytest.param(voices.sustained_vowel(Voice(jitter_ratio=0)).samples, id="held"),
        pytest.param(unvoiced.signal(350, 440), id="tone"),
        pytest.param(unvoiced.music("guitar", 1, 0.4), id="music"),
        pytest.param(np.zeros(24_000), id="silence"),
        pytest.param(np.zeros(0), id="nothing"),
    ],
)
def test_every_result_can_be_stored_and_has_a_number_or_a_reason(samples: np.ndarray) -> None:
    found = of(samples)
    json.dumps(asdict(found))
    missing = {name for name in FEATURE_NAMES if getattr(found, name) is None}
    assert missing == set(found.reasons)
    assert found.is_measured == (not found.refusals)


GATES = {
    "too_short": (lambda: speech()[:11_000], lambda: speech()[:13_600]),
    "too_quiet": (lambda: speech(level_dbfs=-62.0, floor_dbfs=None), lambda: speech(level_dbfs=-42.0)),
    "no_voice": (lambda: unvoiced.noise("pink", 0.05), speech),
    "noisy": (
        lambda: voices.with_noise(voices.running_speech(band=Band.TELEPHONE), 6.0).samples,
        lambda: voices.with_noise(voices.running_speech(band=Band.TELEPHONE), 18.0).samples,
    ),
    "clipped": (
        lambda: grains.clipped(grains.spoken(Talk()), 0.05).samples,
        lambda: grains.clipped(grains.spoken(Talk()), 0.0005).samples,
    ),
    "frames_lost": (
        lambda: grains.with_lost_packets(grains.spoken(Talk()), 0.12, concealed=False).samples,
        lambda: grains.with_lost_packets(grains.spoken(Talk()), 0.02, concealed=False).samples,
    ),
    "tone": (
        lambda: unvoiced.signal(440, 480, on_s=2, off_s=4, seconds=8),
        lambda: grains.held(Talker(tract="u")).samples,
    ),
    "music": (
        lambda: unvoiced.music("piano", 3, 0.4),
        lambda: grains.spoken(Talk(Talker(jitter_ratio=0.0), intonation_semitones=0.0)).samples,
    ),
}


@pytest.mark.parametrize("gate", GATES)
def test_each_gate_refuses_and_lets_pass(gate: str) -> None:
    refused, passed = GATES[gate]
    found = of(refused())
    assert gate in found.refusals
    assert set(found.reasons.values()) == {found.refusals[0]}
    assert of(passed()).is_measured


def test_the_agents_echo_is_refused_and_another_voice_is_not() -> None:
    agent = voices.running_speech(Speech(Voice(f0_hz=200)), seed=4).samples
    echo = np.concatenate([np.zeros(1600), 0.3 * agent[:-1600]])
    assert of(echo, reference=agent).refusals == ("echo",)
    patient = speech(seed=9)
    assert of(patient, reference=agent).is_measured


def test_loss_that_the_transport_knows_counts_like_loss_that_is_heard() -> None:
    samples = speech()
    gaps = [Gap(start, start + 0.06) for start in np.arange(0.5, 6.0, 0.5)]
    assert "frames_lost" in of(samples, lost=gaps).refusals
    assert of(samples, lost=gaps[:1]).is_measured


@pytest.mark.parametrize("sex", ["m", "f", "unknown"])
def test_a_wrong_sex_does_no_harm(sex: str) -> None:
    sound = grains.spoken(Talk(Talker(f0_hz=165)))
    assert of(sound.samples, sex=sex).f0_median_hz == pytest.approx(sound.f0_hz, rel=0.01)


def test_a_long_recording_is_measured_in_blocks_with_the_same_result() -> None:
    one = voices.mu_law(grains.spoken(Talk(seconds=20.0, phrases=8)).samples).astype(np.float32)
    whole = analyse(np.tile(one, 4))
    assert len(one) * 4 > BLOCK_S * 8000
    single = analyse(one)
    assert whole.f0_median_hz == pytest.approx(single.f0_median_hz, rel=0.002)
    assert whole.jitter_ppq5_ratio == pytest.approx(single.jitter_ppq5_ratio, abs=0.0003)
    assert whole.hnr_db == pytest.approx(single.hnr_db, abs=0.3)
    assert whole.quality["periods"] == pytest.approx(4 * single.quality["periods"], rel=0.02)  # type: ignore[operator]


@pytest.mark.parametrize("line", ["direct", "telephone", "narrow", "wide"])
@pytest.mark.parametrize("f0_hz", [85, 140, 215])
def test_a_maker_of_voices_that_was_not_used_to_develop_the_measures(f0_hz: float, line: grains.Line) -> None:
    talker = Talker(f0_hz, tract_scale=1.17 if f0_hz > 160 else 1.0)
    talk = grains.spoken(Talk(talker, 3.6, 0.25), line, seed=1)
    found = of(talk.samples)
    assert found.f0_median_hz == pytest.approx(talk.f0_hz, rel=0.01)
    assert found.pause_ratio == pytest.approx(talk.pause_ratio, abs=0.05)
    assert found.speech_rate_syll_per_s == pytest.approx(talk.syllables_per_s, rel=0.10)
    noisy = grains.held(talker, 4.0, line, hnr_db=14.0, hiss="before")
    assert of(noisy.samples).hnr_db == pytest.approx(14.0, abs=1.0)
    rough = grains.held(Talker(f0_hz, "rosenberg", "none", jitter_ratio=0.012), 4.0, line)
    assert of(rough.samples).jitter_local_ratio == pytest.approx(rough.jitter_ratio, abs=0.0015)
