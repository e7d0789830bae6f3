"""One check of a measure against what is known of a sound, and the table of many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from biomarkers.analysis import analyse
from biomarkers.features import SegmentAnalysis
from tests.support import voices
from tests.support.voices import KnownSound, Truth

F0_PERCENT = 1.0
JITTER_POINTS = 0.15
HNR_DB = 1.0
PAUSE_RATIO = 0.05
RATE_PERCENT = 10.0
SHARE = 165 / 170


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check: what was looked at, the error in the limit's unit, and the limit. Refusals count as 0 or 1."""

    family: str
    sound: str
    error: float
    limit: float

    @property
    def holds(self) -> bool:
        return abs(self.error) <= self.limit


@dataclass(frozen=True, slots=True)
class Case:
    """A sound, whether it is a voice to be measured, and which of its truths are checked."""

    family: str
    name: str
    make: Callable[[], KnownSound]
    checks: tuple[str, ...] = ()
    is_voice: bool = True

    def outcomes(self) -> Iterator[Outcome]:
        sound = self.make()
        result = analyse(voices.mu_law(sound.samples).astype(np.float32))
        verb = "measured" if self.is_voice else "refused"
        yield Outcome(f"{self.family}: {verb}", self.name, float(result.is_measured != self.is_voice), 0.0)
        if self.is_voice and result.is_measured:
            for check in self.checks:
                yield Outcome(f"{self.family}: {check}", self.name, *CHECKS[check](result, sound.truth))


def _f0(found: SegmentAnalysis, truth: Truth) -> tuple[float, float]:
    median = abs(100 * ((found.f0_median_hz or 0) / truth.f0_median_hz - 1))
    return max(median, abs(100 * ((found.f0_mean_hz or 0) / truth.f0_mean_hz - 1))), F0_PERCENT


def _median_f0(found: SegmentAnalysis, truth: Truth) -> tuple[float, float]:
    return abs(100 * ((found.f0_median_hz or 0) / truth.f0_median_hz - 1)), F0_PERCENT


def _jitter(found: SegmentAnalysis, truth: Truth) -> tuple[float, float]:
    return _or_missing(found.jitter_local_ratio, truth.jitter_ratio, 100.0), JITTER_POINTS


def _hnr(found: SegmentAnalysis, truth: Truth) -> tuple[float, float]:
    return _or_missing(found.hnr_db, truth.hnr_db or 0.0), HNR_DB


def _pauses(found: SegmentAnalysis, truth: Truth) -> tuple[float, float]:
    return _or_missing(found.pause_ratio, truth.pause_ratio), PAUSE_RATIO


def _rate(found: SegmentAnalysis, truth: Truth) -> tuple[float, float]:
    true = truth.speech_rate_syll_per_s
    return _or_missing(found.speech_rate_syll_per_s, true, 100 / true), RATE_PERCENT


def _or_missing(value: float | None, truth: float, scale: float = 1.0) -> float:
    return float("inf") if value is None else (value - truth) * scale


CHECKS = {
    "F0": _f0,
    "median F0": _median_f0,
    "jitter": _jitter,
    "HNR": _hnr,
    "pause ratio": _pauses,
    "syllable rate": _rate,
}


def report(title: str, cases: Sequence[Case]) -> bool:
    """Print a table of the cases' outcomes and each that does not hold; whether the promised share holds."""
    outcomes = [outcome for case in cases for outcome in case.outcomes()]
    families: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        families.setdefault(outcome.family, []).append(outcome)
    print(f"\n{title:<34}{'hold':>6}{'of':>6}{'largest error':>16}{'limit':>8}")
    for name, own in families.items():
        worst = max(abs(one.error) for one in own)
        print(f"{name:<34}{sum(one.holds for one in own):>6}{len(own):>6}{worst:>16.3f}{own[0].limit:>8.2f}")
    failed = [one for one in outcomes if not one.holds]
    held = len(outcomes) - len(failed)
    print(f"{held} of {len(outcomes)} checks hold: {held / len(outcomes):.1%} (promised: {SHARE:.1%})")
    for one in failed:
        print(f"  {one.family}: {one.sound}: {one.error:+.3f}")
    return held >= SHARE * len(outcomes)
