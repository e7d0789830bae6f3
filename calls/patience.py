"""How long silence may last: the patient's, the model's, the line's, and the call itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


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
        self._quiet_before_ms = 0.0  # earlier silences since the patient last spoke
        self._reprompts = 0
        self._model_due_since_ms: float | None = None
        self._model_nudges = 0
        self._is_wrapping_up = False
        self._told_silent_after_flag = False

    def patient_spoke(self) -> None:
        """The patient is there."""
        self._quiet_since_ms = None
        self._quiet_before_ms = 0.0
        self._reprompts = 0
        self._told_silent_after_flag = False

    def model_spoke(self) -> None:
        """The model is there."""
        self._model_due_since_ms = None
        self._model_nudges = 0

    def quiet(self, now_ms: float, *, is_quiet: bool, is_flagged: bool) -> Nudge | None:
        """The patient's silence. `is_quiet`: nobody speaks and nothing is due from the model."""
        if not is_quiet:
            if self._quiet_since_ms is not None:
                self._quiet_before_ms += now_ms - self._quiet_since_ms
            self._quiet_since_ms = None
            return None
        if self._quiet_since_ms is None:
            self._quiet_since_ms = now_ms
            return None
        waited = now_ms - self._quiet_since_ms
        in_all = self._quiet_before_ms + waited
        if is_flagged and not self._told_silent_after_flag and in_all > self.limits.after_flag_ms:
            self._told_silent_after_flag = True
            return Nudge.SILENT_AFTER_FLAG
        steps = (
            (self.limits.first_reprompt_ms, Nudge.REPROMPT_ONCE),
            (self.limits.second_reprompt_ms, Nudge.REPROMPT_TWICE),
            (self.limits.closing_ms, Nudge.CLOSE_SILENT),
        )
        wait, nudge = steps[min(self._reprompts, 2)]
        if waited < wait * self._slow:
            return None
        if is_flagged and nudge is Nudge.CLOSE_SILENT and not self._told_silent_after_flag:
            return None  # the alarm for the silence goes first
        self._reprompts += 1
        self._quiet_before_ms += waited
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
