"""Where the lines, dots and bars of a trend chart go. Pure: samples in, coordinates out; a template draws.

Missing is never zero: a question without an answer breaks the line and is shown as a gap of its own.
A measurement that failed its quality gate is shown hollow and is neither joined nor counted.
Coordinates are SVG user units, y grows downward, rounded to 0.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Sample:
    """One check-in's value at a local time. `value` None: asked or due, and not known."""

    at: datetime
    value: float | None
    is_fit: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """The patient's own baseline range, in the unit of the chart."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold in force for this patient."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The vertical range and where it is labelled. `low` < `high`."""

    low: float
    high: float
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing's size and the margins that labels need."""

    width: float = 270.0
    height: float = 118.0
    left: float = 30.0
    right: float = 10.0
    top: float = 10.0
    bottom: float = 22.0

    @property
    def x_end(self) -> float:
        return self.width - self.right

    @property
    def y_end(self) -> float:
        return self.height - self.bottom


@dataclass(frozen=True, slots=True)
class Mark:
    """One value on the chart. `kind` is in, out (of the band), unfit or last."""

    x: float
    y: float
    kind: str
    sample: Sample


@dataclass(frozen=True, slots=True)
class Bar:
    """One counted value; `height` is 0 for a counted zero, which is still drawn as a line on the axis."""

    x: float
    y: float
    width: float
    height: float
    sample: Sample


@dataclass(frozen=True, slots=True)
class Gap:
    """A check-in without this answer."""

    x: float
    y: float
    sample: Sample


@dataclass(frozen=True, slots=True)
class ValueTick:
    y: float
    value: float


@dataclass(frozen=True, slots=True)
class DateTick:
    x: float
    on: date
    anchor: str


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line or the band between two of them."""

    y: float
    height: float = 0.0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a reader is told who does not see the drawing."""

    asked: int
    answered: int
    unfit: int
    outside: int
    latest: Sample | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to draw, with the samples for its table (newest first)."""

    frame: Frame
    axis: Axis
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    gaps: tuple[Gap, ...]
    band: Level | None
    limits: tuple[Level, ...]
    value_ticks: tuple[ValueTick, ...]
    date_ticks: tuple[DateTick, ...]
    summary: Summary
    rows: tuple[Sample, ...]


SCALE_0_4 = Axis(0.0, 4.0, (0.0, 1.0, 2.0, 3.0, 4.0))
DAY_STEPS = (1, 2, 4, 7, 14, 28, 56, 91, 182)


def line_chart(
    samples: Iterable[Sample],
    *,
    start: datetime,
    end: datetime,
    axis: Axis,
    frame: Frame = Frame(),
    band: Band | None = None,
    limits: Sequence[Limit] = (),
    join_within: timedelta | None = None,
) -> Chart:
    """A chart of values over time between `start` and `end` (start < end).

    The line joins neighbouring known values only, and not across a silence longer than `join_within`.
    Values outside the axis are drawn at its edge; their true figures stand in the table.
    """
    known, rows = _sorted(samples, start, end)
    latest = next((each for each in reversed(rows) if _is_good(each)), None)
    marks = tuple(
        Mark(
            _x(each.at, start, end, frame),
            _y(each.value or 0.0, axis, frame),
            _kind(each, band, latest),
            each,
        )
        for each in known
    )
    return _chart(
        rows,
        start=start,
        end=end,
        axis=axis,
        frame=frame,
        band=band,
        limits=limits,
        marks=marks,
        lines=_joined(rows, marks, join_within),
    )


def bar_chart(
    samples: Iterable[Sample],
    *,
    start: datetime,
    end: datetime,
    axis: Axis,
    frame: Frame = Frame(),
) -> Chart:
    """A chart of counts, one bar for each known value; a counted zero has a bar of height 0."""
    known, rows = _sorted(samples, start, end)
    room = (frame.x_end - frame.left) / max(len(rows), 1)
    width = round(min(10.0, max(2.0, room * 0.6)), 1)
    bars = []
    for each in known:
        top = _y(each.value or 0.0, axis, frame)
        x = min(max(_x(each.at, start, end, frame) - width / 2, frame.left), frame.x_end - width)
        bars.append(Bar(round(x, 1), top, width, round(frame.y_end - top, 1), each))
    return _chart(rows, start=start, end=end, axis=axis, frame=frame, bars=tuple(bars))


def axis_for(values: Iterable[float | None], *, include: Iterable[float] = (), steps: int = 4) -> Axis:
    """A range with round ticks around the known values and the levels that must be visible."""
    seen = [value for value in [*values, *include] if value is not None and math.isfinite(value)]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    if high - low <= 1e-6 * max(abs(low), abs(high), 1e-3):  # no room for ticks that differ
        room = max(abs(high) * 0.05, 1e-3) if high else 0.5
        low, high = low - room, high + room
    raw = (high - low) / max(steps, 1)
    scale = 10.0 ** math.floor(math.log10(raw))
    step = scale * next(factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * scale >= raw - 1e-12)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(index * step, 10) for index in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def _sorted(samples: Iterable[Sample], start: datetime, end: datetime) -> tuple[list[Sample], list[Sample]]:
    """Known values and all samples in the window, oldest first. What is no number is not known."""
    rows = [
        each if each.value is None or math.isfinite(each.value) else replace(each, value=None)
        for each in sorted(samples, key=lambda sample: sample.at)
        if start <= each.at <= end
    ]
    return [each for each in rows if each.value is not None], rows


def _chart(
    rows: Sequence[Sample],
    *,
    start: datetime,
    end: datetime,
    axis: Axis,
    frame: Frame,
    band: Band | None = None,
    limits: Sequence[Limit] = (),
    marks: tuple[Mark, ...] = (),
    lines: tuple[str, ...] = (),
    bars: tuple[Bar, ...] = (),
) -> Chart:
    return Chart(
        frame=frame,
        axis=axis,
        lines=lines,
        marks=marks,
        bars=bars,
        gaps=tuple(
            Gap(_x(each.at, start, end, frame), frame.y_end, each) for each in rows if each.value is None
        ),
        band=_band_box(band, axis, frame) if band else None,
        limits=tuple(
            Level(_y(limit.value, axis, frame), label=limit.label)
            for limit in limits
            if axis.low <= limit.value <= axis.high
        ),
        value_ticks=tuple(ValueTick(_y(value, axis, frame), value) for value in axis.ticks),
        date_ticks=_date_ticks(start, end, frame),
        summary=_summary(rows, band),
        rows=tuple(reversed(rows)),
    )


def _x(at: datetime, start: datetime, end: datetime, frame: Frame) -> float:
    share = (at - start) / (end - start)
    return round(frame.left + share * (frame.x_end - frame.left), 1)


def _y(value: float, axis: Axis, frame: Frame) -> float:
    share = (min(max(value, axis.low), axis.high) - axis.low) / (axis.high - axis.low)
    return round(frame.y_end - share * (frame.y_end - frame.top), 1)


def _is_good(sample: Sample) -> bool:
    return sample.value is not None and sample.is_fit


def _is_outside(sample: Sample, band: Band | None) -> bool:
    return band is not None and sample.value is not None and not band.low <= sample.value <= band.high


def _kind(sample: Sample, band: Band | None, latest: Sample | None) -> str:
    if not sample.is_fit:
        return "unfit"
    if _is_outside(sample, band):
        return "out"
    return "last" if sample is latest else "in"


def _joined(rows: Sequence[Sample], marks: Sequence[Mark], join_within: timedelta | None) -> tuple[str, ...]:
    """Points of each unbroken run of good values, for <polyline>. A run of one has no line."""
    places = {id(mark.sample): f"{mark.x},{mark.y}" for mark in marks}
    runs: list[list[str]] = [[]]
    before: datetime | None = None
    for each in rows:
        if each.value is None:
            runs.append([])
            before = None
            continue
        if not each.is_fit:
            continue
        if before is not None and join_within is not None and each.at - before > join_within:
            runs.append([])
        runs[-1].append(places[id(each)])
        before = each.at
    return tuple(" ".join(run) for run in runs if len(run) > 1)


def _band_box(band: Band, axis: Axis, frame: Frame) -> Level:
    top, bottom = _y(band.high, axis, frame), _y(band.low, axis, frame)
    return Level(top, height=round(max(bottom - top, 1.0), 1))


def _date_ticks(start: datetime, end: datetime, frame: Frame) -> tuple[DateTick, ...]:
    """Up to five dates, counted back from the last day so that today is always named."""
    days = max((end - start).days, 1)
    step = next((step for step in DAY_STEPS if days / step <= 4), max(days // 4, 1))
    ticks = []
    at = end
    while at >= start:
        x = _x(at, start, end, frame)
        anchor = "end" if x > frame.x_end - 14 else "start" if x < frame.left + 14 else "middle"
        ticks.append(DateTick(x, at.date(), anchor))
        at -= timedelta(days=step)
    return tuple(reversed(ticks))


def _summary(rows: Sequence[Sample], band: Band | None) -> Summary:
    good = [each for each in rows if _is_good(each)]
    values = [each.value for each in good if each.value is not None]
    return Summary(
        asked=len(rows),
        answered=len(good),
        unfit=sum(1 for each in rows if each.value is not None and not each.is_fit),
        outside=sum(1 for each in good if _is_outside(each, band)),
        latest=good[-1] if good else None,
        low=min(values) if values else None,
        high=max(values) if values else None,
    )
