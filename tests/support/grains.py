"""A second maker of voices whose truth is known, sharing no code with `voices`, to show what tuning on one hides.

Each glottal cycle is a grain: one pulse (Liljencrants-Fant, Rosenberg or a bare click) through vocal tract and line,
computed once on a grid of 256 kHz, and laid down at its exact time directly at 8 kHz. Everything else is defined anew as
well: resonators are Klatt's digital ones, lines are analogue Butterworth filters with their phase, and noise is mixed
at the ratio of mean powers in one of several places (white behind the line, white in front of it, breath through the
tract, pink, babble). Samples are float64 in [-1, 1]; rates in Hz.

Sources: Fant, Liljencrants & Lin, STL-QPSR 4 (1985); Rosenberg, J Acoust Soc Am 49:583 (1971); Klatt, J Acoust Soc Am
67:971 (1980).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Real = NDArray[np.floating]
Complex = NDArray[np.complex128]

RATE_HZ = 8_000
_FINE = 32
_FINE_HZ = RATE_HZ * _FINE
_TABLE_S = 0.064
_BEFORE_S = 0.008
_TRACT_HZ = 16_000

Pulse = Literal["lf", "lf breathy", "rosenberg", "click", "stretched"]
Line = Literal["direct", "telephone", "narrow", "wide"]
Hiss = Literal["behind", "before", "breath", "pink", "babble"]
Irregular = Literal["independent", "alternating", "walking"]
Bump = Literal["hann", "flat", "sine"]

#: Formants (Hz) after Hillenbrand et al., J Acoust Soc Am 97:3099 (1995), men; women's lie 17 % higher.
TRACTS: dict[str, tuple[float, ...]] = {
    "a": (768, 1333, 2522, 3687),
    "e": (580, 1799, 2605, 3677),
    "i": (342, 2322, 3000, 3657),
    "o": (497, 910, 2459, 3384),
    "u": (378, 997, 2343, 3357),
    "neutral": (500, 1500, 2500, 3500),
    "none": (),
}
_BANDWIDTHS_HZ = (70.0, 90.0, 140.0, 220.0)


@dataclass(frozen=True, slots=True)
class Talker:
    """Who speaks. Ratios are fractions; jitter and shimmer are mean absolute differences over the mean."""

    f0_hz: float = 120.0
    pulse: Pulse = "lf"
    tract: str = "a"
    tract_scale: float = 1.0
    jitter_ratio: float = 0.003
    irregular: Irregular = "independent"
    shimmer_ratio: float = 0.01
    glide_semitones_per_s: float = 0.0
    tremor_semitones: float = 0.0
    tremor_hz: float = 4.5


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples at 8 kHz, with what was put in."""

    samples: Array
    f0_hz: float
    jitter_ratio: float
    shimmer_ratio: float
    hnr_db: float | None
    talking: NDArray[np.bool_]
    pause_ratio: float = 0.0
    syllables_per_s: float = 0.0


# -- One grain -------------------------------------------------------------------------------------------------------


def _lf(t: Array, period_s: float, rd: float) -> Array:
    """Derivative of the LF flow with shape parameter Rd (Fant 1995), closing at t = 0."""
    ra, rk = (-1 + 4.8 * rd) / 100, (22.4 + 11.8 * rd) / 100
    rg = rk * (0.5 + 1.2 * rk) / (4 * (0.11 * rd - ra * (0.5 + 1.2 * rk)))
    tp = period_s / (2 * rg)
    te, ta = tp * (1 + rk), max(ra * period_s, 1e-5)
    tail = period_s - te
    epsilon = 1 / ta
    for _ in range(60):
        epsilon = (1 - np.exp(-epsilon * tail)) / ta
    alpha = _balanced(te, tp, ta, epsilon, tail)
    u = t + te
    omega = np.pi / tp
    start = -1 / (np.exp(alpha * te) * np.sin(omega * te))
    opening = start * np.exp(alpha * np.clip(u, 0, te)) * np.sin(omega * np.clip(u, 0, te))
    closing = -(np.exp(-epsilon * np.clip(t, 0, tail)) - np.exp(-epsilon * tail)) / (epsilon * ta)
    return np.where((u >= 0) & (t < 0), opening, np.where((t >= 0) & (t < tail), closing, 0.0))


def _balanced(te: float, tp: float, ta: float, epsilon: float, tail: float) -> float:
    """Growth of the opening phase with which the flow returns to zero."""
    grid = np.linspace(0, te, 2000)
    area = -(ta - tail * np.exp(-epsilon * tail) / (epsilon * ta) if ta > 2e-5 else ta)
    low, high = -2000.0, 20000.0
    for _ in range(60):
        middle = (low + high) / 2
        shape = np.exp(middle * (grid - te)) * np.sin(np.pi / tp * grid)
        total = -float(np.trapezoid(shape, grid)) / np.sin(np.pi / tp * te) + area
        low, high = (low, middle) if total < 0 else (middle, high)
    return (low + high) / 2


def _source(pulse: Pulse, t: Array, period_s: float) -> Array:
    match pulse:
        case "lf":
            return _lf(t, period_s, 1.0)
        case "lf breathy":
            return _lf(t, period_s, 2.2)
        case "rosenberg":
            rise, fall = 0.4 * period_s, 0.16 * period_s
            u = t + rise + fall
            up = 0.5 * (1 - np.cos(np.pi * np.clip(u / rise, 0, 1)))
            down = np.cos(np.pi / 2 * np.clip((u - rise) / fall, 0, 1))
            flow = np.where(u < rise, up, down) * ((u > 0) & (u < rise + fall))
            return np.gradient(flow) * _FINE_HZ
        case _:
            return np.where(np.abs(t) < 0.5 / _FINE_HZ, float(_FINE), 0.0)


def _klatt(f: Real, centre_hz: float, bandwidth_hz: float) -> Complex:
    z = np.exp(-2j * np.pi * f / _TRACT_HZ)
    c = -np.exp(-2 * np.pi * bandwidth_hz / _TRACT_HZ)
    b = 2 * np.exp(-np.pi * bandwidth_hz / _TRACT_HZ) * np.cos(2 * np.pi * centre_hz / _TRACT_HZ)
    return np.asarray((1 - b - c) / (1 - b * z - c * z**2))


def _tract_gain(f: Real, tract: str, scale: float) -> Complex:
    gain: Complex = np.ones(len(f), np.complex128)
    for centre, bandwidth in zip(TRACTS[tract], _BANDWIDTHS_HZ, strict=False):
        if centre * scale < 3900:
            gain *= _klatt(f, centre * scale, bandwidth * np.sqrt(scale))
    return gain


def _butterworth(s: Complex, order: int) -> Complex:
    """Low-pass prototype with its cut-off at 1."""
    k = np.arange(order)
    poles = np.exp(1j * np.pi * (2 * k + order + 1) / (2 * order))
    return np.asarray(np.prod(-poles[:, None] / (s[None, :] - poles[:, None]), axis=0))


_EDGES: dict[Line, tuple[float, float]] = {
    "direct": (20.0, 3750.0),
    "telephone": (300.0, 3400.0),
    "narrow": (400.0, 2800.0),
    "wide": (120.0, 3650.0),
}


def _line_gain(f: Real, line: Line) -> Complex:
    low, high = _EDGES[line]
    s = 1j * np.maximum(f, 1e-3)
    return _butterworth(low / s, 4) * _butterworth(s / high, 10) * (f < 3990)


@cache
def _grain(pulse: Pulse, tract: str, scale: float, period_s: float, line: Line) -> Array:
    """The response to one cycle, closing at `_BEFORE_S`, on the fine grid. Scaled to a mean power of 1 at `period_s`."""
    count = round(_TABLE_S * _FINE_HZ) * 2
    t = np.arange(count) / _FINE_HZ - _TABLE_S / 2
    f = np.fft.rfftfreq(count, 1 / _FINE_HZ)
    audible = f < 4000
    gain = np.zeros(len(f), complex)
    gain[audible] = _tract_gain(f[audible], tract, scale) * _line_gain(f[audible], line)
    out = np.fft.irfft(np.fft.rfft(_source(pulse, t, period_s)) * gain, count)
    first = round((_TABLE_S / 2 - _BEFORE_S) * _FINE_HZ)
    out = out[first : first + round(_TABLE_S * _FINE_HZ)]
    return np.asarray(out / np.sqrt((out**2).sum() / _FINE_HZ / period_s))


def _laid(
    closures: Array, strengths: Array, grains: list[Array], which: NDArray[np.intp], count: int
) -> Array:
    """The sum of the grains at their times."""
    length = round(_TABLE_S * RATE_HZ) - 1
    out = np.zeros(count + length + 2)
    first = np.ceil((closures - _BEFORE_S) * RATE_HZ).astype(np.intp)
    inside = (first >= 0) & (first < count)
    for number, table in enumerate(grains):
        chosen = inside & (which == number)
        at = first[chosen, None] + np.arange(length)
        exact = (at / RATE_HZ - closures[chosen, None] + _BEFORE_S) * _FINE_HZ
        whole = np.minimum(exact.astype(np.intp), len(table) - 2)
        part = exact - whole
        np.add.at(out, at, strengths[chosen, None] * (table[whole] * (1 - part) + table[whole + 1] * part))
    return out[:count]


def _stretched(closures: Array, strengths: Array, talker: Talker, line: Line, count: int) -> Array:
    """A row of harmonics whose phase turns once a cycle: each cycle is the same wave, stretched to its length."""
    t = np.arange(count) / RATE_HZ
    phase = 2 * np.pi * np.interp(t, closures, np.arange(len(closures)))
    harmonics = np.arange(1, int(3700 / talker.f0_hz) + 1)
    f = harmonics * talker.f0_hz
    gain = _tract_gain(f, talker.tract, talker.tract_scale) * _line_gain(f, line) / harmonics
    out = np.zeros(count)
    for number, one in zip(harmonics, gain, strict=True):
        out += np.abs(one) * np.cos(number * phase + np.angle(one))
    return np.asarray(out * np.interp(t, closures, strengths))


# -- Irregularity ----------------------------------------------------------------------------------------------------


def _factors(count: int, ratio: float, kind: Irregular, rng: np.random.Generator) -> Array:
    """Factors around 1 whose mean absolute successive difference is `ratio` of their mean."""
    if not ratio or count < 4:
        return np.ones(count)
    match kind:
        case "independent":
            x = rng.uniform(-1, 1, count)
        case "alternating":
            x = np.where(np.arange(count) % 2, 1.0, -1.0) * rng.uniform(0.6, 1.4, count)
        case "walking":
            x = np.zeros(count)
            for k, step in enumerate(rng.standard_normal(count)):
                x[k] = 0.6 * x[k - 1] + step
    x = x - x.mean()
    return np.asarray(1 + x * ratio / np.abs(np.diff(x)).mean())


def _noise(kind: Hiss, count: int, talker: Talker, line: Line, rng: np.random.Generator) -> Array:
    """Noise of unit power at 8 kHz."""
    white = rng.standard_normal(count + RATE_HZ)
    f = np.fft.rfftfreq(len(white), 1 / RATE_HZ)
    gain: Array | Complex
    match kind:
        case "behind":
            gain = np.ones(len(f))
        case "before":
            gain = _line_gain(f, line)
        case "breath":
            gain = _tract_gain(f, talker.tract, talker.tract_scale) * _line_gain(f, line)
        case "pink":
            gain = np.sqrt(100 / np.maximum(f, 100)) * _line_gain(f, line)
        case "babble":
            return _babble(count, line, rng)
    out = np.fft.irfft(np.fft.rfft(white) * gain, len(white))[:count]
    return np.asarray(out / np.sqrt((out**2).mean()))


def _babble(count: int, line: Line, rng: np.random.Generator) -> Array:
    """A dozen talkers at once, of unit power."""
    total = np.zeros(count)
    for _ in range(12):
        f0 = rng.uniform(90, 230)
        closures = np.cumsum(_factors(round(count / RATE_HZ * f0), 0.02, "walking", rng) / f0)
        strength = np.interp(closures, np.arange(0, 600, 0.15), rng.uniform(0, 1, 4000) ** 2)
        tract = list(TRACTS)[rng.integers(6)]
        grain = _grain("lf", tract, 1.0, 1 / 120, line)
        total += _laid(closures, strength, [grain], np.zeros(len(closures), np.intp), count)
    return total / np.sqrt((total**2).mean())


def _finished(
    voice: Array,
    talker: Talker,
    line: Line,
    hiss: Hiss,
    hnr_db: float | None,
    talking: NDArray[np.bool_],
    seed: int,
) -> Array:
    """The voice with its noise, which follows the voice for breath and is steady otherwise."""
    if hnr_db is None:
        return voice
    noise = _noise(hiss, len(voice), talker, line, np.random.default_rng(seed + 1000))
    power = (voice[talking] ** 2).mean() / (noise[talking] ** 2).mean()
    return np.asarray(voice + noise * np.sqrt(power / 10 ** (hnr_db / 10)))


def held(
    talker: Talker,
    seconds: float = 5.0,
    line: Line = "telephone",
    *,
    hnr_db: float | None = None,
    hiss: Hiss = "behind",
    rms: float = 0.08,
    seed: int = 0,
) -> Sound:
    """A held vowel from the first sample to the last."""
    rng = np.random.default_rng(seed)
    phase = rng.uniform(0, 2 * np.pi)
    course, t = [], 0.0
    while t < seconds + 0.1:
        semitones = talker.glide_semitones_per_s * (t - seconds / 2)
        semitones += talker.tremor_semitones * np.sin(2 * np.pi * talker.tremor_hz * t + phase)
        course.append(2 ** (-semitones / 12) / talker.f0_hz)
        t += course[-1]
    periods = np.array(course) * _factors(len(course), talker.jitter_ratio, talker.irregular, rng)
    closures = np.concatenate(([0.0], np.cumsum(periods)))
    strengths = _factors(len(closures), talker.shimmer_ratio, "independent", rng)
    count = round(seconds * RATE_HZ)
    if talker.pulse == "stretched":
        voice = _stretched(closures, strengths, talker, line, count)
    else:
        grain = _grain(talker.pulse, talker.tract, talker.tract_scale, 1 / talker.f0_hz, line)
        voice = _laid(closures, strengths, [grain], np.zeros(len(closures), np.intp), count)
    everywhere = np.ones(count, bool)
    sound = _finished(voice, talker, line, hiss, hnr_db, everywhere, seed)
    return Sound(
        samples=_scaled(sound, rms),
        f0_hz=float(1 / np.median(periods)),
        jitter_ratio=float(np.abs(np.diff(periods)).mean() / periods.mean()),
        shimmer_ratio=float(np.abs(np.diff(strengths)).mean() / strengths.mean()),
        hnr_db=hnr_db,
        talking=everywhere,
    )


def _scaled(x: Array, rms: float) -> Array:
    y = x * (rms / np.sqrt((x**2).mean()))
    return np.asarray(y * min(1.0, 0.98 / np.abs(y).max()))


# -- Running speech --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Talk:
    """How somebody talks: phrases of equal syllables, pauses that fill `pause_ratio` of the time between first and last."""

    talker: Talker = Talker()
    syllables_per_s: float = 4.0  #: over the whole span, pauses included
    pause_ratio: float = 0.2
    seconds: float = 10.0
    phrases: int = 4
    bump: Bump = "hann"
    depth_db: float = 12.0  #: how far the level falls between syllables
    floor_db: float = -50.0  #: noise of the line, relative to the speech
    intonation_semitones: float = 2.0
    uneven: float = 0.15
    vowels: tuple[str, ...] = ("a", "e", "o", "i", "u", "neutral")


@dataclass(frozen=True, slots=True)
class _Cycles:
    """Closure times (s from the first sound), strengths, vowel numbers and periods (s) of all cycles."""

    closures: Array
    strengths: Array
    vowels: NDArray[np.intp]
    periods: Array


def spoken(
    talk: Talk, line: Line = "telephone", *, rms: float = 0.08, seed: int = 0, margin_s: float = 0.4
) -> Sound:
    """Phrases of syllables; the truth is that of the timetable."""
    rng = np.random.default_rng(seed)
    starts, ends = _edges(talk, rng)
    count = round((talk.seconds + 2 * margin_s) * RATE_HZ)
    syllables = _syllables(talk, starts, ends, rng)
    parts = [_syllable(talk, start, end, rng) for start, end in syllables]
    cycles = _Cycles(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(_Cycles)))
    talker = talk.talker
    amplitude = cycles.strengths * _factors(len(cycles.periods), talker.shimmer_ratio, "independent", rng)
    grains = [
        _grain(talker.pulse, vowel, talker.tract_scale, 1 / talker.f0_hz, line) for vowel in talk.vowels
    ]
    voice = _laid(cycles.closures + margin_s, amplitude, grains, cycles.vowels, count)
    talking = np.zeros(count, bool)
    for start, end in zip(starts, ends, strict=True):
        talking[round((start + margin_s) * RATE_HZ) : round((end + margin_s) * RATE_HZ)] = True
    sound = _finished(voice, talker, line, "behind", -talk.floor_db, talking, seed)
    by_time = np.repeat(cycles.periods, np.maximum(1, np.round(cycles.periods * RATE_HZ)).astype(int))
    return Sound(
        samples=_scaled(sound, rms * float(np.sqrt(talking.mean()))),
        f0_hz=float(1 / np.median(by_time)),
        jitter_ratio=float(np.abs(np.diff(cycles.periods)).mean() / cycles.periods.mean()),
        shimmer_ratio=talker.shimmer_ratio,
        hnr_db=None,
        talking=talking,
        pause_ratio=1 - sum(e - s for s, e in zip(starts, ends, strict=True)) / talk.seconds,
        syllables_per_s=len(syllables) / talk.seconds,
    )


def _syllable(talk: Talk, start: float, end: float, rng: np.random.Generator) -> _Cycles:
    """The cycles between start and end, with a rise or fall of pitch and a loudness of their own."""
    swing = rng.uniform(-1, 1) * talk.intonation_semitones / 2
    vowel = int(rng.integers(len(talk.vowels)))
    loud = 10 ** (-talk.uneven * rng.uniform())
    nominal, t = [], start
    while t < end:
        nominal.append(2 ** (-swing * np.sin(np.pi * (t - start) / (end - start)) / 12) / talk.talker.f0_hz)
        t += nominal[-1]
    periods = np.array(nominal) * _factors(len(nominal), talk.talker.jitter_ratio, talk.talker.irregular, rng)
    closures = start + np.concatenate(([0.0], np.cumsum(periods)[:-1]))
    shape = _bump(talk, np.clip((closures - start) / (end - start), 0, 1), end - start)
    return _Cycles(closures, loud * shape, np.full(len(periods), vowel), periods)


def _edges(talk: Talk, rng: np.random.Generator) -> tuple[list[float], list[float]]:
    """Where phrases start and end, s from the first sound."""
    spoken_s = talk.seconds * (1 - talk.pause_ratio)
    phrases = rng.uniform(0.7, 1.3, talk.phrases)
    phrases *= spoken_s / phrases.sum()
    pauses = rng.uniform(0.7, 1.3, talk.phrases - 1)
    if talk.phrases > 1:
        pauses *= talk.seconds * talk.pause_ratio / pauses.sum()
    starts, ends, t = [], [], 0.0
    for number in range(talk.phrases):
        starts.append(t)
        t += float(phrases[number])
        ends.append(t)
        t += float(pauses[number]) if number < talk.phrases - 1 else 0.0
    return starts, ends


def _syllables(
    talk: Talk, starts: list[float], ends: list[float], rng: np.random.Generator
) -> list[tuple[float, float]]:
    total = max(talk.phrases, round(talk.syllables_per_s * talk.seconds))
    spoken_s = sum(e - s for s, e in zip(starts, ends, strict=True))
    out: list[tuple[float, float]] = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        left = total - len(out)
        later = sum(e - s for s, e in zip(starts[number:], ends[number:], strict=True))
        own = max(1, round(left * (end - start) / later)) if later and spoken_s else 1
        lengths = 1 + talk.uneven * rng.uniform(-1, 1, own)
        at = start + np.concatenate(([0.0], np.cumsum(lengths / lengths.sum()))) * (end - start)
        out.extend(zip(at[:-1].tolist(), at[1:].tolist(), strict=True))
    return out


def _bump(talk: Talk, x: Array, seconds: float) -> Array:
    low = 10 ** (-talk.depth_db / 20)
    match talk.bump:
        case "hann":
            shape = np.sin(np.pi * x) ** 2
        case "sine":
            shape = np.sin(np.pi * x)
        case "flat":
            shape = np.clip(np.minimum(x, 1 - x) * seconds / 0.03, 0, 1)
    return np.asarray(low + (1 - low) * shape)


# -- Lines -----------------------------------------------------------------------------------------------------------


def a_law(x: Array) -> Array:
    """`x` after G.711 A-law, by the formula of its curve quantised to seven bits of magnitude."""
    size = np.clip(np.abs(x), 0, 1 - 1e-9)
    step = np.where(size < 1 / 32, 2.0**-11, 2.0 ** np.floor(np.log2(np.maximum(size, 1e-9))) / 16)
    return np.asarray(np.sign(x) * (np.floor(size / step) + 0.5) * step)


def mu_law(x: Array) -> Array:
    """`x` after G.711 mu-law, by the segments of its curve."""
    size = np.minimum(np.abs(x) * 8192, 8158.0) + 33
    step = 2.0 ** (np.floor(np.log2(size)) - 4)
    return np.asarray(np.sign(x) * (np.floor(size / step) * step + step / 2 - 33) / 8192)


def with_lost_packets(sound: Sound, share: float, *, concealed: bool, seed: int = 3) -> Sound:
    """Packets of 20 ms that never came: zeros, or the packet before them 3 dB softer."""
    rng = np.random.default_rng(seed)
    packets = sound.samples[: len(sound.samples) // 160 * 160].reshape(-1, 160).copy()
    lost = np.flatnonzero(rng.random(len(packets)) < share)
    for index in lost[lost > 0]:
        packets[index] = packets[index - 1] * 0.7 if concealed else 0.0
    return replace(sound, samples=packets.ravel(), talking=sound.talking[: packets.size])


def with_noise(sound: Sound, snr_db: float, hiss: Hiss, line: Line, *, seed: int = 5) -> Sound:
    """Steady noise under everything, `snr_db` below the level of talking."""
    noise = _noise(hiss, len(sound.samples), Talker(), line, np.random.default_rng(seed))
    level = float(np.sqrt((sound.samples[sound.talking] ** 2).mean()))
    return replace(sound, samples=sound.samples + noise * level * 10 ** (-snr_db / 20))


def clipped(sound: Sound, share: float) -> Sound:
    """Cut off at the amplitude that `share` of the samples of speech exceed."""
    limit = float(np.quantile(np.abs(sound.samples[sound.talking]), 1 - share))
    return replace(sound, samples=np.clip(sound.samples, -limit, limit))


def levelled(sound: Sound, *, per_s: float = 20.0, most_db: float = 12.0) -> Sound:
    """Through an automatic gain control that pulls the level towards -20 dBFS."""
    power = np.convolve(sound.samples**2, np.ones(400) / 400, "same")
    wanted = np.clip(-20 - 10 * np.log10(power + 1e-9), -most_db, most_db)
    gain_db = np.zeros(len(wanted))
    now = 0.0
    for k in range(0, len(wanted), 80):
        now += (wanted[k] - now) * min(1.0, per_s / 100)
        gain_db[k : k + 80] = now
    return replace(sound, samples=np.clip(sound.samples * 10 ** (gain_db / 20), -1, 1))
