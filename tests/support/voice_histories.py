"""Simulated histories of calls: heavy tails, features that move together, days that resemble their neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biomarkers.baseline import (
    DIRECTIONS,
    NAMES,
    SPREADS,
    Array,
    Baseline,
    Usual,
    composite_usual,
    composite_z,
    make_baseline,
    z_scores,
)
from biomarkers.change import cusum_next, is_alarm
from biomarkers.change_limits import BASELINE_CALLS, RECENT_CALLS

CALLS_PER_YEAR = 156  # three a week


@dataclass(frozen=True, slots=True)
class World:
    """How voices vary. Steps are in each patient's own call-to-call SD, every feature towards worse.

    `tails`: degrees of freedom of Student's t, scaled to unit variance. `day_to_day`: correlation of one call with the
    next. `together`: correlation between features. `differ`: SD of the log of a patient's own SD over the usual one.
    """

    patients: int = 2_000
    tails: float = 4.0
    day_to_day: float = 0.3
    together: float = 0.3
    differ: float = 0.3
    bad_calls: float = 0.02
    baseline_calls: int = BASELINE_CALLS
    seed: int = 20_261_123


@dataclass(frozen=True, slots=True)
class Detected:
    """Alarms per patient-year without any change, and the share of changes found within 14 calls."""

    false_alarms_a_year: float
    found_1_step: float
    found_1_5_steps: float


def detection(world: World) -> Detected:
    """All three figures of one world."""
    quiet = alarms(world, calls=CALLS_PER_YEAR)
    return Detected(
        float(quiet.sum() / world.patients),
        *(share_found(world, step) for step in (1.0, 1.5)),
    )


def share_found(world: World, step: float, *, before: int = 30, within: int = 14) -> float:
    """Share of patients with an alarm in the 14 calls from the first of a ramp over ten calls up to `step`."""
    ramp = np.clip(np.arange(1 - before, within + 1) / 10, 0, 1) * step
    return float(alarms(world, calls=before + within, change=ramp)[:, before:].any(axis=1).mean())


def alarms(
    world: World, *, calls: int, change: Array | None = None
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Alarms (patients, calls) after the baseline calls; each is acknowledged before the next call."""
    values = voices(world, world.baseline_calls + calls, change)
    own = make_baseline(values[:, : world.baseline_calls])
    usual = Usual(*(getattr(own.usual, name)[:, None] for name in ("median", "mad", "spread", "n")))
    everything = np.ones((world.patients, 1, len(NAMES)), bool)
    composed = composite_usual(everything, Baseline(usual, own.calls_z[:, None]))
    return _charts(composite_z(z_scores(values[:, world.baseline_calls :], usual), composed))


def _charts(z: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    total, recent = np.zeros(len(z)), np.full((len(z), RECENT_CALLS), -np.inf)
    found = np.zeros(z.shape, bool)
    for call in range(z.shape[1]):
        total = cusum_next(total, z[:, call])
        recent = np.concatenate([recent[:, 1:], z[:, call : call + 1]], axis=1)
        found[:, call] = is_alarm(total, recent)
        total[found[:, call]], recent[found[:, call]] = 0.0, -np.inf
    return found


def voices(world: World, calls: int, change: Array | None = None) -> Array:
    """Feature values (patients, calls, features); `change` in SD is added to the last calls."""
    random = np.random.default_rng(world.seed)
    shape = (world.patients, calls)

    def heavy(features: int) -> Array:
        drawn = random.standard_t(world.tails, (*shape, features))
        return np.asarray(drawn * np.sqrt((world.tails - 2) / world.tails))

    fresh = np.sqrt(world.together) * heavy(1) + np.sqrt(1 - world.together) * heavy(len(NAMES))
    day = fresh.copy()
    for call in range(1, calls):
        day[:, call] = world.day_to_day * day[:, call - 1] + np.sqrt(1 - world.day_to_day**2) * fresh[:, call]
    bad = random.random((*shape, 1)) < world.bad_calls
    day = np.where(bad, day + 3 * random.standard_normal(day.shape), day)
    if change is not None:
        day[:, -len(change) :] += change[:, None] * DIRECTIONS
    own_sd = SPREADS * np.exp(world.differ * random.standard_normal((world.patients, 1, 1)))
    centre = 20 * SPREADS
    return np.asarray(centre + day * own_sd)
