"""Human telephone speech that nobody here recorded, against a plain Praat run that was stored with its fingerprints.

Where the two differ by design the tolerance says so: our jitter leaves out what noise and the folds' restart after a
consonant add, and our HNR follows the pitch from cycle to cycle where Praat's fixed windows count a glide as noise.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from biomarkers.analysis import analyse
from biomarkers.features import SegmentAnalysis
from biomarkers.files import read_recording
from tests.support import plain_praat
from tests.support.plain_praat import Plain

RECORDINGS = plain_praat.stored()
HOME = plain_praat.folder()
pytestmark = pytest.mark.skipif(
    HOME is None, reason="recorded human telephone speech: asterisk-core-sounds-en-wav is not installed"
)

F0_RATIO, SHIMMER = 0.03, 0.02
JITTER_UNDER, JITTER_OVER = 0.009, 0.001
HNR_OVER_DB = (1.0, 4.0)
RATE_SYLL_PER_S = (2.5, 5.5)  #: of a careful speaker


def path_of(recording: Plain) -> Path:
    assert HOME is not None
    path = HOME / recording.name
    if not path.is_file() or plain_praat.fingerprint(path) != recording.sha256:
        pytest.skip(f"{recording.name} is another edition than the one that was measured")
    return path


def analysis(path: Path) -> SegmentAnalysis:
    heard = read_recording(path)
    return analyse(heard.samples, sex="f", lost=heard.lost, clipped_ratio=heard.clipped_ratio)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: one.name)
def test_a_recording_is_measured_close_to_plain_praat(recording: Plain) -> None:
    found = analysis(path_of(recording))
    assert found.is_measured, found.refusals
    assert found.f0_median_hz == pytest.approx(recording.f0_median_hz, rel=F0_RATIO)
    assert found.shimmer_local_ratio == pytest.approx(recording.shimmer_local_ratio, abs=SHIMMER)
    assert found.jitter_local_ratio is not None
    assert found.hnr_db is not None
    assert -JITTER_UNDER < found.jitter_local_ratio - recording.jitter_local_ratio < JITTER_OVER
    assert HNR_OVER_DB[0] < found.hnr_db - recording.hnr_db < HNR_OVER_DB[1]
    assert found.speech_rate_syll_per_s is not None
    assert RATE_SYLL_PER_S[0] < found.speech_rate_syll_per_s < RATE_SYLL_PER_S[1]
    assert found.quality["tone_ratio"] < 0.1  # type: ignore[operator]


def test_praat_itself_still_says_what_was_stored() -> None:
    for recording in RECORDINGS[:3]:
        again = plain_praat.measured(path_of(recording))
        assert again.f0_median_hz == pytest.approx(recording.f0_median_hz, rel=1e-4)
        assert again.jitter_local_ratio == pytest.approx(recording.jitter_local_ratio, rel=0.01)
        assert again.hnr_db == pytest.approx(recording.hnr_db, abs=0.05)


def test_no_prompt_of_the_collection_is_taken_for_a_tone_or_music() -> None:
    assert HOME is not None
    prompts = [path for path in sorted(HOME.glob("*.wav"))[::9] if path.stat().st_size > 24_000]
    refused = {path.name: analysis(path).refusals for path in prompts}
    assert len(prompts) > 20
    assert {name: why for name, why in refused.items() if {"tone", "music", "clipped"} & set(why)} == {}
    assert np.mean([not why for why in refused.values()]) > 0.95
