"""A patient's calls in order: which of them make a baseline, and where each later one stands against it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from biomarkers.baseline import (
    NAMES,
    Array,
    Baseline,
    Usual,
    calls_enough,
    composite_usual,
    composite_z,
    make_baseline,
    z_scores,
)
from biomarkers.change import Scored, chart
from biomarkers.change_limits import TRACKED

TIMING = np.array([feature.family == "timing" for feature in TRACKED])


@dataclass(frozen=True, slots=True)
class PastCall:
    """A usable call. `fit`: the tracked features that may judge change, NaN for the others.

    `is_typical`: may be part of a baseline (stable, not soon after a discharge, not confounded).
    """

    at: datetime
    channel: str
    fit: Array
    is_typical: bool = True
    confounders: int = 0


@dataclass(frozen=True, slots=True)
class Frozen:
    """A baseline and when it holds: for calls after `frozen_at` and before `until`."""

    channel: str
    frozen_at: datetime
    until: datetime | None
    baseline: Baseline

    def holds(self, at: datetime) -> bool:
        return self.frozen_at < at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Charted:
    """Where a call stands. No baseline yet: no z, no composite, no point on the chart."""

    z: Array
    composite: float | None = None
    cusum: float | None = None
    is_outside: bool = False
    is_held: bool = False


UNCHARTED = Charted(np.full(len(NAMES), np.nan))


def baseline_calls(
    calls: Sequence[PastCall], channel: str, since: datetime | None, until: datetime | None
) -> list[PastCall]:
    """The calls of this channel that make its baseline, oldest first; empty while there are too few."""
    typical = [
        call
        for call in calls
        if call.is_typical
        and call.channel == channel
        and (since is None or call.at >= since)
        and (until is None or call.at < until)
    ]
    return typical[: calls_enough([call.at for call in typical])]


def baseline_of(calls: Sequence[PastCall]) -> Baseline:
    """The baseline these calls make."""
    return make_baseline(np.stack([call.fit for call in calls]))


def charted(
    calls: Sequence[PastCall], baselines: Sequence[Frozen], acknowledged: Sequence[datetime]
) -> list[Charted]:
    """Each call against the baseline that held then. `acknowledged`: when somebody took note of a voice alert.

    A call on a channel without a baseline of its own is judged by timing alone, against the newest other baseline.
    The chart begins anew after an acknowledgement and when a baseline was ended.
    """
    found = [UNCHARTED] * len(calls)
    of_call = [_baseline_for(call, baselines) for call in calls]
    for own in {id(one[0]): one[0] for one in of_call if one[0] is not None}.values():
        at = [n for n in range(len(calls)) if of_call[n][0] is own]
        fit = np.stack(
            [calls[n].fit if of_call[n][1] else np.where(TIMING, calls[n].fit, np.nan) for n in at]
        )
        for n, (z, composite) in zip(at, _scored(fit, own.baseline), strict=True):
            found[n] = Charted(z, None if np.isnan(composite) else float(composite))
    breaks = sorted([*acknowledged, *(one.until for one in baselines if one.until is not None)])
    return _with_chart(calls, found, breaks)


def _baseline_for(call: PastCall, baselines: Sequence[Frozen]) -> tuple[Frozen | None, bool]:
    """The baseline that holds for this call, and whether it is of the call's own channel."""
    holding = sorted((one for one in baselines if one.holds(call.at)), key=lambda one: one.frozen_at)
    own = [one for one in holding if one.channel == call.channel]
    if own:
        return own[-1], True
    return (holding[-1] if holding else None), False


def _scored(fit: Array, baseline: Baseline) -> list[tuple[Array, np.float64]]:
    own = baseline.usual
    one = Baseline(
        Usual(own.median[None], own.mad[None], own.spread[None], own.n[None]), baseline.calls_z[None]
    )
    z = z_scores(fit, one.usual)
    return list(zip(z, composite_z(z, composite_usual(~np.isnan(z), one)), strict=True))


def _with_chart(calls: Sequence[PastCall], found: list[Charted], breaks: Sequence[datetime]) -> list[Charted]:
    at = [n for n in range(len(calls)) if found[n].composite is not None]
    scored: list[Scored] = []
    before: datetime | None = None
    for n in at:
        begins = any((before is None or before < moment) and moment <= calls[n].at for moment in breaks)
        scored.append(Scored(found[n].composite or 0.0, calls[n].confounders, begins))
        before = calls[n].at
    for n, point in zip(at, chart(scored), strict=True):
        was = found[n]
        found[n] = Charted(was.z, was.composite, point.cusum, point.is_outside, point.is_held)
    return found
