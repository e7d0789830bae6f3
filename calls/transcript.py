"""What was said, as it was heard. Pure.

Maya's words arrive ahead of her audio and may be cut; a turn is saved when its audio has been played out, or
when it is cut, with the words that were heard (in proportion to the audio, back to a whole word).
"""

from __future__ import annotations

from dataclasses import dataclass

from calls.events import BYTES_PER_MS, SaveTurn, Speaker

MAX_ITEMS = 400
MAX_WORDS_CHARS = 8_000


@dataclass(slots=True)
class _Spoken:
    """An item of Maya's while it is generated and played."""

    text: str = ""
    start_ms: float | None = None
    size: int = 0
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the conversation as heard, for a new session or a summary."""

    speaker: Speaker
    text: str


class Transcript:
    """The call's turns: Maya's items in the making, and everything that is settled."""

    def __init__(self) -> None:
        self._open: dict[str, _Spoken] = {}
        self._lines: dict[str, Line] = {}
        self._newest = ""

    # --- Maya

    def words(self, item: str, text: str) -> None:
        """More words of an item."""
        spoken = self._spoken(item)
        if len(spoken.text) < MAX_WORDS_CHARS:
            spoken.text += text

    def generated(self, item: str, text: str) -> None:
        """The whole of an item's words."""
        spoken = self._spoken(item)
        spoken.text, spoken.is_generated = text[:MAX_WORDS_CHARS], True

    def audio(self, item: str, size: int, now_ms: float) -> None:
        """Audio of an item was sent."""
        spoken = self._open.get(item) or self._spoken(item)
        if spoken.start_ms is None:
            spoken.start_ms = now_ms
        spoken.size += size

    def audio_done(self, item: str) -> None:
        """The item has no more audio."""
        if item in self._open:
            self._open[item].is_generated = True

    def recorded(self, item: str, text: str, size: int, now_ms: float) -> None:
        """An approved recording was sent."""
        self._open[item] = _Spoken(text, now_ms, size, is_generated=True)
        self._newest = item

    def _spoken(self, item: str) -> _Spoken:
        if item not in self._open:
            self._open[item] = _Spoken()
            self._newest = item
            if len(self._open) > MAX_ITEMS:
                del self._open[next(iter(self._open))]
        return self._open[item]

    def text_of(self, item: str) -> str:
        """An unsettled item's words so far."""
        return self._open[item].text if item in self._open else ""

    def text_as_heard(self, item: str) -> str:
        """A settled item's words, "" when nothing of it was heard."""
        return self._lines[item].text if item in self._lines else ""

    def played(self, item: str, now_ms: float) -> SaveTurn | None:
        """The item has been played out: its turn, once its words are complete."""
        spoken = self._open.get(item)
        if spoken is None or not spoken.is_generated or spoken.start_ms is None:
            return None
        return self._settle(item, spoken, spoken.text, now_ms, is_interrupted=False)

    def cut(self, item: str, heard_ms: int, now_ms: float) -> SaveTurn | None:
        """The item was cut after `heard_ms`: its turn with the words that were heard, if any."""
        spoken = self._open.get(item)
        if spoken is None:
            return None
        sent_ms = max(spoken.size // BYTES_PER_MS, 1)
        text = heard_part(spoken.text, heard_ms / sent_ms)
        if not text:
            del self._open[item]
            return None
        return self._settle(item, spoken, text, now_ms, is_interrupted=True)

    def _settle(
        self, item: str, spoken: _Spoken, text: str, now_ms: float, *, is_interrupted: bool
    ) -> SaveTurn | None:
        del self._open[item]
        text = text.strip()
        if not text:
            return None
        speaker = Speaker.SYSTEM if item.startswith("script:") else Speaker.MAYA
        self._lines[item] = Line(speaker, text)
        start = int(spoken.start_ms if spoken.start_ms is not None else now_ms)
        return SaveTurn(speaker, item, text, start, max(int(now_ms), start), is_interrupted)

    def unsettled(self) -> tuple[str, ...]:
        """Items of Maya's that have begun to play and are not settled, oldest first."""
        return tuple(item for item, spoken in self._open.items() if spoken.start_ms is not None)

    # --- the patient

    def patient(self, item: str, text: str, start_ms: float, end_ms: float) -> SaveTurn | None:
        """The final words of the caller's segment."""
        text = text.strip()
        if not text:
            return None
        self._lines[item] = Line(Speaker.PATIENT, text)
        return SaveTurn(Speaker.PATIENT, item, text, int(start_ms), max(int(start_ms), int(end_ms)))

    # --- reading

    @property
    def last_words(self) -> str:
        """Maya's newest words, played or not: what the patient is answering."""
        open_text = self.text_of(self._newest)
        if open_text:
            return open_text
        for line in reversed(self._lines.values()):
            if line.speaker is not Speaker.PATIENT:
                return line.text
        return ""

    def being_said(self) -> tuple[Line, ...]:
        """What of Maya's is at the ear and not settled yet, with all the words that are known of it."""
        open_items = (item for item in self.unsettled() if not item.startswith("script:"))
        texts = (self._open[item].text.strip() for item in open_items)
        return tuple(Line(Speaker.MAYA, text) for text in texts if text)

    def lines(self) -> tuple[Line, ...]:
        """Everything settled, in order."""
        return tuple(self._lines.values())


def heard_part(text: str, share: float) -> str:
    """The beginning of `text` that is heard in `share` (0..1) of its audio, back to a whole word."""
    if share >= 0.98:
        return text.strip()
    end = int(len(text) * max(share, 0.0))
    if end < len(text) and not text[end : end + 1].isspace():
        end = text.rfind(" ", 0, end + 1)
    return text[: max(end, 0)].strip()
