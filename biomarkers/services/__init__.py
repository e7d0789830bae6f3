"""Every write about measured voices."""

from biomarkers.services.segments import segment_analyse, segment_keep, segments_sweep

__all__ = ["segment_analyse", "segment_keep", "segments_sweep"]
