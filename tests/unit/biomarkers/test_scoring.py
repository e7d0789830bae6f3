"""The voice-quality score."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomarkers.scoring import voice_quality_score

USUAL = {"cpps_db": 9.0, "hnr_db": 11.0, "jitter_ratio": 0.018, "shimmer_ratio": 0.08}


def test_the_centre_of_telephone_voices_scores_fifty() -> None:
    assert voice_quality_score(**USUAL) == pytest.approx(50.0)


@pytest.mark.parametrize("missing", USUAL)
def test_a_missing_part_leaves_no_score(missing: str) -> None:
    assert voice_quality_score(**{**USUAL, missing: None}) is None


@pytest.mark.parametrize(
    ("part", "worse_to_better"),
    [
        ("cpps_db", (4.0, 9.0, 14.0)),
        ("hnr_db", (3.0, 11.0, 22.0)),
        ("jitter_ratio", (0.05, 0.018, 0.004)),
        ("shimmer_ratio", (0.2, 0.08, 0.02)),
    ],
)
def test_each_part_moves_it_the_right_way(part: str, worse_to_better: tuple[float, ...]) -> None:
    scores = [voice_quality_score(**{**USUAL, part: value}) for value in worse_to_better]
    assert all(left < right for left, right in pairwise(scores))  # type: ignore[operator]


@given(st.floats(-50, 80), st.floats(-20, 60), st.floats(0, 1), st.floats(0, 1))
def test_it_stays_between_0_and_100(cpps: float, hnr: float, jitter: float, shimmer: float) -> None:
    score = voice_quality_score(cpps_db=cpps, hnr_db=hnr, jitter_ratio=jitter, shimmer_ratio=shimmer)
    assert score is not None
    assert 0 <= score <= 100
