"""What the analysis costs, in one run against openSMILE's eGeMAPSv02 on the same clips.

CPU time of this process, each pair one after the other, the smallest of five: a ratio holds on any machine where
seconds do not. openSMILE computes 88 functionals and no gate; ours is everything that a segment's row holds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biomarkers.analysis import analyse
from biomarkers.files import read_recording
from tests.support import grains, plain_praat, voices
from tests.support.grains import Talk, Talker

RATIO, REAL_TIME_FACTOR, WORKER_MB = 0.5, 0.012, 250.0
ROUNDS = 5
CALL_S = 900
CLIP_S = 60.0

Clip = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds for a clip of some seconds; theirs is None without openSMILE."""

    name: str
    seconds: float
    ours_s: float
    theirs_s: float | None


def clips() -> dict[str, Clip]:
    """A minute each of a man, a woman, and, where the recordings are installed, a person."""
    talkers = {
        "man, 105 Hz, made": Talker(105, jitter_ratio=0.008, shimmer_ratio=0.03),
        "woman, 200 Hz, made": Talker(200, jitter_ratio=0.008, shimmer_ratio=0.03, tract_scale=1.17),
    }
    found = {}
    for name, talker in talkers.items():
        talk = Talk(talker, 4.0, 0.25, CLIP_S, 18, floor_db=-40.0)
        found[name] = voices.mu_law(grains.spoken(talk).samples).astype(np.float32)
    home = plain_praat.folder()
    if home is not None:
        parts = [read_recording(home / one.name).samples for one in plain_praat.stored()]
        found["woman, recorded"] = np.concatenate(parts)[: round(CLIP_S * 8000)]
    return found


def measured() -> list[Cost]:
    theirs = _opensmile()
    costs = []
    for name, clip in clips().items():
        analyse(clip)  # what is loaded at first use counts for nobody
        rounds = [(_cpu_s(analyse, clip), _cpu_s(theirs, clip) if theirs else None) for _ in range(ROUNDS)]
        best = min((other for _, other in rounds if other is not None), default=None)
        costs.append(Cost(name, len(clip) / 8000, min(pair[0] for pair in rounds), best))
    return costs


def _opensmile() -> Callable[[Clip], object] | None:
    try:
        import opensmile
    except ImportError:
        return None
    smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.Functionals)
    return lambda clip: smile.process_signal(clip, 8000)


def _cpu_s(job: Callable[[Clip], object], clip: Clip) -> float:
    start = time.process_time()
    job(clip)
    return time.process_time() - start


def worker_mb() -> tuple[float, float]:
    """Peak memory of a worker before and after a call of a quarter of an hour, MB."""
    minute = grains.spoken(Talk(seconds=CLIP_S, phrases=18)).samples
    audio = voices.mu_law_bytes(np.tile(minute, CALL_S // round(CLIP_S)))[: CALL_S * 8000]
    command = [sys.executable, "-m", "tests.bench.biomarkers.worker"]
    done = subprocess.run(command, input=audio, stdout=subprocess.PIPE, check=True)
    said = json.loads(done.stdout)
    if not said["is_measured"]:
        raise RuntimeError("the call was refused: its memory says nothing")
    return said["before_mb"], said["peak_mb"]


def main() -> int:
    costs = measured()
    print(f"{'clip':<24}{'s':>6}{'real-time factor':>18}{'of openSMILE':>14}")
    for cost in costs:
        ratio = "not installed" if cost.theirs_s is None else f"{cost.ours_s / cost.theirs_s:.2f}"
        print(f"{cost.name:<24}{cost.seconds:>6.0f}{cost.ours_s / cost.seconds:>18.4f}{ratio:>14}")
    before, peak = worker_mb()
    print(
        f"worker, one call of {CALL_S // 60} minutes: {peak:.0f} MB at its peak ({before:.0f} MB before it)"
    )
    total_s = sum(cost.seconds for cost in costs)
    factor = sum(cost.ours_s for cost in costs) / total_s
    ours = sum(cost.ours_s for cost in costs if cost.theirs_s is not None)
    theirs = sum(cost.theirs_s for cost in costs if cost.theirs_s is not None)
    ratio = ours / theirs if theirs else 0.0
    print(
        f"all clips: {ratio:.2f} of openSMILE (at most {RATIO}), real-time factor {factor:.4f} (at most "
        f"{REAL_TIME_FACTOR}), worker {peak:.0f} MB (at most {WORKER_MB:.0f})"
    )
    return 0 if ratio <= RATIO and factor <= REAL_TIME_FACTOR and peak <= WORKER_MB else 1


if __name__ == "__main__":
    sys.exit(main())
