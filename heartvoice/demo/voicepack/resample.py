"""Change of sample rate by a rational factor: windowed-sinc FIR, numpy only."""

from functools import lru_cache
from math import gcd

import numpy as np

from heartvoice.demo.voicepack.g711 import Float

_LOBES = 16  # zero crossings of the sinc on each side: about 60 dB of stop band with the Kaiser window below
_KAISER_BETA = 6.0


@lru_cache(maxsize=16)
def _taps(up: int, down: int) -> Float:
    """Low-pass filter at the narrower of the two Nyquist bands, gain `up`; odd length."""
    width = max(up, down)
    half = _LOBES * width
    at = np.arange(-half, half + 1) / width
    taps = np.sinc(at) * np.kaiser(2 * half + 1, _KAISER_BETA)
    return np.asarray(taps * (up / taps.sum()), np.float32)


def resample(samples: Float, from_hz: int, to_hz: int) -> Float:
    """The signal at `to_hz`, aligned in time with the input; length is scaled and rounded up."""
    if from_hz == to_hz or not samples.size:
        return samples
    divisor = gcd(from_hz, to_hz)
    up, down = to_hz // divisor, from_hz // divisor
    taps = _taps(up, down)
    delay = taps.size // 2
    wanted = -(-samples.size * up // down)
    # Polyphase: each of the `up` phases is one short convolution instead of one over the zero-stuffed signal.
    stuffed = np.zeros((samples.size + 2 * (delay // up) + 4) * up, np.float32)
    for phase in range(up):
        part = np.convolve(samples, taps[phase::up]).astype(np.float32)
        room = stuffed[phase::up][: part.size]
        room[:] = part[: room.size]
    out = stuffed[delay::down][:wanted]
    return np.pad(out, (0, wanted - out.size))
