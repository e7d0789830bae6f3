"""The voice-quality score: one number from 0 to 100 that describes how clear a voice sounds on the telephone.

Descriptive and cross-sectional: it is shown with its parts and never raises an alert. CPPS leads because it needs no
pulse marks and is the strongest single acoustic correlate of heard dysphonia in running speech (Murton, Hillman & Mehta,
J Speech Lang Hear Res 63, 2020). The centres are provisional values of telephone speech.
"""

from __future__ import annotations

from math import erf, log2, sqrt

_CPPS_CENTRE_DB, _CPPS_SPREAD_DB, _CPPS_WEIGHT = 9.0, 2.5, 0.40
_HNR_CENTRE_DB, _HNR_SPREAD_DB, _HNR_WEIGHT = 11.0, 5.0, 0.30
_JITTER_CENTRE, _JITTER_WEIGHT = 0.018, 0.15
_SHIMMER_CENTRE, _SHIMMER_WEIGHT = 0.08, 0.15
_SMALLEST_RATIO = 1e-3  #: below it a ratio says "as regular as can be measured"


def voice_quality_score(
    *, cpps_db: float | None, hnr_db: float | None, jitter_ratio: float | None, shimmer_ratio: float | None
) -> float | None:
    """0 (very rough) to 100 (very clear); None when a part could not be measured."""
    if cpps_db is None or hnr_db is None or jitter_ratio is None or shimmer_ratio is None:
        return None
    z = (
        _CPPS_WEIGHT * (cpps_db - _CPPS_CENTRE_DB) / _CPPS_SPREAD_DB
        + _HNR_WEIGHT * (hnr_db - _HNR_CENTRE_DB) / _HNR_SPREAD_DB
        - _JITTER_WEIGHT * log2(max(jitter_ratio, _SMALLEST_RATIO) / _JITTER_CENTRE)
        - _SHIMMER_WEIGHT * log2(max(shimmer_ratio, _SMALLEST_RATIO) / _SHIMMER_CENTRE)
    )
    return 50.0 * (1.0 + erf(z / sqrt(2.0)))
