"""What is sent to the patient's ear: Maya's audio, approved recordings, and their cutting off. Pure.

Owns the playout ledger. Late audio of what was cut is dropped; lines that may not be interrupted are held.
"""

from __future__ import annotations

import re

from calls.events import (
    BYTES_PER_MS,
    Action,
    ClearPhone,
    Forget,
    Mark,
    ModelAudio,
    Play,
    Truncate,
)
from calls.playout import Playout
from calls.recordings import Recording
from calls.transcript import Transcript

PIECE_CHARS = 1600  # 1,200 bytes, 150 ms: a longer delta is cut so that a mark can stand inside it
MS_PER_CHAR = 68.0  # a slow, clear voice; used until an item's own pace is known
SETTLE_MS = 1_500.0  # how long after the clock says so audio counts as played when its mark does not return
DISCLOSURE = re.compile(
    r"\bmaya\b[^.!?]*\b(?:automated|artificial|AI|assistant|automática|asistente|inteligencia)\b[^.!?]*[.!?]",
    re.IGNORECASE,
)


class Speech:
    """The way to the patient's ear."""

    def __init__(self, transcript: Transcript) -> None:
        self.playout = Playout()
        self.transcript = transcript
        self.is_muted = False  # an emergency script has the line: the model is not heard
        self._cut_items: set[str] = set()
        self._cut_replies: set[str] = set()
        self._held: set[str] = set()
        self._recordings = 0
        self.last_recording = ""  # the item of the newest one
        self._quiet_from_ms = 0.0

    # --- sending

    def model_audio(self, event: ModelAudio, now_ms: float) -> list[Action]:
        """Maya's next audio, with marks; nothing when it was cut or the line is taken."""
        item = event.item
        if self.is_muted or item in self._cut_items or event.reply in self._cut_replies or not event.size:
            return []
        self.transcript.audio(item, event.size, now_ms)
        if len(event.payload) <= PIECE_CHARS:
            mark = self.playout.add(item, event.size, now_ms)
            return [Play(event.payload), Mark(mark)] if mark else [Play(event.payload)]
        actions: list[Action] = []
        left = event.size
        for at in range(0, len(event.payload), PIECE_CHARS):
            piece = event.payload[at : at + PIECE_CHARS]
            size = min(len(piece) // 4 * 3, left)
            left -= size
            actions.append(Play(piece))
            if mark := self.playout.add(item, size, now_ms):
                actions.append(Mark(mark))
        return actions

    def model_audio_done(self, item: str) -> list[Action]:
        """A mark for the item's end, unless it has one."""
        self.transcript.audio_done(item)
        mark = self.playout.finish(item)
        return [Mark(mark)] if mark else []

    def recording(self, recording: Recording, now_ms: float, *, is_held: bool) -> list[Action]:
        """An approved recording, after whatever is queued. `is_held`: it cannot be interrupted."""
        self._recordings += 1
        item = self.last_recording = f"script:{recording.key}:{self._recordings}"
        if is_held:
            self._held.add(item)
        actions: list[Action] = []
        total = 0
        for piece in recording.pieces:
            size = len(piece) * 3 // 4 - piece.count("=", -2)
            total += size
            actions.append(Play(piece))
            if mark := self.playout.add(item, size, now_ms):
                actions.append(Mark(mark))
        if mark := self.playout.finish(item):
            actions.append(Mark(mark))
        self.transcript.recorded(item, recording.text, total, now_ms)
        return actions

    # --- cutting

    def may_interrupt(self, now_ms: float) -> bool:
        """False while a line is at the ear that must be heard out."""
        item = self.playout.playing(now_ms)
        if not item:
            return True
        if item in self._held:
            return False
        end = self._disclosure_ends_at_ms(item)
        return end is None or self.playout.heard_ms(item, now_ms) >= end

    def _disclosure_ends_at_ms(self, item: str) -> float | None:
        """Until when the item tells who is calling and that it is a machine: that sentence is heard out."""
        text = self.transcript.text_of(item)
        found = DISCLOSURE.search(text) if text else None
        if found is None:
            return None
        by_pace = found.end() * MS_PER_CHAR
        by_share = self.playout.sent_ms(item) * found.end() / len(text)
        return min(by_pace, by_share) if by_share else by_pace

    def cut(self, now_ms: float, running_reply: str) -> list[Action]:
        """Throw away what has not been played, and tell the model what was heard of it."""
        if running_reply:
            self._cut_replies.add(running_reply)
        if not self.playout.playing(now_ms):
            return []
        actions: list[Action] = [ClearPhone()]
        for lost in self.playout.clear(now_ms):
            if turn := self.transcript.cut(lost.item, lost.heard_ms, now_ms):
                actions.append(turn)
            self._held.discard(lost.item)
            if lost.item and not lost.item.startswith("script:"):
                self._cut_items.add(lost.item)
                at_ms = min(lost.heard_ms, lost.sent_ms)
                actions.append(Truncate(lost.item, at_ms) if at_ms else Forget(lost.item))
        return actions

    def drop_reply(self, reply: str) -> None:
        """Whatever else comes of this reply is not heard."""
        if reply:
            self._cut_replies.add(reply)

    def is_dropped(self, reply: str) -> bool:
        """True for a reply whose words are not heard any more."""
        return reply in self._cut_replies

    def reply_started(self) -> None:
        """A new reply may use an item's name again; late audio of older replies is known by the reply."""
        self._cut_items.clear()

    # --- hearing

    def mark_played(self, name: str, now_ms: float) -> None:
        self.playout.mark_played(name, now_ms)

    def is_silent(self, now_ms: float) -> bool:
        """True when the patient has heard everything: by its marks, or some time after by the clock."""
        if self.playout.playing(now_ms):
            self._quiet_from_ms = now_ms
            return False
        return self.playout.is_confirmed() or now_ms - self._quiet_from_ms > SETTLE_MS

    def settle(self, now_ms: float) -> list[Action]:
        """The turns of items that have been played out."""
        unsettled = self.transcript.unsettled()
        if not unsettled:
            return []
        position = self.playout.played(now_ms)
        turns: list[Action] = []
        for item in unsettled:
            end = self.playout.end_of(item)
            if (end is None or position >= end) and (turn := self.transcript.played(item, now_ms)):
                self._held.discard(item)
                turns.append(turn)
        return turns

    def heard_so_far(self, now_ms: float) -> list[Action]:
        """At the end of the call: the turns of everything that is still open, as far as it was heard."""
        turns: list[Action] = list(self.settle(now_ms))
        for item in self.transcript.unsettled():
            heard = self.playout.heard_ms(item, now_ms)
            if turn := self.transcript.cut(item, heard, now_ms):
                turns.append(turn)
        return turns

    @property
    def sent_ms(self) -> int:
        """How much audio has been sent in this call."""
        return self.playout.sent // BYTES_PER_MS
