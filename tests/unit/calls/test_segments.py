"""Segments are exactly what the provider called speech, held in memory and no longer than needed."""

import os

import pytest

from calls.segments import (
    JOIN_GAP_MS,
    LAST_PIECE_MS,
    MAX_SEGMENT_MS,
    MAX_WAITING,
    PRE_ROLL_MS,
    TRIM_MS,
    SegmentKeeper,
)

FRAME_MS = 20
MULAW_SILENCE = b"\xff"


def feed(keeper: SegmentKeeper, ms: int) -> bytes:
    data = os.urandom(ms * 8)
    for at in range(0, len(data), FRAME_MS * 8):
        keeper.add(data[at : at + FRAME_MS * 8])
    return data


def test_a_segment_holds_the_bytes_between_start_and_stop() -> None:
    keeper = SegmentKeeper()
    heard = feed(keeper, 4_000)
    keeper.started("a", 2_700)
    heard += feed(keeper, 2_000)
    assert keeper.stopped("a", 5_500) == 5_500
    (segment,) = keeper.take("a")
    assert segment.audio == heard[2_700 * 8 : 5_500 * 8]
    assert (segment.start_ms, segment.end_ms) == (2_700, 5_500)


def test_a_start_that_is_reported_too_late_costs_the_beginning_only() -> None:
    keeper = SegmentKeeper()
    heard = feed(keeper, 10_000)
    keeper.started("a", 1_000)
    heard += feed(keeper, 500)
    keeper.stopped("a", 10_500)
    (segment,) = keeper.take("a")
    assert segment.audio == heard[segment.start_ms * 8 :]
    assert PRE_ROLL_MS <= 10_000 - segment.start_ms <= PRE_ROLL_MS + TRIM_MS


def test_a_start_that_is_reported_late_still_finds_its_audio() -> None:
    keeper = SegmentKeeper()
    feed(keeper, 60_000)
    last = feed(keeper, 2_000)
    keeper.started("a", 60_100)
    feed(keeper, 1_000)
    keeper.stopped("a", 63_000)
    (segment,) = keeper.take("a")
    assert segment.audio[: 1_900 * 8] == last[100 * 8 :]


def test_while_nobody_speaks_only_the_last_seconds_are_kept() -> None:
    keeper = SegmentKeeper()
    feed(keeper, 120_000)
    assert len(keeper._audio) <= (PRE_ROLL_MS + TRIM_MS) * 8
    assert keeper.heard_ms == 120_000


def test_a_new_session_counts_from_its_own_beginning() -> None:
    keeper = SegmentKeeper()
    feed(keeper, 10_000)
    keeper.session_began()
    heard = feed(keeper, 2_000)
    keeper.started("a", 500)
    heard += feed(keeper, 1_000)
    keeper.stopped("a", 2_500)
    (segment,) = keeper.take("a")
    assert segment.audio == heard[500 * 8 : 2_500 * 8]
    assert (segment.start_ms, segment.end_ms) == (10_500, 12_500)


def test_a_long_story_is_cut_into_pieces_without_a_gap() -> None:
    keeper = SegmentKeeper()
    keeper.started("a", 0)
    heard = feed(keeper, 70_000)
    keeper.stopped("a", 70_000)
    pieces = keeper.take("a")
    assert b"".join(piece.audio for piece in pieces) == heard
    assert [piece.duration_ms for piece in pieces] == [30_000, 30_000, 10_000]


@pytest.mark.parametrize("ms", [30_020, 31_980, 32_020, 61_000])
def test_the_last_piece_of_a_long_story_is_never_too_short_to_measure(ms: int) -> None:
    keeper = SegmentKeeper()
    keeper.started("a", 0)
    heard = feed(keeper, ms)
    keeper.stopped("a", ms)
    pieces = keeper.take("a")
    assert b"".join(piece.audio for piece in pieces) == heard
    assert all(LAST_PIECE_MS <= piece.duration_ms < MAX_SEGMENT_MS + LAST_PIECE_MS for piece in pieces)


def test_a_cough_is_no_segment() -> None:
    keeper = SegmentKeeper()
    feed(keeper, 2_000)
    keeper.started("a", 1_000)
    keeper.stopped("a", 1_200)
    assert keeper.take("a") == []


def test_segments_that_nobody_takes_do_not_pile_up() -> None:
    keeper = SegmentKeeper()
    for number in range(3 * MAX_WAITING):
        keeper.started(f"i{number}", number * 1_000)
        feed(keeper, 1_000)
        keeper.stopped(f"i{number}", number * 1_000 + 1_000)
    assert keeper.dropped == 2 * MAX_WAITING
    assert keeper.take("i0") == []
    assert keeper.take(f"i{3 * MAX_WAITING - 1}")


def test_what_is_taken_is_no_longer_held() -> None:
    keeper = SegmentKeeper()
    keeper.started("a", 0)
    feed(keeper, 1_000)
    keeper.stopped("a", 1_000)
    assert keeper.take("a") and keeper.take("a") == []
    assert keeper._waiting_bytes == 0


# --- short pieces within a turn


def said_in_pieces(*spans: tuple[int, int]) -> tuple[SegmentKeeper, bytes]:
    """One turn that the provider reported as several stretches of speech; everything that was heard."""
    keeper = SegmentKeeper()
    heard = b""
    for start, stop in spans:
        heard += feed(keeper, start - keeper.heard_ms)
        keeper.started("a", start)
        heard += feed(keeper, stop - keeper.heard_ms)
        keeper.stopped("a", stop)
    return keeper, heard


def test_short_pieces_of_a_turn_are_joined_with_silence_of_the_length_of_the_pause() -> None:
    keeper, heard = said_in_pieces((1_000, 1_600), (2_000, 2_500), (2_500 + JOIN_GAP_MS, 4_000))
    (segment,) = keeper.take("a")
    assert (segment.item, segment.start_ms, segment.end_ms) == ("a", 1_000, 4_000)
    assert len(segment.audio) == segment.duration_ms * 8
    quiet = MULAW_SILENCE * 8
    spoken = (heard[8 * 1_000 : 8 * 1_600], heard[8 * 2_000 : 8 * 2_500], heard[8 * 3_200 : 8 * 4_000])
    assert segment.audio == spoken[0] + quiet * 400 + spoken[1] + quiet * JOIN_GAP_MS + spoken[2]


def test_a_longer_pause_keeps_pieces_apart() -> None:
    pause_ms = JOIN_GAP_MS + 20
    keeper, _ = said_in_pieces((0, 800), (800 + pause_ms, 2_500))
    assert [(one.start_ms, one.end_ms) for one in keeper.take("a")] == [(0, 800), (800 + pause_ms, 2_500)]


def test_pieces_that_together_are_longer_than_a_segment_stay_apart() -> None:
    keeper, _ = said_in_pieces((0, 20_000), (20_400, 31_000))
    assert [one.duration_ms for one in keeper.take("a")] == [20_000, 10_600]


def test_pieces_of_different_turns_are_never_joined() -> None:
    keeper = SegmentKeeper()
    feed(keeper, 3_000)
    keeper.started("a", 1_000)
    keeper.stopped("a", 1_600)
    keeper.started("b", 1_700)
    keeper.stopped("b", 2_400)
    assert [one.duration_ms for one in keeper.take("a")] == [600]
    assert [one.duration_ms for one in keeper.take("b")] == [700]
