"""The caller's audio, cut into segments for analysis. Pure; memory only, never a file.

The provider tells where speech started and stopped in milliseconds of the audio sent in its session; the
keeper holds the recent audio by position, so a segment is exactly what the provider called speech.
Bytes are mu-law at 8,000 Hz (8 bytes a millisecond).
"""

from __future__ import annotations

from dataclasses import dataclass

from calls.events import BYTES_PER_MS

PRE_ROLL_MS = 2_000  # kept while nobody speaks: the provider reports a start late and counts its padding in
TRIM_MS = 500  # not at every frame
MAX_SEGMENT_MS = 30_000
LAST_PIECE_MS = 2_000  # a segment may end that much later: better than a piece too short to measure
MIN_SEGMENT_MS = 300
JOIN_GAP_MS = 700
MAX_WAITING = 24
MAX_WAITING_BYTES = 4 * MAX_SEGMENT_MS * BYTES_PER_MS  # 120 s of speech whose words are not known yet


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of the caller's speech. Times are in ms of the call's inbound audio."""

    item: str
    start_ms: int
    end_ms: int
    audio: bytes

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


class SegmentKeeper:
    """Recent inbound audio, the segment being spoken, and finished segments that wait for their words."""

    def __init__(self) -> None:
        self._audio = bytearray()
        self._base = 0  # stream position (bytes) of self._audio[0]
        self._session_start = 0  # stream position at which the provider's present session began to listen
        self._open_item = ""
        self._open_start = 0
        self._waiting: dict[str, list[Segment]] = {}
        self._waiting_bytes = 0
        self.dropped = 0

    @property
    def heard_bytes(self) -> int:
        """How many bytes the caller has sent in this call."""
        return self._base + len(self._audio)

    @property
    def heard_ms(self) -> int:
        return self.heard_bytes // BYTES_PER_MS

    def add(self, audio: bytes) -> None:
        """Keep a frame."""
        self._audio += audio
        if len(self._audio) > (PRE_ROLL_MS + TRIM_MS) * BYTES_PER_MS and not self._open_item:
            self._forget_before(self.heard_bytes - PRE_ROLL_MS * BYTES_PER_MS)
        elif (
            self._open_item
            and self.heard_bytes - self._open_start >= (MAX_SEGMENT_MS + LAST_PIECE_MS) * BYTES_PER_MS
        ):
            end = self._open_start + MAX_SEGMENT_MS * BYTES_PER_MS
            self._finish(self._open_item, end)  # a long story: hand it over in pieces
            self._open_start = end

    def session_began(self, unsent_bytes: int = 0) -> None:
        """A provider's session starts to listen: its clock is zero now, less what is buffered for it."""
        self._session_start = self.heard_bytes - unsent_bytes
        self._open_item = ""

    def recent(self, ms: int) -> bytes:
        """The last `ms` of the caller's audio, as far as it is still held."""
        return bytes(self._audio[-ms * BYTES_PER_MS :])

    def at_ms(self, session_ms: int) -> int:
        """A time of the provider's session as a time of the call's inbound audio."""
        return self._session_start // BYTES_PER_MS + session_ms

    def started(self, item: str, session_ms: int) -> int:
        """The caller speaks; returns the start in ms of the call."""
        self._open_item = item
        self._open_start = max(self._session_start + session_ms * BYTES_PER_MS, self._base)
        return self._open_start // BYTES_PER_MS

    def stopped(self, item: str, session_ms: int) -> int:
        """The caller has stopped; the segment waits for its words. Returns the end in ms of the call."""
        end = min(self._session_start + session_ms * BYTES_PER_MS, self.heard_bytes)
        if self._open_item == item:
            self._finish(item, end)
            self._open_item = ""
        return end // BYTES_PER_MS

    def _finish(self, item: str, end: int) -> None:
        start = self._open_start
        if end - start < MIN_SEGMENT_MS * BYTES_PER_MS:
            return
        audio = bytes(self._audio[start - self._base : end - self._base])
        self._wait(Segment(item, start // BYTES_PER_MS, end // BYTES_PER_MS, audio))
        self._forget_before(end)

    def _wait(self, segment: Segment) -> None:
        self._waiting.setdefault(segment.item, []).append(segment)
        self._waiting_bytes += len(segment.audio)
        while self._waiting_bytes > MAX_WAITING_BYTES or len(self._waiting) > MAX_WAITING:
            oldest = next(iter(self._waiting))
            lost = self._waiting.pop(oldest)
            self._waiting_bytes -= sum(len(piece.audio) for piece in lost)
            self.dropped += len(lost)

    def _forget_before(self, position: int) -> None:
        cut = position - self._base
        if cut > 0:
            del self._audio[:cut]
            self._base = position

    def take(self, item: str) -> list[Segment]:
        """The finished segments of an item, neighbours joined, each at most 32 s. They are held no longer."""
        pieces = self._waiting.pop(item, [])
        self._waiting_bytes -= sum(len(piece.audio) for piece in pieces)
        return _joined(pieces)

    def drop(self, item: str) -> None:
        """Forget an item's audio (nothing was said in it)."""
        self.take(item)


def _joined(pieces: list[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if (
            last
            and 0 <= piece.start_ms - last.end_ms <= JOIN_GAP_MS
            and piece.end_ms - last.start_ms <= MAX_SEGMENT_MS
        ):
            gap = b"\xff" * ((piece.start_ms - last.end_ms) * BYTES_PER_MS)
            joined[-1] = Segment(last.item, last.start_ms, piece.end_ms, last.audio + gap + piece.audio)
        else:
            joined.append(piece)
    return joined
