"""What of the audio sent to the phone has been played. Pure.

A ledger of bytes, run on the clock (the phone plays 8 bytes a millisecond from the moment it has some) and
corrected by marks (the phone says that it has reached a byte). The clock alone runs on while the line stands
still; marks alone lag by their spacing and never come after some clears. Positions count every byte ever sent
in the call, so mark names are unique and one that returns after a clear is simply unknown.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from calls.events import BYTES_PER_MS

MARK_EVERY_MS = 120
OVERDUE_MS = 40.0  # a mark later than this (plus the line's own delay) means that the line stands still
MAX_DELAY_MS = 400.0
MAX_OPEN_MARKS = 1024


@dataclass(slots=True)
class _Span:
    """A run of one item's bytes in the stream: positions start <= x < end."""

    item: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cut:
    """What was thrown away of an item: `heard_ms` of `sent_ms` had been played."""

    item: str
    heard_ms: int
    sent_ms: int


class Playout:
    """The playout ledger of one call."""

    def __init__(self, mark_every_ms: int = MARK_EVERY_MS) -> None:
        self.sent = 0
        self._mark_every = mark_every_ms * BYTES_PER_MS
        self._marked = 0  # position of the newest mark asked for
        self._confirmed = 0  # position of the newest mark returned
        self._marks: deque[tuple[str, int]] = deque(maxlen=MAX_OPEN_MARKS)
        self._spans: deque[_Span] = deque()
        self._anchor, self._anchor_ms = 0, 0.0  # at anchor_ms the phone was about to play byte `anchor`
        self._is_anchored_by_send = True
        self._delay_ms = 0.0
        self._returns_marks = False  # until the phone has returned one, its silence about marks means nothing

    def add(self, item: str, size: int, now_ms: float) -> str:
        """Enter `size` bytes of `item` just sent; returns the name of the mark to send now, or ""."""
        if self._clock(now_ms) >= self.sent:  # the phone had run dry: it starts again with these bytes
            self._anchor, self._anchor_ms = self.sent, now_ms
            self._is_anchored_by_send = True
        start, self.sent = self.sent, self.sent + size
        spans = self._spans
        if spans and spans[-1].item == item:
            spans[-1].end = self.sent
        else:
            spans.append(_Span(item, start, self.sent))
        if self.sent - self._marked >= self._mark_every:
            return self._new_mark(item)
        return ""

    def finish(self, item: str) -> str:
        """The item has no more audio: the name of a mark for its end, or "" when it has one already."""
        if self._spans and self._marked < self.sent and self._spans[-1].item == item:
            return self._new_mark(item)
        return ""

    def _new_mark(self, item: str) -> str:
        self._marked = self.sent
        name = f"{item}:{self.sent}"
        self._marks.append((name, self.sent))
        return name

    def mark_played(self, name: str, now_ms: float) -> bool:
        """Correct the clock by a returned mark. False for a mark that is unknown or was cleared."""
        if not any(known == name for known, _ in self._marks):
            return False
        while True:
            known, position = self._marks.popleft()
            if known == name:
                break
        self._returns_marks = True
        if self._is_anchored_by_send:  # how long a mark takes on this line when nothing is wrong
            late = now_ms - self._anchor_ms - (position - self._anchor) / BYTES_PER_MS
            self._delay_ms += (min(max(late, 0.0), MAX_DELAY_MS) - self._delay_ms) / 2
        self._confirmed = self._anchor = position
        self._anchor_ms = now_ms
        self._is_anchored_by_send = False
        self._drop_played_spans(position)
        return True

    def _drop_played_spans(self, position: int) -> None:
        while len(self._spans) > 1 and self._spans[0].end <= position:
            self._spans.popleft()

    def _clock(self, now_ms: float) -> int:
        return min(self.sent, self._anchor + int((now_ms - self._anchor_ms) * BYTES_PER_MS))

    def played(self, now_ms: float) -> int:
        """The position the phone has reached, in bytes of the whole call. Never beyond what was sent."""
        position = self._clock(now_ms)
        if self._returns_marks and self._marks:
            due = self._marks[0][1]
            allowance = int((OVERDUE_MS + self._delay_ms) * BYTES_PER_MS)
            if position > due + allowance:  # the mark should be here: the line stopped somewhere before it
                position = (max(self._confirmed, self._spans[0].start if self._spans else 0) + due) // 2
        return position

    def heard_ms(self, item: str, now_ms: float) -> int:
        """How much of an item that is still in the ledger has been played."""
        position = self.played(now_ms)
        heard = sum(min(max(position - s.start, 0), s.end - s.start) for s in self._spans if s.item == item)
        return heard // BYTES_PER_MS

    def sent_ms(self, item: str) -> int:
        """How much of an item that is still in the ledger has been sent."""
        return sum(s.end - s.start for s in self._spans if s.item == item) // BYTES_PER_MS

    def end_of(self, item: str) -> int | None:
        """The position after the item's last byte sent, or None when the ledger no longer holds it."""
        for span in reversed(self._spans):
            if span.item == item:
                return span.end
        return None

    def playing(self, now_ms: float) -> str:
        """The item at the phone's ear now, or "" when it has played everything."""
        position = self.played(now_ms)
        for span in self._spans:
            if position < span.end:
                return span.item
        return ""

    def left_ms(self, now_ms: float) -> int:
        """How much audio the phone still has to play."""
        return (self.sent - self.played(now_ms)) // BYTES_PER_MS

    def is_confirmed(self) -> bool:
        """True when every mark asked for has returned and nothing was sent after the last of them."""
        return not self._marks and self._marked >= self.sent

    def clear(self, now_ms: float) -> list[Cut]:
        """Enter that the phone was told to throw away its queue; says what each unfinished item lost."""
        position = self.played(now_ms)
        items = dict.fromkeys(span.item for span in self._spans if span.end > position)
        cuts = [Cut(item, self.heard_ms(item, now_ms), self.sent_ms(item)) for item in items]
        self._spans.clear()
        self._marks.clear()
        self._marked = self._confirmed = self._anchor = self.sent
        self._anchor_ms = now_ms
        return cuts
