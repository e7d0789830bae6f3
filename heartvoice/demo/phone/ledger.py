"""What one call's patient said and heard, and what the other side gave him to believe was taken down.

An answer counts as acknowledged when the next thing asked is another one, and as asked again when it is the
same one. After a fault the acknowledged answers are what must be in the database.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from heartvoice.demo.phone.mind import Reply
from heartvoice.demo.phone.topics import Heard

AnswerState = Literal["open", "acknowledged", "asked_again"]
NOT_ANSWERS = frozenset(
    {"interrupt", "unknown", "hello", "still_there", "machine", "goodbye", "hang_up", "small_talk"}
)


@dataclass(slots=True)
class Answer:
    """One thing said or keyed. Times in ms since the stream began; `ended_ms` None: still being said."""

    topic: str
    text: str
    at_ms: int
    ended_ms: int | None = None
    digits: str = ""
    state: AnswerState = "open"


@dataclass(slots=True)
class HeardTurn:
    """One turn of Maya's; `text` and `topic` None until (or unless) understood."""

    number: int
    at_ms: int
    text: str | None = None
    topic: str | None = None


@dataclass(slots=True)
class Ledger:
    """Everything of one call."""

    answers: list[Answer] = field(default_factory=list)
    turns: list[HeardTurn] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)  # name, at_ms, played_ms, is_unheard
    clears: list[dict[str, Any]] = field(default_factory=list)  # at_ms, played_ms, dropped_ms, dropped_marks
    warnings: list[str] = field(default_factory=list)
    frames_sent: int = 0
    played_ms: int = 0

    def said(self, reply: Reply, at_ms: int, *, ended_ms: int | None = None, digits: str = "") -> None:
        self.answers.append(Answer(reply.topic, reply.text, at_ms, ended_ms, digits))

    def finished(self, at_ms: int) -> None:
        if self.answers and self.answers[-1].ended_ms is None:
            self.answers[-1].ended_ms = at_ms

    def maya_speaks(self, number: int, at_ms: int) -> None:
        self.turns.append(HeardTurn(number, at_ms))

    def understood(self, number: int, text: str, heard: Heard) -> None:
        """Maya's turn `number` was `text`; judges the answers that are still open."""
        for turn in self.turns:
            if turn.number == number:
                turn.text, turn.topic = text, heard.topic
        if heard.topic is None:
            return
        for answer in self.answers:
            if answer.state == "open" and answer.topic not in NOT_ANSWERS:
                repeats = heard.topic in {answer.topic, "again"}
                answer.state = "asked_again" if repeats else "acknowledged"

    def acknowledged(self) -> list[str]:
        """The topics of which Maya made the patient believe that they were taken down."""
        return [answer.topic for answer in self.answers if answer.state == "acknowledged"]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
