"""One call on a simulated clock: the product's conversation and wire against the Realtime stand-in's billing.

No socket and no waiting: what the conversation decides is encoded as it would be sent, the stand-in answers and
bills as OpenAI documents (every response pays for the whole conversation, its cached prefix apart), and the
figures are read from its `response.done` events by the product's own parser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from alerts.phrases.model import ScanContext, ScanResult, Segment
from calls.checkin import CheckInProgress, fields_in, load_protocol
from calls.conversation import Conversation
from calls.events import (
    Action,
    AddText,
    EndReason,
    Mark,
    MarkPlayed,
    Play,
    RunTool,
    SaveUsage,
    SessionReady,
    Usage,
)
from calls.instructions import Memory, Person, instructions
from calls.parts import Setting
from calls.pricing import response_cost, transcription_cost
from calls.providers.openai import wire
from calls.providers.openai.session import HISTORY_KEPT, HISTORY_TOKENS, SessionPlan, session, session_update
from calls.recordings import scripts
from calls.tools.outcome import Outcome
from calls.tools.schemas import TOOLS
from tests.bench.cost.talk import Turn
from tests.standins.realtime_conversation import Speech, Tool
from tests.standins.realtime_record import words
from tests.standins.realtime_session import Session

TURN_END_MS = 600.0
THINK_MS = 400.0
LEAVE_MS = 10_000.0  # more than any call takes to end once everything has been said
TRANSCRIBER = "gpt-transcribe"

PERSON = Person(
    first_name="Robert",
    clinic="Riverside Heart Clinic",
    age_band="in their 70s",
    place="Albany, New York",
    nyha_class=2,
    medications=("loop diuretic (the water pill)", "beta blocker", "ACE inhibitor"),
    concerns=("gets out of breath on the stairs", "swollen ankles in the evening"),
    family="Lives alone; a daughter comes on Sundays.",
    interests=("tomatoes", "baseball"),
    priorities=("weight after the change of the water pill",),
)
MEMORY = Memory(
    last_call_on="November 19, 2026",
    previous_concerns=("more breathless on the stairs than usual",),
    medication_changes=("water pill doubled for three days",),
    personal_topics=("covering the tomatoes against the frost",),
    follow_up_items=("is the water pill back to the usual dose?",),
)


@dataclass(frozen=True, slots=True)
class Way:
    """How the call is held. The first is ours; each other one leaves out one saving."""

    name: str
    caches: bool = True
    notes_in_instructions: bool = False  # context prompts rewrite the instructions instead of being items
    history_tokens: int | None = HISTORY_TOKENS  # the session's limit; None: no limit of ours
    history_kept: float = HISTORY_KEPT


@dataclass(slots=True)
class Cost:
    """What one call was billed for."""

    minutes: float = 0.0
    responses: int = 0
    tokens: Usage = field(default_factory=Usage)
    transcribed_s: float = 0.0
    largest_input: int = 0

    def add(self, usage: Usage) -> None:
        self.responses += 1
        self.largest_input = max(self.largest_input, usage.text_in + usage.audio_in)
        names = ("text_in", "text_in_cached", "audio_in", "audio_in_cached", "text_out", "audio_out")
        self.tokens = replace(
            self.tokens, **{name: getattr(self.tokens, name) + getattr(usage, name) for name in names}
        )

    @property
    def cached_share(self) -> float:
        """The part of the input tokens that came from the cache."""
        cached = self.tokens.text_in_cached + self.tokens.audio_in_cached
        return cached / max(self.tokens.text_in + self.tokens.audio_in, 1)

    def usd(self, model: str) -> Decimal:
        """US dollars for voice and transcription; the telephone is not in it."""
        heard = transcription_cost(Usage(seconds=self.transcribed_s), TRANSCRIBER)
        return response_cost(self.tokens, model) + heard


class _Wire:
    """Where the stand-in writes: kept until they are read."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def send_text(self, text: str) -> None:
        self.texts.append(text)

    def taken(self) -> list[str]:
        texts, self.texts = self.texts, []
        return texts


def _hears_nothing(words: Segment, context: ScanContext) -> ScanResult:
    """Nobody says anything alarming in this call; the scanner has benchmarks of its own."""
    return ScanResult()


class SimulatedCall:
    """The two sides of one call and the phone between them, moved on by hand."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.cost = Cost()
        self._now_ms = 0.0
        self._plays_until_ms = 0.0
        self._marks: list[tuple[float, str]] = []
        self._tools: list[RunTool] = []
        self._wire = _Wire()
        self._session = Session(number=1, path="/", headers={}, transport=self._wire, caches=way.caches)
        self._conversation = Conversation(
            Setting(
                scripts=scripts("en"),
                scan=_hears_nothing,
                history_tokens=way.history_tokens or HISTORY_TOKENS,
            ),
            CheckInProgress(load_protocol("checkin-1")),
        )
        prompt = instructions(load_protocol("checkin-1"), PERSON, MEMORY, purpose="scheduled check-in")
        self._plan = SessionPlan(
            prompt, TOOLS, history_tokens=way.history_tokens or 0, history_kept=way.history_kept
        )

    @property
    def texts_sent(self) -> list[tuple[str, str]]:
        """(role, text) of every text item that we put into the conversation."""
        return self._session.texts

    @property
    def texts_kept(self) -> list[tuple[str, str]]:
        """Those of them that the server has not dropped."""
        bodies = [item.body for item in self._session.conversation.items.values()]
        kept = [
            (str(body.get("role")), " ".join(words(body))) for body in bodies if body.get("role") == "system"
        ]
        return [text for text in self.texts_sent if text in kept]

    async def run(self, talk: Iterable[Turn]) -> Cost:
        """The whole call. Returns what it was billed for."""
        update = json.loads(session_update(self._plan))
        if not self.way.history_tokens:
            update["session"]["truncation"] = "auto"
        self._session.take(update, 0.0)
        self._read()
        self._do(self._conversation.from_work(SessionReady(), self._now_ms))
        for turn in talk:
            await self._turn(turn)
        self.cost.minutes = self._now_ms / 60_000
        assert self._conversation.ended is EndReason.COMPLETED, self._conversation.ended
        return self.cost

    async def _turn(self, turn: Turn) -> None:
        speech = Speech(turn.maya, ms=turn.maya_ms)
        if not turn.patient:
            await self._respond(speech, *self._calls(turn))
            while self._conversation.ended is None and self._now_ms < self._plays_until_ms + LEAVE_MS:
                self._pass(250)
            return
        await self._respond(speech)
        self._pass(self._plays_until_ms - self._now_ms + THINK_MS)
        self._session.speech_started(at_ms=int(self._now_ms))
        self._read()
        self._pass(turn.patient_ms + TURN_END_MS)
        item = self._session._speech_item
        self._session.speech_stopped(ms=turn.patient_ms)
        self._session.transcribed(item, turn.patient)
        self.cost.transcribed_s += turn.patient_ms / 1000
        self._read()
        for tool in self._calls(turn):
            await self._respond(tool)

    def _calls(self, turn: Turn) -> list[Tool]:
        return [Tool(name, arguments) for name, arguments in turn.tools]

    async def _respond(self, *parts: Speech | Tool) -> None:
        await self._session.respond(*parts)
        self._read()
        while self._tools:
            call = self._tools.pop(0).call
            self._pass(20)
            self._do(
                self._conversation.from_work(
                    _done(call.name, call.arguments).finished(call.call_id, call.name), self._now_ms
                )
            )

    def _read(self) -> None:
        """What the stand-in has said, as the product reads it."""
        for text in self._wire.taken():
            self._do(self._conversation.from_model(wire.parse(text), self._now_ms))

    def _do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Play(payload=payload):
                    size_ms = (len(payload) * 3 // 4) / 8
                    self._plays_until_ms = max(self._plays_until_ms, self._now_ms) + size_ms
                case Mark(name=name):
                    self._marks.append((self._plays_until_ms, name))
                case RunTool():
                    self._tools.append(action)
                case SaveUsage(kind="response", usage=usage):
                    self.cost.add(usage)
                case AddText(text=text) if self.way.notes_in_instructions:
                    self._rewrite(text)
                case _ if (event := wire.encode(action)) is not None:
                    self._session.take(json.loads(event), self._now_ms)
                    self._read()

    def _rewrite(self, text: str) -> None:
        """The other way to give the model a hint: new instructions, which no cache has seen."""
        self._plan = replace(self._plan, instructions=f"{self._plan.instructions}\n{text}")
        self._session.take({"type": "session.update", "session": session(self._plan)}, self._now_ms)
        self._read()

    def _pass(self, ms: float) -> None:
        """Time goes by: the phone plays, its marks come back, the conversation's clock ticks."""
        end = self._now_ms + max(ms, 0.0)
        while self._now_ms < end:
            self._now_ms = min(self._now_ms + 250.0, end)
            due = [name for at, name in self._marks if at <= self._now_ms]
            self._marks = [(at, name) for at, name in self._marks if at > self._now_ms]
            for name in due:
                self._do(self._conversation.from_phone(MarkPlayed(name), self._now_ms))
            self._do(self._conversation.tick(self._now_ms))


def _done(name: str, arguments: str) -> Outcome:
    """The tool's answer when all goes well, as `calls.tools.runner` words it."""
    match name:
        case "verifyIdentity":
            return Outcome({"ok": True, "verified": True, "tries_left": 2}, is_verified=True)
        case "updatePatientRecord":
            return Outcome({"ok": True}, answered=tuple(sorted(fields_in(json.loads(arguments)))))
        case "endCall":
            return Outcome({"ok": True}, end=EndReason.COMPLETED)
        case _:
            return Outcome({"ok": True})
