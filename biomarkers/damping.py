"""A voice with the ringing of its vocal tract shortened.

A resonance of 80 Hz bandwidth rings for 4 ms: at 250 Hz each cycle then still holds a good part of the one before, and
the times at which cycles look alike follow the excitation only in part (a jitter of 2 % reads as 1.2 %). Linear prediction
finds the resonances; a filter A(z)/A(z/g) widens them without touching the colour otherwise, so that little noise is
raised. In a clean recording the excitation can then be timed; in a noisy one the untouched signal remains better.
"""

from __future__ import annotations

import numpy as np

from biomarkers.audio import Samples, Vector
from biomarkers.limits import RATE_HZ

_ORDER = 10
_WINDOW = 240  #: 30 ms
_HOP = 80
_FFT = 512
_GAMMA = 0.8  #: bandwidths grow by 570 Hz
_LAG_WINDOW_HZ = 40.0
_WHITE = 1e-4
_TAPS = 32  #: the widened resonances are gone after 4 ms


def damped(samples: Samples | Vector) -> Vector:
    """`samples` through a filter that follows their resonances every 10 ms and widens them. Same length, no delay."""
    count = len(samples)
    frames = count // _HOP + 1
    filters = _filters(np.asarray(samples, np.float64), frames)
    padded = np.pad(np.asarray(samples, np.float64), (_HOP // 2 + _TAPS, 2 * _HOP))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _HOP)
    out = np.zeros((frames, _HOP))
    for tap in range(_TAPS):
        out += filters[:, tap, None] * windows[_TAPS - tap :: _HOP][:frames]
    return np.asarray(out.ravel()[_HOP // 2 : _HOP // 2 + count])


def _filters(samples: Vector, frames: int) -> Vector:
    """Impulse responses of A(z)/A(z/g), one row per frame centred on a multiple of 10 ms."""
    predictor = _predictors(samples, frames)
    widened = predictor * _GAMMA ** np.arange(_ORDER + 1)
    response = np.zeros((frames, _TAPS))
    response[:, : _ORDER + 1] = predictor
    for tap in range(1, _TAPS):
        reach = min(_ORDER, tap)
        past = response[:, tap - reach : tap][:, ::-1]
        response[:, tap] -= np.einsum("ij,ij->i", widened[:, 1 : reach + 1], past)
    return response


def _predictors(samples: Vector, frames: int) -> Vector:
    """Linear prediction A(z) of each frame (autocorrelation method), first coefficient 1."""
    padded = np.pad(samples, (_WINDOW // 2, _WINDOW + _HOP))
    taken = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][:frames] * np.hanning(_WINDOW)
    lags = np.arange(_ORDER + 1)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(taken, _FFT, axis=1)) ** 2, axis=1)[:, : _ORDER + 1]
    correlation = correlation * np.exp(-0.5 * (2 * np.pi * _LAG_WINDOW_HZ * lags / RATE_HZ) ** 2)
    correlation[:, 0] = correlation[:, 0] * (1 + _WHITE) + 1e-9
    matrix = correlation[:, np.abs(lags[:_ORDER, None] - lags[None, :_ORDER])]
    solved = np.linalg.solve(matrix, correlation[:, 1:, None])[:, :, 0]
    return np.concatenate([np.ones((frames, 1)), -solved], axis=1)
