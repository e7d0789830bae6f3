"""Telephone audio as numbers: mu-law to samples and back, other rates to 8 kHz, levels, silent gaps.

Samples are float32 or float64 in [-1, 1] at 8 kHz unless a name says otherwise. One second of mu-law is 8,000 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biomarkers.limits import FRAME_S, HOP_S, RATE_HZ

Samples = NDArray[np.float32]
Vector = NDArray[np.float64]

SILENCE_DBFS = -120.0
_LEVEL_HOPS = 6000  #: a minute at a time, to keep the copies small


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a recording in which nothing arrived, in seconds from its start."""

    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


def _decoding_table() -> Samples:
    """The 256 values of ITU-T G.711 mu-law as fractions of full scale."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = ((code >> 4) & 7).astype(np.int32)
    magnitude = ((((code & 15).astype(np.int32) << 3) + 132) << exponent) - 132
    signed = np.where(code & 0x80, -magnitude, magnitude)
    return (signed / 32768).astype(np.float32)


_MU_LAW = _decoding_table()


def from_mu_law(data: bytes) -> Samples:
    """Samples of G.711 mu-law bytes."""
    return _MU_LAW[np.frombuffer(data, np.uint8)]


def to_mu_law(samples: Samples | Vector) -> bytes:
    """G.711 mu-law bytes of `samples`; what lies beyond full scale is clipped."""
    pcm = np.clip(np.round(np.asarray(samples, np.float64) * 32768), -32635, 32635).astype(np.int32)
    magnitude = np.abs(pcm) + 132
    exponent = np.frexp(magnitude)[1] - 8
    mantissa = (magnitude >> (exponent + 3)) & 15
    code = np.where(pcm < 0, 0x80, 0) | (exponent << 4) | mantissa
    return bytes(~code.astype(np.uint8))


def resampled(samples: Samples | Vector, rate_hz: int, to_hz: int = RATE_HZ) -> Samples:
    """`samples` at `to_hz`, by cutting or padding the spectrum of ten-second pieces with faded overlaps.

    Exact inside the band (no phase shift), -100 dB aliasing; memory stays that of one piece.
    """
    if rate_hz == to_hz:
        return np.asarray(samples, np.float32)
    unit_in = rate_hz // int(np.gcd(rate_hz, to_hz))
    unit_out = to_hz // int(np.gcd(rate_hz, to_hz))
    core = (
        max(1, round(10 * rate_hz / unit_in)) * unit_in
    )  # whole units, so that every piece starts on a sample
    margin = max(1, round(0.1 * rate_hz / unit_in)) * unit_in
    pieces = []
    for start in range(0, len(samples), core):
        first, last = start - margin, start + core + margin
        piece = np.asarray(samples[max(first, 0) : last], np.float64)
        piece = np.pad(piece, (max(-first, 0), max(last - len(samples), 0)))
        size = len(piece) // unit_in * unit_out
        spectrum = np.fft.rfft(piece)
        out = np.zeros(size // 2 + 1, np.complex128)
        keep = min(len(out), len(spectrum))
        out[:keep] = spectrum[:keep]
        resized = np.fft.irfft(out, size) * (size / len(piece))
        skip = margin // unit_in * unit_out
        pieces.append(resized[skip : skip + core // unit_in * unit_out].astype(np.float32))
    joined = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    return joined[: round(len(samples) * to_hz / rate_hz)]


def frame_levels_dbfs(samples: Samples | Vector, rate_hz: int = RATE_HZ) -> Vector:
    """RMS level of 30 ms frames every 10 ms, without the mean; frame k is centred on (k + 1.5) * 10 ms."""
    hop = round(HOP_S * rate_hz)
    per_frame = round(FRAME_S / HOP_S)
    hops = len(samples) // hop
    if hops < per_frame:
        return np.zeros(0)
    mean = float(np.mean(samples, dtype=np.float64))
    energy = np.zeros(hops)
    for first in range(0, hops, _LEVEL_HOPS):
        piece = np.asarray(samples[first * hop : min(first + _LEVEL_HOPS, hops) * hop], np.float64).reshape(
            -1, hop
        )
        piece = piece - mean
        energy[first : first + len(piece)] = np.einsum("ij,ij->i", piece, piece)
    summed = np.convolve(energy, np.ones(per_frame), "valid") / (hop * per_frame)
    return np.asarray(10 * np.log10(np.maximum(summed, 10 ** (SILENCE_DBFS / 10))))


def frame_times_s(count: int) -> Vector:
    """Centres of the frames of `frame_levels_dbfs`."""
    return np.asarray(np.arange(count) * HOP_S + FRAME_S / 2)
