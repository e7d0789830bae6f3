"""Whether a recording of the patient is really the agent's voice coming back."""

from __future__ import annotations

import numpy as np

from biomarkers.audio import Samples, Vector
from biomarkers.limits import RATE_HZ

_LONGEST_DELAY_S = 0.6
_PIECE_S = 20


def echo_correlation(samples: Samples | Vector, reference: Samples | Vector) -> float:
    """Largest normalised correlation of any 20 s piece with the agent's track up to 0.6 s earlier (0 to 1).

    Both start at the same instant; the shorter decides how much is compared.
    """
    count, piece = min(len(samples), len(reference)), _PIECE_S * RATE_HZ
    starts = range(0, count, piece)
    return max(
        (_peak(samples[start : min(start + piece, count)], reference, start) for start in starts), default=0.0
    )


def _peak(heard: Samples | Vector, reference: Samples | Vector, start: int) -> float:
    """Correlation at the best delay of the agent's track, each delay with the energy it really overlaps."""
    longest = round(_LONGEST_DELAY_S * RATE_HZ)
    sent = np.asarray(reference[max(start - longest, 0) : start + len(heard)], np.float64)
    sent = np.pad(sent, (max(longest - start, 0), 0))
    heard = np.asarray(heard, np.float64)
    size = len(sent) + len(heard)
    cross = np.fft.irfft(np.fft.rfft(sent, size) * np.fft.rfft(heard, size).conj(), size)[: longest + 1]
    running = np.concatenate(([0.0], np.cumsum(sent**2)))
    overlap = running[len(heard) :][: longest + 1] - running[: longest + 1][: len(running) - len(heard)]
    energy = float((heard**2).sum())
    if energy <= 0 or overlap.max(initial=0.0) <= 0:
        return 0.0
    floor = 1e-3 * overlap.max()
    return float((np.abs(cross[: len(overlap)]) / np.sqrt(np.maximum(overlap, floor) * energy)).max())
