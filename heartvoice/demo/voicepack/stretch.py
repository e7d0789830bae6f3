"""Slower or faster speech at the same pitch: waveform-similarity overlap-add (WSOLA).

Source: Verhelst & Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for high quality
time-scale modification of speech", ICASSP 1993.
"""

import numpy as np

from heartvoice.demo.voicepack.g711 import RATE_HZ, Float

_FRAME = RATE_HZ * 30 // 1000
_HOP = _FRAME // 2
_SEARCH = RATE_HZ * 8 // 1000


def stretch(samples: Float, speed: float) -> Float:
    """The samples at `speed` times their pace (0.5 is half as fast); unchanged near 1 or when too short."""
    if abs(speed - 1.0) < 0.02 or samples.size < 4 * _FRAME:
        return samples
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    frames = int((samples.size - _FRAME - 2 * _SEARCH) / (_HOP * speed))
    out = np.zeros((frames + 1) * _HOP + _FRAME, np.float32)
    weight = np.zeros_like(out)
    at = 0
    for number in range(frames):
        out[number * _HOP : number * _HOP + _FRAME] += window * samples[at : at + _FRAME]
        weight[number * _HOP : number * _HOP + _FRAME] += window
        natural = samples[at + _HOP : at + _HOP + _FRAME]  # what would follow without any change of pace
        wanted = int((number + 1) * _HOP * speed)
        low = max(0, wanted - _SEARCH)
        region = samples[low : wanted + _SEARCH + _FRAME]
        if region.size < _FRAME or natural.size < _FRAME:
            break
        at = low + int(np.correlate(region, natural, "valid").argmax())
    return np.asarray(out / np.maximum(weight, 1e-3), np.float32)
