"""How long silence may last: the patient's, the model's, the line's, and the call itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

TURN_MS = 10_000.0  # so long may one turn of the patient's still turn out to be words


@dataclass(frozen=True, slots=True)
class Limits:
    """All in milliseconds. What the rule set decides (E17.silence_s, screening_wait_s) comes with the call's plan."""

    first_reprompt_ms: int = 9_000
    second_reprompt_ms: int = 9_000
    closing_ms: int = 10_000
    after_flag_ms: int = 15_000
    screening_wait_ms: int = 25_000
    model_silent_ms: int = 10_000
    line_silent_ms: int = 30_000
    wrap_up_ms: int = 18 * 60_000
    call_ms: int = 20 * 60_000


class Nudge(Enum):
    """What is due."""

    REPROMPT_ONCE = auto()
    REPROMPT_TWICE = auto()
    CLOSE_SILENT = auto()
    SILENT_AFTER_FLAG = auto()
    MODEL_SLOW = auto()
    MODEL_DEAD = auto()
    LINE_DEAD = auto()
    WRAP_UP = auto()
    TIME_UP = auto()


class Patience:
    """The clocks of one call. Each nudge is given once per silence."""

    def __init__(self, limits: Limits, *, hard_of_hearing: bool = False) -> None:
        self.limits = limits
        self._slow = 1.5 if hard_of_hearing else 1.0
        self._quiet_since_ms: float | None = None
        self._reprompts = 0
        self._model_due_since_ms: float | None = None
        self._model_nudges = 0
        self._is_wrapping_up = False
        self._turn_since_ms: float | None = None
        self._wordless_ms = 0.0  # after an emergency flag: time without a word in which a word was possible
        self._counted_at_ms: float | None = None
        self._is_answer_owed = False  # Maya has the word: an answer to words, or what follows a script
        self._told_silent_after_flag = False

    def patient_sounded(self) -> None:
        """There is a sound of the patient's."""
        self._quiet_since_ms = None
        self._reprompts = 0

    def patient_spoke(self) -> None:
        """A word, or a key. A sound alone does not end the silence that is an alarm."""
        self.patient_sounded()
        self._wordless_ms = 0.0
        self._is_answer_owed = True
        self._told_silent_after_flag = False

    def turn_began(self, now_ms: float) -> None:
        """The patient makes a sound that may be words."""
        self._turn_since_ms = now_ms

    def turn_over(self) -> None:
        """What was said is known, or known to be nothing."""
        self._turn_since_ms = None

    def is_turn_open(self, now_ms: float) -> bool:
        """True while words may be on their way: a silence is not told into them."""
        return self._turn_since_ms is not None and now_ms - self._turn_since_ms < TURN_MS

    def model_spoke(self) -> None:
        """The model is there."""
        self._model_due_since_ms = None
        self._model_nudges = 0

    def wordless(
        self, now_ms: float, *, is_flagged: bool, is_ours: bool, is_playing: bool, is_due: bool
    ) -> Nudge | None:
        """The silence after an emergency flag (rule E17), by words: moans, coughs and a television are none.

        Not counted: what is ours to fill (`is_ours`: a script, a screen, a goodbye, a tool), what Maya says, and her next
        words while they are due, to words or after that. A reply that is due to a mere sound does not hold the clock.
        """
        passed = now_ms - self._counted_at_ms if self._counted_at_ms is not None else 0.0
        self._counted_at_ms = now_ms
        if is_ours:
            self._is_answer_owed = True
        elif is_playing:
            self._is_answer_owed = False
        if not is_flagged or is_ours or is_playing or (is_due and self._is_answer_owed):
            return None
        self._wordless_ms += passed
        is_over = self._wordless_ms > self.limits.after_flag_ms and not self.is_turn_open(now_ms)
        if self._told_silent_after_flag or not is_over:
            return None
        self._told_silent_after_flag = True
        return Nudge.SILENT_AFTER_FLAG

    def quiet(self, now_ms: float, *, is_quiet: bool, is_flagged: bool) -> Nudge | None:
        """The patient's silence. `is_quiet`: nobody speaks and nothing is due from the model."""
        if not is_quiet:
            self._quiet_since_ms = None
            return None
        if self._quiet_since_ms is None:
            self._quiet_since_ms = now_ms
            return None
        steps = (
            (self.limits.first_reprompt_ms, Nudge.REPROMPT_ONCE),
            (self.limits.second_reprompt_ms, Nudge.REPROMPT_TWICE),
            (self.limits.closing_ms, Nudge.CLOSE_SILENT),
        )
        wait, nudge = steps[min(self._reprompts, 2)]
        if now_ms - self._quiet_since_ms < wait * self._slow:
            return None
        if is_flagged and nudge is Nudge.CLOSE_SILENT and not self._told_silent_after_flag:
            return None  # the alarm for the silence goes first
        self._reprompts += 1
        self._quiet_since_ms = now_ms
        return nudge

    def model(self, now_ms: float, *, is_due: bool) -> Nudge | None:
        """The model's silence while a reply is due."""
        if not is_due:
            self._model_due_since_ms = None
            return None
        if self._model_due_since_ms is None:
            self._model_due_since_ms = now_ms
            return None
        if now_ms - self._model_due_since_ms < self.limits.model_silent_ms:
            return None
        self._model_due_since_ms = now_ms
        self._model_nudges += 1
        return Nudge.MODEL_SLOW if self._model_nudges == 1 else Nudge.MODEL_DEAD

    def call(self, now_ms: float, *, line_idle_ms: float) -> Nudge | None:
        """The line's silence (no frames at all) and the length of the call."""
        if line_idle_ms > self.limits.line_silent_ms:
            return Nudge.LINE_DEAD
        if now_ms > self.limits.call_ms:
            return Nudge.TIME_UP
        if now_ms > self.limits.wrap_up_ms and not self._is_wrapping_up:
            self._is_wrapping_up = True
            return Nudge.WRAP_UP
        return None
