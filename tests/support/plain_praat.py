"""What plain Praat says of recorded telephone prompts: `python -m tests.support.plain_praat` stores it again.

The recordings are Debian's `asterisk-core-sounds-en-wav` (CC-BY-SA-3.0, spoken by Allison Smith); only fingerprints
and numbers are stored. Praat runs with its usual settings and none of our code: autocorrelation pitch from 75 to
500 Hz, cross-correlated pulses, local jitter and shimmer and harmonicity inside voiced stretches of at least 0.1 s whose
first and last 20 ms are left out (Praat's own pitch frames decide).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import parselmouth
from numpy.typing import NDArray
from parselmouth.praat import call

Times = NDArray[np.float64]

FOLDERS = (Path("/usr/share/asterisk/sounds/en_US_f_Allison"), Path("/usr/share/asterisk/sounds/en"))
STORED = Path(__file__).parents[1] / "data" / "telephone-speech.json"
LONG_ENOUGH_S, RECORDINGS = 4.0, 24
TRIM_S, SHORTEST_S = 0.02, 0.1
NO_SPEECH = {"tt-monkeys.wav"}


@dataclass(frozen=True, slots=True)
class Plain:
    """One recording's fingerprint and Praat's values; ratios are fractions."""

    name: str
    sha256: str
    seconds: float
    f0_median_hz: float
    jitter_local_ratio: float
    shimmer_local_ratio: float
    hnr_db: float


def folder() -> Path | None:
    """Where the recordings are, if they are installed."""
    return next((path for path in FOLDERS if path.is_dir()), None)


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def stored() -> list[Plain]:
    """The values of the run that was stored."""
    return [Plain(**one) for one in json.loads(STORED.read_text())["recordings"]]


def measured(path: Path) -> Plain:
    """Plain Praat's values of a sound file."""
    sound = parselmouth.Sound(str(path))
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=75, pitch_ceiling=500)
    pulses = call([sound, pitch], "To PointProcess (cc)")
    harmonicity = sound.to_harmonicity_cc(minimum_pitch=75)
    hz = pitch.selected_array["frequency"]
    stretches = _stretches(pitch.xs(), hz > 0)
    jitters, shimmers, hnrs, weights = [], [], [], []
    for start, end in stretches:
        jitter = call(pulses, "Get jitter (local)", start, end, 0.0001, 0.02, 1.3)
        shimmer = call([sound, pulses], "Get shimmer (local)", start, end, 0.0001, 0.02, 1.3, 1.6)
        if np.isfinite(jitter) and np.isfinite(shimmer):
            jitters.append(jitter)
            shimmers.append(shimmer)
            weights.append(end - start)
        at = (harmonicity.xs() >= start) & (harmonicity.xs() <= end)
        hnrs.extend(value for value in harmonicity.values[0][at].tolist() if value > -100)
    return Plain(
        name=path.name,
        sha256=fingerprint(path),
        seconds=round(sound.duration, 3),
        f0_median_hz=round(float(np.median(hz[hz > 0])), 2),
        jitter_local_ratio=round(float(np.average(jitters, weights=weights)), 5),
        shimmer_local_ratio=round(float(np.average(shimmers, weights=weights)), 5),
        hnr_db=round(float(np.mean(hnrs)), 3),
    )


def _stretches(times_s: Times, voiced: NDArray[np.bool_]) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], voiced, [False])).astype(int)))
    runs = [
        (float(times_s[a]) + TRIM_S, float(times_s[b - 1]) - TRIM_S)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    return [(start, end) for start, end in runs if end - start >= SHORTEST_S]


def main() -> None:
    home = folder()
    if home is None:
        raise SystemExit("asterisk-core-sounds-en-wav is not installed")
    long = [path for path in sorted(home.glob("*.wav")) if path.stat().st_size > LONG_ENOUGH_S * 16_000]
    long = [path for path in long if path.name not in NO_SPEECH]
    chosen = long[:: max(1, len(long) // RECORDINGS)][:RECORDINGS]
    found = {
        "package": "asterisk-core-sounds-en-wav 1.6.1-1",
        "praat": parselmouth.PRAAT_VERSION,
        "recordings": [asdict(measured(path)) for path in chosen],
    }
    STORED.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
