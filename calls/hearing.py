"""The patient's side of the conversation: speech, final words, keys, noise. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from alerts.phrases.speakers import is_relay
from calls.comprehension import Comprehension
from calls.emergencies import Emergencies
from calls.ending import Ending
from calls.events import (
    Action,
    AddText,
    KeepSegment,
    PatientSaid,
    RaiseFlags,
    SaveUsage,
    Speaker,
    SpeechStarted,
    SpeechStopped,
)
from calls.instructions import note
from calls.parts import Parts
from calls.reception import Reception
from calls.stranger import Stranger, says_so

KEY_PAUSE_MS = 1_200.0  # keys pressed within this belong to one entry
MAX_KEYS = 16
NOISE = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*")  # how transcribers write what is no word: "[coughing]"
WORD = re.compile(r"\w")
BACKCHANNEL = re.compile(r"^\W*(?:(?:m+|mm-?hmm?|mhm+|uh-?huh|ah|aha|hm+|ajá|ah ya)\W*)+$")


class Hearing:
    """What the patient does, and Maya falling silent for it."""

    def __init__(self, parts: Parts, emergencies: Emergencies, ending: Ending, reception: Reception) -> None:
        self.parts = parts
        self.emergencies = emergencies
        self.ending = ending
        self.reception = reception
        self._spans: dict[str, tuple[float, float]] = {}
        self.comprehension = Comprehension(parts, ending)
        self.stranger = Stranger()
        self._is_relayed = False  # a relay operator is on the line
        self._cut_short = ""  # what Maya had not said yet when a sound stopped her
        self._keys = ""
        self._keys_at_ms = 0.0

    # --- speech

    def speech_started(self, event: SpeechStarted, now_ms: float) -> list[Action]:
        """Barge-in: what has not been played is thrown away at once, unless the line must be heard out."""
        parts = self.parts
        parts.is_patient_speaking = True
        self._spans[event.item] = (now_ms, now_ms)
        parts.patience.patient_sounded()
        parts.patience.turn_began(now_ms)
        self.ending.patient_spoke()
        self.reception.spoke(now_ms)
        self._cut_short = ""
        return self._interrupt(now_ms)

    def _interrupt(self, now_ms: float) -> list[Action]:
        speech = self.parts.speech
        if self.emergencies.has_line or not speech.may_interrupt(now_ms):
            return []
        playing = speech.playout.playing(now_ms)
        whole = self.parts.transcript.text_of(playing) if playing else ""
        actions = speech.cut(now_ms, self.parts.replies.running_id)
        if whole:
            heard = self.parts.transcript.text_as_heard(playing)
            self._cut_short = whole[len(heard) :].strip()
        return actions

    def speech_stopped(self, event: SpeechStopped, now_ms: float) -> list[Action]:
        """The patient pauses: the server answers by itself."""
        parts = self.parts
        parts.is_patient_speaking = False
        parts.replies.voice_heard()
        parts.is_reply_due = not self.emergencies.has_line
        start, _ = self._spans.get(event.item, (now_ms, now_ms))
        self._spans[event.item] = (start, now_ms)
        parts.patience.patient_sounded()
        self.reception.spoke(now_ms)
        return []

    # --- words

    @property
    def is_owed_words(self) -> bool:
        """True while a turn has begun whose final words have not come."""
        return bool(self._spans)

    def session_lost(self) -> None:
        """What was said to that session will not be transcribed any more."""
        self._spans.clear()
        self.parts.patience.turn_over()

    def _known(self, item: str, now_ms: float) -> tuple[float, float]:
        """The words of a turn are known, or that it had none. Returns when it began and ended."""
        span = self._spans.pop(item, (now_ms, now_ms))
        if not self._spans:
            self.parts.patience.turn_over()
        return span

    def said(self, event: PatientSaid, now_ms: float) -> list[Action]:
        """The final words of a segment: kept, judged for safety first, counted for the check-in."""
        parts = self.parts
        start, end = self._known(event.item, now_ms)
        if WORD.search(NOISE.sub("", event.text)):
            parts.patience.patient_spoke()
        actions: list[Action] = []
        if event.usage and not event.usage.is_empty:
            actions.append(SaveUsage(event.item, "transcription", event.usage))
        screening, had_line = self.emergencies.screening, self.emergencies.has_line
        in_screen, in_danger = screening.question_id, screening.is_about_danger
        judged = self.emergencies.judge(event.text.strip(), event.item, start, now_ms)
        turn = parts.transcript.patient(event.item, event.text, start, end)
        if turn is None:
            return [*actions, *self.unheard(event.item)]
        rest, self._cut_short = self._cut_short, ""
        if rest and not judged and BACKCHANNEL.match(turn.text.casefold()):
            judged = [AddText(Speaker.SYSTEM, note("backchannel", rest=rest))]
        flags = {hit.flag for act in judged if isinstance(act, RaiseFlags) for hit in act.result.flags}
        manners = self.reception.heard(
            turn.text,
            self.emergencies.controls,
            now_ms,
            has_line=self.emergencies.has_line and not parts.is_held,
        )
        emergencies = self.emergencies
        self.stranger.heard(
            turn.text, is_said=says_so(turn.text, emergencies.controls, emergencies.controls_in)
        )
        if not self._is_relayed and is_relay(turn.text):
            self._is_relayed = True
            judged = [*judged, AddText(Speaker.SYSTEM, note("relay"))]
        followed = [] if in_danger else self.comprehension.heard(turn.text, screening.unread, now_ms)
        turn = replace(turn, question_id=in_screen or parts.progress.current_id, flags=tuple(sorted(flags)))
        phase = None if had_line else parts.progress.patient_said(turn.text, now_ms)
        return [
            *judged,
            *actions,
            turn,
            KeepSegment(event.item, turn.text),
            *manners,
            *followed,
            *parts.begin_phase(phase),
            *parts.note_progress(now_ms),
        ]

    def unheard(self, item: str) -> list[Action]:
        """No words: if noise or a cough cut Maya off, she is told to finish."""
        self._known(item, 0.0)
        rest, self._cut_short = self._cut_short, ""
        if not rest or self.emergencies.has_line or self.ending.reason:
            return []
        return [AddText(Speaker.SYSTEM, note("noise", rest=rest)), *self.parts.replies.ask()]

    # --- keys

    def key(self, digit: str, now_ms: float) -> list[Action]:
        """A key counts at any moment, like a word."""
        self.parts.patience.patient_spoke()
        self._keys = (self._keys + digit)[-MAX_KEYS:]
        self._keys_at_ms = now_ms
        return self._interrupt(now_ms)

    def keys_done(self, now_ms: float) -> list[Action]:
        """The keys pressed so far, when no more have come for a while."""
        if not self._keys or now_ms - self._keys_at_ms <= KEY_PAUSE_MS:
            return []
        keys, self._keys = self._keys, ""
        parts = self.parts
        text = note("key", keys=" ".join(keys))
        actions: list[Action] = [AddText(Speaker.PATIENT, text)]
        if turn := parts.transcript.patient(f"keys:{int(now_ms)}", text, now_ms, now_ms):
            actions.append(turn)
        if self.emergencies.has_line:
            return [*actions, *self.emergencies.keys(keys, now_ms), *parts.note_progress(now_ms)]
        actions += parts.begin_phase(parts.progress.patient_said(text, now_ms))
        actions += parts.replies.ask()
        return [*actions, *parts.note_progress(now_ms)]
