"""Every limit of the voice analysis, in one place, and the version that names them all.

Changing any number here, or any method that reads it, changes what the features mean: raise ALGORITHM_VERSION,
so that old and new values are never mixed in one baseline. Sources and reasons: docs/clinical/voice-biomarkers.md.
"""

from __future__ import annotations

from typing import Final

ALGORITHM_VERSION: Final = "voice-1"

# -- Signal ---------------------------------------------------------------------------------------------------
RATE_HZ: Final = 8_000
BLOCK_S: Final = 30.0  #: longest piece analysed at once; Praat's memory grows with it
BLOCK_CUT_SEARCH_S: Final = 10.0  #: a block ends at the quietest frame of its last seconds
FRAME_S: Final = 0.030
HOP_S: Final = 0.010

# -- Pitch (two passes, after De Looze & Hirst 2008) --------------------------------------------------------------
PITCH_SEARCH_HZ: Final = {"unknown": (60.0, 500.0), "m": (55.0, 350.0), "f": (80.0, 500.0)}
PITCH_LOWEST_FLOOR_HZ: Final = 50.0
PITCH_HIGHEST_CEILING_HZ: Final = 600.0
OCTAVE_MARGIN: Final = (
    0.02  #: a shorter period must correlate this nearly as well as the longer one to replace it
)
PITCH_SPREAD_MAX: Final = 3.5  #: q95/q05 beyond it: F0 is doubtful
OCTAVE_JUMPS_MAX: Final = 0.15

# -- Voiced stretches that carry perturbation measures -----------------------------------------------------------
STRETCH_TRIM_S: Final = 0.020
STRETCH_MIN_S: Final = 0.100
PERIOD_FACTOR_MAX: Final = 1.3
AMPLITUDE_FACTOR_MAX: Final = 1.6

# -- Activity -----------------------------------------------------------------------------------------------------
SPEECH_BELOW_VOICED_DB: Final = 18.0
SPEECH_ABOVE_NOISE_DB: Final = 4.0
PAUSE_MIN_S: Final = 0.25
ISLAND_MIN_S: Final = 0.10
SYLLABLE_DIP_DB: Final = 2.0
BREATH_PAUSE_MIN_S: Final = 0.35
BREATH_ABOVE_FLOOR_DB: Final = (3.0, 15.0)

# -- What a feature needs -----------------------------------------------------------------------------------------
SEGMENT_MIN_S: Final = 1.5  #: shorter audio is refused whole
VOICED_MIN_S: Final = 0.5  #: of one segment
PERIODS_MIN: Final = 80  #: of one segment, for jitter and shimmer
PHRASE_MIN_S: Final = 1.0  #: of speech, for rates and phrases
CPPS_FRAMES_MIN: Final = 20

# -- Gates of one segment (those of calls and baselines: change_limits) -------------------------------------------
SNR_MIN_DB: Final = 12.0
CLEANER_VOICE_DB: Final = 5.0  #: a voice this much clearer than its pauses: a gain control raised the pauses
HNR_MIN_DB: Final = 2.5
CLIPPED_MAX_RATIO: Final = 0.005
LOST_MAX_RATIO: Final = 0.05
LEVEL_MIN_DBFS: Final = -50.0
TONE_MAX_RATIO: Final = 0.5
ECHO_MAX_CORRELATION: Final = 0.3
