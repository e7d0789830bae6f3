"""The check-in: what is asked, what has been answered, what is left, what to tell the model next. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

PROTOCOLS = Path(__file__).parent / "protocol"
DEFAULT_PROTOCOL = "checkin-1"
RAPPORT_MS = 90_000  # after this much small talk the model is told to move on
WANDER_MS = 75_000  # after this long without an answer it is reminded of what is left
MAX_REMINDERS = 4


class Phase(StrEnum):
    """Where the conversation stands."""

    OPENING = "opening"
    RAPPORT = "rapport"
    TRANSITION = "transition"
    ASSESSMENT = "assessment"
    CLOSING = "closing"
    CRISIS = "crisis"


class Kind(StrEnum):
    """The shape of an answer."""

    OPEN = "open"
    SCALE = "scale_0_4"
    YES_NO = "yes_no"
    WEIGHT_CHANGE = "weight_change_lb"
    MISSED_DOSES = "missed_doses"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `field` is the path of the answer in updatePatientRecord, "" when it has none."""

    id: str
    phase: Phase
    kind: Kind
    text: Mapping[str, str]
    field: str
    required: bool
    emergency: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    """A version of the check-in, its questions in the order of asking."""

    version: str
    questions: tuple[Question, ...]

    def question(self, question_id: str) -> Question:
        """The question of that id. Raises KeyError."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    @property
    def required(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.required)


@lru_cache(maxsize=8)
def load_protocol(version: str = DEFAULT_PROTOCOL) -> Protocol:
    """The protocol of that version. Raises FileNotFoundError, or ValueError when the file does not fit."""
    data = tomllib.loads((PROTOCOLS / f"{version}.toml").read_text(encoding="utf-8"))
    if data["version"] != version:
        raise ValueError(f"{version}.toml says it is {data['version']}")
    questions = tuple(_question(row) for row in data["question"])
    if len({question.id for question in questions}) != len(questions):
        raise ValueError(f"{version}: two questions have one id")
    return Protocol(version, questions)


def _question(row: Mapping[str, Any]) -> Question:
    return Question(
        id=row["id"],
        phase=Phase(row["phase"]),
        kind=Kind(row["kind"]),
        text=dict(row["text"]),
        field=row.get("field", ""),
        required=bool(row.get("required", False)),
        emergency=row.get("emergency", ""),
        keywords=tuple(word.casefold() for word in row["keywords"]),
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot: what the fallback still has to ask, and what the record says about completeness."""

    phase: Phase
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """True when every required question has an answer."""
        return not self.left


class CheckInProgress:
    """Follows one call through the protocol. Times are ms since the stream began."""

    def __init__(self, protocol: Protocol, *, language: str = "en", answered: Iterable[str] = ()) -> None:
        self.protocol = protocol
        self.language = language
        self.phase = Phase.OPENING
        self._asked: dict[str, None] = {}
        self._answered: dict[str, None] = dict.fromkeys(answered)
        self._current = ""  # the question most recently put to the patient
        self._phase_since_ms = 0.0
        self._spent_ms: dict[Phase, float] = {}
        self._last_step_ms = 0.0
        self._reminders = 0

    # --- what happens

    def identified(self, now_ms: float) -> Phase | None:
        """The patient is who we called: small talk may begin."""
        return self._enter(Phase.RAPPORT, now_ms) if self.phase is Phase.OPENING else None

    def maya_said(self, text: str, now_ms: float) -> Phase | None:
        """Maya has said this; returns the phase that begins with it, if any."""
        question = self.question_in(text)
        if question is None:
            return None
        self._asked[question.id] = None
        self._current = question.id
        self._last_step_ms = now_ms
        if self.phase is Phase.CRISIS or question.phase is self.phase:
            return None
        if question.phase is Phase.ASSESSMENT and self.phase in (
            Phase.OPENING,
            Phase.RAPPORT,
            Phase.TRANSITION,
        ):
            return self._enter(Phase.ASSESSMENT, now_ms)
        return None

    def patient_said(self, text: str, now_ms: float) -> Phase | None:
        """The patient has answered; a question whose answer has no field of its own is settled by it."""
        question = self.protocol.question(self._current) if self._current else None
        if question and text.strip() and not question.field:
            self._answered[question.id] = None
            self._last_step_ms = now_ms
            return self._maybe_close(now_ms)
        return None

    def answered_fields(self, fields: Iterable[str], now_ms: float) -> Phase | None:
        """These fields have been recorded (paths such as "symptoms.swelling")."""
        fields = set(fields)
        for question in self.protocol.questions:
            if question.field and question.field in fields:
                self._answered[question.id] = None
                self._asked[question.id] = None
                self._last_step_ms = now_ms
        return self._maybe_close(now_ms)

    def crisis(self, now_ms: float) -> Phase | None:
        """An emergency: the check-in waits."""
        return self._enter(Phase.CRISIS, now_ms) if self.phase is not Phase.CRISIS else None

    def tick(self, now_ms: float) -> Phase | None:
        """Moves on from small talk in time, and says again what is left when the call wanders."""
        if self.phase is Phase.RAPPORT and now_ms - self._phase_since_ms > RAPPORT_MS:
            return self._enter(Phase.TRANSITION, now_ms)
        wandering = now_ms - self._last_step_ms > WANDER_MS
        if (
            self.phase in (Phase.TRANSITION, Phase.ASSESSMENT)
            and wandering
            and self._reminders < MAX_REMINDERS
        ):
            self._reminders += 1
            self._last_step_ms = now_ms
            return self.phase
        return None

    def _maybe_close(self, now_ms: float) -> Phase | None:
        if self.left or self.phase in (Phase.CLOSING, Phase.CRISIS):
            return None
        return self._enter(Phase.CLOSING, now_ms)

    def _enter(self, phase: Phase, now_ms: float) -> Phase:
        self._spent_ms[self.phase] = self._spent_ms.get(self.phase, 0.0) + now_ms - self._phase_since_ms
        self.phase = phase
        self._phase_since_ms = self._last_step_ms = now_ms
        return phase

    # --- what stands

    @property
    def left(self) -> tuple[Question, ...]:
        """Required questions without an answer, in order."""
        return tuple(q for q in self.protocol.required if q.id not in self._answered)

    @property
    def done(self) -> tuple[Question, ...]:
        """Questions with an answer, in the protocol's order."""
        return tuple(q for q in self.protocol.questions if q.id in self._answered)

    @property
    def current_id(self) -> str:
        """The id of the question most recently asked, "" before the first."""
        return self._current

    def wording(self, question: Question) -> str:
        """The question in the call's language, in English where it has no such text."""
        return question.text.get(self.language, question.text["en"])

    def spent_s(self, now_ms: float) -> dict[str, int]:
        """Seconds in each phase so far, the present one included."""
        spent = dict(self._spent_ms)
        spent[self.phase] = spent.get(self.phase, 0.0) + now_ms - self._phase_since_ms
        return {phase.value: round(ms / 1000) for phase, ms in spent.items()}

    def snapshot(self) -> Progress:
        left = tuple(question.id for question in self.left)
        return Progress(self.phase, tuple(self._asked), tuple(self._answered), left)

    def question_in(self, text: str) -> Question | None:
        """The protocol's question that this text asks (the one named last), or None."""
        folded = text.casefold()
        best: tuple[int, Question] | None = None
        if "?" not in folded and "zero" not in folded and "cero" not in folded:
            return None
        for question in self.protocol.questions:
            wording = question.text.get(self.language, "").casefold()
            at = folded.rfind(wording) if wording else -1
            if at < 0:
                at = max((folded.rfind(word) for word in question.keywords), default=-1)
            if at >= 0 and (best is None or at > best[0]):
                best = (at, question)
        return best[1] if best else None

    def note(self, phase: Phase) -> str:
        """What the model is told when `phase` begins, besides that phase's prompt: what is left to ask."""
        if phase in (Phase.TRANSITION, Phase.ASSESSMENT) and self.left:
            lines = "\n".join(f"- {self.wording(question)}" for question in self.left)
            return f"Still to ask, one at a time, recording each answer as soon as it is given:\n{lines}"
        if phase is Phase.CLOSING:
            return "Every required question has been answered."
        return ""


def fields_in(arguments: Mapping[str, Any], prefix: str = "") -> set[str]:
    """The paths of the leaves of a tool's arguments: {"symptoms": {"swelling": 1}}: "symptoms.swelling"."""
    found: set[str] = set()
    for name, value in arguments.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            found |= fields_in(value, f"{path}.")
        elif value is not None:
            found.add(path)
    return found
