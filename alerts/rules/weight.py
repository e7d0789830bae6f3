"""How fast the weight changed, from weighings and from what the patient says. Pure.

A reported change covers the time since the last check-in. Over a longer time than a rule's window it is
spread: if a change of c happened over n windows, at least one of them holds c / n or more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from alerts.rules.facts import CheckInFacts, Evidence, WeightReading
from alerts.rules.given import answered
from alerts.ruleset import RuleSet

_SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class WeightChange:
    """A change in pounds (up is positive) over some hours; None: over an unknown, hence recent, time.

    `spread`: it may be divided over several windows. False for pairs that skip weighings in between.
    """

    lb: float
    over_h: float | None
    evidence: Evidence
    spread: bool = True


@dataclass(frozen=True, slots=True)
class Weighings:
    """The patient's weighings, and those that cannot be true unless the patient confirms them."""

    usable: tuple[WeightReading, ...]
    doubtful: tuple[WeightReading, ...]


def sort_out(facts: CheckInFacts, rules: RuleSet) -> Weighings:
    """Set aside weights outside the plausible range and unconfirmed jumps (rule D01's numbers)."""
    row = rules.rule("D01")
    usable: list[WeightReading] = []
    doubtful: list[WeightReading] = []
    for reading in facts.weights:
        if reading.at > facts.now:
            continue
        in_range = row["lowest_lb"] <= reading.lb <= row["highest_lb"]
        if in_range and (reading.confirmed or not _jumps(usable, reading, rules)):
            usable.append(reading)
        else:
            doubtful.append(reading)
    return Weighings(tuple(usable), tuple(doubtful))


def _jumps(before: list[WeightReading], reading: WeightReading, rules: RuleSet) -> bool:
    if not before:
        return False
    row = rules.rule("D01")
    near = hours_between(before[-1], reading) <= row["jump_h"] + rules["weight_tolerance_h"]
    return near and round(abs(reading.lb - before[-1].lb), 2) > row["jump_lb"]


def hours_between(earlier: WeightReading, later: WeightReading) -> float:
    return (later.at - earlier.at).total_seconds() / _SECONDS_PER_HOUR


def weight_changes(facts: CheckInFacts, rules: RuleSet) -> tuple[WeightChange, ...]:
    """Every change that today's weight or words tell of. A latest weighing that is too old tells nothing."""
    return (*_measured(facts, rules), *_told(facts))


def _measured(facts: CheckInFacts, rules: RuleSet) -> Iterable[WeightChange]:
    weights = sort_out(facts, rules).usable
    if not weights:
        return
    latest = weights[-1]
    if facts.now - latest.at > timedelta(hours=rules["weight_fresh_h"]):
        return
    for n, earlier in enumerate(weights[:-1]):
        over_h = hours_between(earlier, latest)
        if 0 < over_h <= rules["weight_look_back_days"] * 24:
            text = f"{earlier.lb:.1f} lb to {latest.lb:.1f} lb"
            evidence = Evidence("reading", text, latest.at, facts.given_s.get("weight_lb"))
            yield WeightChange(latest.lb - earlier.lb, over_h, evidence, spread=n == len(weights) - 2)


def _told(facts: CheckInFacts) -> Iterable[WeightChange]:
    change = facts.answers.weight_change_lb
    if change is not None:
        last = facts.last_check_in_at
        over_h = None if last is None else (facts.now - last).total_seconds() / _SECONDS_PER_HOUR
        [said] = answered(facts, "weight_change_lb")
        yield WeightChange(change, over_h, said)
    for flag in facts.flagged("weight_gain", "weight_loss"):
        if flag.change_lb is not None:
            evidence = flag.evidence or Evidence("utterance", flag.name, facts.now)
            yield WeightChange(flag.change_lb, flag.over_h, evidence)


@dataclass(frozen=True, slots=True)
class Fastest:
    """The largest change within one window, at least. `informed`: something known reaches back the whole window."""

    lb: float
    informed: bool
    change: WeightChange | None


def fastest(
    changes: Iterable[WeightChange], window_h: float, tolerance_h: float, *, down: bool = False
) -> Fastest:
    """The largest gain (or loss, as a positive number) that must lie within some window of `window_h`."""
    best, cause, informed = 0.0, None, False
    for change in changes:
        windows = _windows(change.over_h, window_h, tolerance_h)
        informed = informed or change.over_h is None or abs(change.over_h - window_h) <= tolerance_h
        if windows > 1 and not change.spread:
            continue
        amount = round((-change.lb if down else change.lb) / windows, 2)
        if amount > best:
            best, cause = amount, change
    return Fastest(best, informed, cause)


def _windows(over_h: float | None, window_h: float, tolerance_h: float) -> int:
    return 1 if over_h is None else max(1, math.ceil((over_h - tolerance_h) / window_h))
