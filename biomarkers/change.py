"""Has the voice moved away from the patient's own baseline? A one-sided CUSUM over calls. Pure.

Page (Biometrika 41, 1954): S = max(0, S + z - slack). One bad call cannot alarm: two of the last three must be high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from biomarkers.baseline import NAMES, Array
from biomarkers.change_limits import (
    CONFOUNDERS_HOLD,
    CUSUM_LIMIT,
    CUSUM_MOST,
    CUSUM_SLACK,
    RECENT_ABOVE,
    RECENT_CALLS,
    RECENT_HIGH,
    TRACKED,
    Family,
)


@dataclass(frozen=True, slots=True)
class Scored:
    """One usable call, oldest first in a sequence. `begins` starts the chart anew (new baseline, acknowledged alarm)."""

    z: float
    confounders: int = 0
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """The chart after a call. `is_held`: an alarm was due, but too much else could explain it; held for one call."""

    cusum: float
    is_outside: bool
    is_held: bool = False


def cusum_next(before: Array, z: Array) -> Array:
    """S after a call; any shape."""
    return np.clip(before + z - CUSUM_SLACK, 0.0, CUSUM_MOST)


def is_alarm(cusum: Array, recent_z: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """S is over the limit and two of the last three calls were high. `recent_z` is (..., up to 3 calls)."""
    high = np.sum(recent_z > RECENT_ABOVE, axis=-1)
    return np.asarray((cusum > CUSUM_LIMIT) & (high >= RECENT_HIGH))


def chart(calls: Sequence[Scored]) -> list[Point]:
    """The chart of one patient's usable calls."""
    points: list[Point] = []
    total, recent, was_held = 0.0, list[float](), False
    for call in calls:
        if call.begins:
            total, recent, was_held = 0.0, [], False
        total = float(cusum_next(np.array(total), np.array(call.z)))
        recent = [*recent, call.z][-RECENT_CALLS:]
        alarm = bool(is_alarm(np.array(total), np.array(recent)))
        was_held = alarm and not was_held and call.confounders >= CONFOUNDERS_HOLD
        points.append(Point(total, alarm and not was_held, was_held))
    return points


def families(z: Array) -> dict[Family, float]:
    """Weighted mean z of each family of features that was measured, worse is positive. `z` is (features,)."""
    found: dict[Family, float] = {}
    for family in ("timing", "voice", "pitch"):
        mine = [at for at in range(len(NAMES)) if TRACKED[at].family == family and not np.isnan(z[at])]
        weight = sum(TRACKED[at].weight for at in mine)
        if weight:
            found[family] = float(sum(TRACKED[at].weight * z[at] for at in mine) / weight)
    return found
