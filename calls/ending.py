"""How a call ends: decided once, the goodbye played out, nothing said after it. Pure.

The last sentence is the engine's own: that this was an automated assistant, and how to reach a person (California AB
3030 wants both at the end of the audio, too). Whoever is in danger, is a machine, or has not said a word is spared it.
"""

from __future__ import annotations

import json

from calls.events import Action, EndReason, Speaker
from calls.parts import Parts
from calls.verbatim import is_in

GOODBYE_QUIET_MS = 700.0
ANSWERED_QUIET_MS = 4_000.0  # the patient answered the goodbye: wait for what they still want to say
CAP_MS = 45_000.0
CLOSING = "closing_ai"
READ_BY_MODEL = "reading"
# The ends of a talk with the patient. A wish for no more calls is confirmed in one sentence, and nothing comes after it;
# a wrong person is no patient.
CLOSED = frozenset(
    {
        EndReason.COMPLETED,
        EndReason.PATIENT_REQUEST,
        EndReason.NOT_VERIFIED,
        EndReason.SILENCE,
        EndReason.TIME_LIMIT,
        EndReason.COST_LIMIT,
    }
)

# What the model is answered whose endCall is refused.
STAYS = json.dumps(
    {
        "ok": False,
        "error": "emergency",
        "message": "This is an emergency: the line stays open. Stay with the patient and never hang up first. "
        "Offer a person; if they want one, call endCall with human_request. "
        "When help is there, or they need the line to call 911, call endCall with emergency.",
    }
)
SAY_FIRST = json.dumps(
    {
        "ok": False,
        "error": "not_yet",
        "message": "What the patient has just told you calls for words that you have not said yet. Say them, listen, "
        "record what is new, then say goodbye and call endCall again.",
    }
)


class Ending:
    """The decision to end, and when it may be carried out."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.reason: EndReason | None = None
        self._since_ms = 0.0
        self._quiet_since_ms: float | None = None
        self._is_answered = False
        self._is_final = False
        self._closing = ""  # the item that is, or was, the last sentence

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
        self._closing = ""

    def patient_spoke(self) -> None:
        """The goodbye was answered; one that was said to silence is taken back."""
        if self.reason is EndReason.SILENCE:
            self.call_off()
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

    def close(self, now_ms: float, *, is_open: bool) -> list[Action]:
        """The last sentence, right behind the goodbye; again when it was cut before it was heard. `is_open` as below."""
        parts = self.parts
        if self.reason not in CLOSED or is_open or self._is_busy or parts.is_patient_speaking:
            return []
        if parts.is_emergency or parts.is_held or parts.setting.earlier_flags or self._is_closed:
            return []
        recording = parts.setting.scripts.recorded[CLOSING]
        can_say = bool(recording.pieces) or parts.is_model_up
        if not can_say or is_in(parts.transcript.last_words, recording.text):  # Maya has just said it herself
            return []
        actions = parts.read_out(CLOSING, now_ms, is_held=self.reason is not EndReason.SILENCE)
        self._closing = parts.speech.last_recording if recording.pieces else READ_BY_MODEL
        return actions

    @property
    def _is_closed(self) -> bool:
        """True when the last sentence is being said or has been heard, and when nobody is there to hear it."""
        transcript, item = self.parts.transcript, self._closing
        if not any(line.speaker is Speaker.PATIENT for line in transcript.lines()):
            return True
        if item in ("", READ_BY_MODEL):
            return bool(item)
        said = transcript.text_of(item) or transcript.text_as_heard(item)
        return said == self.parts.setting.scripts.recorded[CLOSING].text

    @property
    def _is_busy(self) -> bool:
        """True while something of Maya's is due or running that is to be heard."""
        parts = self.parts
        if self._is_final and not parts.readings:
            return False
        return parts.replies.is_busy or parts.is_reply_due

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
        if self._is_busy or is_open or parts.is_patient_speaking or not parts.speech.is_silent(now_ms):
            self._quiet_since_ms = None
            return None
        if self._quiet_since_ms is None:
            self._quiet_since_ms = now_ms
        wait = ANSWERED_QUIET_MS if self._is_answered and not self._is_final else GOODBYE_QUIET_MS
        return self.reason if now_ms - self._quiet_since_ms >= wait else None
