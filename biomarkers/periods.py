"""The single periods of a voice: each glottal cycle matched with the next one.

Praat marks the pulses (its cross-correlation method) and measures each cycle's amplitude; every pair of neighbouring
marks inside a voiced stretch is then matched again on a four times finer grid. That gives, per pair, the length of
the period between them, how alike the two cycles are and how strong: all that jitter, shimmer and HNR need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
import parselmouth
from numpy.typing import NDArray
from parselmouth.praat import call

from biomarkers.audio import Samples, Vector
from biomarkers.damping import damped
from biomarkers.limits import PERIOD_FACTOR_MAX, RATE_HZ, STRETCH_MIN_S, STRETCH_TRIM_S
from biomarkers.pitch import TRACK_STEP_S, PitchTrack

_FINE = 4  #: grid points per sample
_TAPS = 24  #: of the interpolation
_KAISER = 5.0
_REACH_RATIO = 0.1  #: of the period, searched to either side of the next mark
_REACH = 4  #: grid points searched to either side of the best whole sample
_SMOOTH = 5  #: cycles over which the place of their energy is averaged
_DAMPED_WIDTH = 0.8  #: of a period: what rings no longer needs no more, and the neighbours stay out
_ROUGH_FRAMES = 4
_PLAUSIBLE = (0.7, 1.4)  #: period over the local period of the pitch track
_WIDTH_STEP = 8  #: windows are one period long, rounded to this many samples
_BEST = 0.999999

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]
Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Periods:
    """Pairs of neighbouring cycles, in order of time; pair i joins cycle i and cycle i + 1.

    period_s: from one cycle to the next, s. correlation: normalised, at the best lag. energy: geometric mean of the
    cycles' mean squares. amplitude, next_amplitude: of the two cycles; NaN where Praat gives none. follows: the pair
    before this one ends with the cycle that this one starts with. timing_noise_s2: variance of the time of one mark
    that the unlikeness of the two cycles would cause by itself, s^2. damped_*: the same, of the cycles with the vocal
    tract's ringing shortened.
    """

    period_s: Vector
    correlation: Vector
    energy: Vector
    amplitude: Vector
    next_amplitude: Vector
    follows: Mask
    timing_noise_s2: Vector
    damped_period_s: Vector
    damped_correlation: Vector
    damped_noise_s2: Vector

    def __len__(self) -> int:
        return len(self.period_s)

    @staticmethod
    def joined(parts: Sequence[Periods]) -> Periods:
        """Several blocks' periods as one; no pair follows across a boundary."""
        if not parts:
            return _NOTHING
        return Periods(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Periods)))


_EMPTY: Vector = np.zeros(0)
_NOTHING = Periods(_EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY, np.zeros(0, bool), _EMPTY, _EMPTY, _EMPTY, _EMPTY)


def voiced_stretches(track: PitchTrack, usable: Mask) -> list[Stretch]:
    """Runs of voiced, usable frames, trimmed by 20 ms at both ends and at least 100 ms long (s, s).

    A few frames that are loud but too irregular to have a pitch do not end a run: leaving out its neighbourhood would
    leave out just the irregular cycles of a rough voice.
    """
    voiced = np.concatenate(([False], _closed((track.hz > 0) & usable, usable), [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(voiced))
    trim = STRETCH_TRIM_S - TRACK_STEP_S / 2
    runs = (
        (float(track.times_s[first] + trim), float(track.times_s[last - 1] - trim))
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    )
    return [(start, end) for start, end in runs if end - start >= STRETCH_MIN_S]


def _closed(voiced: Mask, usable: Mask) -> Mask:
    """`voiced` with its short gaps closed where all frames are usable."""
    out = voiced.copy()
    edges = np.flatnonzero(np.diff(voiced.astype(np.int8))) + 1
    for start, end in pairwise(edges.tolist()):
        if end - start <= _ROUGH_FRAMES and usable[start:end].all():
            out[start:end] = True
    return out


def measure(
    samples: Samples | Vector, sound: parselmouth.Sound, track: PitchTrack, stretches: Sequence[Stretch]
) -> Periods:
    """Every pair of neighbouring cycles inside the stretches. `sound` holds `samples`."""
    if not stretches:
        return _NOTHING
    pulses = call([sound, track.praat], "To PointProcess (cc)")
    if call(pulses, "Get number of points") < 3:
        return _NOTHING
    times = call(pulses, "To Matrix").values[0]
    amplitudes = _amplitudes(sound, pulses, times)
    left = _pairs_inside(times, stretches, track)
    dry = damped(samples, stretches)
    grid = _finer(np.asarray(samples, np.float64))
    exact = times * RATE_HZ - 0.5  # Praat's first sample lies at half a sample
    marks = np.round(exact * _FINE).astype(np.intp)
    dry_marks = np.round(_on_the_pulse(dry, exact, left) * _FINE).astype(np.intp)
    left = left[_fits(marks, left, len(grid)) & _fits(dry_marks, left, len(grid))]
    if not len(left):
        return _NOTHING
    period, correlation, energy, noise = _matched(grid, marks, left)
    dry_period, dry_correlation, _, dry_noise = _matched(_finer(dry), dry_marks, left, _DAMPED_WIDTH)
    return Periods(
        period_s=period,
        correlation=correlation,
        energy=energy,
        amplitude=amplitudes[left],
        next_amplitude=amplitudes[left + 1],
        follows=np.concatenate(([False], np.diff(left) == 1)),
        timing_noise_s2=noise,
        damped_period_s=dry_period,
        damped_correlation=dry_correlation,
        damped_noise_s2=dry_noise,
    )


def _amplitudes(sound: parselmouth.Sound, pulses: parselmouth.Data, times: Vector) -> Vector:
    """Praat's amplitude of the cycle at each mark; NaN where it gives none."""
    tier = call([sound, pulses], "To AmplitudeTier (period)", 0, 0, 0.0001, 0.02, PERIOD_FACTOR_MAX)
    found = np.full(len(times), np.nan)
    if call(tier, "Get number of points") > 0:
        table = call(call(tier, "Down to TableOfReal"), "To Matrix").values
        found[np.clip(np.searchsorted(times, table[:, 0] - 1e-7), 0, len(times) - 1)] = table[:, 1]
    return found


def _pairs_inside(times: Vector, stretches: Sequence[Stretch], track: PitchTrack) -> Index:
    """Indices i of marks for which i and i + 1 lie in one stretch, a plausible period apart."""
    starts, ends = np.array(stretches).T
    home = np.searchsorted(starts, times, side="right") - 1
    inside = (home >= 0) & (times <= ends[np.maximum(home, 0)])
    voiced = track.hz > 0
    ratio = np.diff(times) * np.interp(times[:-1], track.times_s[voiced], track.hz[voiced])
    plausible = (ratio > _PLAUSIBLE[0]) & (ratio < _PLAUSIBLE[1])
    return np.flatnonzero(inside[:-1] & inside[1:] & (home[:-1] == home[1:]) & plausible)


def _on_the_pulse(dry: Vector, marks: Vector, left: Index) -> Vector:
    """Marks (samples) moved to where the energy of their cycles lies, so that no pulse falls on the edge of a window.

    Praat's marks wander within the cycle when it varies. What is moved is smooth: the mean phase of five cycles' energy.
    """
    period = np.full(len(marks), np.median(np.diff(marks)[left]) if len(left) else 1.0)
    period[left] = marks[left + 1] - marks[left]
    whole = np.round(marks).astype(np.intp)
    turn = np.zeros(len(marks), complex)
    energy = dry**2
    for width, chosen in _by_width(period):
        chosen = chosen[(whole[chosen] > width) & (whole[chosen] < len(dry) - width)]
        offsets = np.arange(width) - width // 2
        around = energy[whole[chosen, None] + offsets]
        phase = 2 * np.pi * offsets / width
        real, imaginary, total = (around @ np.stack([np.cos(phase), np.sin(phase), np.ones(width)], axis=1)).T
        turn[chosen] = (real + 1j * imaginary) / (total + 1e-20)
    angle = np.unwrap(np.angle(np.convolve(turn, np.ones(_SMOOTH), "same")))
    run = np.cumsum(np.concatenate(([True], np.diff(left) > 1)))
    home = np.zeros(len(marks), np.intp)
    home[left], home[left + 1] = run, run
    mean = np.bincount(home, angle) / np.maximum(np.bincount(home), 1)
    angle -= 2 * np.pi * np.round(mean / (2 * np.pi))[home]
    return np.asarray(marks + np.where(home > 0, angle / (2 * np.pi) * period, 0.0))


def _kernels() -> Vector:
    """Impulse responses that interpolate at a quarter, a half and three quarters of a sample (Kaiser, -50 dB)."""
    distance = np.arange(_TAPS) + 1 - _TAPS // 2 + np.arange(1, _FINE)[:, None] / _FINE
    window = np.i0(_KAISER * np.sqrt(np.maximum(1 - (2 * distance / _TAPS) ** 2, 0))) / np.i0(_KAISER)
    return np.asarray(np.sinc(distance) * window)


_KERNELS = _kernels()


def _fits(marks: Index, left: Index, size: int) -> Mask:
    """Pairs whose windows, wherever they are searched, lie inside the grid."""
    widest = 2 * np.diff(marks)[left].max(initial=0) + 2 * _WIDTH_STEP * _FINE
    return np.asarray((marks[left] > widest) & (marks[left + 1] < size - widest))


def _finer(samples: Vector) -> Vector:
    """`samples` on the finer grid (band-limited interpolation)."""
    out = np.empty((len(samples), _FINE))
    out[:, 0] = samples
    padded = np.pad(samples, _TAPS // 2)
    for phase, kernel in enumerate(_KERNELS, start=1):
        out[:, phase] = np.convolve(padded, kernel, "valid")[: len(samples)]
    return out.ravel()


def _matched(
    grid: Vector, marks: Index, left: Index, part: float = 1.0
) -> tuple[Vector, Vector, Vector, Vector]:
    """Period (s), correlation, energy and timing noise (s^2) of each pair."""
    out = np.zeros((4, len(left)))
    for width, chosen in _by_width(part * (marks[left + 1] - marks[left]) / _FINE):
        offsets = (np.arange(width) - width // 2) * _FINE
        first = grid[marks[left[chosen], None] + offsets]
        where = marks[left[chosen] + 1, None] + offsets
        coarse = _coarse(grid, first, where, width)
        out[:, chosen] = _match(grid, first, where + coarse[:, None])
        out[0, chosen] += coarse
    period = (marks[left + 1] - marks[left] + out[0]) / (_FINE * RATE_HZ)
    return period, out[1], out[2], out[3] / RATE_HZ**2


def _by_width(periods: Vector) -> Iterator[tuple[int, Index]]:
    """Cycles grouped by window width (samples), so that each group is one array operation."""
    widths = np.maximum(np.round(periods / _WIDTH_STEP).astype(np.intp), 2) * _WIDTH_STEP
    for width in np.unique(widths):
        yield int(width), np.flatnonzero(widths == width)


def _correlations(grid: Vector, first: Vector, where: Index, lags: Index) -> tuple[Vector, Vector]:
    """Products of `first` with what lies at `where` + each lag, and the energies of the latter."""
    cross, other = np.empty((2, len(first), len(lags)))
    for column, lag in enumerate(lags.tolist()):
        second = grid[where + lag]
        cross[:, column] = np.einsum("ij,ij->i", first, second)
        other[:, column] = np.einsum("ij,ij->i", second, second)
    return cross, other


def _coarse(grid: Vector, first: Vector, where: Index, width: int) -> Index:
    """The lag (grid points, whole samples) at which the next cycle looks most alike."""
    far = round(_REACH_RATIO * width)
    lags = np.arange(-far, far + 1) * _FINE
    cross, other = _correlations(grid, first, where, lags)
    return np.asarray(lags[(cross / np.sqrt(other + 1e-20)).argmax(axis=1)])


def _match(grid: Vector, first: Vector, where: Index) -> Vector:
    """For cycles `first` and the grid indices of their successors: lag, correlation, energy, timing noise."""
    energy = np.einsum("ij,ij->i", first, first)
    lags = np.arange(-_REACH, _REACH + 1)
    cross, other = _correlations(grid, first, where, lags)
    correlation = cross / np.sqrt(energy[:, None] * other + 1e-20)
    row = np.arange(len(first))
    top = np.clip(correlation.argmax(axis=1), 1, len(lags) - 2)
    before, peak, after = (correlation[row, top + step] for step in (-1, 0, 1))
    bend = np.minimum(before - 2 * peak + after, -1e-12)
    shift = np.clip(0.5 * (before - after) / bend, -1, 1)
    best = np.minimum(peak - 0.25 * (before - after) * shift, _BEST)
    lag = lags[top] + shift
    whole = np.floor(lag).astype(np.intp)[:, None]
    part = lag[:, None] - whole
    second = grid[where + whole] * (1 - part) + grid[where + whole + 1] * part
    level = np.sqrt(energy * other[row, top]) / first.shape[1]
    return np.stack([lag, best, level, _timing_noise(first, second)])


def _timing_noise(first: Vector, second: Vector) -> Vector:
    """Variance (samples^2) with which noise as large as the cycles' difference would move one mark.

    The error of a matched-filter time is (noise . template') / (template' . template'); both spectra are taken from
    the pair itself, the template from the mean of the two cycles, the noise from half their difference.
    """
    gain = np.einsum("ij,ij->i", first, second) / np.maximum(np.einsum("ij,ij->i", second, second), 1e-20)
    scaled = second * gain[:, None]
    noise = np.abs(np.fft.rfft(first - scaled)) ** 2 / 2
    template = np.maximum(np.abs(np.fft.rfft(first + scaled)) ** 2 / 4 - noise / 2, 0)
    squared = (2 * np.pi * np.fft.rfftfreq(first.shape[1])) ** 2
    slope = template @ squared
    return np.asarray(0.5 * ((template * noise) @ squared) / np.maximum(slope, 1e-20) ** 2)
