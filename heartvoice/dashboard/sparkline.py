"""The last check-ins of a patient as one very small drawing. Pure: answers in, coordinates out.

Four groups of bars, one for each symptom scale (0-4), oldest bar first. An answer that is not known is an
outline, never an empty place: on this drawing nothing looks like zero but zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GROUP_WIDTH = 41.0
BAR_WIDTH = 6.0
BAR_STEP = 8.5
BASE_Y = 30.0
UNIT_HEIGHT = 6.75
TOP_SCORE = 4
ZERO_HEIGHT = 1.5
UNKNOWN_HEIGHT = 12.0


@dataclass(frozen=True, slots=True)
class SparkGroup:
    """One scale over the last check-ins, with its values for the text alternative (None: not known)."""

    key: str
    x: float
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Spark:
    """Bars as three SVG paths: known ones, the newest known ones, and outlines of unknown ones."""

    width: float
    height: float
    older: str
    newest: str
    unknown: str
    groups: tuple[SparkGroup, ...]


def spark(scales: Sequence[tuple[str, Sequence[int | None]]], *, checkins: int = 4) -> Spark:
    """The drawing for (key, values oldest first) of each scale; only the last `checkins` values are shown.

    With fewer values than `checkins` the bars stand at the right: the newest is always in the same place.
    """
    groups: list[SparkGroup] = []
    paths: dict[str, list[str]] = {"older": [], "newest": [], "unknown": []}
    for index, (key, values) in enumerate(scales):
        shown = tuple(values)[-checkins:]
        groups.append(SparkGroup(key, index * GROUP_WIDTH, shown))
        left = index * GROUP_WIDTH + (checkins - len(shown)) * BAR_STEP
        for place, value in enumerate(shown):
            kind = "unknown" if value is None else "newest" if place == len(shown) - 1 else "older"
            paths[kind].append(bar_path(value, x=left + place * BAR_STEP))
    return Spark(
        width=len(scales) * GROUP_WIDTH,
        height=44.0,
        older="".join(paths["older"]),
        newest="".join(paths["newest"]),
        unknown="".join(paths["unknown"]),
        groups=tuple(groups),
    )


def bar_path(value: int | None, *, x: float) -> str:
    """A bar that stands on the base: its height is the score, a little for zero, and a fixed outline for unknown."""
    height = (
        UNKNOWN_HEIGHT
        if value is None
        else ZERO_HEIGHT
        if value <= 0
        else min(value, TOP_SCORE) * UNIT_HEIGHT
    )
    return f"M{x:g} {BASE_Y:g}v{-height:g}h{BAR_WIDTH:g}v{height:g}z"
