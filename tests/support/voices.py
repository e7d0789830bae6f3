"""Voices, calls' noises and telephone bands whose truth is known exactly.

Everything a test needs to say "this sound has an F0 of 118 Hz, 0.8 % jitter, an HNR of 14 dB and 23 syllables"
and be right: glottal pulse trains are placed at exact fractional times at 48 kHz, shaped by formants, mixed with noise
at an exact ratio *inside the telephone band*, cut to 8 kHz and, if wanted, put through mu-law. No recordings, no
files, no state: the same arguments give the same samples.

Samples are float64 in [-1, 1]; rates are in Hz; levels in dB relative to full scale (a full-scale sine's RMS is -3 dB).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

SOURCE_RATE_HZ = 48_000
PHONE_RATE_HZ = 8_000

#: Formant frequencies and bandwidths (Hz) of adult vowels, after Peterson & Barney, J Acoust Soc Am 24:175 (1952).
VOWELS: dict[str, tuple[tuple[float, float], ...]] = {
    "a": ((730, 90), (1090, 110), (2440, 160), (3500, 250)),
    "e": ((530, 70), (1840, 110), (2480, 160), (3500, 250)),
    "i": ((300, 60), (2290, 120), (3010, 180), (3600, 250)),
    "o": ((570, 80), (840, 90), (2410, 160), (3400, 250)),
    "u": ((320, 60), (870, 90), (2240, 160), (3400, 250)),
    "schwa": ((500, 80), (1500, 110), (2500, 160), (3500, 250)),
}


class Band(StrEnum):
    """What lies between the mouth and the analyser."""

    PLAIN = "plain"  #: 8 kHz sampling, everything below 3.7 kHz kept
    TELEPHONE = "telephone"  #: 300-3400 Hz, 24 dB per octave outside
    CODEC = "codec"  #: a mobile codec's: 100-3600 Hz, tilted, with quantising noise that follows the speech


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker. Ratios are fractions (0.01 = 1 %); shimmer and jitter are Praat's "local" definitions."""

    f0_hz: float = 120.0
    jitter_ratio: float = 0.005
    shimmer_ratio: float = 0.03
    hnr_db: float | None = None  #: None: no aspiration noise at all
    vowel: str = "a"
    glide_hz_per_s: float = 0.0
    vibrato_semitones: float = 0.0
    vibrato_hz: float = 5.0
    open_quotient: float = 0.6


@dataclass(frozen=True, slots=True)
class Truth:
    """What the sound holds, measured on the numbers it was made from, not on the samples."""

    f0_mean_hz: float
    f0_median_hz: float
    jitter_ratio: float
    shimmer_ratio: float
    hnr_db: float | None = None
    syllables: int = 0
    span_s: float = 0.0  #: first to last sound of the talker
    pauses_s: tuple[float, ...] = ()
    breaths: int = 0

    @property
    def pause_ratio(self) -> float:
        """Time in pauses over the span."""
        return sum(self.pauses_s) / self.span_s if self.span_s else 0.0

    @property
    def speech_rate_syll_per_s(self) -> float:
        """Syllables over the span, pauses included."""
        return self.syllables / self.span_s if self.span_s else 0.0


@dataclass(frozen=True, slots=True)
class KnownSound:
    """Samples at 8 kHz and the truth about them."""

    samples: Samples
    truth: Truth
    active: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))  #: where the talker talks
    rate_hz: int = PHONE_RATE_HZ


# ---------------------------------------------------------------------------------------------------------------
# Source and tract
# ---------------------------------------------------------------------------------------------------------------


def _perturbed(count: int, ratio: float, rng: np.random.Generator) -> Samples:
    """Factors around 1 whose mean absolute successive difference is exactly `ratio` of their mean."""
    if ratio <= 0 or count < 3:
        return np.ones(count)
    noise = np.clip(rng.standard_normal(count), -3, 3)
    noise -= noise.mean()
    return 1 + noise * (ratio / np.abs(np.diff(noise)).mean())


def _periods(voice: Voice, seconds: float, rng: np.random.Generator) -> Samples:
    """Glottal periods (s) that fill `seconds` with the voice's course of F0 and its jitter."""
    times, t = [], 0.0
    phase = rng.uniform(0, 2 * np.pi)
    while t < seconds:
        f0 = voice.f0_hz + voice.glide_hz_per_s * (t - seconds / 2)
        f0 *= 2 ** (voice.vibrato_semitones / 12 * np.sin(2 * np.pi * voice.vibrato_hz * t + phase))
        times.append(1 / f0)
        t += times[-1]
    periods = np.array(times)
    return periods * _perturbed(len(periods), voice.jitter_ratio, rng)


def _pulse_train(closures: Samples, amplitudes: Samples, open_s: float, seconds: float) -> Samples:
    """Derivative of the glottal flow (KLGLOTT88, Klatt & Klatt 1990) closing at exactly `closures` (s), at 48 kHz."""
    n = round(seconds * SOURCE_RATE_HZ)
    t = np.arange(n) / SOURCE_RATE_HZ
    out = np.zeros(n)
    nxt = np.searchsorted(closures, t, side="left")
    inside = nxt < len(closures)
    index = np.minimum(nxt, len(closures) - 1)
    u = 1 - (closures[index] - t) / open_s  # 0 at opening, 1 at closure
    opening = inside & (u >= 0)
    out[opening] = amplitudes[index[opening]] * (2 * u[opening] - 3 * u[opening] ** 2)
    tail_s = 0.0003  # return phase: the folds close softly
    last = index - 1
    last = np.where(inside, last, len(closures) - 1)
    after = (last >= 0) & (t - closures[np.maximum(last, 0)] < 8 * tail_s)
    lag = t[after] - closures[last[after]]
    out[after] -= amplitudes[last[after]] * np.exp(-lag / tail_s)
    return out


def _tract_response(vowel: str, frequency_hz: Samples, scale: float = 1.0) -> NDArray[np.complex128]:
    """Complex gain of a cascade of resonators, unity at 0 Hz."""
    s = 2j * np.pi * frequency_hz
    gain = np.ones(len(frequency_hz), np.complex128)
    for centre, width in VOWELS[vowel]:
        pole = 2 * np.pi * complex(-width / 2, centre * scale)
        gain *= (abs(pole) ** 2) / ((s - pole) * (s - pole.conjugate()))
    return gain


def _filtered(x: Samples, rate_hz: int, gain: NDArray[np.complex128] | Samples) -> Samples:
    """`x` through a gain given at the frequencies of `_grid(len(x), rate_hz)`."""
    size = _fft_size(len(x), rate_hz)
    return np.asarray(np.fft.irfft(np.fft.rfft(x, size) * gain, size)[: len(x)])


def _fft_size(count: int, rate_hz: int) -> int:
    needed = count + rate_hz // 4  # a quarter of a second for the filters to ring out
    return int(-(-needed // 960) * 960)


def _grid(count: int, rate_hz: int) -> Samples:
    return np.fft.rfftfreq(_fft_size(count, rate_hz), 1 / rate_hz)


def in_vowel(x: Samples, vowel: str, tract_scale: float = 1.0) -> Samples:
    """48 kHz source through a vocal tract."""
    return _filtered(x, SOURCE_RATE_HZ, _tract_response(vowel, _grid(len(x), SOURCE_RATE_HZ), tract_scale))


# ---------------------------------------------------------------------------------------------------------------
# The line
# ---------------------------------------------------------------------------------------------------------------


def _band_gain(band: Band, f: Samples) -> Samples:
    low_pass = 1 / (1 + (f / 3700) ** 24)
    match band:
        case Band.PLAIN:
            return low_pass
        case Band.TELEPHONE:
            x = np.maximum(f, 1e-9)
            return low_pass / np.sqrt(1 + (300 / x) ** 8) / np.sqrt(1 + (x / 3400) ** 16)
        case Band.CODEC:
            x = np.maximum(f, 1e-9)
            tilt = 10 ** (np.log2(np.maximum(x, 100) / 1000) * -1.5 / 20)
            return low_pass / np.sqrt(1 + (100 / x) ** 6) / np.sqrt(1 + (x / 3600) ** 16) * tilt


def resampled(x: Samples, rate_hz: int, to_hz: int) -> Samples:
    """`x` at another rate by cutting or padding its spectrum (no aliasing, no phase shift)."""
    if rate_hz == to_hz:
        return x
    step = np.gcd(rate_hz, to_hz)
    block = rate_hz // step
    size = -(-len(x) // block) * block
    spectrum = np.fft.rfft(x, size)
    out_size = size // block * (to_hz // step)
    out = np.zeros(out_size // 2 + 1, np.complex128)
    keep = min(len(out), len(spectrum))
    out[:keep] = spectrum[:keep]
    return np.asarray(np.fft.irfft(out, out_size) * (out_size / size))[: round(len(x) * to_hz / rate_hz)]


def through(x: Samples, band: Band) -> Samples:
    """48 kHz sound down a line: band-limited, at 8 kHz."""
    return resampled(
        _filtered(x, SOURCE_RATE_HZ, _band_gain(band, _grid(len(x), SOURCE_RATE_HZ))), SOURCE_RATE_HZ, 8000
    )


def at_level(x: Samples, level_dbfs: float) -> Samples:
    """`x` with its RMS over what is not silent put at `level_dbfs`, never beyond +-0.99."""
    loud = x[np.abs(x) > np.abs(x).max() * 1e-3]
    y = x * (10 ** (level_dbfs / 20) / np.sqrt((loud**2).mean()))
    peak = np.abs(y).max()
    return y * min(1.0, 0.99 / peak)


def mu_law_bytes(x: Samples) -> bytes:
    """G.711 mu-law of `x` (ITU-T G.711, 14-bit input, bits inverted as on the wire)."""
    pcm = np.clip(np.round(x * 32768), -32635, 32635).astype(np.int32)
    sign = np.where(pcm < 0, 0x80, 0)
    magnitude = np.abs(pcm) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return bytes((~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8))


def mu_law(x: Samples) -> Samples:
    """`x` as it comes out of a G.711 mu-law line."""
    code = ~np.frombuffer(mu_law_bytes(x), np.uint8) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 15
    magnitude = ((mantissa.astype(np.int32) << 3) + 132 << exponent.astype(np.int32)) - 132
    return np.where(code & 0x80, -magnitude, magnitude) / 32768


# ---------------------------------------------------------------------------------------------------------------
# Voices
# ---------------------------------------------------------------------------------------------------------------


def _aspiration(harmonic: Samples, noise: Samples, hnr_db: float, where: NDArray[np.bool_]) -> Samples:
    """`noise` scaled so that `harmonic` stands `hnr_db` above it over `where`."""
    ratio = (harmonic[where] ** 2).mean() / (noise[where] ** 2).mean()
    return noise * np.sqrt(ratio / 10 ** (hnr_db / 10))


def sustained_vowel(
    voice: Voice = Voice(),
    seconds: float = 8.0,
    band: Band = Band.PLAIN,
    *,
    seed: int = 0,
    level_dbfs: float = -20.0,
) -> KnownSound:
    """One held vowel. The HNR is exact in the band that arrives, over the whole vowel."""
    rng = np.random.default_rng(seed)
    periods = _periods(voice, seconds - 0.05, rng)
    amplitudes = _perturbed(len(periods) + 1, voice.shimmer_ratio, rng)
    closures = 0.02 + np.concatenate(([0.0], np.cumsum(periods)))
    pulses = _pulse_train(closures, amplitudes, voice.open_quotient / voice.f0_hz, closures[-1] + 0.03)
    harmonic = through(in_vowel(pulses, voice.vowel), band)
    fade = np.clip(np.minimum(np.arange(len(harmonic)), np.arange(len(harmonic))[::-1]) / 200, 0, 1)
    harmonic = harmonic * fade
    total = harmonic
    if voice.hnr_db is not None:
        noise = through(in_vowel(rng.standard_normal(len(pulses)), voice.vowel), band) * fade
        total = harmonic + _aspiration(harmonic, noise, voice.hnr_db, fade == 1)
    truth = Truth(
        f0_mean_hz=float(1 / periods.mean()),
        f0_median_hz=float(1 / np.median(periods)),
        jitter_ratio=float(np.abs(np.diff(periods)).mean() / periods.mean()),
        shimmer_ratio=float(np.abs(np.diff(amplitudes)).mean() / amplitudes.mean()),
        hnr_db=voice.hnr_db,
        syllables=1,
        span_s=len(total) / PHONE_RATE_HZ,
    )
    return KnownSound(_codec_noise(at_level(total, level_dbfs), band, rng), truth, fade > 0)


def _codec_noise(x: Samples, band: Band, rng: np.random.Generator) -> Samples:
    """For the codec band: quantising noise 40 dB below the speech, following its level in 5 ms steps."""
    if band is not Band.CODEC:
        return x
    size = 40
    blocks = np.sqrt(np.add.reduceat(x**2, np.arange(0, len(x), size)) / size)
    return x + rng.standard_normal(len(x)) * np.repeat(blocks, size)[: len(x)] * 10 ** (-40 / 20)
