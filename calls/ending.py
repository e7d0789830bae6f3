"""How a call ends: decided once, the goodbye played out, nothing said after it. Pure."""

from __future__ import annotations

from calls.events import Action, EndReason
from calls.parts import Parts

GOODBYE_QUIET_MS = 700.0
ANSWERED_QUIET_MS = 4_000.0  # the patient answered the goodbye: wait for what they still want to say
CAP_MS = 45_000.0


class Ending:
    """The decision to end, and when it may be carried out."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.reason: EndReason | None = None
        self._since_ms = 0.0
        self._quiet_since_ms: float | None = None
        self._is_answered = False
        self._is_final = False

    def begin(self, reason: EndReason, now_ms: float) -> None:
        """The call is to end when the goodbye has been heard."""
        if reason is EndReason.PATIENT_REQUEST and self.parts.wants_human:
            reason = EndReason.HUMAN_REQUEST
        self.reason = reason
        self._since_ms = now_ms
        self._quiet_since_ms = None
        self._is_answered = False

    def call_off(self) -> None:
        """Something more important came up."""
        self.reason = None
        self._is_final = False

    def patient_spoke(self) -> None:
        """The goodbye was answered; one that was said to silence is taken back."""
        if self.reason is EndReason.SILENCE:
            self.reason = None
        self._is_answered = self.reason is not None

    def close_with(self, key: str, reason: EndReason, now_ms: float) -> list[Action]:
        """End with an approved goodbye, whatever is being said now. Only a silent patient can take it back."""
        if self.reason:
            return []
        parts = self.parts
        self.begin(reason, now_ms)
        self._is_final = reason is not EndReason.SILENCE
        parts.replies.drop_wanted()
        actions = parts.speech.cut(now_ms, parts.replies.running_id)
        parts.speech.is_muted = self._is_final
        return [*actions, *parts.read_out(key, now_ms, is_held=self._is_final)]

    def due(self, now_ms: float, *, is_open: bool) -> EndReason | None:
        """The reason, once the goodbye has been heard and nobody has anything to add.

        `is_open`: something that was said is not understood or not judged yet, or leads to a question. It is waited
        for, since it may be an emergency.
        """
        parts = self.parts
        if self.reason is None:
            return None
        if now_ms - self._since_ms > CAP_MS:
            return self.reason
        is_busy = parts.replies.is_busy or parts.is_reply_due
        if self._is_final and not parts.readings:
            is_busy = False
        if is_busy or is_open or parts.is_patient_speaking or not parts.speech.is_silent(now_ms):
            self._quiet_since_ms = None
            return None
        if self._quiet_since_ms is None:
            self._quiet_since_ms = now_ms
        wait = ANSWERED_QUIET_MS if self._is_answered and not self._is_final else GOODBYE_QUIET_MS
        return self.reason if now_ms - self._quiet_since_ms >= wait else None
