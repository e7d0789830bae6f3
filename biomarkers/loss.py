"""Frames that never arrived, found in the samples themselves.

A lost packet that was filled with zeros cuts the waveform off at full swing; a pause of digital silence fades. So a
run of exact zeros between two sounds counts as lost when the sound stops or starts abruptly at its edge, and as a
pause otherwise.
"""

from __future__ import annotations

import numpy as np

from biomarkers.audio import Gap, Samples, Vector

SHORTEST_LOSS_S = 0.009  #: codecs send 10 or 20 ms at a time; a voice stays at zero for far shorter
LONGEST_LOSS_S = 0.24  #: beyond it, zeros are a pause unless the transport says otherwise
_EDGE_S = 0.004
_CONTEXT_S = 0.030
_NEIGHBOURHOOD_S = 0.100
_ABRUPT_RATIO = 0.35  #: level in the last 4 ms over the level of the last 30 ms (-9 dB)
_AUDIBLE = 10 ** (-50 / 20)


def zero_runs(samples: Samples | Vector, shortest: int) -> list[tuple[int, int]]:
    """Half-open index ranges of at least `shortest` exact zeros."""
    zero = np.concatenate(([False], np.asarray(samples) == 0, [False]))
    edges = np.flatnonzero(np.diff(zero.astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= shortest
    return list(zip(starts[long].tolist(), ends[long].tolist(), strict=True))


def lost_gaps(samples: Samples | Vector, rate_hz: int) -> tuple[Gap, ...]:
    """Stretches of zeros that cut into sound, in seconds."""
    runs = zero_runs(samples, round(SHORTEST_LOSS_S * rate_hz))
    return tuple(
        Gap(start / rate_hz, end / rate_hz)
        for start, end in runs
        if end - start <= LONGEST_LOSS_S * rate_hz and _cuts_into_sound(samples, start, end, rate_hz)
    )


def _cuts_into_sound(samples: Samples | Vector, start: int, end: int, rate_hz: int) -> bool:
    near = round(_NEIGHBOURHOOD_S * rate_hz)
    before, after = samples[max(start - near, 0) : start], samples[end : end + near][::-1]
    if min(_rms(before), _rms(after)) <= _AUDIBLE:
        return False
    edge, context = round(_EDGE_S * rate_hz), round(_CONTEXT_S * rate_hz)
    return any(_stops_abruptly(side[-context:], edge) for side in (before, after))


def _stops_abruptly(side: Samples | Vector, edge: int) -> bool:
    """Whether the end of `side` is about as loud as all of it."""
    return _rms(side[-edge:]) > max(_ABRUPT_RATIO * _rms(side), _AUDIBLE)


def _rms(x: Samples | Vector) -> float:
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64)))) if len(x) else 0.0
