"""Who has the telephone, and what they ask for beside the check-in: no more calls, a moment to fetch somebody. Pure.

The model is not heard while a machine has the line, or while a wish is being written down.
"""

from __future__ import annotations

import json
from enum import Enum, auto

from alerts.phrases.speakers import hands_over, is_relative
from calls.answering import Answerer, answerer, is_child, is_holding
from calls.ending import Ending
from calls.events import Action, AddText, CancelReply, EndReason, RunTool, Speaker, ToolCall, ToolFinished
from calls.instructions import note
from calls.parts import Parts

EARLY_MS = 60_000.0  # a machine greets at the beginning
BEEP_MS = 1_800.0  # this much quiet after a mailbox' greeting: it is recording
GREETING_MS = 30_000.0  # the longest greeting that is waited for
GREETING_TURNS = 2  # more than that is a talk
OPT_OUT, HAND_OVER, ANSWERED_BY = "engine.optOut", "engine.handOver", "engine.answeredBy"


class Line(Enum):
    """Who is taken to have the telephone."""

    PERSON = auto()
    MAILBOX = auto()
    SCREENED = auto()


class Reception:
    """The other end of the line, apart from what it says about health."""

    def __init__(self, parts: Parts, ending: Ending) -> None:
        self.parts = parts
        self.ending = ending
        self.line = Line.PERSON
        self._since_ms = 0.0
        self._spoke_ms = 0.0
        self._commands = 0
        self._is_opting_out = False
        self._wish = ""  # what has become of the wish for no more calls, to be told when the line is free
        self._by_sound = self._is_fax = False

    def heard(
        self,
        text: str,
        controls: tuple[str, ...],
        now_ms: float,
        *,
        has_line: bool,
    ) -> list[Action]:
        """Final words of the other end. In an emergency a wish is written down all the same, and identity ends where the
        telephone changes hands; nothing else is asked, and nobody is taken for a machine.

        `has_line`: a script or a screen is being read out.
        """
        wishes = "opt_out" in controls and not self._is_opting_out
        self._is_opting_out = self._is_opting_out or wishes
        if has_line or self.parts.is_emergency:
            self.line = Line.PERSON
            taken = self._changes_hands(text, now_ms, in_crisis=True)
            return [*taken, self._command(OPT_OUT, now_ms)] if wishes else taken
        if self.line is not Line.PERSON:
            return self._machine_said(text, now_ms)
        if self._may_be_machine(now_ms) and (kind := answerer(text)) is not None:
            return self._machine(kind, now_ms)
        actions: list[Action] = []
        if wishes:
            held = [] if self._is_kept else self._hold(now_ms)
            actions += [*held, self._command(OPT_OUT, now_ms)]
        else:
            actions += self._changes_hands(text, now_ms, in_crisis=False)
        if not self.parts.is_verified and is_child(text):
            actions.append(AddText(Speaker.SYSTEM, note("child")))
        return actions

    def _changes_hands(self, text: str, now_ms: float, *, in_crisis: bool) -> list[Action]:
        """Whoever has the telephone now is nobody yet."""
        if not hands_over(text):
            return []
        self.parts.is_verified = False
        self.parts.replies.changed_hands(has_spoken=is_relative(text))
        given = {"speaker": "relative"} if is_relative(text) else {}
        told = AddText(Speaker.SYSTEM, note("hand_over_crisis" if in_crisis else "hand_over"))
        return [self._command(HAND_OVER, now_ms, **given), told]

    def _command(self, name: str, now_ms: float, **given: str) -> RunTool:
        self._commands += 1
        return RunTool(ToolCall(f"{name}:{self._commands}:{int(now_ms)}", name, json.dumps(given)))

    def _hold(self, now_ms: float) -> list[Action]:
        """The model falls silent, and stays so until it is let on."""
        parts = self.parts
        running = parts.replies.running_id
        actions: list[Action] = parts.speech.cut(now_ms, running)
        if parts.replies.running:
            parts.speech.drop_reply(running)
            actions.append(CancelReply(running))
        parts.replies.drop_wanted()
        parts.readings.drop()
        parts.is_reply_due = False
        parts.is_held = parts.speech.is_muted = True
        return actions

    def _let_on(self) -> None:
        self.parts.is_held = self.parts.speech.is_muted = False

    # --- no more calls

    @property
    def _is_kept(self) -> bool:
        """True when this line is not ours to end: an emergency is on it, or the call rings again for one."""
        return self.parts.is_emergency or bool(self.parts.setting.earlier_flags)

    def finished(self, event: ToolFinished) -> None:
        """A wish is written down, or could not be."""
        if event.name == OPT_OUT:
            self._wish = "opt_out_done" if event.is_ok else "opt_out_failed"

    def answer(self, now_ms: float, *, is_free: bool) -> list[Action]:
        """What has become of a wish is said as it is, and the call ends. In an emergency the model is told, and the line
        is kept. `is_free`: nothing about an emergency is being read out, asked or judged.
        """
        if not self._wish:
            return []
        if self._is_kept:
            told, self._wish = note(f"{self._wish}_kept"), ""
            was_held = self.parts.is_held
            self._let_on()
            return [AddText(Speaker.SYSTEM, told), *(self.parts.replies.ask() if was_held else [])]
        if not is_free:
            return []
        key, self._wish = self._wish, ""
        self._let_on()
        self.ending.call_off()
        return self.ending.close_with(key, EndReason.OPT_OUT, now_ms)

    # --- machines

    def _may_be_machine(self, now_ms: float) -> bool:
        parts = self.parts
        is_person = parts.is_verified or parts.is_emergency
        return parts.setting.is_outbound and not is_person and now_ms < EARLY_MS

    def _machine(self, kind: Answerer, now_ms: float) -> list[Action]:
        self._since_ms = self._spoke_ms = now_ms
        told = self._command(ANSWERED_BY, now_ms, kind=kind.value)
        actions = [*self._hold(now_ms), told]
        if kind is Answerer.SCREENING:
            self.line = Line.SCREENED
            return [*actions, *self.parts.read_text(self.parts.setting.screening_text)]
        self.line = Line.MAILBOX
        return actions

    def tone(self, now_ms: float, *, is_fax: bool) -> list[Action]:
        """A machine by its sound. A beep counts for as long as nobody has talked with Maya; a fax is nobody at all."""
        if not self._may_be_machine(now_ms):
            return []
        if is_fax:
            self._is_fax = True
            return [*self._hold(now_ms), self._command(ANSWERED_BY, now_ms, kind="fax")]
        told = [line for line in self.parts.transcript.lines() if line.speaker is Speaker.PATIENT]
        if self.line is not Line.PERSON or self.parts.is_held or len(told) > GREETING_TURNS:
            return []
        self._by_sound = True
        return self._machine(Answerer.VOICEMAIL, now_ms)

    def _machine_said(self, text: str, now_ms: float) -> list[Action]:
        self._spoke_ms = now_ms
        kind = answerer(text)
        if (
            kind is Answerer.SCREENING and self._by_sound
        ):  # its tone was heard before its words were understood
            self._by_sound = False
            return self._machine(kind, now_ms)
        if kind is not None and kind is not Answerer.SCREENING:
            self.line = Line.MAILBOX
            return [self._command(ANSWERED_BY, now_ms, kind=kind.value)]
        is_mailbox = self.line is Line.MAILBOX and not self._by_sound  # a person may own a microwave oven
        if is_mailbox or kind is Answerer.SCREENING or is_holding(text):
            return []
        self._by_sound = False
        self.line = Line.PERSON  # somebody picked up after all
        self._let_on()
        told = AddText(Speaker.SYSTEM, note("screened_person"))
        human = self._command(ANSWERED_BY, now_ms, kind="human")
        return [human, told, *self.parts.open()]

    def over(self, now_ms: float, *, is_owed_words: bool) -> EndReason | None:
        """Why the call ends when a machine has the line for good: its greeting is over, or nobody picks up.

        `is_owed_words`: something was said that is not transcribed yet.
        """
        if self.parts.is_emergency:
            return None
        if self._is_fax:
            return EndReason.VOICEMAIL
        match self.line:
            case Line.PERSON:
                return None
            case Line.MAILBOX:
                is_quiet = (
                    not (self.parts.is_patient_speaking or is_owed_words)
                    and now_ms - self._spoke_ms > BEEP_MS
                )
                return EndReason.VOICEMAIL if is_quiet or now_ms - self._since_ms > GREETING_MS else None
            case Line.SCREENED:
                waited_ms, limits = now_ms - self._since_ms, self.parts.setting.limits
                return EndReason.SILENCE if waited_ms > limits.screening_wait_ms else None

    def spoke(self, now_ms: float) -> None:
        """The other end makes a sound."""
        self._spoke_ms = now_ms
