"""Trend charts: where things go, and that what is missing never looks like zero."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartvoice.dashboard.charts import (
    SCALE_0_4,
    Axis,
    Band,
    Frame,
    Limit,
    Sample,
    axis_for,
    bar_chart,
    line_chart,
)

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
END = START + timedelta(days=20)
FRAME = Frame(width=220, height=100, left=10, right=10, top=10, bottom=10)


def at(day: float, value: float | None, *, is_fit: bool = True) -> Sample:
    return Sample(START + timedelta(days=day), value, is_fit)


def lines(*samples: Sample, **kwargs: object) -> tuple[str, ...]:
    return line_chart(samples, start=START, end=END, axis=SCALE_0_4, frame=FRAME, **kwargs).lines  # type: ignore[arg-type]


def test_values_map_linearly_between_the_margins():
    chart = line_chart([at(0, 0), at(10, 2), at(20, 4)], start=START, end=END, axis=SCALE_0_4, frame=FRAME)
    assert [(mark.x, mark.y) for mark in chart.marks] == [(10.0, 90.0), (110.0, 50.0), (210.0, 10.0)]
    assert chart.lines == ("10.0,90.0 110.0,50.0 210.0,10.0",)


def test_an_unanswered_check_in_breaks_the_line_and_is_drawn_as_a_gap():
    chart = line_chart(
        [at(0, 1), at(5, 1), at(10, None), at(15, 2), at(20, 2)],
        start=START,
        end=END,
        axis=SCALE_0_4,
        frame=FRAME,
    )
    assert len(chart.lines) == 2
    assert [(gap.x, gap.y) for gap in chart.gaps] == [(110.0, 90.0)]
    assert len(chart.marks) == 4


def test_a_lone_value_between_gaps_has_a_dot_and_no_line():
    assert lines(at(0, None), at(5, 3), at(10, None)) == ()


def test_the_line_does_not_bridge_a_long_silence():
    assert len(lines(at(0, 1), at(2, 1), at(12, 1), at(14, 1), join_within=timedelta(days=7))) == 2


def test_a_measurement_of_poor_quality_is_hollow_and_neither_joined_nor_counted():
    chart = line_chart(
        [at(0, 1), at(5, 4, is_fit=False), at(10, 1)], start=START, end=END, axis=SCALE_0_4, frame=FRAME
    )
    assert chart.lines == ("10.0,70.0 110.0,70.0",)
    assert [mark.kind for mark in chart.marks] == ["in", "unfit", "last"]
    assert (chart.summary.answered, chart.summary.unfit, chart.summary.high) == (2, 1, 1)


def test_only_good_values_beyond_the_band_are_marked_as_outside():
    chart = line_chart(
        [at(0, 1.0), at(2, 2.0), at(4, 2.1), at(6, 9.0, is_fit=False), at(8, 1.5)],
        start=START, end=END, axis=Axis(0, 10, (0, 5, 10)), frame=FRAME, band=Band(1.0, 2.0),
    )  # fmt: skip
    assert [mark.kind for mark in chart.marks] == ["in", "in", "out", "unfit", "last"]
    assert chart.summary.outside == 1


def test_samples_outside_the_window_are_not_drawn_or_counted():
    chart = line_chart([at(-1, 4), at(1, 1), at(21, 4)], start=START, end=END, axis=SCALE_0_4, frame=FRAME)
    assert chart.summary.asked == 1
    assert chart.summary.high == 1


def test_a_value_beyond_the_axis_is_drawn_at_its_edge_and_kept_true_in_the_table():
    chart = line_chart([at(10, 9)], start=START, end=END, axis=SCALE_0_4, frame=FRAME)
    assert chart.marks[0].y == FRAME.top
    assert chart.rows[0].value == 9


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_shown_as_not_known(value):
    chart = line_chart([at(1, value)], start=START, end=END, axis=SCALE_0_4, frame=FRAME)
    assert (chart.marks, len(chart.gaps), chart.rows[0].value) == ((), 1, None)


def test_the_table_lists_every_check_in_newest_first():
    chart = line_chart([at(1, 1), at(3, None), at(2, 2)], start=START, end=END, axis=SCALE_0_4)
    assert [row.value for row in chart.rows] == [None, 2, 1]


def test_limits_beyond_the_axis_are_left_out():
    chart = line_chart(
        [at(1, 1)],
        start=START,
        end=END,
        axis=SCALE_0_4,
        frame=FRAME,
        limits=[Limit(3, "three"), Limit(9, "nine")],
    )
    assert [(limit.y, limit.label) for limit in chart.limits] == [(30.0, "three")]


def test_an_empty_chart_has_axes_and_says_that_nothing_is_known():
    chart = line_chart([], start=START, end=END, axis=SCALE_0_4)
    assert chart.value_ticks and chart.date_ticks
    assert chart.summary.latest is None and chart.summary.low is None


def test_a_counted_zero_has_a_bar_without_height_and_an_unknown_count_has_none():
    chart = bar_chart([at(5, 0), at(10, None), at(15, 2)], start=START, end=END, axis=SCALE_0_4, frame=FRAME)
    assert [bar.height for bar in chart.bars] == [0.0, 40.0]
    assert len(chart.gaps) == 1


def test_the_last_day_is_always_named_and_at_most_five_dates_are():
    for days in (1, 6, 28, 90, 365, 800):
        end = START + timedelta(days=days)
        ticks = line_chart([], start=START, end=end, axis=SCALE_0_4).date_ticks
        assert ticks[-1].on == end.date()
        assert 2 <= len(ticks) <= 5


numbers = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


@given(st.lists(numbers, min_size=1, max_size=30))
def test_the_axis_holds_every_value_and_its_ticks_rise(values):
    axis = axis_for(values)
    assert axis.low < axis.high
    unseen = (axis.high - axis.low) * 1e-6  # less than a pixel
    assert axis.low <= min(values) + unseen and axis.high >= max(values) - unseen
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert len(axis.ticks) <= 9


@given(st.lists(st.one_of(st.none(), numbers), max_size=40))
def test_everything_is_drawn_inside_the_frame(values):
    samples = [at(index / 2, value) for index, value in enumerate(values)]
    chart = line_chart(samples, start=START, end=END, axis=axis_for(values), frame=FRAME)
    for mark in chart.marks:
        assert FRAME.left <= mark.x <= FRAME.x_end
        assert FRAME.top <= mark.y <= FRAME.y_end
    assert len(chart.marks) + len(chart.gaps) == len(samples)
