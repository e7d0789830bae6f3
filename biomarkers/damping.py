"""A voice with the ringing of its vocal tract shortened.

A resonance of 80 Hz bandwidth rings for 4 ms: at 250 Hz each cycle then still holds a good part of the one before, and
the times at which cycles look alike follow the excitation only in part (a jitter of 2 % reads as 1.2 %). Linear prediction
finds the resonances; a filter A(z)/A(z/g) widens them without touching the colour otherwise, so that little noise is
raised. In a clean recording the excitation can then be timed; in a noisy one the untouched signal remains better.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from biomarkers.audio import Samples, Vector
from biomarkers.limits import RATE_HZ

_ORDER = 10
_WINDOW = 240  #: 30 ms
_HOP = 160
_FFT = 256  #: holds the window and the lags that are used
_GAMMA = 0.8  #: bandwidths grow by 570 Hz
_LAG_WINDOW_HZ = 40.0
_WHITE = 1e-4
_MARGIN = 2  #: frames to either side of a stretch
_TAPS = 24  #: the widened resonances are gone after 3 ms

_TAPER = np.hanning(_WINDOW).astype(np.float32)

Index = NDArray[np.intp]


def damped(samples: Samples | Vector, stretches: Sequence[tuple[float, float]]) -> Vector:
    """`samples` through a filter that follows their resonances every 20 ms and widens them. Same length, no delay.

    Only inside the stretches (s, s); elsewhere they stay as they are.
    """
    count = len(samples)
    exact = np.asarray(samples, np.float64)
    frames = _frames_of(stretches, count // _HOP + 1)
    filters = _filters(exact, frames)
    padded = np.pad(exact, (_HOP // 2 + _TAPS, 2 * _HOP))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _HOP)
    changed = np.zeros((len(frames), _HOP))
    for tap in range(_TAPS):
        changed += filters[:, tap, None] * windows[_TAPS - tap + _HOP * frames]
    out = np.pad(exact, (_HOP // 2, 2 * _HOP))[: (count // _HOP + 1) * _HOP].reshape(-1, _HOP)
    out[frames] = changed
    return np.asarray(out.ravel()[_HOP // 2 : _HOP // 2 + count])


def _frames_of(stretches: Sequence[tuple[float, float]], count: int) -> Index:
    """Frames of 20 ms in or next to one of the stretches."""
    inside = np.zeros(count, bool)
    for start, end in stretches:
        first, last = (int(seconds * RATE_HZ / _HOP) for seconds in (start, end))
        inside[max(first - _MARGIN, 0) : last + _MARGIN + 1] = True
    return np.flatnonzero(inside)


def _filters(samples: Vector, frames: Index) -> Vector:
    """Impulse responses of A(z)/A(z/g), one row per frame centred on a multiple of 20 ms."""
    predictor = _predictors(samples, frames)
    widened = predictor * _GAMMA ** np.arange(_ORDER + 1)
    response = np.zeros((len(frames), _TAPS))
    response[:, : _ORDER + 1] = predictor
    for tap in range(1, _TAPS):
        reach = min(_ORDER, tap)
        past = response[:, tap - reach : tap][:, ::-1]
        response[:, tap] -= np.einsum("ij,ij->i", widened[:, 1 : reach + 1], past)
    return response


def _predictors(samples: Vector, frames: Index) -> Vector:
    """Linear prediction A(z) of each frame (autocorrelation method), first coefficient 1."""
    padded = np.pad(samples, (_WINDOW // 2, _WINDOW + _HOP)).astype(np.float32)
    taken = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[frames * _HOP] * _TAPER
    spectrum = np.fft.rfft(taken, _FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    lags = np.arange(_ORDER + 1)
    correlation = np.fft.irfft(power, axis=1)[:, : _ORDER + 1].astype(np.float64)
    correlation *= np.exp(-0.5 * (2 * np.pi * _LAG_WINDOW_HZ * lags / RATE_HZ) ** 2)
    correlation[:, 0] = correlation[:, 0] * (1 + _WHITE) + 1e-9
    matrix = correlation[:, np.abs(lags[:_ORDER, None] - lags[None, :_ORDER])]
    solved = np.linalg.solve(matrix, correlation[:, 1:, None])[:, :, 0]
    return np.concatenate([np.ones((len(frames), 1)), -solved], axis=1)
