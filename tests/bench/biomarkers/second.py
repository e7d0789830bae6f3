"""Checks on the second maker of voices, over a broader grid than anything was tuned on.

Jitter is checked up to 3 % without noise, HNR between 5 and 25 dB with noise that is no voice itself; outside of that
only F0 is, and that the sound is measured or refused as it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np

from tests.bench.biomarkers.checks import Case
from tests.support import grains, unvoiced
from tests.support.grains import Irregular, Line, Pulse, Sound, Talk, Talker
from tests.support.voices import KnownSound, Truth

LINES: tuple[Line, ...] = get_args(Line)
PULSES: tuple[Pulse, ...] = ("lf", "lf breathy", "rosenberg", "click")
VOWELS = ("a", "e", "i", "o", "u", "neutral", "none")


def cases() -> list[Case]:
    """All of them, in a fixed order."""
    return [*_clean(), *_rough(), *_noisy(), *_talk(), *_lines(), *_too_bad(), *_no_voices()]


@dataclass(frozen=True, slots=True)
class _Draw:
    """Draws from lists without end, the same ones for the same seed."""

    rng: np.random.Generator

    def of(self, *values: Any) -> Any:
        return values[self.rng.integers(len(values))]

    def f0_hz(self, low: float = 70.0, high: float = 320.0) -> float:
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))


def _talker(draw: _Draw, **fixed: Any) -> Talker:
    f0 = draw.f0_hz()
    return Talker(f0, draw.of(*PULSES), draw.of(*VOWELS), 1.17 if f0 > 160 else 1.0, **fixed)


def _known(make: Callable[[], Sound], coded: bool = False) -> Callable[[], KnownSound]:
    """The sound in the form that checks take; `coded`: through an A-law line first."""

    def made() -> KnownSound:
        sound = make()
        span_s = float(sound.talking.sum()) / grains.RATE_HZ / (1 - sound.pause_ratio)
        truth = Truth(
            f0_mean_hz=sound.f0_hz,
            f0_median_hz=sound.f0_hz,
            jitter_ratio=sound.jitter_ratio,
            shimmer_ratio=sound.shimmer_ratio,
            hnr_db=sound.hnr_db,
            syllables=round(sound.syllables_per_s * span_s),
            span_s=span_s,
            pauses_s=(sound.pause_ratio * span_s,),
        )
        return KnownSound(grains.a_law(sound.samples) if coded else sound.samples, truth, sound.talking)

    return made


def _clean() -> Iterator[Case]:
    """Held voices without noise: steady, gliding, trembling, at any level."""
    draw = _Draw(np.random.default_rng(101))
    for seed in range(40):
        movement = draw.of({}, {"glide_semitones_per_s": 0.4}, {"tremor_semitones": 0.15})
        shimmer = draw.of(0.0, 0.01, 0.03, 0.08, 0.15)
        talker = _talker(draw, jitter_ratio=draw.of(0.0, 0.001, 0.002), shimmer_ratio=shimmer, **movement)
        rms = 10 ** (draw.of(-40, -30, -20, -12) / 20)
        make = _held(talker, draw.of(2.5, 5, 8), draw.of(*LINES), rms=rms, seed=seed)
        yield Case("held", f"{talker}", _known(make, seed % 3 == 0), ("median F0",))


def _rough() -> Iterator[Case]:
    """Held voices with jitter. The bare pulse is what the definition of jitter is about; a tract smears it."""
    draw = _Draw(np.random.default_rng(102))
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = (("bare pulses", ("none",)), ("vowels", VOWELS[:-1]))
    for family, tracts in kinds:
        for seed in range(40):
            ratio, f0 = draw.of(0.002, 0.005, 0.01, 0.02, 0.03), draw.f0_hz(75, 260)
            talker = Talker(
                f0,
                draw.of(*PULSES[:3]),
                draw.of(*tracts),
                1.17 if f0 > 160 else 1.0,
                ratio,
                shimmer_ratio=0.02,
            )
            make = _held(talker, 5.0, draw.of(*LINES), seed=seed)
            yield Case(f"rough, {family}", f"{talker}", _known(make), ("median F0", "jitter"))
    for irregular in get_args(Irregular):
        talker = Talker(110, jitter_ratio=0.01, irregular=irregular, tract="none")
        yield Case("rough, bare pulses", f"{talker}", _known(_held(talker, 5.0, "telephone")), ("jitter",))


def _noisy() -> Iterator[Case]:
    draw = _Draw(np.random.default_rng(103))
    for hiss, checks in (
        ("behind", ("median F0", "HNR")),
        ("before", ("median F0", "HNR")),
        ("pink", ("median F0", "HNR")),
        ("breath", ("median F0", "HNR")),
        ("babble", ("median F0",)),
    ):
        for seed in range(20):
            hnr_db = draw.of(5.0, 8.0, 12.0, 16.0, 20.0, 25.0)
            talker = _talker(draw, jitter_ratio=draw.of(0.0, 0.001), shimmer_ratio=0.005)
            make = _held(talker, 4.0, draw.of(*LINES), hnr_db=hnr_db, hiss=hiss, seed=seed)
            yield Case(f"noise, {hiss}", f"{hnr_db:g} dB {talker}", _known(make, seed % 3 == 0), checks)


def _held(talker: Talker, seconds: float, line: Line, **how: Any) -> Callable[[], Sound]:
    return lambda: grains.held(talker, seconds, line, **how)


def _spoken(talk: Talk, line: Line, seed: int, rms: float = 0.08) -> Callable[[], Sound]:
    return lambda: grains.spoken(talk, line, seed=seed, rms=rms)


def _talk() -> Iterator[Case]:
    draw = _Draw(np.random.default_rng(104))
    for seed in range(60):
        f0, pauses, seconds = (
            draw.f0_hz(75, 280),
            draw.of(0.05, 0.1, 0.2, 0.35, 0.5, 0.6),
            draw.of(3, 6, 12, 30),
        )
        phrases = int(np.clip(seconds * (1 - pauses) / draw.of(1.2, 2.0, 3.0), 2, 1 + pauses * seconds / 0.4))
        if phrases < 2:
            continue
        talk = Talk(
            Talker(f0, draw.of(*PULSES[:3]), "a", 1.17 if f0 > 160 else 1.0, draw.of(0.0, 0.005, 0.01)),
            syllables_per_s=min(float(draw.rng.uniform(2, 7)), 6.5 * (1 - pauses)),
            pause_ratio=pauses,
            seconds=seconds,
            phrases=phrases,
            bump=draw.of("hann", "sine", "flat"),
            depth_db=draw.of(10.0, 15.0, 25.0),
            floor_db=draw.of(-60.0, -45.0, -35.0, -28.0),
            intonation_semitones=draw.of(0.0, 1.0, 3.0, 6.0),
        )
        make = _spoken(talk, draw.of(*LINES), seed, 10 ** (draw.of(-34, -28, -22) / 20))
        yield Case(
            "talk", f"{talk}", _known(make, seed % 3 == 0), ("median F0", "pause ratio", "syllable rate")
        )


def _talkers() -> Iterator[tuple[str, Line, Callable[[], Sound]]]:
    for seed, f0 in enumerate((90.0, 120.0, 155.0, 190.0, 225.0, 260.0)):
        talk = Talk(Talker(f0, jitter_ratio=0.006, shimmer_ratio=0.03, tract_scale=1.17 if f0 > 160 else 1.0))
        line = LINES[seed % len(LINES)]
        yield f"{f0:g} Hz, {line}", line, _spoken(talk, line, seed)


def _with_noise(
    make: Callable[[], Sound], snr_db: float, hiss: grains.Hiss, line: Line
) -> Callable[[], Sound]:
    return lambda: grains.with_noise(make(), snr_db, hiss, line)


def _changed(make: Callable[[], Sound], change: Callable[[Sound], Sound]) -> Callable[[], Sound]:
    return lambda: change(make())


def _lines() -> Iterator[Case]:
    """Damage that a measurement survives."""
    timed = ("median F0", "pause ratio", "syllable rate")
    for name, line, make in _talkers():
        for hiss in ("behind", "pink", "babble"):
            for snr_db in (18.0, 25.0):
                noisy = _with_noise(make, snr_db, hiss, line)
                checks = timed if hiss != "babble" else ("median F0",)
                yield Case("bad line", f"{name}, {hiss} {snr_db:g} dB", _known(noisy), checks)
        changes: dict[str, Callable[[Sound], Sound]] = {
            "2 % lost": lambda s: grains.with_lost_packets(s, 0.02, concealed=False),
            "5 % concealed": lambda s: grains.with_lost_packets(s, 0.05, concealed=True),
            "0.05 % clipped": lambda s: grains.clipped(s, 0.0005),
            "gain control": lambda s: grains.levelled(s),
            "-42 dBFS": lambda s: replace(s, samples=s.samples * 10 ** (-20 / 20)),
        }
        for what, change in changes.items():
            checks = ("median F0",) if what in {"gain control", "5 % concealed"} else timed
            yield Case("bad line", f"{name}, {what}", _known(_changed(make, change)), checks)


def _too_bad() -> Iterator[Case]:
    for name, line, make in _talkers():
        for hiss in ("behind", "pink"):
            for snr_db in (8.0, 3.0):
                noisy = _with_noise(make, snr_db, hiss, line)
                yield Case("too damaged", f"{name}, {hiss} {snr_db:g} dB", _known(noisy), is_voice=False)
        changes: dict[str, Callable[[Sound], Sound]] = {
            "12 % lost": lambda s: grains.with_lost_packets(s, 0.12, concealed=False),
            "25 % lost": lambda s: grains.with_lost_packets(s, 0.25, concealed=False),
            "3 % clipped": lambda s: grains.clipped(s, 0.03),
            "10 % clipped": lambda s: grains.clipped(s, 0.10),
            "-60 dBFS": lambda s: replace(s, samples=s.samples * 10 ** (-38 / 20)),
            "1 s": lambda s: replace(s, samples=s.samples[4000:12000], talking=s.talking[4000:12000]),
        }
        for what, change in changes.items():
            yield Case("too damaged", f"{name}, {what}", _known(_changed(make, change)), is_voice=False)


def _no_voices() -> Iterator[Case]:
    for name, samples in _sounds():
        sound = KnownSound(samples, Truth(1.0, 1.0, 0.0, 0.0))
        yield Case("no voice", name, lambda sound=sound: sound, is_voice=False)


def _sounds() -> Iterator[tuple[str, unvoiced.Array]]:
    for snr_db in (None, 30.0, 20.0):
        tones = {
            "US dial": unvoiced.signal(350, 440),
            "European dial": unvoiced.signal(425),
            "US ringback": unvoiced.signal(440, 480, seconds=8, on_s=2, off_s=4),
            "UK ringback": unvoiced.signal(400, 450, seconds=8, on_s=0.4, off_s=0.2),
            "European ringback": unvoiced.signal(425, seconds=8, on_s=1, off_s=4),
            "busy": unvoiced.signal(480, 620, on_s=0.5, off_s=0.5),
            "reorder": unvoiced.signal(480, 620, on_s=0.25, off_s=0.25),
            "fax": unvoiced.signal(2100),
            "120 Hz": unvoiced.signal(120),
            "200 Hz": unvoiced.signal(200),
            "440 Hz": unvoiced.signal(440),
            "keys, 100 ms": unvoiced.keys(0.1, 0.1),
            "keys, 200 ms": unvoiced.keys(0.2, 0.2),
            "keys, 500 ms": unvoiced.keys(0.5, 0.2),
        }
        for name, samples in tones.items():
            yield f"{name}, noise {snr_db}", unvoiced.noisy(samples, snr_db)
    for instrument in get_args(unvoiced.Instrument):
        for voices in (1, 2, 3, 4):
            for beat_s in (0.2, 0.4, 0.8):
                tune = unvoiced.music(instrument, voices, beat_s, seed=voices)
                yield f"{instrument}, {voices} voices, beat {beat_s:g} s", tune
    for colour in ("white", "pink", "brown"):
        for rms in (0.003, 0.03, 0.2):
            yield f"{colour} noise at {rms:g}", unvoiced.noise(colour, rms)
    yield "silence", np.zeros(40_000)
