"""Power spectra of frames of 128 ms, and the fingerprint that a telephone line leaves in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from biomarkers.audio import Samples, Vector
from biomarkers.limits import RATE_HZ

WINDOW: Final = 1024  #: samples, 128 ms
HOP: Final = 512
BIN_HZ: Final = RATE_HZ / WINDOW
TAPER: Final = np.hanning(WINDOW)

_LOW_HZ = (80.0, 300.0)
_MIDDLE_HZ = (300.0, 3000.0)
_HIGH_HZ = (3400.0, 3900.0)
_FLOOR_DB = -80.0


@dataclass(frozen=True, slots=True)
class Channel:
    """What tells one line or handset from another: long-term levels relative to 300-3000 Hz, and the noise floor."""

    low_band_db: float
    high_band_db: float
    noise_floor_dbfs: float | None


def frame_spectra(samples: Samples | Vector) -> Vector:
    """Power spectra of Hann-weighted frames, one row each, 64 ms apart."""
    if len(samples) < WINDOW:
        return np.zeros((0, WINDOW // 2 + 1))
    frames: Vector = np.lib.stride_tricks.sliding_window_view(np.asarray(samples, np.float64), WINDOW)[::HOP]
    return np.asarray(np.abs(np.fft.rfft(frames * TAPER, axis=1)) ** 2)


def frame_centres_s(count: int) -> Vector:
    """Times of the frames of `frame_spectra`."""
    return np.asarray((np.arange(count) * HOP + WINDOW / 2) / RATE_HZ)


def channel_of(long_term: Vector, noise_floor_dbfs: float | None) -> Channel:
    """The fingerprint of a summed power spectrum of speech."""
    middle = _band(long_term, _MIDDLE_HZ)
    return Channel(
        low_band_db=_relative_db(_band(long_term, _LOW_HZ), middle),
        high_band_db=_relative_db(_band(long_term, _HIGH_HZ), middle),
        noise_floor_dbfs=noise_floor_dbfs,
    )


def _band(spectrum: Vector, edges_hz: tuple[float, float]) -> float:
    """Mean power per bin between the edges."""
    first, last = (round(edge / BIN_HZ) for edge in edges_hz)
    return float(spectrum[first : last + 1].mean())


def _relative_db(power: float, reference: float) -> float:
    if power <= 0 or reference <= 0:
        return _FLOOR_DB
    return float(max(10 * np.log10(power / reference), _FLOOR_DB))
