"""Who answers TwiML's own prompts, where words are text and not sound: the patient, or a nurse's line."""

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol

from heartvoice.demo.phone.ledger import Ledger
from heartvoice.demo.phone.mind import Mind
from heartvoice.demo.phone.topics import recognise

WORDS_PER_S = 2.6  # of ordinary speech

NurseManner = Literal[
    "accepts",  # presses 1 when asked, talks, hangs up
    "declines",  # presses nothing; the leg ends as no-answer
    "voicemail",  # a machine picks up: answered, nothing pressed, yet reported as completed
    "busy",
    "no_answer",
    "failed",
]


@dataclass(frozen=True, slots=True)
class Given:
    """What came back to a prompt: speech or keys, after `delay_s`; neither is silence."""

    speech: str = ""
    digits: str = ""
    delay_s: float = 0.0
    hangs_up: bool = False


class Answerer(Protocol):
    def hear(self, text: str, inputs: frozenset[str]) -> Given:
        """React to a prompt that takes `inputs` ("speech", "dtmf")."""
        ...


class PatientAnswerer:
    """The simulated patient, answering the questionnaire that works without any voice model."""

    def __init__(self, mind: Mind, ledger: Ledger) -> None:
        self._mind = mind
        self._ledger = ledger
        self._at_ms = 0

    def hear(self, text: str, inputs: frozenset[str]) -> Given:
        number = len(self._ledger.turns) + 1
        self._ledger.maya_speaks(number, self._at_ms)
        self._ledger.understood(number, text, recognise(text))
        reply = self._mind.reply(text)
        if reply is None:
            return Given()
        delay_s = self._mind.persona.behaviour.think_s
        digits = reply.digits
        if not digits and "speech" not in inputs:
            digits = self._key(reply.topic, reply.text)
        if not digits:
            delay_s += spoken_s(reply.text)
        self._at_ms += round(delay_s * 1000)
        self._ledger.said(reply, self._at_ms, ended_ms=self._at_ms, digits=digits)
        return Given("" if digits else reply.text, digits, delay_s, reply.hangs_up)

    def _key(self, topic: str, text: str) -> str:
        """The key for an answer that would have been spoken: the number meant, else 1 for yes and 2 for no."""
        meant = self._mind.value(topic)
        if meant is not None:
            return str(abs(meant))
        return "2" if text.lower().startswith("no") else "1"


class NurseAnswerer:
    """A nurse who is asked to press 1, by a whisper or by a page."""

    def __init__(self, manner: NurseManner, *, delay_s: float = 0.5) -> None:
        self._manner = manner
        self._delay_s = delay_s

    def hear(self, text: str, inputs: frozenset[str]) -> Given:
        if self._manner == "accepts" and "dtmf" in inputs:
            return Given(digits="1", delay_s=self._delay_s)
        return Given()


def spoken_s(text: str) -> float:
    """How long an ordinary voice takes to say `text`."""
    return len(text.split()) / WORDS_PER_S


class Pace:
    """Lets time pass for what has no sound of its own here (ringing, Say, thinking), `scale` times as long."""

    def __init__(self, scale: float) -> None:
        self._scale = scale

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self._scale)
