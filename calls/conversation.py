"""Turn-taking and safety for one call: events in, actions out. No sockets, no database, no clock of its own.

Times are milliseconds since the stream began and come in with the events. A whole transition runs without
waiting, so both directions share one object without a lock. The work is done by small machines: `hearing`
(the patient), `speech` (what is at the ear), `replies` (whose turn), `patience` (silences), `emergencies`,
`ending`, `checkin`; this module connects them.
"""

from __future__ import annotations

from dataclasses import replace

from calls.alarm import DETECTOR_FAULT, Claim, kinds_found
from calls.checkin import CheckInProgress, Phase
from calls.emergencies import Emergencies
from calls.ending import SAY_FIRST, STAYS, Ending
from calls.events import (
    BYTES_PER_MS,
    Action,
    AddText,
    AlertCommitted,
    AlertFailed,
    CallerAudio,
    CancelReply,
    Complaint,
    EndCall,
    EndReason,
    FromModel,
    FromPhone,
    FromWork,
    KeepSegment,
    KeyPressed,
    LineOpened,
    MarkPlayed,
    ModelAudio,
    ModelAudioDone,
    ModelLost,
    ModelSaid,
    ModelStalled,
    ModelWords,
    NoteProgress,
    PatientSaid,
    PatientUnheard,
    RaiseFlags,
    ReplyEnded,
    ReplyStarted,
    ReplyStatus,
    SaveTurn,
    SaveUsage,
    SessionConfigured,
    SessionOpened,
    SessionReady,
    Skipped,
    Speaker,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    StreamStarted,
    StreamStopped,
    TellFault,
    ToneHeard,
    ToolFinished,
    Unreadable,
)
from calls.hearing import Hearing
from calls.instructions import note
from calls.parts import Parts, Setting
from calls.patience import Nudge
from calls.reception import Reception
from calls.replies import CHANGED_HANDS
from calls.resuming import Sessions
from calls.stranger import ASK_ONCE_MORE

KEPT_AFTERWARDS = (RaiseFlags, TellFault, SaveTurn, SaveUsage, KeepSegment, NoteProgress)
# The call ends for us, and the patient is still on the line.
STAYS_ON = frozenset(
    {
        EndReason.HUMAN_REQUEST,
        EndReason.TAKEN_OVER,
        EndReason.MODEL_LOST,
        EndReason.BAD_STREAM,
        EndReason.SHUTDOWN,
        EndReason.FAILED,
        EndReason.DETECTOR_DOWN,
    }
)
SPOKEN_GOODBYE_MS = 700  # a reply with this much audio in it has said goodbye itself


class Conversation:
    """One call's conversation."""

    def __init__(self, setting: Setting, progress: CheckInProgress) -> None:
        self.parts = Parts(setting, progress)
        self.emergencies = Emergencies(self.parts)
        self.ending = Ending(self.parts)
        self.reception = Reception(self.parts, self.ending)
        self.hearing = Hearing(self.parts, self.emergencies, self.ending, self.reception)
        self.sessions = Sessions(self.parts, self.emergencies, self.hearing)
        self.ended: EndReason | None = None
        self._reply_audio_ms = 0
        self._is_line_owed = False  # a sentence that a finding calls for, and no reply has begun since

    # --- events

    def from_phone(self, event: FromPhone, now_ms: float) -> list[Action]:
        """What to do about something on the phone's side."""
        match event:
            case MarkPlayed(name=name):
                self.parts.speech.mark_played(name, now_ms)
                return self._after_playing(now_ms)
            case KeyPressed(digit=digit):
                return self._if_not_ended(self.hearing.key(digit, now_ms))
            case ToneHeard(is_fax=is_fax):
                return self.reception.tone(now_ms, is_fax=is_fax)
            case StreamStopped():
                return self.finish(EndReason.HANGUP, now_ms)
            case LineOpened() | StreamStarted() | CallerAudio() | Unreadable():
                return []

    def from_model(self, event: FromModel, now_ms: float) -> list[Action]:
        """What to do about something on the model's side."""
        parts = self.parts
        if type(event) is ModelAudio:  # the hot path
            parts.is_reply_due = False
            parts.patience.model_spoke()
            self._reply_audio_ms += event.size // BYTES_PER_MS
            return parts.speech.model_audio(event, now_ms)
        if type(event) is not Skipped:
            parts.patience.model_spoke()
        match event:
            case ModelWords():
                return self._words(event, now_ms)
            case ModelSaid():
                return self._maya_said(event, now_ms)
            case ModelAudioDone(item=item):
                return parts.speech.model_audio_done(item)
            case SpeechStarted():
                return self.hearing.speech_started(event, now_ms)
            case SpeechStopped():
                return self.hearing.speech_stopped(event, now_ms)
            case PatientSaid():
                actions = self._if_not_ended(self.hearing.said(event, now_ms))
                return [*actions, *self.unguarded(now_ms)] if self.emergencies.is_blind else actions
            case PatientUnheard(item=item):
                return self.hearing.unheard(item)
            case ReplyStarted(reply=reply):
                return self._reply_started(reply)
            case ReplyEnded():
                return self._reply_ended(event, now_ms)
            case Complaint(code="conversation_already_has_active_response"):
                parts.replies.refused()
            case Complaint() | Skipped() | SpeechCommitted() | SessionOpened() | SessionConfigured():
                pass
            case ModelAudio():  # pragma: no cover - handled above, named so that the match is complete
                pass
        return []

    def from_work(self, event: FromWork, now_ms: float) -> list[Action]:
        """What to do about the outcome of our own work."""
        match event:
            case SessionReady():
                return self.sessions.ready(event, now_ms)
            case ModelLost():
                return self.sessions.lost()
            case ToolFinished():
                return self._tool_finished(event, now_ms)
            case AlertCommitted() | AlertFailed() if self.ended:
                return []  # it is in the record, and nobody is left to be told
            case AlertCommitted(ticket=ticket, found=found):
                return self._if_not_ended(self.emergencies.settled(ticket, Claim.COMMITTED, now_ms, found))
            case AlertFailed(ticket=ticket):
                return self._if_not_ended(self.emergencies.settled(ticket, Claim.FAILED, now_ms))

    def _if_not_ended(self, actions: list[Action]) -> list[Action]:
        """An emergency, or the questions that it leads to, call off a goodbye that was under way."""
        if self.emergencies.has_line and not self.emergencies.needs_person:
            return [*actions, *self._goodbye_taken_back()]
        return actions

    def _goodbye_taken_back(self) -> list[Action]:
        """The call goes on; the model, whose endCall was accepted, is told that it has to say so again."""
        was_over = self.ending.reason is EndReason.COMPLETED
        self.ending.call_off()
        is_told = was_over and not self.parts.is_emergency
        return [AddText(Speaker.SYSTEM, note("goodbye_taken_back"))] if is_told else []

    # --- the model

    def _is_unheard(self, reply: str) -> bool:
        return self.parts.speech.is_muted or self.parts.speech.is_dropped(reply)

    def _words(self, event: ModelWords, now_ms: float) -> list[Action]:
        """Her words run ahead of her voice: a fixed text that she does not read out as it stands is cut at once."""
        if self._is_unheard(event.reply):
            return []
        self.parts.transcript.words(event.item, event.text)
        if self.parts.readings.words(event.reply, event.text):
            return []
        return [*self.parts.speech.cut(now_ms, event.reply), CancelReply(event.reply)]

    def _maya_said(self, event: ModelSaid, now_ms: float) -> list[Action]:
        if self._is_unheard(event.reply):
            return []
        self.parts.readings.said(event.reply, event.text)
        self.parts.transcript.generated(event.item, event.text)
        phase = self.parts.progress.maya_said(event.text, now_ms)
        return [*self.parts.begin_phase(phase), *self.parts.note_progress(now_ms)]

    def _reply_started(self, reply: str) -> list[Action]:
        parts = self.parts
        is_asked = parts.replies.is_asked
        parts.replies.started(reply)
        self._reply_audio_ms = 0
        is_reading = parts.readings.started(reply, is_asked=is_asked)
        if self.emergencies.has_line and not is_reading:
            parts.speech.drop_reply(reply)
            return [CancelReply(reply)]
        self._is_line_owed = False
        parts.speech.reply_started()
        return []

    def _reply_ended(self, event: ReplyEnded, now_ms: float) -> list[Action]:
        parts = self.parts
        parts.is_reply_due = False
        actions: list[Action] = []
        is_cut = event.status is ReplyStatus.CANCELLED
        if wording := parts.readings.ended(event.reply, is_cancelled=is_cut):
            parts.replies.want_first(wording)
        if parts.readings.has_no_opening:  # nobody may be talked to by a machine that does not say so
            return self.finish(EndReason.MODEL_LOST, now_ms)
        if event.usage and not event.usage.is_empty:
            actions.append(SaveUsage(event.reply, "response", event.usage))
            if parts.recap.is_due(event.usage):
                actions += parts.so_far()
        is_silent = not parts.readings and not parts.transcript.lines()
        if is_cut and parts.progress.phase is Phase.OPENING and is_silent:
            actions.append(AddText(Speaker.SYSTEM, note("opening_cut")))
        actions += parts.replies.ended(event, now_ms)
        is_failed = event.status is ReplyStatus.FAILED
        if is_failed and not self.emergencies.has_line and not parts.replies.is_busy:
            self.sessions.is_owed = True
            actions.append(ModelStalled(event.error or "reply_failed"))
        return actions + self._after_playing(now_ms)

    # --- tools

    def _tool_finished(self, event: ToolFinished, now_ms: float) -> list[Action]:
        parts = self.parts
        if event.end and event.is_ok and not self.emergencies.may_end(event.end):
            event = replace(event, is_ok=False, end=None, output=STAYS)
        elif event.end and event.is_ok and self.hearing.stranger.refuses(event.end):
            event = replace(event, is_ok=False, end=None, output=ASK_ONCE_MORE)
        elif event.end is EndReason.COMPLETED and event.is_ok and self._is_line_owed:
            event = replace(event, is_ok=False, end=None, output=SAY_FIRST)
        if event.is_verified is not None and not parts.replies.is_of_now(event.call_id):
            event = replace(event, is_ok=False, is_verified=None, tries_left=None, output=CHANGED_HANDS)
        actions: list[Action] = []
        wants_reply = True
        if event.is_verified is not None:
            actions += self._identity(event, now_ms)
        if event.answered:
            actions += parts.begin_phase(parts.progress.answered_fields(event.answered, now_ms))
        if event.end and event.is_ok:
            self.ending.begin(event.end, now_ms)
            wants_reply = self._reply_audio_ms < SPOKEN_GOODBYE_MS
        if taken := self.emergencies.alarmed({*event.alarm, *kinds_found(event.found)}, now_ms):
            self.ending.call_off()
            actions += taken
        self.reception.finished(event)
        self.hearing.comprehension.finished(event)
        was_over = self.ending.reason is not None
        # Who wants to go is not held by a question.
        if self.ending.reason in (None, EndReason.COMPLETED) and not self.ended:
            asked = self._asked_for(event, now_ms)
            has_words = any(isinstance(action, AddText) for action in asked)
            self._is_line_owed = self._is_line_owed or has_words
            actions += [*asked, *(self._goodbye_taken_back() if has_words else self._if_not_ended([]))]
        if self.emergencies.has_line:
            wants_reply = False
        actions += parts.replies.tool_finished(event.call_id, event.output, wants_reply=wants_reply)
        is_taken_back = was_over and self.ending.reason is None and not self.emergencies.has_line
        if is_taken_back and not parts.replies.is_busy:
            actions += parts.replies.ask()  # the goodbye has been said, what the answer calls for has not
        return [*actions, *self._answer_wish(now_ms), *parts.note_progress(now_ms)]

    def _asked_for(self, event: ToolFinished, now_ms: float) -> list[Action]:
        """What an answer, or the model, leads to."""
        actions: list[Action] = []
        if event.screen and event.is_ok:
            actions += self.emergencies.want(event.screen, now_ms)
        if event.found:
            actions += self.emergencies.found(event.found, now_ms)
        return actions

    def _answer_wish(self, now_ms: float) -> list[Action]:
        is_free = not self.emergencies.is_open
        answered = self.reception.answer(now_ms, is_free=is_free)
        return [*answered, *self.hearing.comprehension.close(now_ms, is_free=is_free)]

    def _identity(self, event: ToolFinished, now_ms: float) -> list[Action]:
        self.hearing.stranger.identity(is_verified=bool(event.is_verified), tries_left=event.tries_left)
        if event.is_verified:
            self.parts.is_verified = True
            phase = self.parts.begin_phase(self.parts.progress.identified(now_ms))
            return [*phase, *self.emergencies.ask_about_earlier(now_ms)]
        if event.tries_left == 0:
            return [AddText(Speaker.SYSTEM, note("identity_failed"))]
        return []

    # --- time

    def tick(self, now_ms: float, *, line_idle_ms: float = 0.0, is_line_loud: bool = False) -> list[Action]:
        """What time alone brings. `is_line_loud`: the caller's last seconds of audio were not silent."""
        if self.ended:
            return []
        parts = self.parts
        actions = [*self._after_playing(now_ms), *self.hearing.keys_done(now_ms)]
        for nudge in self._nudges(now_ms, line_idle_ms, is_line_loud):
            actions += self._nudged(nudge, now_ms)
        if reason := self.reception.over(now_ms, is_owed_words=self.hearing.is_owed_words):
            return [*actions, *self.finish(reason, now_ms)]
        done = self.emergencies.tick(now_ms)
        actions += self._if_not_ended(done) if done and parts.is_emergency else done
        if not self.emergencies.has_line:
            actions += parts.begin_phase(parts.progress.tick(now_ms))
        actions += self._answer_wish(now_ms)
        return [*actions, *self.sessions.renewal(now_ms), *self._end_if_due(now_ms)]

    def _nudges(self, now_ms: float, line_idle_ms: float, is_line_loud: bool) -> list[Nudge]:
        parts, emergencies = self.parts, self.emergencies
        is_playing = bool(parts.speech.playout.playing(now_ms))
        is_due = parts.replies.is_busy or parts.is_reply_due
        waits = is_due and not (parts.replies.has_open_tools or parts.is_patient_speaking or is_playing)
        is_flagged, is_up = emergencies.flags.has_emergency, parts.is_model_up
        is_heard = is_line_loud and not is_flagged  # after a flag a television is no patient
        is_quiet = not (is_due or is_playing or parts.is_patient_speaking or is_heard)
        is_ours = emergencies.has_line or self.ending.reason is not None
        is_hers = is_up and (bool(parts.readings) or not emergencies.has_line)
        due = (
            parts.patience.call(now_ms, line_idle_ms=line_idle_ms),
            parts.patience.model(now_ms, is_due=is_hers and waits),
            parts.patience.wordless(
                now_ms,
                is_flagged=is_flagged,
                is_ours=is_ours or not is_up or parts.replies.has_open_tools,
                is_playing=is_playing,
                is_due=is_due,
            ),
            parts.patience.quiet(now_ms, is_quiet=is_up and is_quiet and not is_ours, is_flagged=is_flagged),
        )
        return [nudge for nudge in due if nudge is not None]

    def _nudged(self, nudge: Nudge, now_ms: float) -> list[Action]:
        parts = self.parts
        match nudge:
            case Nudge.REPROMPT_ONCE:
                return parts.read_out("silent_once", now_ms, is_held=False)
            case Nudge.REPROMPT_TWICE:
                return parts.read_out("silent_twice", now_ms, is_held=False)
            case Nudge.CLOSE_SILENT if self.emergencies.is_suicidal:
                return self.emergencies.ring_person(now_ms)  # never hung up on, by whoever is silent
            case Nudge.CLOSE_SILENT:
                return self.ending.close_with("silent_goodbye", EndReason.SILENCE, now_ms)
            case Nudge.SILENT_AFTER_FLAG:
                return self.emergencies.silence(now_ms)
            case Nudge.MODEL_SLOW:
                parts.replies.lost()
                parts.readings.lost()
                asked = parts.readings.left() or ("",)
                wanted = [act for wording in asked for act in parts.replies.ask(wording)]
                return [*self.sessions.hold_the_line(now_ms), *wanted]
            case Nudge.MODEL_DEAD:
                return [ModelStalled("silent")]
            case Nudge.LINE_DEAD:
                return self.finish(EndReason.LINE_DEAD, now_ms)
            case Nudge.WRAP_UP if parts.is_emergency:
                return []
            case Nudge.WRAP_UP:
                return [AddText(Speaker.SYSTEM, note("wrap_up"))]
            case Nudge.TIME_UP:
                return self.limit_reached(EndReason.TIME_LIMIT, now_ms)

    # --- the end

    def limit_reached(self, reason: EndReason, now_ms: float) -> list[Action]:
        """A hard limit (time, cost): the call closes kindly. After an emergency a person is rung instead, and while
        the engine has the line nothing happens at all.
        """
        if self.ended or self.ending.reason or self.emergencies.has_line:
            return []
        if self.parts.is_emergency:
            return self.emergencies.ring_person(now_ms)
        return self.ending.close_with("time_goodbye", reason, now_ms)

    def _after_playing(self, now_ms: float) -> list[Action]:
        actions = [*self.parts.speech.settle(now_ms), *self.emergencies.hand_back(now_ms)]
        if self.emergencies.needs_person and self.ending.reason is None:
            self.ending.begin(EndReason.HUMAN_REQUEST, now_ms)
        return [*actions, *self._end_if_due(now_ms)]

    def _end_if_due(self, now_ms: float) -> list[Action]:
        is_rung = self.ending.reason is EndReason.HUMAN_REQUEST  # whatever is open, a person hears it
        is_open = not is_rung and (self.emergencies.is_open or self.hearing.is_owed_words)
        closing = self.ending.close(now_ms, is_open=is_open)
        reason = self.ending.due(now_ms, is_open=is_open)
        return [*closing, *(self.finish(reason, now_ms) if reason else [])]

    def finish(self, reason: EndReason, now_ms: float) -> list[Action]:
        """The call is over, once: what was heard is settled, an emergency left open is told."""
        if self.ended:
            return []
        agreed = self.ending.reason
        if reason is EndReason.HANGUP and agreed is EndReason.EMERGENCY:
            reason = agreed  # help has come: whoever hangs up during the goodbye is not lost
        self.ended = reason
        actions = self.parts.speech.heard_so_far(now_ms)
        is_cut_off = reason in (EndReason.HANGUP, EndReason.LINE_DEAD)
        is_waiting = agreed in (None, EndReason.HUMAN_REQUEST)  # for a person who had not come yet
        if is_cut_off and is_waiting and self.emergencies.flags.has_emergency:
            actions += self.emergencies.line_lost(now_ms)
        return [*actions, *self.parts.note_progress(now_ms, is_last=True), EndCall(reason)]

    def unguarded(self, now_ms: float) -> list[Action]:
        """What the patient says is not judged any more: the clinic is told, and the assistant leaves the line to the
        telephone network's own voice and a person.
        """
        return [TellFault(DETECTOR_FAULT), *self.finish(EndReason.DETECTOR_DOWN, now_ms)]

    def last_words(self, event: FromModel, now_ms: float) -> list[Action]:
        """The line is gone, and words are still on their way: they are kept and judged. Nobody is left to be told."""
        was_flagged = self.emergencies.flags.has_emergency
        done = self.from_model(event, now_ms)
        actions: list[Action] = [one for one in done if isinstance(one, KEPT_AFTERWARDS)]
        if self.ended not in STAYS_ON and self.emergencies.flags.has_emergency and not was_flagged:
            actions += self.emergencies.line_lost(now_ms)
        return actions
