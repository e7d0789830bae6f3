"""One live call: two directions, one conversation. Performs what the conversation decides, in order.

The caller's frames come in by `caller_audio` and `phone_event`, the model's events by callback; both run the pure
conversation at once, without a task or a lock between. What takes time (tools, alerts, writing) runs in tasks of
one TaskGroup with a deadline each. Nothing between a frame in and a frame out waits for anything.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from calls.billing import Bill
from calls.checkin import Phase
from calls.conversation import Conversation
from calls.events import (
    BYTES_PER_MS,
    Action,
    AddText,
    AlertCommitted,
    AlertFailed,
    AskReply,
    CallerAudio,
    CancelReply,
    ClearPhone,
    EndCall,
    EndReason,
    Forget,
    FromModel,
    FromPhone,
    FromWork,
    KeepSegment,
    Mark,
    ModelLost,
    ModelStalled,
    NoteProgress,
    PatientSaid,
    Play,
    RaiseFlags,
    Renew,
    ReturnOutput,
    RunTool,
    SaveTurn,
    SaveUsage,
    SessionReady,
    SpeechStarted,
    SpeechStopped,
    StreamStopped,
    TellFault,
    ToneHeard,
    ToolCall,
    Truncate,
    Unreadable,
)
from calls.ladder import STALLS
from calls.liveness import Ear
from calls.loudness import is_loud
from calls.metrics import BAD_MESSAGES, DROPPED, ENDED, Figures
from calls.phone import PhoneLine
from calls.providers.link import Link, LinkFailed, Trouble
from calls.segments import Segment, SegmentKeeper
from calls.store import CallStore, StoreAway
from calls.tones import Heard, ToneEar
from calls.toolbox import Toolbox
from calls.tracing import call_traced
from calls.uplink import Provider, Uplink
from calls.writes import Write, raised_write

log = logging.getLogger(__name__)

TICK_S = 0.25
COMMIT_S = 3.0
DRAIN_S = 3.0
LAST_WORDS_S = 3.0
END_OF_TURN_MS = 500
MULAW_SILENCE = 0xFF
BACKLOG_FRAMES = 250  # 5 s while the model is not there
AHEAD_MS = 5_000  # a caller who sends faster than time by more than this is not a telephone
RESEND_MS = 2_000
LOUD_MS = 1_500
MACHINE_MS = 60_000  # a machine greets at the beginning
MAX_COST_USD = Decimal("6.00")


class Bridge:
    """One call between a phone and a voice model."""

    def __init__(
        self,
        *,
        conversation: Conversation,
        phone: PhoneLine,
        providers: Sequence[Provider],
        store: CallStore,
        analyse: Callable[[Segment, Phase, str], Coroutine[None, None, None]] | None = None,
        announce: Callable[[], Coroutine[None, None, None]] | None = None,
        on_unfinished: Callable[[CallStore], None] = lambda store: None,
        on_alert_failed: Callable[[], None] = lambda: None,
    ) -> None:
        self.conversation = conversation
        self.phone = phone
        self.store = store
        self.figures = Figures()
        self.segments = SegmentKeeper()
        self.uplink = Uplink(providers, self)
        self.toolbox = Toolbox(store, conversation.parts.progress)
        self.bill = Bill(store)
        self._analyse = analyse
        self._announce = announce
        self._on_unfinished = on_unfinished
        self._on_alert_failed = on_alert_failed
        self._backlog: deque[str] = deque(maxlen=BACKLOG_FRAMES)
        self._began_s = time.monotonic()
        self._last_frame_ms = 0.0
        self._cleared_for_ms: float | None = None
        self._ear = Ear()
        self._tones = ToneEar() if conversation.parts.setting.is_outbound else None
        self._was_deaf = False
        self._ended: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        self._group: asyncio.TaskGroup | None = None
        self._heard_out = asyncio.Event()
        self._is_over = False
        phone.on_pace = self._pace
        phone.on_cleared = self._cleared

    def now_ms(self) -> float:
        """Milliseconds since the stream began."""
        return (time.monotonic() - self._began_s) * 1000

    # --- from the phone ----------------------------------------------------------------------------------

    def caller_audio(self, event: CallerAudio) -> None:
        """A frame: to the model as it came, and into the segment being spoken. The hot path."""
        now = self.now_ms()
        self._last_frame_ms = now
        if self.segments.heard_bytes > (now + AHEAD_MS) * BYTES_PER_MS:
            self.figures.count("frames_too_fast")
            return
        self.segments.add(event.audio)
        if self._tones is not None:
            self._listen(self._tones, event.audio, now)
        link = self.uplink.link
        if link is not None:
            link.send_audio(event.payload)
            return
        if len(self._backlog) == BACKLOG_FRAMES:
            self.figures.count("frames_dropped")
            DROPPED.labels("connecting").inc()
        self._backlog.append(event.payload)

    def _listen(self, tones: ToneEar, audio: bytes, now: float) -> None:
        """At the beginning of a call that we placed: is it a machine, by its sound?"""
        heard = tones.add(audio)
        if heard is not None:
            self.figures.count(f"heard_{heard.name.lower()}")
            self.phone_event(ToneHeard(is_fax=heard is Heard.FAX))
        if heard is not None or now > MACHINE_MS:
            self._tones = None

    def phone_event(self, event: FromPhone) -> None:
        """Anything else on the phone's side."""
        if type(event) is Unreadable:
            self.figures.count(f"bad_{event.reason}")
            BAD_MESSAGES.labels("phone", event.reason).inc()
            return
        self._act(self.conversation.from_phone(event, self.now_ms()))

    def hung_up(self, reason: EndReason = EndReason.HANGUP) -> None:
        """The phone's socket is gone."""
        if reason is EndReason.HANGUP:
            self.phone_event(StreamStopped())
        else:
            self._act(self.conversation.finish(reason, self.now_ms()))

    # --- from the model ----------------------------------------------------------------------------------

    def model_said(self, event: FromModel) -> None:
        """An event of the voice session."""
        now = self.now_ms()
        match event:
            case SpeechStarted(item=item, at_ms=at_ms):
                self._ear.heard()
                self.segments.started(item, at_ms)
                self._cleared_for_ms = now
            case SpeechStopped(item=item, at_ms=at_ms):
                spoken_until = self.segments.stopped(item, at_ms)
                self.figures.patient_stopped(now - (self.segments.heard_ms - spoken_until))
            case PatientSaid(item=item, text=text) if not text.strip():
                self.segments.drop(item)
        if not self.conversation.ended:
            self._act(self._told(event, now))
            return
        self._act(self.conversation.last_words(event, now))
        if not self.conversation.hearing.is_owed_words:
            self._heard_out.set()

    def _told(self, event: FromModel, now: float) -> list[Action]:
        """What the conversation does about it. Where it fails over a patient's words, they have not been judged."""
        try:
            return self.conversation.from_model(event, now)
        except Exception:  # boundary: whatever failed over a patient's words, they stand unjudged
            if not isinstance(event, PatientSaid):
                raise
            log.exception("a patient's words were mishandled", extra={"call_id": str(self.store.call_id)})
            return self.conversation.unguarded(now)

    def session_ready(self, link: Link, *, is_resumed: bool) -> None:
        """The model can hear: what the caller said meanwhile goes first, in order."""
        waiting = sum(len(payload) * 3 // 4 for payload in self._backlog)
        self.segments.session_began(waiting)
        for payload in self._backlog:
            link.send_audio(payload)
        self._backlog.clear()
        self.store.put(Write("provider", {"provider": link.provider, "model": link.model}))
        expires_in = (link.expires_at - time.time()) * 1000 if link.expires_at else None
        self._work(SessionReady(int(expires_in) if expires_in is not None else None, is_resumed))

    def model_lost(self) -> None:
        """The session is gone; if the patient was speaking, their last words are kept for the next one."""
        was_deaf, self._was_deaf = self._was_deaf, False
        if self.conversation.parts.is_patient_speaking or was_deaf:
            recent = self.segments.recent(RESEND_MS)
            self._backlog.appendleft(base64.b64encode(recent[len(recent) % 3 :]).decode())
        self._work(ModelLost())

    def link_closed(self, link: Link) -> None:
        """A session is over."""
        self.bill.session_over(link)

    def hold_the_line(self) -> None:
        """No session for a second: the patient hears that somebody is there."""
        self._act(self.conversation.sessions.hold_the_line(self.now_ms()))

    def note_failure(self, failure: LinkFailed, provider: str, strategy: str, *, is_given_up: bool) -> None:
        """A provider failed; one that is given up is told to whoever is on call."""
        self.figures.count(f"failures_{provider}")
        at = datetime.now(UTC).isoformat()
        fields = {"error_type": failure.trouble.value, "error_code": failure.code, "strategy": strategy}
        self.store.put(Write("failure", {**fields, "at": at}))
        if is_given_up:
            self.store.put(Write("fault_page", {"what": f"{provider}:{failure.trouble.value}", "at": at}))

    # --- doing -------------------------------------------------------------------------------------------

    def _work(self, event: FromWork) -> None:
        self._act(self.conversation.from_work(event, self.now_ms()))

    def _act(self, actions: list[Action]) -> None:
        for action in actions:
            kind = type(action)
            if kind is Play:
                self.phone.play(action.payload)  # type: ignore[union-attr]
                self.figures.audio_out(self.now_ms())
            elif kind is Mark:
                self.phone.mark(action.name)  # type: ignore[union-attr]
            else:
                self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case ClearPhone():
                self.phone.clear()
            case AddText() | AskReply() | CancelReply() | Truncate() | Forget() | ReturnOutput():
                if self.uplink.link is not None:
                    self.uplink.link.send(action)
            case RunTool(call=call):
                self._start(self._run_tool(call))
            case RaiseFlags():
                self._raise(action)
            case TellFault(what=what):
                self.figures.count("detector_failed")
                self.store.put(Write("fault_page", {"what": what, "at": datetime.now(UTC).isoformat()}))
            case SaveTurn():
                self._save_turn(action)
            case SaveUsage():
                self._save_usage(action)
            case KeepSegment(item=item):
                self._hand_over(item)
            case NoteProgress(asked=asked, answered=answered, spent_s=spent_s):
                fields = {"asked": list(asked), "answered": list(answered), "phase_s": dict(spent_s)}
                self.store.put(Write("progress", fields))
            case Renew():
                self.uplink.give_up_session(Trouble.LOST, "renewal")
            case ModelStalled(code=code):
                self.figures.count("model_stalled")
                self.uplink.give_up_session(STALLS.get(code, Trouble.LOST), code)
            case EndCall(reason=reason):
                if not self._ended.done():
                    self._ended.set_result(reason)
            case Play() | Mark():
                pass

    def _start(self, work: Coroutine[None, None, None]) -> None:
        if self._group is not None and not self._is_over:
            self._group.create_task(work)
        else:
            work.close()

    async def _run_tool(self, call: ToolCall) -> None:
        began_ms = self.now_ms()
        is_verified = self.conversation.parts.is_verified
        outcome = await self.toolbox.run(call, at_ms=int(began_ms), is_verified=is_verified)
        self.figures.tool_ran(call.name, began_ms, self.now_ms(), is_ok=outcome.is_ok)
        self._work(outcome.finished(call.call_id, call.name))

    def _raise(self, action: RaiseFlags) -> None:
        after_s = self.conversation.parts.setting.limits.after_flag_ms / 1000
        write = raised_write(action, datetime.now(UTC), silent_after_s=after_s)
        if self.conversation.ended:  # nobody is left to be told; the writer does it all the same
            self.store.put(write)
        else:
            self._start(self._commit(action.ticket, write))

    async def _commit(self, ticket: int, write: Write) -> None:
        """Commit before claim: only this outcome lets anybody say that the care team knows."""
        try:
            found = await self.store.ask(write, within_s=COMMIT_S)
        except Exception as error:  # boundary: whatever went wrong, the patient must hear the truth
            if not isinstance(error, StoreAway):
                log.exception("an alert was not committed", extra={"call_id": str(self.store.call_id)})
            self.figures.count("alerts_not_committed")
            self._on_alert_failed()
            self._work(AlertFailed(ticket))
        else:
            self._work(AlertCommitted(ticket, found))

    def _save_turn(self, turn: SaveTurn) -> None:
        self.store.put(Write("turn", {**asdict(turn), "speaker": turn.speaker.value}))

    def _save_usage(self, action: SaveUsage) -> None:
        if self.uplink.link is not None:
            self.bill.add(action.kind, action.usage, self.uplink.link, action.key)
        if self.bill.cost > MAX_COST_USD:
            self._act(self.conversation.limit_reached(EndReason.COST_LIMIT, self.now_ms()))

    def _hand_over(self, item: str) -> None:
        for segment in self.segments.take(item):
            if self._analyse is not None:
                progress = self.conversation.parts.progress
                work = self._analyse(segment, progress.phase, progress.current_id)
                self._start(self._to_analysis(work))

    async def _to_analysis(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
            self.figures.count("segments")
        except Exception:  # boundary (push): a lost segment costs a measurement, never a call
            self.figures.count("segments_lost")
            log.exception("a segment was not handed over", extra={"call_id": str(self.store.call_id)})

    # --- pace and time -----------------------------------------------------------------------------------

    def _pace(self, is_slow: bool) -> None:
        if self.uplink.link is not None:
            self.uplink.link.pause(is_slow)

    def _cleared(self) -> None:
        if self._cleared_for_ms is not None:
            self.figures.barged_in(self.now_ms() - self._cleared_for_ms)
            self._cleared_for_ms = None

    async def _clock(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            now = self.now_ms()
            parts = self.conversation.parts
            loud = parts.is_model_up and is_loud(self.segments.recent(LOUD_MS))
            is_open = not (parts.is_patient_speaking or parts.speech.playout.playing(now))
            if self._ear.is_deaf(now, is_loud=loud and is_open):
                self.figures.count("model_deaf")
                self._was_deaf = True
                self.uplink.give_up_session(Trouble.LOST, "deaf")
            self._act(self.conversation.tick(now, line_idle_ms=now - self._last_frame_ms, is_line_loud=loud))

    async def _keep_model(self) -> None:
        try:
            await self.uplink.run()
        except LinkFailed:
            self._act(self.conversation.finish(EndReason.MODEL_LOST, self.now_ms()))

    # --- the whole call ----------------------------------------------------------------------------------

    async def run(self) -> EndReason:
        """Carry the call to its end; everything is closed and written, or waits to be written, after it."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                works = [self.phone.run(), self._clock(), self._keep_model(), self.store.run()]
                if self._announce is not None:
                    works.append(self._announce())
                pumps = [group.create_task(work) for work in works]
                reason = await self._ended
                await self._wind_down(reason)
                self._is_over = True
                for pump in pumps:
                    pump.cancel()
        finally:
            self.uplink.close()
            if len(self.store):
                log.warning("writes wait for the database", extra={"call_id": str(self.store.call_id)})
                self._on_unfinished(self.store)
        return reason

    async def _hear_out(self, reason: EndReason) -> None:
        """What was being said when the line went is waited for: it may be an emergency."""
        link = self.uplink.link
        if link is None or reason is EndReason.SHUTDOWN or not self.conversation.hearing.is_owed_words:
            return
        if self.conversation.parts.is_patient_speaking:  # the provider must hear that the turn is over
            silence = bytes([MULAW_SILENCE]) * (
                int(self.figures.end_of_turn_ms + END_OF_TURN_MS) * BYTES_PER_MS
            )
            link.send_audio(base64.b64encode(silence).decode())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await self._heard_out.wait()

    async def _wind_down(self, reason: EndReason) -> None:
        """The last words, the session (it is billed), then the record; the phone is the caller's to close."""
        await self._hear_out(reason)
        self.uplink.close()
        self.figures.count("reconnects", self.uplink.reconnects)
        self.figures.count("frames_dropped", self.uplink.dropped)
        ENDED.labels(reason.value).inc()
        now, lasted_ms = datetime.now(UTC), self.now_ms()
        call_traced(
            call_id=self.store.call_id,
            began_at=now - timedelta(milliseconds=lasted_ms),
            end_ms=lasted_ms,
            spans=self.figures.spans,
            codes={"end_reason": reason.value, "reconnects": self.uplink.reconnects},
        )
        at = now.isoformat()
        self.store.put(
            Write("figures", {"latency_ms": self.figures.latency(), "counters": dict(self.figures.counts)})
        )
        self.store.put(Write("finish", {"reason": reason.value, "at": at}))
        self.store.put(Write("remember", {}))
        await self.store.drain(DRAIN_S)
