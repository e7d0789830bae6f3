"""What a telephone line carries that is no voice: signalling tones, key tones, instruments, noises. 8 kHz, float64."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Instrument = Literal["piano", "organ", "flute", "guitar"]

RATE_HZ = 8_000
MAJOR = (0, 2, 4, 5, 7, 9, 11, 12)


def scaled(x: Array, rms: float = 0.1) -> Array:
    """`x` at an RMS, never beyond full scale."""
    y = x * (rms / np.sqrt((x**2).mean() + 1e-20))
    return np.asarray(y * min(1.0, 0.98 / (np.abs(y).max() + 1e-20)))


def noisy(x: Array, snr_db: float | None, seed: int = 0) -> Array:
    """`x` with white noise under it."""
    if snr_db is None:
        return x
    noise = np.random.default_rng(seed).standard_normal(len(x))
    return np.asarray(x + noise * np.sqrt((x**2).mean()) * 10 ** (-snr_db / 20))


def signal(*hz: float, seconds: float = 6.0, on_s: float | None = None, off_s: float = 0.0) -> Array:
    """Sines of equal strength, steady or in bursts."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    x = np.sum([np.sin(2 * np.pi * f * t + k) for k, f in enumerate(hz)], axis=0)
    return scaled(x if on_s is None else x * (t % (on_s + off_s) < on_s))


def keys(on_s: float, off_s: float, seconds: float = 6.0, seed: int = 0) -> Array:
    """Random key tones (DTMF, ITU-T Q.23)."""
    rng = np.random.default_rng(seed)
    gap = np.zeros(round(off_s * RATE_HZ))
    parts: list[Array] = []
    for _ in range(round(seconds / (on_s + off_s))):
        row, column = rng.choice((697, 770, 852, 941)), rng.choice((1209, 1336, 1477))
        parts += [signal(row, column, seconds=on_s), gap]
    return np.concatenate(parts)


def noise(
    colour: Literal["white", "pink", "brown"], rms: float, *, seconds: float = 8.0, seed: int = 0
) -> Array:
    """Steady noise whose power falls by 0, 3 or 6 dB an octave."""
    count = round(seconds * RATE_HZ)
    f = np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 40)
    fall = {"white": 0.0, "pink": -0.5, "brown": -1.0}[colour]
    white = np.random.default_rng(seed).standard_normal(count)
    return scaled(np.fft.irfft(np.fft.rfft(white) * f**fall, count), rms)


def _note(hz: float, seconds: float, instrument: Instrument, rng: np.random.Generator) -> Array:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    swell = np.clip(np.minimum(t, t[::-1]) / 0.02, 0, 1)
    partials = [k for k in range(1, 12) if k * hz < 3800]
    match instrument:
        case "piano":
            tones = [np.sin(2 * np.pi * hz * k * t) * np.exp(-t * (2 + 0.7 * k)) / k**1.2 for k in partials]
            return np.asarray(np.sum(tones, axis=0))
        case "organ":
            return np.asarray(
                np.sum([np.sin(2 * np.pi * hz * k * t) / k for k in partials[:4]], axis=0) * swell
            )
        case "flute":
            pure = np.sin(2 * np.pi * hz * t) + 0.2 * np.sin(4 * np.pi * hz * t)
            return np.asarray(pure * swell + 0.01 * rng.standard_normal(len(t)))
        case "guitar":
            return _plucked(hz, len(t), rng)


def _plucked(hz: float, count: int, rng: np.random.Generator) -> Array:
    """Karplus & Strong's string, Comput Music J 7 (1983)."""
    period = round(RATE_HZ / hz)
    string = rng.uniform(-1, 1, period)
    turns = []
    for _ in range(-(-count // period)):
        turns.append(string)
        string = 0.496 * (string + np.roll(string, -1))
    return np.concatenate(turns)[:count]


def music(
    instrument: Instrument, voices: int, beat_s: float, *, seconds: float = 8.0, seed: int = 0
) -> Array:
    """A random walk through C major in up to four voices."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round((seconds + 4) * RATE_HZ))
    for voice in range(voices):
        t = 0.0
        while t < seconds:
            length = beat_s * (float(rng.choice((0.5, 1, 1, 2))) if voice == 0 else 2.0)
            hz = 220 * 2 ** (rng.choice(MAJOR) / 12) * (1, 0.5, 1.5, 2)[voice]
            note = _note(hz, length, instrument, rng)
            first = round(t * RATE_HZ)
            out[first : first + len(note)] += note
            t += length
    return scaled(out[: round(seconds * RATE_HZ)])
