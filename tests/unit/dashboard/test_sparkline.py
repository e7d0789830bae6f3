"""The worklist's small drawing of the last check-ins."""

from __future__ import annotations

from heartvoice.dashboard.sparkline import BAR_STEP, BASE_Y, GROUP_WIDTH, spark


def test_unknown_is_an_outline_and_zero_is_a_thin_bar():
    unknown, zero = spark([("fatigue", [None, 0])]).groups[0].bars
    assert not unknown.is_known
    assert zero.is_known and 0 < zero.height < 2
    assert unknown.height > zero.height


def test_the_newest_check_in_stands_in_the_same_place_however_few_there_are():
    full = spark([("fatigue", [1, 2, 3, 4])]).groups[0].bars[-1]
    alone = spark([("fatigue", [4])]).groups[0].bars[-1]
    assert full == alone and alone.is_last


def test_only_the_last_four_are_drawn_oldest_first():
    group = spark([("swelling", [4, 4, 0, 1, 2, 3])]).groups[0]
    assert group.values == (0, 1, 2, 3)
    heights = [bar.height for bar in group.bars]
    assert heights == sorted(heights)


def test_bars_stand_on_the_base_and_groups_do_not_overlap():
    drawing = spark([(key, [4, 4, 4, 4]) for key in ("a", "b", "c", "d")])
    for index, group in enumerate(drawing.groups):
        for bar in group.bars:
            assert bar.y + bar.height == BASE_Y
            assert index * GROUP_WIDTH <= bar.x < (index + 1) * GROUP_WIDTH - BAR_STEP / 2
            assert bar.y >= 0


def test_a_patient_without_check_ins_has_empty_groups():
    assert [group.bars for group in spark([("fatigue", []), ("swelling", [])]).groups] == [(), ()]
