"""Pauses, phrases, syllables and breaths of talkers whose timetable is known."""

from __future__ import annotations

import numpy as np
import pytest

from biomarkers import activity
from biomarkers.audio import Gap

QUIET, LOUD = -60.0, -20.0


def measured(dbfs: list[float], voiced: list[bool] | None = None) -> activity.Activity:
    """Activity of frame levels; loud frames are voiced unless told."""
    levels = np.array(dbfs)
    found = activity.levels(levels, levels > -40 if voiced is None else np.array(voiced))
    assert found is not None
    return activity.measure(found)


def silence(frames: int) -> list[float]:
    return [QUIET] * frames


def speech(frames: int) -> list[float]:
    return [LOUD] * frames


def test_silence_before_and_after_is_no_pause() -> None:
    found = measured(silence(80) + speech(100) + silence(80))
    assert found.pauses == ()
    assert found.span_s == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(("gap_frames", "pauses"), [(10, 0), (20, 0), (40, 1), (200, 1)])
def test_a_gap_of_a_quarter_second_is_a_pause(gap_frames: int, pauses: int) -> None:
    found = measured(silence(50) + speech(100) + silence(gap_frames) + speech(100) + silence(50))
    assert len(found.pauses) == pauses
    assert len(found.phrases_s) == pauses + 1


def test_the_length_of_a_pause_is_that_between_the_sounds() -> None:
    # A frame touches sound for 30 ms: a true pause of 0.50 s shows as 48 quiet frames.
    found = measured(silence(50) + speech(102) + silence(48) + speech(102) + silence(50))
    assert found.pause_s == pytest.approx(0.5, abs=0.021)
    assert found.speech_s == pytest.approx(2.0, abs=0.05)


def test_a_click_and_a_rustle_are_no_speech() -> None:
    rustle = silence(50) + speech(60) + silence(50)
    voiced = [False] * 160
    voiced[60:100] = [True] * 40
    with_both = [*rustle, *speech(4), *silence(60), *speech(30), *silence(30)]
    found = measured(with_both, voiced + [False] * (len(with_both) - len(voiced)))
    assert len(found.phrases) == 1


def hills(heights: list[float], dip: float) -> list[float]:
    """Syllables 200 ms long with these peaks over dips of `dip` dB."""
    shape = np.sin(np.linspace(0, np.pi, 20))
    return [float(level) for height in heights for level in height - dip + dip * shape]


@pytest.mark.parametrize("count", [1, 3, 7])
def test_each_hill_is_a_syllable(count: int) -> None:
    found = measured(silence(40) + hills([LOUD, LOUD - 4, LOUD - 1] * 3, 10)[: 20 * count] + silence(40))
    assert found.syllables == count


def test_ripples_below_two_decibels_are_none() -> None:
    assert measured(silence(40) + hills([LOUD] * 5, 1.2) + silence(40)).syllables == 1


def test_unvoiced_hills_are_none() -> None:
    level = silence(40) + hills([LOUD] * 4, 12) + silence(40)
    voiced = [False] * len(level)
    voiced[40:60] = voiced[80:100] = [True] * 20
    assert measured(level, voiced).syllables == 2


def test_a_breath_in_a_long_pause_is_counted_once() -> None:
    pause = silence(15) + [QUIET + 9] * 25 + silence(15)
    assert measured(silence(40) + speech(60) + pause + speech(60) + silence(40)).breaths == 1
    assert measured(silence(40) + speech(60) + silence(55) + speech(60) + silence(40)).breaths == 0


def test_lost_frames_are_bridged_and_make_neither_pause_nor_syllable() -> None:
    level = np.array(silence(40) + hills([LOUD] * 4, 10) + silence(40))
    holed = level.copy()
    holed[58:62] = -120
    mended = activity.bridged(holed, (Gap(0.58, 0.63),))
    assert np.abs(mended - level).max() < 8
    assert measured(mended.tolist()).syllables == 4


def test_a_recording_that_is_one_gap_stays_as_it_is() -> None:
    level = np.array(speech(20))
    assert activity.bridged(level, (Gap(0.0, 1.0),)) is level


def test_without_a_voice_there_is_nothing_to_say() -> None:
    assert activity.levels(np.array(speech(50)), np.zeros(50, bool)) is None


def test_a_held_vowel_has_no_known_silence_and_is_all_speech() -> None:
    found = activity.levels(np.array(speech(200)), np.ones(200, bool))
    assert found is not None
    assert found.noise_dbfs is None
    assert activity.measure(found).speech_s == pytest.approx(2.0, abs=0.03)
