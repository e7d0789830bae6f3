"""How much of a voice is noise: harmonics-to-noise ratio and smoothed cepstral peak prominence, both in dB.

HNR is Boersma's (1993): r / (1 - r) of the normalised correlation of neighbouring cycles, here over three pairs of
matched cycles at a time and averaged in dB. CPPS follows Hillenbrand & Houde (1996) with the settings below; absolute
values depend on them, so published cut-offs for other settings do not apply.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biomarkers.audio import Samples, Vector
from biomarkers.limits import RATE_HZ
from biomarkers.periods import Periods

_PAIRS = 3
_HNR_RANGE_DB = (-10.0, 45.0)
_FREE_CHOICES = (
    1.0  #: the best lag was chosen by looking, which makes noise look smaller by one degree of freedom
)

_WINDOW = 800  #: 100 ms
_FFT = 1024
_QUEFRENCY_SMOOTH = 8  #: 1 ms
_LINE_RANGE = slice(8, 400)  #: 1-50 ms
_PEAK_HZ = (60.0, 330.0)
_FLOOR = 10 ** (-70 / 20)  #: steadies empty bands of a band-limited line
_CHUNK = 512


def harmonics_to_noise_db(periods: Periods) -> float | None:
    """Mean HNR of the voiced stretches; None with fewer than three consecutive pairs."""
    if len(periods) < _PAIRS:
        return None
    consecutive = np.lib.stride_tricks.sliding_window_view(periods.follows[1:], _PAIRS - 1).all(axis=1)
    samples = RATE_HZ * float(periods.period_s.mean())
    unlike = periods.energy * (1 - periods.correlation) * (1 + 2 * _FREE_CHOICES / samples)
    noise = _sums_of_three(unlike)[consecutive]
    total = _sums_of_three(periods.energy)[consecutive]
    if not len(total):
        return None
    share = np.clip(noise / np.maximum(total, 1e-20), 1e-6, 1 - 1e-6)
    return float(np.clip(10 * np.log10((1 - share) / share), *_HNR_RANGE_DB).mean())


def _sums_of_three(values: Vector) -> Vector:
    return values[:-2] + values[1:-1] + values[2:]


def cepstral_peaks_db(samples: Samples | Vector, centres_s: Vector) -> Vector:
    """CPPS of each frame centred on `centres_s`; frames that do not fit whole are left out."""
    first = np.round(centres_s * RATE_HZ).astype(np.intp) - _WINDOW // 2
    first = first[(first >= 0) & (first + _WINDOW <= len(samples))]
    peaks = [_peaks(samples, first[start : start + _CHUNK]) for start in range(0, len(first), _CHUNK)]
    return np.concatenate(peaks) if peaks else np.zeros(0)


_TAPER = np.exp(-0.5 * ((np.arange(_WINDOW) - _WINDOW / 2 + 0.5) / (0.2 * _WINDOW)) ** 2).astype(np.float32)
_NOISE_POWER = _FLOOR**2 * float((_TAPER**2).sum())
_QUEFRENCIES = np.arange(_FFT // 2)[_LINE_RANGE] / RATE_HZ
_LINE = np.linalg.pinv(np.stack([np.ones(len(_QUEFRENCIES)), _QUEFRENCIES], axis=1))
_PEAK = slice(int(RATE_HZ / _PEAK_HZ[1]), int(np.ceil(RATE_HZ / _PEAK_HZ[0])) + 1)


def _peaks(samples: Samples | Vector, first: NDArray[np.intp]) -> Vector:
    windows = (
        np.lib.stride_tricks.sliding_window_view(np.asarray(samples, np.float32), _WINDOW)[first] * _TAPER
    )
    spectrum = np.fft.rfft(windows, _FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2 + _NOISE_POWER
    cepstrum = np.fft.irfft(np.log(power), axis=1)[:, : _FFT // 2] ** 2
    steady = cepstrum.copy()
    steady[1:] = (cepstrum[1:] + cepstrum[:-1]) / 2
    running = np.cumsum(np.pad(steady, ((0, 0), (1, _QUEFRENCY_SMOOTH - 1))), axis=1)
    smooth = (running[:, _QUEFRENCY_SMOOTH:] - running[:, :-_QUEFRENCY_SMOOTH]) / _QUEFRENCY_SMOOTH
    level = 10 * np.log10(np.maximum(smooth, 1e-12))
    base, slope = _LINE @ level[:, _LINE_RANGE].T
    at = level[:, _PEAK].argmax(axis=1) + _PEAK.start
    return np.asarray(level[np.arange(len(at)), at] - (base + slope * at / RATE_HZ))
