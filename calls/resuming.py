"""The voice sessions of one call: begun, lost, taken up again where the talk stood, renewed in time. Pure."""

from __future__ import annotations

from calls.emergencies import Emergencies
from calls.events import Action, AddText, Renew, SessionReady, Speaker
from calls.hearing import Hearing
from calls.instructions import note, phase_text
from calls.parts import Parts

RENEW_BEFORE_MS = 120_000


class Sessions:
    """What the model is told when it comes, and what the patient hears while it is away."""

    def __init__(self, parts: Parts, emergencies: Emergencies, hearing: Hearing) -> None:
        self.parts = parts
        self.emergencies = emergencies
        self.hearing = hearing
        self.is_owed = False  # a reply was due or being spoken when the model was lost
        self._renew_at_ms: float | None = None

    def ready(self, event: SessionReady, now_ms: float) -> list[Action]:
        """A session is up: it begins the talk, or goes on with it."""
        parts = self.parts
        parts.is_model_up = True
        parts.recap.session_began()
        if event.expires_in_ms is not None:
            self._renew_at_ms = now_ms + event.expires_in_ms - RENEW_BEFORE_MS
        if not event.is_resumed:
            flags = parts.setting.crisis_flags
            return self.emergencies.resume(flags, now_ms) if flags else parts.open()
        self.is_owed = parts.replies.lost() or self.is_owed  # what was asked for meanwhile went nowhere
        lines = (*parts.transcript.lines(), *parts.transcript.being_said())
        actions: list[Action] = [AddText(line.speaker, line.text) for line in lines]
        phase = parts.progress.phase
        if text := "\n".join(filter(None, (phase_text(phase), parts.progress.note(phase)))):
            actions.append(AddText(Speaker.SYSTEM, text))
        actions.append(AddText(Speaker.SYSTEM, note("resumed")))
        is_owed, self.is_owed = self.is_owed, False
        actions += [act for wording in parts.readings.left() for act in parts.replies.ask(wording)]
        if is_owed and not self.emergencies.has_line and not parts.is_patient_speaking:
            actions += parts.replies.ask()
        return actions

    def lost(self) -> list[Action]:
        """The session is gone; what it owed is owed by the next."""
        parts = self.parts
        parts.readings.lost()
        self.hearing.session_lost()
        is_due = parts.replies.lost() or parts.is_reply_due or parts.is_patient_speaking
        self.is_owed = self.is_owed or is_due
        parts.is_model_up = parts.is_reply_due = parts.is_patient_speaking = False
        return []

    def hold_the_line(self, now_ms: float) -> list[Action]:
        """The model is away for longer than a moment: the patient hears a sentence."""
        speech = self.parts.speech
        recording = self.parts.setting.scripts.recorded["still_here"]
        if self.emergencies.has_line or speech.playout.playing(now_ms) or not recording.pieces:
            return []
        return speech.recording(recording, now_ms, is_held=False)

    def renewal(self, now_ms: float) -> list[Action]:
        """A new session in time for the old one's end, when nobody speaks and nothing is due."""
        parts = self.parts
        is_due = self._renew_at_ms is not None and now_ms >= self._renew_at_ms
        if (
            not is_due
            or parts.replies.is_busy
            or parts.is_patient_speaking
            or parts.is_reply_due
            or parts.speech.playout.playing(now_ms)
            or self.emergencies.has_line
        ):
            return []
        self._renew_at_ms = None
        return [Renew()]
