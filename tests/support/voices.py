"""Voices, calls' noises and telephone bands whose truth is known exactly.

Everything a test needs to say "this sound has an F0 of 118 Hz, 0.8 % jitter, an HNR of 14 dB and 23 syllables"
and be right: glottal pulse trains are placed at exact fractional times at 48 kHz, shaped by formants, mixed with noise
at an exact ratio *inside the telephone band*, cut to 8 kHz and, if wanted, put through mu-law. No recordings, no
files, no state: the same arguments give the same samples.

Samples are float64 in [-1, 1]; rates are in Hz; levels in dB relative to full scale (a full-scale sine's RMS is -3 dB).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
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
    "hum": (),  # no tract at all: the bare source
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
        noise = through(rng.standard_normal(len(pulses)), band) * fade
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


# ---------------------------------------------------------------------------------------------------------------
# Running speech
# ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Speech:
    """How somebody talks. A phrase is a run of syllables; between phrases lies a pause of `pauses_s`."""

    voice: Voice = Voice(hnr_db=22.0)
    phrases: tuple[int, ...] = (7, 5, 9, 6)  #: syllables in each
    pauses_s: tuple[float, ...] = (0.6, 0.45, 0.9)  #: one fewer than phrases
    syllables_per_s: float = 4.0  #: inside phrases
    irregularity: float = 0.2  #: of syllable lengths and loudness
    dip_db: float = 14.0  #: how far the level falls between syllables
    unvoiced_share: float = 0.3  #: of syllables that start with a fricative
    declination: float = 0.12  #: F0 falls by this share over a phrase
    accents_semitones: float = 1.5
    lead_s: float = 0.35
    tail_s: float = 0.5
    breaths: int = 0  #: audible breaths, in the longest pauses


_FRICATIVE_S = 0.07


def running_speech(
    speech: Speech = Speech(),
    band: Band = Band.PLAIN,
    *,
    seed: int = 0,
    level_dbfs: float = -22.0,
    floor_dbfs: float | None = -68.0,
) -> KnownSound:
    """Phrases of syllables with known pauses. The floor is steady noise; None is digital silence."""
    rng = np.random.default_rng(seed)
    nuclei, edges = _timetable(speech, rng)
    seconds = edges[-1][1] + speech.tail_s
    closures, strengths, spoken = _spoken_pulses(speech, nuclei, seconds, rng)
    periods = np.concatenate(spoken)
    count = round(seconds * SOURCE_RATE_HZ)
    t = np.arange(count) / SOURCE_RATE_HZ
    source = _pulse_train(closures, strengths, speech.voice.open_quotient / speech.voice.f0_hz, seconds)
    loudness = _loudness(speech, nuclei, t)
    aspiration = rng.standard_normal(count) * loudness
    harmonic = through(_spoken_vowels(source, nuclei, t, rng), band)
    noise = through(aspiration, band)
    voiced = resampled(loudness, SOURCE_RATE_HZ, PHONE_RATE_HZ) > 0.3 * loudness.max()
    total = harmonic
    if speech.voice.hnr_db is not None:
        total = total + _aspiration(harmonic, noise, speech.voice.hnr_db, voiced)
    total = total + through(_fricatives(speech, nuclei, t, rng), band) * np.sqrt(
        (harmonic[voiced] ** 2).mean()
    )
    total = at_level(total, level_dbfs)
    active = np.zeros(len(total), bool)
    for start, end in edges:
        active[round(start * PHONE_RATE_HZ) : round(end * PHONE_RATE_HZ)] = True
    total = _with_breaths(total, edges, speech.breaths, floor_dbfs, rng)
    if floor_dbfs is not None:
        total = total + rng.standard_normal(len(total)) * 10 ** (floor_dbfs / 20)
    by_time = np.repeat(periods, np.maximum(1, np.round(periods * 8000)).astype(int))
    steps = np.concatenate([np.abs(np.diff(own)) for own in spoken])
    truth = Truth(
        f0_mean_hz=float(1 / periods.mean()),
        f0_median_hz=float(1 / np.median(by_time)),
        jitter_ratio=float(steps.mean() / periods.mean()),
        shimmer_ratio=speech.voice.shimmer_ratio,
        hnr_db=speech.voice.hnr_db,
        syllables=len(nuclei),
        span_s=edges[-1][1] - edges[0][0],
        pauses_s=tuple(right[0] - left[1] for left, right in itertools.pairwise(edges)),
        breaths=speech.breaths,
    )
    return KnownSound(_codec_noise(total, band, rng), truth, active)


@dataclass(frozen=True, slots=True)
class _Nucleus:
    """One syllable: its voiced stretch, whether a fricative stands before it, how loud it is, the phrase it is in."""

    start_s: float
    end_s: float
    fricative: bool
    gain: float
    phrase: tuple[float, float]


def _timetable(speech: Speech, rng: np.random.Generator) -> tuple[list[_Nucleus], list[tuple[float, float]]]:
    """The syllables and the edges of the phrases, s."""
    nuclei: list[_Nucleus] = []
    edges: list[tuple[float, float]] = []
    at = speech.lead_s
    for index, syllables in enumerate(speech.phrases):
        lengths = 1 + speech.irregularity * rng.uniform(-1, 1, syllables)
        lengths *= syllables / speech.syllables_per_s / lengths.sum()
        start, phrase = at, (at, at + float(lengths.sum()))
        for length in lengths.tolist():
            fricative = bool(rng.random() < speech.unvoiced_share) and length > 3 * _FRICATIVE_S
            gain = 10 ** (speech.irregularity * 15 * rng.uniform(-1, 0) / 20)
            nuclei.append(_Nucleus(at + _FRICATIVE_S * fricative, at + length, fricative, gain, phrase))
            at += length
        edges.append((start, at))
        if index < len(speech.pauses_s):
            at += speech.pauses_s[index]
    return nuclei, edges


def _spoken_pulses(
    speech: Speech, nuclei: list[_Nucleus], seconds: float, rng: np.random.Generator
) -> tuple[Samples, Samples, list[Samples]]:
    """Closure times, their strengths, and for each syllable the periods between its closures, s."""
    closures: list[float] = []
    periods: list[Samples] = []
    for nucleus in nuclei:
        accent = 2 ** (speech.accents_semitones * rng.uniform(-1, 1) / 12)
        t, own = nucleus.start_s + 0.004, []
        while t < nucleus.end_s - 0.004:
            through_phrase = (t - nucleus.phrase[0]) / (nucleus.phrase[1] - nucleus.phrase[0])
            through_syllable = (t - nucleus.start_s) / (nucleus.end_s - nucleus.start_s)
            f0 = speech.voice.f0_hz * (1 + speech.declination * (0.5 - through_phrase))
            own.append(1 / (f0 * accent ** np.sin(np.pi * through_syllable)))
            t += own[-1]
        jittered = np.array(own) * _perturbed(len(own), speech.voice.jitter_ratio, rng)
        closures.extend((nucleus.start_s + 0.004 + np.concatenate(([0.0], np.cumsum(jittered)))).tolist())
        periods.append(jittered)
    times = np.array(closures)
    loudness = np.interp(
        times, np.arange(0, seconds, 0.001), _loudness(speech, nuclei, np.arange(0, seconds, 0.001))
    )
    return times, loudness * _perturbed(len(times), speech.voice.shimmer_ratio, rng), periods


def _loudness(speech: Speech, nuclei: list[_Nucleus], t: Samples) -> Samples:
    """Amplitude over time: a raised bump for each syllable over a bed that is `dip_db` lower."""
    low = 10 ** (-speech.dip_db / 20)
    out = np.zeros(len(t))
    for n in nuclei:
        inside = (t >= n.start_s) & (t < n.end_s)
        phase = (t[inside] - n.start_s) / (n.end_s - n.start_s)
        out[inside] = n.gain * (low + (1 - low) * np.sin(np.pi * phase) ** 0.7)
    edge = 0.008  # voices do not switch on and off
    width = max(1, round(edge / (t[1] - t[0])))
    return np.convolve(out, np.hanning(width + 2)[1:-1] / np.hanning(width + 2).sum(), "same")


def _spoken_vowels(source: Samples, nuclei: list[_Nucleus], t: Samples, rng: np.random.Generator) -> Samples:
    """Each syllable through a vowel of its own, blended over 20 ms."""
    names = [name for name in VOWELS if name != "hum"]
    share = dict.fromkeys(names, np.zeros(len(t)))
    for n in nuclei:
        name = names[rng.integers(len(names))]
        rise = np.clip((t - n.start_s) / 0.02 + 0.5, 0, 1) * np.clip((n.end_s - t) / 0.02 + 0.5, 0, 1)
        share[name] = np.maximum(share[name], rise)
    total = np.maximum(sum(share.values()), 1e-9)
    grid = _grid(len(t), SOURCE_RATE_HZ)
    out = np.zeros(len(t))
    for name in names:
        if share[name].any():
            gain = _tract_response(name, grid)
            heard = np.abs(gain[grid < 4000])
            out += share[name] / total * _filtered(source, SOURCE_RATE_HZ, gain / np.sqrt((heard**2).mean()))
    return out


def _fricatives(speech: Speech, nuclei: list[_Nucleus], t: Samples, rng: np.random.Generator) -> Samples:
    """Hiss before the syllables that have it, 12 dB below the voice."""
    out = np.zeros(len(t))
    for n in nuclei:
        if n.fricative:
            inside = (t >= n.start_s - _FRICATIVE_S) & (t < n.start_s)
            out[inside] = np.sin(np.pi * (t[inside] - n.start_s + _FRICATIVE_S) / _FRICATIVE_S)
    hiss = _filtered(
        rng.standard_normal(len(t)), SOURCE_RATE_HZ, np.clip(_grid(len(t), SOURCE_RATE_HZ) / 2500 - 0.4, 0, 1)
    )
    in_band = np.sqrt((through(hiss, Band.PLAIN) ** 2).mean())
    return out * hiss / in_band * 10 ** (-12 / 20)


def _with_breaths(
    x: Samples,
    edges: list[tuple[float, float]],
    breaths: int,
    floor_dbfs: float | None,
    rng: np.random.Generator,
) -> Samples:
    """Noise 9 dB over the floor through the middle of the longest pauses."""
    pauses = sorted(
        ((left[1], right[0]) for left, right in itertools.pairwise(edges)), key=lambda p: p[0] - p[1]
    )[:breaths]
    level = 10 ** (((-68.0 if floor_dbfs is None else floor_dbfs) + 9) / 20)
    out = x.copy()
    for start, end in pauses:
        first, last = (round(PHONE_RATE_HZ * s) for s in (start + 0.08, end - 0.08))
        out[first:last] += rng.standard_normal(last - first) * np.hanning(last - first) ** 0.3 * level
    return out


# ---------------------------------------------------------------------------------------------------------------
# Damage
# ---------------------------------------------------------------------------------------------------------------


def with_noise(sound: KnownSound, snr_db: float, *, seed: int = 1, colour: str = "white") -> KnownSound:
    """Steady noise under everything, `snr_db` below the talker's level while he talks."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(len(sound.samples))
    if colour == "pink":
        f = np.maximum(np.fft.rfftfreq(len(noise), 1 / PHONE_RATE_HZ), 50)
        noise = np.fft.irfft(np.fft.rfft(noise) / np.sqrt(f), len(noise))
    speech = (sound.samples[sound.active] ** 2).mean()
    noise *= np.sqrt(speech / (noise**2).mean() / 10 ** (snr_db / 10))
    return replace(sound, samples=np.clip(sound.samples + noise, -1, 1))


def with_loss(sound: KnownSound, share: float, *, seed: int = 1, frame_ms: int = 20) -> KnownSound:
    """That share of all packets replaced by zeros."""
    rng = np.random.default_rng(seed)
    size = frame_ms * sound.rate_hz // 1000
    x = sound.samples.copy()
    frames = len(x) // size
    for index in rng.choice(frames, round(share * frames), replace=False):
        x[index * size : (index + 1) * size] = 0
    return replace(sound, samples=x)


def with_clipping(sound: KnownSound, times: float) -> KnownSound:
    """Driven `times` over full scale and cut off there."""
    peak = np.abs(sound.samples).max()
    return replace(sound, samples=np.clip(sound.samples / peak * times, -1, 1) * 0.98)


# ---------------------------------------------------------------------------------------------------------------
# What is no voice
# ---------------------------------------------------------------------------------------------------------------


def tones(
    frequencies_hz: tuple[float, ...],
    seconds: float = 8.0,
    *,
    on_s: float | None = None,
    off_s: float = 0.0,
    level_dbfs: float = -12.0,
) -> Samples:
    """A mixture of sines: steady, or switched on and off as signalling tones are."""
    t = np.arange(round(seconds * PHONE_RATE_HZ)) / PHONE_RATE_HZ
    x = np.sum([np.sin(2 * np.pi * f * t + i) for i, f in enumerate(frequencies_hz)], axis=0)
    if on_s is not None:
        x = x * (t % (on_s + off_s) < on_s)
    return at_level(x, level_dbfs)


def dtmf(digits: str, *, on_s: float = 0.12, off_s: float = 0.08, level_dbfs: float = -10.0) -> Samples:
    """Key tones (ITU-T Q.23)."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    out = []
    for digit in digits:
        at = "123456789*0#".index(digit)
        out.append(tones((rows[at // 3], columns[at % 3]), on_s, level_dbfs=level_dbfs))
        out.append(np.zeros(round(off_s * PHONE_RATE_HZ)))
    return np.concatenate(out)


def music(
    seconds: float = 10.0, *, notes: int = 3, partials: int = 5, note_s: float = 0.5, seed: int = 0
) -> Samples:
    """Tempered notes or chords with decaying partials."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * PHONE_RATE_HZ)) / PHONE_RATE_HZ
    x = np.zeros(len(t))
    chords = ((0,), (0, 7), (0, 4, 7), (0, 3, 7, 10))
    for index in range(int(np.ceil(seconds / note_s))):
        inside = (t >= index * note_s) & (t < (index + 1) * note_s)
        local = t[inside] - index * note_s
        root = 220 * 2 ** (int(rng.integers(-3, 10)) / 12)
        for step in chords[min(notes, len(chords)) - 1]:
            for k in range(1, partials + 1):
                f = root * 2 ** (step / 12) * k
                if f < 3800:
                    x[inside] += (
                        np.sin(2 * np.pi * f * local) / k * np.exp(-2.5 * local) * np.clip(local / 0.01, 0, 1)
                    )
    return at_level(x, -18.0)


def noise_only(
    seconds: float = 8.0, *, colour: str = "white", level_dbfs: float = -25.0, seed: int = 0
) -> Samples:
    """Steady noise: white, or pink as traffic and ventilation are."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(round(seconds * PHONE_RATE_HZ))
    if colour == "pink":
        f = np.maximum(np.fft.rfftfreq(len(x), 1 / PHONE_RATE_HZ), 50)
        x = np.fft.irfft(np.fft.rfft(x) / np.sqrt(f), len(x))
    return at_level(x, level_dbfs)
