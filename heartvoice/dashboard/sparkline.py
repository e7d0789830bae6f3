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


@dataclass(frozen=True, slots=True)
class SparkBar:
    """One answer. `height` is 1.5 for a zero, so that it can be seen."""

    x: float
    y: float
    height: float
    is_known: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class SparkGroup:
    """One scale over the last check-ins, with its values for the text alternative (None: not known)."""

    key: str
    label_x: float
    bars: tuple[SparkBar, ...]
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Spark:
    width: float
    height: float
    base_y: float
    bar_width: float
    groups: tuple[SparkGroup, ...]


def spark(scales: Sequence[tuple[str, Sequence[int | None]]], *, checkins: int = 4) -> Spark:
    """The drawing for (key, values oldest first) of each scale; only the last `checkins` values are shown.

    With fewer values than `checkins` the bars stand at the right: the newest is always in the same place.
    """
    groups = []
    for index, (key, values) in enumerate(scales):
        shown = tuple(values)[-checkins:]
        left = index * GROUP_WIDTH + (checkins - len(shown)) * BAR_STEP
        bars = tuple(
            _bar(value, x=round(left + place * BAR_STEP, 1), is_last=place == len(shown) - 1)
            for place, value in enumerate(shown)
        )
        groups.append(SparkGroup(key, round(index * GROUP_WIDTH, 1), bars, shown))
    return Spark(len(scales) * GROUP_WIDTH, 44.0, BASE_Y, BAR_WIDTH, tuple(groups))


def _bar(value: int | None, *, x: float, is_last: bool) -> SparkBar:
    if value is None:
        return SparkBar(x, BASE_Y - 12.0, 12.0, is_known=False, is_last=is_last)
    height = 1.5 if value <= 0 else min(value, TOP_SCORE) * UNIT_HEIGHT
    return SparkBar(x, round(BASE_Y - height, 2), height, is_known=True, is_last=is_last)
