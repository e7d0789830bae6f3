"""Pooled segments give what one measurement of all of them would have given, and no more than they are fit for."""

from __future__ import annotations

from typing import Any

import pytest

from biomarkers.change_limits import TRACKED
from biomarkers.pooling import FEATURES, PooledCall, Segment, pool

FEATURES_OF_ONE: dict[str, float] = {
    "f0_mean": 122.0,
    "f0_median": 120.0,
    "f0_sd_semitones": 2.0,
    "jitter": 0.018,
    "jitter_ppq5": 0.009,
    "shimmer": 0.08,
    "hnr": 11.0,
    "cpps": 9.0,
    "pause_ratio": 0.2,
    "pauses_per_min": 12.0,
    "speech_rate": 3.5,
    "articulation_rate": 4.4,
    "mean_phrase_s": 2.0,
    "max_phrase_s": 4.0,
    "phonation_s": 10.0,
    "breath_pauses": 1,
    "loudness_range_db": 20.0,
}
QUALITY_OF_ONE: dict[str, Any] = {
    "seconds": 20.0,
    "voiced_s": 10.0,
    "level_dbfs": -20.0,
    "snr_db": 30.0,
    "clipped_ratio": 0.0,
    "lost_ratio": 0.0,
    "is_pitch_doubtful": False,
    "voiced_frames": 1_000,
    "periods": 1_200,
    "cepstral_frames": 900,
    "phrases": 8,
    "span_s": 20.0,
    "speech_s": 16.0,
}


def segment(version: str = "voice-1", **changes: Any) -> Segment:
    """A good segment of 20 s; changes go to the feature or the quality of that name."""
    features = {name: changes.pop(name, value) for name, value in FEATURES_OF_ONE.items()}
    quality = {name: changes.pop(name, value) for name, value in QUALITY_OF_ONE.items()}
    channel = {"low_band_db": changes.pop("low_band_db", 3.0)}
    assert not changes
    return Segment(version, True, features, quality, channel)


REFUSED = Segment("voice-1", False)
LOST = Segment("", False)


def unfit(*segments: Segment) -> dict[str, str]:
    return dict(pool(segments).unfit)


def families(reasons: dict[str, str]) -> set[str]:
    return {feature.family for feature in TRACKED if feature.name in reasons}


def test_equal_segments_give_their_own_values() -> None:
    call = pool([segment()] * 3)
    for name, value in FEATURES_OF_ONE.items():
        expected = {"phonation_s": 30.0, "breath_pauses": 3.0}.get(name, value)
        assert call.features[name] == pytest.approx(expected), name
    assert call.features["voice_quality_score"] == pytest.approx(50.0)
    assert (call.voiced_s, call.snr_db, call.unusable, call.unfit) == (30.0, 30.0, "", {})
    assert (call.version, call.segments, call.measured) == ("voice-1", 3, 3)


@pytest.mark.parametrize(
    ("name", "rests_on"),
    [
        ("f0_median", "voiced_frames"),
        ("shimmer", "periods"),
        ("hnr", "periods"),
        ("cpps", "cepstral_frames"),
        ("pause_ratio", "span_s"),
        ("articulation_rate", "speech_s"),
        ("mean_phrase_s", "phrases"),
    ],
)
def test_each_feature_is_weighted_by_what_it_rests_on(name: str, rests_on: str) -> None:
    base = QUALITY_OF_ONE[rests_on]
    call = pool([segment(**{name: 1.0, rests_on: base}), segment(**{name: 5.0, rests_on: 3 * base})])
    assert call.features[name] == pytest.approx(4.0)


def test_a_segment_without_the_feature_does_not_count_for_it() -> None:
    call = pool([segment(), segment(hnr=None), segment()])
    assert call.features["hnr"] == pytest.approx(11.0)


def test_pitch_spread_holds_the_distance_between_the_segments() -> None:
    low, high = 100.0, 100.0 * 2 ** (4 / 12)
    call = pool([segment(f0_median=low, f0_sd_semitones=0.0), segment(f0_median=high, f0_sd_semitones=0.0)])
    assert call.features["f0_sd_semitones"] == pytest.approx(2.0, abs=0.15)


def test_the_longest_phrase_is_the_longest_of_all() -> None:
    assert pool([segment(), segment(max_phrase_s=7.5)]).features["max_phrase_s"] == 7.5


def test_refused_and_lost_segments_count_for_coverage_only() -> None:
    call = pool([segment(), segment(), REFUSED, LOST])
    assert (call.segments, call.measured, call.unusable) == (4, 2, "")
    assert call.features == pool([segment(), segment()]).features


def test_without_enough_voice_there_is_a_reason_instead_of_every_number() -> None:
    for call in (pool([segment(voiced_s=4.9)]), pool([REFUSED, LOST]), pool([])):
        assert call.features == {}
        assert set(call.reasons) == set(FEATURES)
        assert call.unusable in {"too_little_voice", "nothing_measured"}


def test_a_short_call_is_reported_but_judges_nothing() -> None:
    call = pool([segment(voiced_s=19.9)])
    assert call.features["hnr"] == 11.0
    assert call.unusable == "too_little_voice"
    assert pool([segment(voiced_s=20.0)]).unusable == ""


def test_too_few_periods_leave_jitter_and_shimmer_out() -> None:
    call = pool([segment(periods=90), segment(periods=90)])
    assert set(call.reasons) == {"jitter", "jitter_ppq5", "shimmer", "voice_quality_score"}
    assert set(call.reasons.values()) == {"too_few_periods"}
    assert "hnr" in call.features


@pytest.mark.parametrize(
    ("snr_db", "left_out", "why"),
    [
        (20.0, set(), ""),
        (19.9, {"voice"}, ""),
        (17.0, {"voice"}, ""),
        (16.9, {"voice", "timing"}, "noisy"),
        (None, {"voice"}, ""),
    ],
)
def test_noise_leaves_out_what_it_spoils(snr_db: float | None, left_out: set[str], why: str) -> None:
    call = pool([segment(snr_db=snr_db)] * 2)
    assert families(dict(call.unfit)) == left_out
    assert call.unusable == why
    assert "hnr" in call.features


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"clipped_ratio": 0.0011}, "clipped"),
        ({"lost_ratio": 0.021}, "frames_lost"),
        ({"level_dbfs": -45.1}, "too_quiet"),
        ({"clipped_ratio": 0.001, "lost_ratio": 0.02, "level_dbfs": -45.0}, ""),
    ],
)
def test_a_damaged_call_judges_nothing(changes: dict[str, float], why: str) -> None:
    assert pool([segment(**changes)] * 2).unusable == why


def test_a_doubtful_pitch_is_shown_but_judges_nothing() -> None:
    doubtful = segment(is_pitch_doubtful=True)
    assert unfit(doubtful, segment()) == {"f0_median": "pitch_doubtful"}
    assert pool([doubtful, segment()]).features["f0_median"] == 120.0
    assert unfit(doubtful, segment(), segment(), segment()) == {}


def test_a_call_with_too_few_features_judges_nothing() -> None:
    silent_on_timing = [segment(pause_ratio=None, mean_phrase_s=None, speech_rate=None, snr_db=18.0)] * 2
    assert pool(silent_on_timing).unusable == "noisy"
    no_timing = [segment(pause_ratio=None, mean_phrase_s=None, speech_rate=None, f0_median=None)] * 2
    assert pool(no_timing).unusable == "too_few_features"


def test_two_versions_of_the_analysis_are_never_mixed() -> None:
    call: PooledCall = pool([segment("voice-1", hnr=5.0), segment("voice-2"), segment("voice-2")])
    assert (call.version, call.measured, call.segments) == ("voice-2", 2, 3)
    assert call.features["hnr"] == 11.0


def test_the_channel_is_that_of_all_segments() -> None:
    call = pool([segment(low_band_db=2.0), segment(low_band_db=6.0, speech_s=48.0)])
    assert call.channel == {"low_band_db": pytest.approx(5.0)}
