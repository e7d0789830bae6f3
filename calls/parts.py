"""What the parts of one conversation share: its settings, its small machines, and who has the floor. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from alerts.phrases.model import Facts, ScanContext, ScanResult
from alerts.phrases.model import Segment as Words
from calls.checkin import CheckInProgress, Phase
from calls.events import Action, AddText, NoteProgress, Speaker
from calls.instructions import note, phase_text
from calls.patience import Limits, Patience
from calls.recap import Recap
from calls.recordings import Scripts
from calls.replies import Replies
from calls.speech import Speech
from calls.transcript import Transcript
from calls.verbatim import Readings

Scan = Callable[[Words, ScanContext], ScanResult]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a conversation is told about its call. `local_time` is the patient's when the call began."""

    scripts: Scripts
    scan: Scan
    facts: Facts = field(default_factory=Facts)
    local_time: datetime | None = None
    limits: Limits = field(default_factory=Limits)
    hard_of_hearing: bool = False
    history_tokens: int = 16_000
    is_outbound: bool = False
    failed_checks: int = 2  # of comprehension, after which the call ends kindly
    screening_text: str = ""  # what a call-screening service is told
    opening: str = ""  # the call's first sentence and question
    opening_words: str = ""  # how it must begin, word for word: that this is an automated AI assistant
    # Emergencies after which the line was lost: this call rings again for them.
    earlier_flags: tuple[str, ...] = ()
    # Emergencies of this call, which goes on because no person could be reached.
    crisis_flags: tuple[str, ...] = ()
    crisis_known: tuple[str, ...] = ()  # the kinds of emergency whose script has been read out in it


class Parts:
    """The machines of one conversation and the few facts that all of them need."""

    def __init__(self, setting: Setting, progress: CheckInProgress) -> None:
        self.setting = setting
        self.progress = progress
        self.transcript = Transcript()
        self.speech = Speech(self.transcript)
        self.replies = Replies()
        self.patience = Patience(setting.limits, hard_of_hearing=setting.hard_of_hearing)
        self.recap = Recap(setting.history_tokens)
        self.is_verified = False
        self.is_model_up = False
        self.is_patient_speaking = False
        self.is_held = (
            False  # the model must not be heard: a machine has the line, or a wish is being written down
        )
        self.is_emergency = False  # the engine has had the line for one: nobody of ours hangs up first
        self.is_reply_due = False  # the patient has finished a turn; the server answers by itself
        self.readings = Readings()  # approved wording that the model has been asked to read out
        self.wants_human = False
        self._told = progress.snapshot()

    def scan(self, words: Words, raised: frozenset[str]) -> ScanResult:
        """What these words mean, heard against Maya's last question. `raised`: the flags of this call so far."""
        question = self.progress.question_in(self.transcript.last_words)
        context = ScanContext(
            last_question=self.transcript.last_words or None,
            question_id=question.id if question else None,
            facts=self.setting.facts,
            now=self.setting.local_time,
            raised=raised,
            identity_verified=self.is_verified,
        )
        return self.setting.scan(words, context)

    def read_out(self, key: str, now_ms: float, *, is_held: bool) -> list[Action]:
        """Play an approved recording; where its audio is missing, have the model read the wording, and check it."""
        recording = self.setting.scripts.recorded[key]
        if recording.pieces:
            return self.speech.recording(recording, now_ms, is_held=is_held)
        if not self.is_model_up:
            self.readings.has_failed = is_held or self.readings.has_failed
            return []
        return self.read_text(recording.text)

    def read_text(self, text: str) -> list[Action]:
        """Have the model read this text word for word."""
        if not self.is_model_up or not text:
            return []
        self.readings.ask(text)
        self.speech.is_muted = False
        return self.replies.ask(text)

    def open(self) -> list[Action]:
        """The call's first words are the engine's own; that it is an automated assistant is checked word for word."""
        setting = self.setting
        if setting.opening:
            self.readings.ask(setting.opening, first=setting.opening_words)
        return self.replies.ask(setting.opening)

    def begin_phase(self, phase: Phase | None) -> list[Action]:
        """The context prompt of a phase that begins, with what is left to ask."""
        if phase is None:
            return []
        text = "\n".join(filter(None, (phase_text(phase), self.progress.note(phase))))
        return [AddText(Speaker.SYSTEM, text)] if text else []

    def so_far(self) -> list[Action]:
        """What stands, in one item that outlives the conversation's beginning."""
        progress = self.progress
        who = "so_far_verified" if self.is_verified else "so_far_unverified"
        answered = ", ".join(question.id.replace("_", " ") for question in progress.done)
        texts = [note(who), note("so_far_answered", answered=answered) if answered else ""]
        return [AddText(Speaker.SYSTEM, "\n".join(filter(None, (*texts, progress.note(progress.phase)))))]

    def note_progress(self, now_ms: float, *, is_last: bool = False) -> list[Action]:
        """What has been asked and answered, when that has changed, and at the end of the call."""
        snapshot = self.progress.snapshot()
        if snapshot == self._told and not is_last:
            return []
        self._told = snapshot
        spent_s = self.progress.spent_s(now_ms)
        return [NoteProgress(snapshot.phase.value, snapshot.asked, snapshot.answered, spent_s)]
