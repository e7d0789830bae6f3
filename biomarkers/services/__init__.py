"""Every write about measured voices."""

from biomarkers.confounders import CONFOUNDERS
from biomarkers.services.calls import call_voice_update, call_voices_sweep, confounders_set
from biomarkers.services.rescoring import Rescored, baselines_renew, patient_rescore
from biomarkers.services.segments import segment_analyse, segment_keep, segments_sweep

__all__ = [
    "CONFOUNDERS",
    "Rescored",
    "baselines_renew",
    "call_voice_update",
    "call_voices_sweep",
    "confounders_set",
    "patient_rescore",
    "segment_analyse",
    "segment_keep",
    "segments_sweep",
]
