"""Every number of pooling, baseline and change detection, in one place, and the version that names them all.

Changing a number here, or a method that reads it, changes what CallVoice and Baseline rows mean: raise CALL_VERSION
and run `manage.py rescore`, so that old and new values are never mixed. Why these: docs/adr/0008-voice-change.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

CALL_VERSION: Final = "call-1"

Family = Literal["timing", "voice", "pitch"]


@dataclass(frozen=True, slots=True)
class Tracked:
    """A feature that change detection follows. `spread` is its usual call-to-call SD, in the feature's own unit.

    `direction`: +1 when worse congestion raises it, -1 when worse congestion lowers it.
    """

    name: str
    direction: int
    weight: float
    spread: float
    family: Family


# Directions and weights by strength of evidence in heart failure and by what survives a telephone line: timing first
# (Schöbi 2022 JAHA; Murton 2023 Appl Sci 13:1827), perturbation last. Spreads are start values for 40-80 s of speech.
TRACKED: Final = (
    Tracked("pause_ratio", +1, 0.200, 0.03, "timing"),
    Tracked("mean_phrase_s", -1, 0.150, 0.28, "timing"),
    Tracked("speech_rate", -1, 0.150, 0.25, "timing"),
    Tracked("cpps", -1, 0.150, 0.50, "voice"),
    Tracked("hnr", -1, 0.125, 0.85, "voice"),
    Tracked("f0_median", -1, 0.125, 6.0, "pitch"),
    Tracked("shimmer", +1, 0.050, 0.007, "voice"),
    Tracked("jitter_ppq5", +1, 0.050, 0.0010, "voice"),  # about half of local jitter's in running speech
)

# -- Call: what its report needs ----------------------------------------------------------------------------------
REPORT_VOICED_MIN_S: Final = 5.0
PERIODS_MIN: Final = 200  #: glottal periods of a call, for jitter and shimmer

# -- Call: what baseline and alarms need ----------------------------------------------------------------------------
VOICED_MIN_S: Final = 20.0
SNR_MIN_DB: Final = 20.0  #: below it timing and pitch only
SNR_TIMING_MIN_DB: Final = 17.0  #: below it pitch only
CLIPPED_MAX_RATIO: Final = 0.001
LOST_MAX_RATIO: Final = 0.02
LEVEL_MIN_DBFS: Final = -45.0
DOUBTFUL_PITCH_MAX_SHARE: Final = 0.25  #: of the voiced time
WEIGHT_MIN: Final = 0.5  #: of the weights of TRACKED; with less the composite says nothing

# -- Baseline -------------------------------------------------------------------------------------------------------
BASELINE_CALLS: Final = 14
BASELINE_CALLS_LEAST: Final = 8
BASELINE_DAYS_LEAST: Final = 10
BASELINE_PATIENCE_DAYS: Final = 35  #: after it, the least number of calls is enough
SETTLED_AFTER_DISCHARGE_DAYS: Final = 14
UNSTABLE_NEAR_ALERT_DAYS: Final = (
    3  #: a call this near a high or critical symptom alert is not usual for the patient
)
PRIOR_CALLS: Final = 6  #: how many calls the start value of the spread is worth
MEDIAN_ERROR: Final = 1.57  #: variance of a median over n normal values is 1.57/n of one value's
MAD_TO_SD: Final = 1.4826
Z_MOST: Final = 3.0
CORRELATION: Final = 0.3  #: between features, for the start value of the composite's spread

# -- Channel ---------------------------------------------------------------------------------------------------------
CHANNEL_MOVED_DB: Final = 6.0  #: of the level below 300 Hz against 300-3,000 Hz

# -- Change: one-sided CUSUM on the composite ------------------------------------------------------------------------
CUSUM_SLACK: Final = 0.75
CUSUM_LIMIT: Final = 6.0
CUSUM_MOST: Final = 12.0  #: so that a recovery shows within a bounded number of calls
RECENT_CALLS: Final = 3
RECENT_HIGH: Final = 2  #: of the recent calls, this many above
RECENT_ABOVE: Final = 1.0
CONFOUNDERS_HOLD: Final = 2  #: this many confounders hold an alarm back for one call
