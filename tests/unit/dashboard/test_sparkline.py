"""The worklist's small drawing of the last check-ins."""

from __future__ import annotations

import re

from heartvoice.dashboard.sparkline import BASE_Y, GROUP_WIDTH, spark


def bars(path: str) -> list[tuple[float, float]]:
    """Left edge and height of every bar of a path."""
    found = re.findall(r"M([\d.]+) ([\d.]+)v-([\d.]+)h[\d.]+v[\d.]+z", path)
    assert all(float(base) == BASE_Y for _, base, _ in found)
    return [(float(x), float(height)) for x, _, height in found]


def test_unknown_is_an_outline_and_zero_is_a_thin_bar():
    drawing = spark([("fatigue", [None, 0])])
    ((_, unknown),) = bars(drawing.unknown)
    ((_, zero),) = bars(drawing.newest)
    assert 0 < zero < 2 < unknown


def test_an_unknown_newest_answer_is_not_drawn_as_known():
    drawing = spark([("fatigue", [2, None])])
    assert len(bars(drawing.older)) == len(bars(drawing.unknown)) == 1
    assert drawing.newest == ""


def test_the_newest_check_in_stands_in_the_same_place_however_few_there_are():
    assert spark([("fatigue", [1, 2, 3, 4])]).newest == spark([("fatigue", [4])]).newest


def test_only_the_last_four_are_drawn_oldest_first_and_higher_scores_stand_higher():
    drawing = spark([("swelling", [4, 4, 0, 1, 2, 3])])
    assert drawing.groups[0].values == (0, 1, 2, 3)
    drawn = [*bars(drawing.older), *bars(drawing.newest)]
    assert drawn == sorted(drawn) and [height for _, height in drawn] == sorted(height for _, height in drawn)
    assert len(drawn) == 4


def test_bars_stay_inside_their_group_and_the_drawing():
    drawing = spark([(key, [4, 4, 4, 4]) for key in ("a", "b", "c", "d")])
    every = [*bars(drawing.older), *bars(drawing.newest)]
    assert len(every) == 16
    assert sorted(int(x // GROUP_WIDTH) for x, _ in every) == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4
    assert max(x for x, _ in every) + 6 <= drawing.width
    assert all(height <= BASE_Y for _, height in every)


def test_a_patient_without_check_ins_has_no_bars():
    drawing = spark([("fatigue", []), ("swelling", [])])
    assert (drawing.older, drawing.newest, drawing.unknown) == ("", "", "")
