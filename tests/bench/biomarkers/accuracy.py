"""The measures against sounds whose truth is known: `python -m tests.bench.biomarkers.accuracy`.

Two makers of voices are used: the one that the measures were developed on, and one that shares no code with it.
Every line of a table is a family of checks, with how many hold and the largest error. What the design promises:
F0 within 1 %, jitter within 0.15 points, HNR within 1 dB, pause ratio within 0.05, syllable rate within 10 %;
everything that is no voice, or too damaged, is refused, and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from tests.bench.biomarkers import second
from tests.bench.biomarkers.checks import Case, report
from tests.support import voices
from tests.support.voices import Band, KnownSound, Samples, Speech, Truth, Voice


def cases() -> list[Case]:
    """All of them, in a fixed order."""
    return [*_vowels(), *_noisy_vowels(), *_speech(), *_damaged(), *_too_damaged(), *_no_voices()]


def _vowels() -> Iterator[Case]:
    """Held vowels of men and women, steady and rough, through three bands."""
    kinds = ("a", "hum", "e", "schwa", "o")
    for band in Band:
        for at, f0 in enumerate((80, 95, 110, 130, 155, 180, 210, 240, 270, 300)):
            for jitter in (0.002, 0.008, 0.02):
                vowel = kinds[(at + round(jitter * 1000)) % len(kinds)]
                voice = Voice(f0_hz=f0, jitter_ratio=jitter, shimmer_ratio=0.02, vowel=vowel)
                name = f"{band} {vowel} {f0} Hz, jitter {jitter:.1%}"
                checks = ("F0", "jitter")
                yield Case("vowel", name, _vowel(voice, band, f0), checks)


def _noisy_vowels() -> Iterator[Case]:
    for band in Band:
        for at, hnr_db in enumerate((5.0, 10.0, 15.0, 20.0, 25.0)):
            for f0, vowel in ((90, "a"), (125, "e"), (170, "schwa"), (220, "a")):
                voice = Voice(
                    f0_hz=f0 + at, jitter_ratio=0.001, shimmer_ratio=0.005, hnr_db=hnr_db, vowel=vowel
                )
                yield Case(
                    "breathy vowel",
                    f"{band} {vowel} {f0} Hz, HNR {hnr_db:g}",
                    _vowel(voice, band, f0),
                    ("F0", "HNR"),
                )


def _vowel(voice: Voice, band: Band, seed: float) -> Callable[[], KnownSound]:
    return lambda: voices.sustained_vowel(voice, 6.0, band, seed=round(seed))


TALKERS = {
    "young man": Speech(Voice(f0_hz=115, jitter_ratio=0.004, hnr_db=24.0)),
    "old man, slow": Speech(
        Voice(f0_hz=98, jitter_ratio=0.012, shimmer_ratio=0.08, hnr_db=16.0, vibrato_semitones=0.3),
        phrases=(4, 3, 5, 4, 3),
        pauses_s=(0.9, 1.2, 0.7, 1.0),
        syllables_per_s=2.8,
    ),
    "woman": Speech(Voice(f0_hz=205, jitter_ratio=0.005, hnr_db=22.0), accents_semitones=2.5),
    "old woman": Speech(
        Voice(f0_hz=178, jitter_ratio=0.009, shimmer_ratio=0.07, hnr_db=18.0),
        phrases=(5, 4, 6, 3),
        pauses_s=(0.5, 0.8, 1.1),
        syllables_per_s=3.3,
        breaths=2,
    ),
    "fast": Speech(
        Voice(f0_hz=135, hnr_db=22.0), phrases=(12, 9, 14), pauses_s=(0.35, 0.4), syllables_per_s=5.6
    ),
    "breathless": Speech(
        Voice(f0_hz=150, jitter_ratio=0.008, hnr_db=15.0),
        phrases=(2, 3, 2, 3, 2, 3),
        pauses_s=(0.7, 0.9, 0.6, 1.1, 0.8),
    ),
    "no pause": Speech(Voice(f0_hz=125), phrases=(30,), pauses_s=()),
    "monotonous": Speech(Voice(f0_hz=105), accents_semitones=0.2, declination=0.03),
}


def _speech() -> Iterator[Case]:
    for band in Band:
        for at, (name, speech) in enumerate(TALKERS.items()):
            yield Case(
                "speech", f"{band} {name}", _spoken(speech, band, at), ("F0", "pause ratio", "syllable rate")
            )


def _spoken(speech: Speech, band: Band, seed: int) -> Callable[[], KnownSound]:
    return lambda: voices.running_speech(speech, band, seed=seed)


def _damaged() -> Iterator[Case]:
    """Bad lines that must still be measured."""
    timed = ("F0", "pause ratio", "syllable rate")
    for at, name in enumerate(("young man", "woman", "old man, slow")):
        for band in Band:
            clean = _spoken(TALKERS[name], band, at)
            for snr_db in (18.0, 24.0):
                for colour in ("white", "pink"):
                    what = f"{band} {name}, {colour} noise {snr_db:g} dB below"
                    yield Case("bad line", what, _noisy(clean, snr_db, colour), timed)
            yield Case("bad line", f"{band} {name}, 3 % lost", _lossy(clean, 0.03), timed)
            yield Case("bad line", f"{band} {name}, quiet", _at(clean, -40.0), timed)


def _too_damaged() -> Iterator[Case]:
    for at, name in enumerate(("young man", "woman", "old man, slow")):
        for band in (Band.PLAIN, Band.TELEPHONE):
            clean = _spoken(TALKERS[name], band, at)
            for what, make in {
                "noise 6 dB below": _noisy(clean, 6.0, "white"),
                "pink noise 3 dB below": _noisy(clean, 3.0, "pink"),
                "12 % lost": _lossy(clean, 0.12),
                "25 % lost": _lossy(clean, 0.25),
                "overdriven 4 times": _clipped(clean, 4.0),
                "overdriven 2.5 times": _clipped(clean, 2.5),
                "very quiet": _at(clean, -62.0),
                "cut to 1 s": _first(clean, 1.0),
                "cut to 0.3 s": _first(clean, 0.3),
            }.items():
                yield Case("too damaged", f"{band} {name}, {what}", make, is_voice=False)


def _noisy(clean: Callable[[], KnownSound], snr_db: float, colour: str) -> Callable[[], KnownSound]:
    return lambda: voices.with_noise(clean(), snr_db, colour=colour)


def _lossy(clean: Callable[[], KnownSound], share: float) -> Callable[[], KnownSound]:
    return lambda: voices.with_loss(clean(), share)


def _clipped(clean: Callable[[], KnownSound], times: float) -> Callable[[], KnownSound]:
    return lambda: voices.with_clipping(clean(), times)


def _at(clean: Callable[[], KnownSound], level_dbfs: float) -> Callable[[], KnownSound]:
    def make() -> KnownSound:
        sound = clean()
        return replace(sound, samples=voices.at_level(sound.samples, level_dbfs))

    return make


def _first(clean: Callable[[], KnownSound], seconds: float) -> Callable[[], KnownSound]:
    def make() -> KnownSound:
        sound = clean()
        start = int(np.argmax(sound.active))
        return replace(sound, samples=sound.samples[start : start + round(seconds * sound.rate_hz)])

    return make


def _no_voices() -> Iterator[Case]:
    for what, make in _without_voice().items():
        yield Case("no voice", what, _known(make), is_voice=False)


def _known(make: Callable[[], Samples]) -> Callable[[], KnownSound]:
    return lambda: KnownSound(make(), Truth(1.0, 1.0, 0.0, 0.0))


def _without_voice() -> dict[str, Callable[[], Samples]]:
    tones, music = voices.tones, voices.music
    made: dict[str, Callable[[], Samples]] = {
        "nothing": lambda: np.zeros(0),
        "digital silence": lambda: np.zeros(64_000),
        "line noise": lambda: voices.noise_only(level_dbfs=-60.0),
        "white noise": lambda: voices.noise_only(),
        "pink noise": lambda: voices.noise_only(colour="pink"),
        "US dial tone": lambda: tones((350, 440)),
        "US ringback": lambda: tones((440, 480), on_s=2.0, off_s=4.0),
        "US busy": lambda: tones((480, 620), on_s=0.5, off_s=0.5),
        "European dial tone": lambda: tones((425,)),
        "European busy": lambda: tones((425,), on_s=0.5, off_s=0.5),
        "fax": lambda: tones((1100,), on_s=0.5, off_s=3.0),
        "modem": lambda: tones((2100,)),
        "sine 150 Hz": lambda: tones((150,)),
        "sine 220 Hz": lambda: tones((220,)),
        "sine 1 kHz": lambda: tones((1000,)),
        "mains hum": lambda: tones((60, 120, 180, 240, 300)),
        "key tones, fast": lambda: voices.dtmf("5551234567890#*24680"),
        "key tones, slow": lambda: voices.dtmf("12345678", on_s=0.5, off_s=0.4),
        "one key held": lambda: voices.dtmf("5", on_s=6.0),
        "one key, repeated": lambda: voices.dtmf("5" * 20, on_s=0.2, off_s=0.2),
    }
    for notes in (1, 2, 3, 4):
        for partials, note_s in ((1, 0.5), (3, 0.25), (5, 0.5), (8, 1.0)):
            made[f"music, {notes} notes, {partials} partials, {note_s:g} s"] = _music(
                music, notes, partials, note_s
            )
    return made


def _music(make: Callable[..., Samples], notes: int, partials: int, note_s: float) -> Callable[[], Samples]:
    return lambda: make(8.0, notes=notes, partials=partials, note_s=note_s, seed=notes * 10 + partials)


def main() -> int:
    first = report("voices it was developed on", cases())
    other = report("voices of another maker", second.cases())
    return 0 if first and other else 1


if __name__ == "__main__":
    sys.exit(main())
