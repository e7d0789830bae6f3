"""A simulated patient on the line: hears and speaks in 20 ms frames.

Pure: frames in, frames and happenings out.
The one thing it cannot do itself is understand sound: a finished turn of Maya's is handed out by `take_turn`
and its words come back by `understood`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from heartvoice.demo.phone.mind import Mind, Reply
from heartvoice.demo.phone.persona import Persona
from heartvoice.demo.phone.sound import (
    FRAME_BYTES,
    FRAME_MS,
    LINE_NOISE_DB,
    SILENCE,
    beep,
    noise_frames,
    with_noise,
)

TURN_OVER_FRAMES = 600 // FRAME_MS  # nothing left to play for so long: Maya has finished
SHORTEST_TURN_BYTES = 250 * 8  # less is a click, not words
HANG_UP_FRAMES = 300 // FRAME_MS
GOODBYE_FRAMES = 8000 // FRAME_MS  # after a goodbye the other side hangs up first, if it does

Voice = Callable[[str], bytes]  # a sentence as mu-law bytes


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished turn of Maya's as it was heard."""

    number: int
    audio: bytes


@dataclass(frozen=True, slots=True)
class MayaSpeaks:
    number: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Speaks:
    reply: Reply
    at_ms: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Finished:
    reply: Reply
    at_ms: int


@dataclass(frozen=True, slots=True)
class Keys:
    reply: Reply
    digits: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Beeps:
    """The answering machine has finished its greeting."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class HangsUp:
    at_ms: int


Happening = MayaSpeaks | Speaks | Finished | Keys | Beeps | HangsUp


class Patient:
    """One call's patient. `tick` every 20 ms; `happenings` is for the caller to drain."""

    def __init__(self, persona: Persona, voice: Voice) -> None:
        self.mind = Mind(persona)
        self.persona = persona
        self.happenings: list[Happening] = []
        self._voice = voice
        self._noise_db = persona.behaviour.noise_db
        self._noise = noise_frames(LINE_NOISE_DB if self._noise_db is None else self._noise_db)
        self._frame = 0
        self._mouth = bytearray()
        self._saying: Reply | None = None
        self._plan: tuple[int, Reply] | None = None  # frames left to think
        self._hang_up_in: int | None = None
        self._heard = bytearray()
        self._quiet = 0
        self._turns = 0
        self._turn: Turn | None = None
        self._waiting = False  # for the ear
        self._words = ""  # understood, not yet answered
        self._interruptions = list(persona.behaviour.interrupts)

    @property
    def at_ms(self) -> int:
        return self._frame * FRAME_MS

    @property
    def is_speaking(self) -> bool:
        return bool(self._mouth)

    def pick_up(self) -> None:
        """The line is open: an answering machine starts its greeting, some people say hello.

        A second stream of the same call finds the patient as the first one left him, but listening afresh.
        """
        self._waiting, self._turn = False, None
        self._heard.clear()
        if self._frame:
            return
        behaviour, answers = self.persona.behaviour, self.persona.answers
        if behaviour.machine:
            self._mouth += SILENCE * 25
            self._start(Reply("machine", answers["machine"][0]))
            self._mouth += SILENCE * 15 + beep()
        elif behaviour.hello and "hello" in answers:
            self._plan = (15, Reply("hello", answers["hello"][0]))

    def tick(self, played: bytes | None, *, is_queued: bool) -> bytes:
        """Hear what was played in these 20 ms (None: nothing), return the 160 bytes said in them.

        `is_queued` tells whether more of Maya's audio waits to be played: then a pause is not her end.
        """
        if played:
            self._hear(played)
        elif not is_queued:
            self._quiet += 1
            self._end_turn()
        frame = self._say()
        self._frame += 1
        return frame

    def take_turn(self) -> Turn | None:
        """The turn that waits to be understood, once."""
        turn, self._turn = self._turn, None
        return turn

    def understood(self, text: str) -> None:
        """The words of the turn handed out last."""
        self._waiting = False
        self._words = f"{self._words} {text}".strip()
        if self._heard or not self._words:
            return  # Maya has gone on: what she says now belongs to it
        reply = self.mind.reply(self._words)
        self._words = ""
        if reply is not None:
            self._plan = (self._think_frames(), reply)

    def say(self, text: str) -> None:
        """Say `text` now, whatever has been heard."""
        self._start(Reply("told", text))

    def press(self, digits: str) -> None:
        """Key `digits` now."""
        self.happenings.append(Keys(Reply("keys", ""), digits, self.at_ms))

    def _think_frames(self) -> int:
        """Thinking began when Maya stopped, which was noticed TURN_OVER_FRAMES later."""
        return max(1, round(self.persona.behaviour.think_s * 1000 / FRAME_MS) - TURN_OVER_FRAMES)

    def _hear(self, played: bytes) -> None:
        if not self._heard:
            if self._plan is not None and not self._plan[1].hangs_up:
                self._plan = None  # she goes on talking: wait, and answer all of it
            if self._saying is None or self._saying.topic != "interrupt":
                self._turns += 1
                self.happenings.append(MayaSpeaks(self._turns, self.at_ms))
        if self._saying is not None and self._saying.topic == "interrupt":
            return  # nobody listens while talking over somebody
        self._heard += played
        self._quiet = 0
        due = self._interruptions[0] if self._interruptions else None
        if due and self._turns >= due.turn and len(self._heard) >= due.after_ms * 8 and not self._mouth:
            self._interruptions.pop(0)
            self._heard.clear()
            self._words = ""
            self._start(self.mind.interruption())

    def _end_turn(self) -> None:
        if self._quiet < TURN_OVER_FRAMES or not self._heard or self._waiting or self._mouth:
            return
        audio = bytes(self._heard)
        self._heard.clear()
        if len(audio) >= SHORTEST_TURN_BYTES:
            self._waiting = True
            self._turn = Turn(self._turns, audio)

    def _start(self, reply: Reply) -> None:
        if reply.digits:
            self.happenings.append(Keys(reply, reply.digits, self.at_ms))
            return
        speech = self._voice(reply.text) if reply.text else b""
        if self._noise_db is not None:
            speech = with_noise(speech, self._noise_db)
        self._mouth += speech
        self._saying = reply
        self.happenings.append(Speaks(reply, self.at_ms, len(speech) // 8))

    def _say(self) -> bytes:
        if self._plan is not None and not self._mouth:
            frames, reply = self._plan
            self._plan = (frames - 1, reply) if frames > 1 else None
            if frames <= 1:
                self._start(reply)
                if not self._mouth:
                    self._finish()
        if self._mouth:
            frame = bytes(self._mouth[:FRAME_BYTES])
            del self._mouth[:FRAME_BYTES]
            if not self._mouth:
                self._finish()
            return frame.ljust(FRAME_BYTES, b"\xff")
        if self._hang_up_in is not None:
            self._hang_up_in -= 1
            if self._hang_up_in == 0:
                self.happenings.append(HangsUp(self.at_ms))
        return self._noise[self._frame % len(self._noise)]

    def _finish(self) -> None:
        reply, self._saying = self._saying, None
        if reply is None:
            return
        self.happenings.append(Finished(reply, self.at_ms))
        if reply.topic == "machine":
            self.happenings.append(Beeps(self.at_ms))
        if reply.hangs_up:
            self._hang_up_in = GOODBYE_FRAMES if reply.topic == "goodbye" else HANG_UP_FRAMES
