"""Builders for the conversation's tests: events in the order a provider sends them, and a phone that plays."""

from __future__ import annotations

import base64
from collections import deque
from dataclasses import dataclass, field
from typing import Any, TypeVar

from alerts.phrases.model import FlagHit, ScanContext, ScanResult
from alerts.phrases.model import Segment as Words
from calls.checkin import CheckInProgress, load_protocol
from calls.conversation import Conversation
from calls.events import (
    Action,
    ClearPhone,
    EndReason,
    FromModel,
    FromPhone,
    FromWork,
    Mark,
    MarkPlayed,
    ModelAudio,
    ModelAudioDone,
    ModelSaid,
    ModelWords,
    PatientSaid,
    Play,
    ReplyEnded,
    ReplyStarted,
    ReplyStatus,
    SessionReady,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    ToolCall,
)
from calls.parts import Scan, Setting
from calls.patience import Limits
from calls.recordings import Recording, Scripts, scripts

A = TypeVar("A")


def audio(ms: int) -> tuple[str, int]:
    """That much mu-law as base64, and its size in bytes."""
    data = bytes(ms * 8)
    return base64.b64encode(data).decode(), len(data)


def spoken(key: str, ms: int = 2_000, text: str = "") -> Recording:
    """A recording of that length."""
    pieces = tuple(audio(120)[0] for _ in range(ms // 120))
    return Recording(key, text or scripts("en").recorded[key].text, pieces, ms // 120 * 120)


def rendered_scripts(ms: int = 2_400) -> Scripts:
    """The English wording with audio for every key, whatever the voice pack holds."""
    real = scripts("en")
    return Scripts(real.version, "en", {key: spoken(key, ms) for key in real.recorded}, real.said, real.rules)


def hears_nothing(words: Words, context: ScanContext) -> ScanResult:
    """A scanner for conversations in which nothing alarming is said."""
    return ScanResult()


def flag(name: str, severity: str = "critical", alert_type: str = "emergency") -> FlagHit:
    return FlagHit(name, severity, alert_type, "evidence", 0, 8, "affirmed", "E01", "test")  # type: ignore[arg-type]


def result(*hits: FlagHit, controls: tuple[str, ...] = ()) -> ScanResult:
    worst = hits[0] if hits else None
    if worst is None:
        return ScanResult(controls=controls)
    return ScanResult(hits, controls, worst.severity, worst.alert_type)


def hears(phrases: dict[str, ScanResult]) -> Scan:
    """A scanner that finds these phrases. Silence and a lost line are looked up by their event's name."""

    def scan(words: Words, context: ScanContext) -> ScanResult:
        for phrase, found in phrases.items():
            if phrase in (words.event or words.text):
                return found
        return ScanResult()

    return scan


@dataclass
class Phone:
    """Plays at 8 bytes a millisecond what it was sent, and returns marks when it reaches them."""

    played_bytes: float = 0.0
    is_stalled: bool = False
    queue: deque[tuple[str, int | str]] = field(default_factory=deque)
    heard: dict[str, float] = field(default_factory=dict)
    cleared: int = 0

    def take(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Play(payload=payload):
                    self.queue.append(("audio", len(payload) * 3 // 4 - payload.count("=")))
                case Mark(name=name):
                    self.queue.append(("mark", name))
                case ClearPhone():
                    self.queue.clear()
                    self.cleared += 1

    def play(self, ms: float) -> list[str]:
        """Let that much time pass; the names of the marks reached."""
        budget = 0.0 if self.is_stalled else ms * 8
        marks: list[str] = []
        while self.queue:
            kind, value = self.queue[0]
            if kind == "mark":
                marks.append(str(value))
                self.queue.popleft()
                continue
            size = float(value)
            taken = min(size, budget)
            self.played_bytes += taken
            budget -= taken
            if taken < size:
                self.queue[0] = ("audio", int(size - taken))
                break
            self.queue.popleft()
        return marks


class Rig:
    """A conversation, a phone and a clock."""

    def __init__(
        self,
        scan: Scan = hears_nothing,
        *,
        limits: Limits | None = None,
        ready: bool = True,
        clips: bool = True,
        **setting_of: Any,
    ) -> None:
        wording = rendered_scripts(2_400 if clips else 0)
        setting = Setting(wording, scan, limits=limits or Limits(), **setting_of)
        self.conversation = Conversation(setting, CheckInProgress(load_protocol()))
        self.phone = Phone()
        self.now_ms = 0.0
        self.actions: list[Action] = []
        self._replies = 0
        self._items = 0
        if ready:
            self.work(SessionReady())

    def _did(self, actions: list[Action]) -> list[Action]:
        self.phone.take(actions)
        self.actions += actions
        return actions

    def model(self, event: FromModel) -> list[Action]:
        return self._did(self.conversation.from_model(event, self.now_ms))

    def phone_says(self, event: FromPhone) -> list[Action]:
        return self._did(self.conversation.from_phone(event, self.now_ms))

    def work(self, event: FromWork) -> list[Action]:
        return self._did(self.conversation.from_work(event, self.now_ms))

    def limit(self, reason: EndReason) -> list[Action]:
        """A hard limit of the call is reached."""
        return self._did(self.conversation.limit_reached(reason, self.now_ms))

    def wait(self, ms: float, *, loud: bool = False, step_ms: float = 10.0) -> list[Action]:
        """Let time pass: the phone plays, marks return, the engine's clock ticks every 250 ms."""
        did: list[Action] = []
        end = self.now_ms + ms
        while self.now_ms < end:
            step = min(step_ms, end - self.now_ms)
            self.now_ms += step
            for name in self.phone.play(step):
                did += self.phone_says(MarkPlayed(name))
            if int(self.now_ms) % 250 < step_ms:
                did += self._did(self.conversation.tick(self.now_ms, is_line_loud=loud))
        return did

    # --- longer pieces

    def begin_reply(self, reply: str = "") -> str:
        self._replies += 1
        reply = reply or f"resp_{self._replies}"
        self.model(ReplyStarted(reply))
        return reply

    def says(
        self, reply: str, item: str, text: str, ms: int, *, piece_ms: int = 200, done: bool = True
    ) -> None:
        """Words and audio of one item, all at once as a provider sends them."""
        self.model(ModelWords(reply, item, text))
        for at in range(0, ms, piece_ms):
            payload, size = audio(min(piece_ms, ms - at))
            self.model(ModelAudio(reply, item, payload, size))
        if done:
            self.model(ModelAudioDone(reply, item))
            self.model(ModelSaid(reply, item, text))

    def end_reply(
        self, reply: str, *calls: ToolCall, status: ReplyStatus = ReplyStatus.COMPLETED
    ) -> list[Action]:
        return self.model(ReplyEnded(reply, status, calls))

    def reply(self, text: str, ms: int, *calls: ToolCall) -> str:
        """A whole reply of Maya's; returns its item."""
        self._items += 1
        item = f"item_{self._items}"
        reply = self.begin_reply()
        self.says(reply, item, text, ms)
        self.end_reply(reply, *calls)
        return item

    def patient(self, text: str, *, ms: float = 800, item: str = "") -> list[Action]:
        """The patient speaks, stops, and is understood."""
        self._items += 1
        item = item or f"item_{self._items}"
        did = self.model(SpeechStarted(item, int(self.now_ms)))
        did = did + self.wait(ms)
        did = did + self.model(SpeechStopped(item, int(self.now_ms)))
        did = did + self.model(SpeechCommitted(item))
        return did + self.model(PatientSaid(item, text))

    def all(self, kind: type[A]) -> list[A]:
        return [action for action in self.actions if isinstance(action, kind)]


def of(actions: list[Action], kind: type[A]) -> list[A]:
    return [action for action in actions if isinstance(action, kind)]
