"""The ledger says what the patient has heard, whatever the line and the model do."""

import random

import pytest

from calls.playout import MARK_EVERY_MS, Playout


class Line:
    """A phone line that plays what it is sent, may stand still, and returns marks after `delay_ms`."""

    def __init__(self, ledger: Playout, delay_ms: int = 0) -> None:
        self.ledger = ledger
        self.delay_ms = delay_ms
        self.now = 0
        self.played = 0.0
        self.sent = 0
        self.marks: list[tuple[str, int]] = []
        self.returning: list[tuple[int, str]] = []
        self.is_stalled = False

    def send(self, item: str, ms: int) -> None:
        for at in range(0, ms, 100):
            size = min(100, ms - at) * 8
            self.sent += size
            if name := self.ledger.add(item, size, self.now):
                self.marks.append((name, self.sent))

    def finish(self, item: str) -> None:
        if name := self.ledger.finish(item):
            self.marks.append((name, self.sent))

    def run(self, ms: int) -> None:
        for _ in range(ms):
            self.now += 1
            if not self.is_stalled:
                self.played = min(self.played + 8, self.sent)
            while self.marks and self.marks[0][1] <= self.played:
                self.returning.append((self.now + self.delay_ms, self.marks.pop(0)[0]))
            while self.returning and self.returning[0][0] <= self.now:
                self.ledger.mark_played(self.returning.pop(0)[1], self.now)


@pytest.mark.parametrize("delay_ms", [0, 30, 120])
def test_what_was_heard_is_known_within_the_lines_own_delay(delay_ms: int) -> None:
    line = Line(Playout(), delay_ms)
    line.send("a", 4_000)
    for _ in range(40):
        line.run(83)
        assert abs(line.ledger.heard_ms("a", line.now) - line.played / 8) <= delay_ms + 5


def test_heard_is_never_more_than_was_sent() -> None:
    line = Line(Playout())
    line.send("a", 500)
    line.run(5_000)
    assert line.ledger.heard_ms("a", line.now) == 500


def test_a_pause_of_the_model_is_not_counted_as_heard() -> None:
    line = Line(Playout())
    line.send("a", 500)
    line.run(1_500)  # half a second of audio, one second of nothing
    line.send("a", 2_000)
    line.run(700)
    assert abs(line.ledger.heard_ms("a", line.now) - 1_200) <= 5


def test_a_line_that_stands_still_is_noticed_while_it_does() -> None:
    line = Line(Playout())
    line.send("a", 6_000)
    line.run(1_730)
    line.is_stalled = True
    line.run(1_000)
    assert abs(line.ledger.heard_ms("a", line.now) - line.played / 8) <= 60


def test_a_line_that_stood_still_is_known_again_when_it_moves() -> None:
    line = Line(Playout(), delay_ms=20)
    line.send("a", 6_000)
    line.run(1_730)
    line.is_stalled = True
    line.run(1_000)
    line.is_stalled = False
    line.run(800)
    assert abs(line.ledger.heard_ms("a", line.now) - line.played / 8) <= 60


def test_positions_hold_on_the_second_and_third_interruption() -> None:
    line = Line(Playout(), delay_ms=15)
    for number, ms in enumerate((1_310, 2_440, 990)):
        item = f"item_{number}"
        line.send(item, 5_000)
        before = line.played
        line.run(ms)
        (cut,) = line.ledger.clear(line.now)
        assert cut.item == item
        assert abs(cut.heard_ms - (line.played - before) / 8) <= 60
        assert cut.sent_ms == 5_000
        line.marks.clear()
        line.played = line.sent
        line.run(400)


def test_a_mark_that_returns_after_a_clear_was_not_heard() -> None:
    ledger = Playout()
    names = [name for _ in range(20) if (name := ledger.add("a", 800, 0))]
    ledger.clear(100)
    assert names and not any(ledger.mark_played(name, 130) for name in names)
    ledger.add("b", 800, 200)
    assert ledger.heard_ms("b", 250) == 50


def test_a_phone_that_returns_no_marks_is_followed_by_the_clock() -> None:
    ledger = Playout()
    for _ in range(50):
        ledger.add("a", 800, 0)
    assert ledger.heard_ms("a", 2_500) == 2_500
    assert not ledger.playing(5_001)
    assert not ledger.is_confirmed()


def test_a_mark_stands_at_least_every_200_ms_and_at_the_end() -> None:
    ledger = Playout()
    positions: list[int] = []
    for _ in range(100):
        if ledger.add("a", 160, 0):
            positions.append(ledger.sent)
    ledger.add("a", 160, 0)
    assert ledger.finish("a")
    assert not ledger.finish("a")
    gaps = [b - a for a, b in zip([0, *positions], positions, strict=False)]
    assert max(gaps) <= 200 * 8 and min(gaps) >= MARK_EVERY_MS * 8


def test_the_item_at_the_ear_is_the_one_being_played() -> None:
    ledger = Playout()
    ledger.add("a", 800, 0)
    ledger.add("b", 800, 0)
    assert [ledger.playing(at) for at in (0, 99, 101, 199, 201)] == ["a", "a", "b", "b", ""]


def test_what_was_not_begun_is_cut_at_zero() -> None:
    ledger = Playout()
    ledger.add("a", 800, 0)
    ledger.add("b", 800, 0)
    assert [(cut.item, cut.heard_ms) for cut in ledger.clear(50)] == [("a", 50), ("b", 0)]


def test_random_bursts_and_stalls_stay_within_60_ms_after_a_mark() -> None:
    chance = random.Random(7)
    for _ in range(30):
        line = Line(Playout(), delay_ms=chance.choice([0, 10, 25]))
        for step in range(12):
            line.send(f"i{step // 3}", chance.randrange(100, 1_200))
            line.is_stalled = chance.random() < 0.2
            line.run(chance.randrange(50, 900))
        line.is_stalled = False
        line.run(400)
        ledger_ms = line.ledger.played(line.now) / 8
        assert abs(ledger_ms - line.played / 8) <= 60
