"""The buffer at the telephone's end of a media stream: audio plays in real time, marks return when passed.

Pure: bytes and marks in, 20 ms frames and marks out. Positions are bytes since the stream began; 8 bytes
are 1 ms. Source: Twilio, Media Streams WebSocket messages (media, mark, clear).
"""

from collections import deque
from dataclasses import dataclass

from heartvoice.demo.phone.sound import FRAME_BYTES


@dataclass(frozen=True, slots=True)
class Frame:
    """What 20 ms of playing gave: the audio (None: nothing was there; shorter than 160 bytes at an end)."""

    audio: bytes | None
    marks: tuple[str, ...]


class Playout:
    """One stream's queue of what the application sent."""

    def __init__(self) -> None:
        self.received = 0
        self.played = 0
        self.cleared = 0
        self._audio = bytearray()
        self._marks: deque[tuple[int, str]] = deque()  # (position at which it is passed, name)

    @property
    def queued(self) -> int:
        """Bytes that wait to be played."""
        return len(self._audio)

    def push(self, payload: bytes) -> None:
        """Queue audio of any length behind what waits already."""
        self.received += len(payload)
        self._audio += payload

    def mark(self, name: str) -> bool:
        """Queue a mark behind all audio received so far; True when it is passed at once (nothing waits)."""
        if not self._audio:
            return True
        self._marks.append((self.played + len(self._audio), name))
        return False

    def clear(self) -> tuple[str, ...]:
        """Throw away everything that waits; the open marks come back at once, unheard."""
        names = tuple(name for _, name in self._marks)
        self._marks.clear()
        self.cleared += len(self._audio)
        self._audio.clear()
        return names

    def tick(self) -> Frame:
        """Play the next 20 ms."""
        if not self._audio:
            return Frame(None, ())
        audio = bytes(self._audio[:FRAME_BYTES])
        del self._audio[:FRAME_BYTES]
        self.played += len(audio)
        passed: list[str] = []
        while self._marks and self._marks[0][0] <= self.played:
            passed.append(self._marks.popleft()[1])
        return Frame(audio, tuple(passed))
