"""One Realtime session: client events in, server events out, one response at a time."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from calls.checkin import load_protocol
from heartvoice.demo.agent import speaking
from heartvoice.demo.agent.conversation import Conversation, Meter
from heartvoice.demo.agent.dialogue import brief
from heartvoice.demo.agent.dialogue.manager import Cause, Dialogue
from heartvoice.demo.agent.dialogue.steps import Reply
from heartvoice.demo.agent.faults import SLOW_S, Faults
from heartvoice.demo.agent.hearing.ear import MIN_COMMIT_MS, Ear
from heartvoice.demo.agent.hearing.pool import Hearing
from heartvoice.demo.agent.hearing.turns import Pausing, Resumed, Started, Stopped, TurnEvent
from heartvoice.demo.agent.response import Response, Settings
from heartvoice.demo.agent.wire import client, config
from heartvoice.demo.agent.wire.outbox import Outbox, PeerGone, Send, new_id
from heartvoice.demo.agent.wire.refused import Refused
from heartvoice.demo.voicepack.compose import Speech, Spoken
from heartvoice.demo.voicepack.g711 import RATE_HZ, Float

logger = logging.getLogger(__name__)

# Between hearing a turn and answering it: what the client makes of the transcript can still come in.
THINKING_S = 0.03
IDLE_SHARE = 1.0  # of the idle timeout and the playing time that is waited; tests make it short
HEARD_SHARE = 0.5  # of a sentence, above which it counts as heard


class Session:
    """Everything of one socket. Lives as long as `run`."""

    def __init__(self, send: Send, *, model: str, hearing: Hearing) -> None:
        now = int(time.time())
        self.id = new_id("sess")
        self._out = Outbox(send)
        self._hearing = hearing
        self._faults = Faults.of(model)
        self._config = config.defaults(session_id=self.id, model=model, expires_at=now + config.MAX_SESSION_S)
        self._ear = Ear(hearing.detector())
        self._ear.configure(self._config["audio"]["input"])
        self._conversation = Conversation()
        self._conversation_id = new_id("conv")
        self._meter = Meter()
        self._dialogue = Dialogue(load_protocol(), speaking.can_say)
        self._response: Response | None = None
        self._calls: dict[str, str] = {}  # call id -> tool
        self._last: tuple[str, Speech] | None = None  # the item spoken last, and what is in it
        self._turn_id = ""
        self._early: asyncio.Future[str] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self, messages: AsyncIterator[str | bytes]) -> None:
        """Serve the client until it goes or a fault takes the socket. Raises PeerGone when it goes first."""
        await self._out.emit("session.created", session=self._config)
        reading = asyncio.create_task(self._read(messages))
        try:
            ended, _ = await asyncio.wait(
                {reading, self._closing}, return_when=asyncio.FIRST_COMPLETED, timeout=config.MAX_SESSION_S
            )
            if not ended:
                expired = Refused("session_expired", "Your session hit the maximum duration of 60 minutes.")
                await self._out.refuse(expired, None)
            elif reading.done():
                reading.result()
        finally:
            for task in (reading, *self._tasks):
                task.cancel()
            self._stop_idle()

    async def _read(self, messages: AsyncIterator[str | bytes]) -> None:
        async for message in messages:
            event: dict[str, Any] = {}
            try:
                event = client.decoded(message)
                await self._handle(client.parse(event))
            except Refused as refused:
                await self._out.refuse(refused, event.get("event_id"))

    async def _handle(self, event: client.ClientEvent) -> None:
        match event:
            case client.AppendAudio(audio):
                for turn_event in self._ear.push(audio):
                    await self._turn(turn_event)
            case client.UpdateSession(session):
                await self._update(session)
            case client.CreateItem(item, after):
                await self._create_item(item, after)
            case client.TruncateItem(item_id, end):
                self._conversation.truncate(item_id, end)
                self._cut(item_id, end)
                await self._out.emit(
                    "conversation.item.truncated", item_id=item_id, content_index=0, audio_end_ms=end
                )
            case client.DeleteItem(item_id):
                self._conversation.delete(item_id)
                self._cut(item_id, 0)
                await self._out.emit("conversation.item.deleted", item_id=item_id)
            case client.RetrieveItem(item_id):
                await self._out.emit("conversation.item.retrieved", item=self._conversation.get(item_id).item)
            case client.CreateResponse(asked):
                self._create(Cause.ASKED, asked)
            case client.CancelResponse():
                if self._response is None:
                    raise Refused(
                        "response_cancel_not_active", "Cancellation failed: no active response found"
                    )
                self._response.stop("client_cancelled")
            case client.CommitAudio():
                await self._commit()
            case client.ClearAudio():
                self._ear.clear()
                await self._out.emit("input_audio_buffer.cleared")

    # --- configuration and items

    async def _update(self, patch: object) -> None:
        if "refuse" in self._faults:
            raise Refused("unknown_parameter", "Unknown parameter: 'session.refused'.", "session.refused")
        self._config = config.updated(self._config, patch, has_spoken=self._last is not None)
        self._ear.configure(self._config["audio"]["input"])
        self._dialogue.configure(self._config["instructions"], self._config["tools"])
        await self._out.emit("session.updated", session=self._config)

    async def _create_item(self, item: dict[str, Any], after: str | None) -> None:
        item["id"] = item["id"] or new_id("item")
        if item["type"] == "function_call_output" and item["call_id"] not in self._calls:
            message = f"Tool call ID '{item['call_id'][:64]}' not found in conversation."
            raise Refused("invalid_tool_call_id", message, "item.call_id")
        before = self._conversation.add(item, after=after)
        await self._out.emit("conversation.item.added", previous_item_id=before, item=item)
        await self._out.emit("conversation.item.done", previous_item_id=before, item=item)
        text = " ".join(part["text"] for part in item.get("content", ()))
        match item.get("role") or item["type"]:
            case "system":
                self._dialogue.noted(text)
            case "user":
                self._dialogue.typed(text)
            case "assistant":
                self._dialogue.replayed(text)
            case "function_call_output":
                self._dialogue.result(self._calls[item["call_id"]], item["output"])

    def _cut(self, item_id: str, heard_ms: int) -> None:
        """Only `heard_ms` of an item were heard: the dialogue learns which sentences that is."""
        if self._last is None or self._last[0] != item_id:
            return
        sentences = self._last[1].sentences
        heard = [s for s in sentences if heard_ms >= s.start_ms + HEARD_SHARE * (s.end_ms - s.start_ms)]
        if len(heard) < len(sentences):
            self._dialogue.cut_off([sentence.text for sentence in heard])

    # --- hearing

    async def _turn(self, event: TurnEvent) -> None:
        match event:
            case Started(at_ms):
                self._turn_id = new_id("item")
                self._stop_idle()
                await self._out.emit(
                    "input_audio_buffer.speech_started", audio_start_ms=at_ms, item_id=self._turn_id
                )
                if self._detection("interrupt_response") and self._response:
                    self._response.stop("turn_detected")
            case Pausing(samples):
                self._early = self._hearing.transcribe(samples)
            case Resumed():
                self._drop_early()
            case Stopped(at_ms, samples):
                await self._out.emit(
                    "input_audio_buffer.speech_stopped", audio_end_ms=at_ms, item_id=self._turn_id
                )
                early, self._early = self._early, None
                heard = await self._committed(self._turn_id, samples, early)
                if self._detection("create_response") and self._response is None:
                    self._create(Cause.TURN, {}, after=heard)

    async def _commit(self) -> None:
        samples = self._ear.commit()
        ms = samples.size * 1000 // RATE_HZ
        if ms < MIN_COMMIT_MS:
            message = (
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                f"but buffer only has {ms:.2f}ms of audio."
            )
            raise Refused("input_audio_buffer_commit_empty", message)
        await self._committed(new_id("item"), samples, None)

    async def _committed(
        self, item_id: str, samples: Float, early: "asyncio.Future[str] | None"
    ) -> "asyncio.Task[None]":
        """The audio becomes an item and is recognised; the task is done when its words are known."""
        ms = samples.size * 1000 // RATE_HZ
        item = {
            "id": item_id, "object": "realtime.item", "type": "message", "status": "completed", "role": "user",
            "content": [{"type": "input_audio", "transcript": None}],
        }  # fmt: skip
        before = self._conversation.add(item, audio_ms=ms)
        await self._out.emit("input_audio_buffer.committed", previous_item_id=before, item_id=item_id)
        await self._out.emit("conversation.item.added", previous_item_id=before, item=item)
        await self._out.emit("conversation.item.done", previous_item_id=before, item=item)
        return self._spawn(self._hear(item, early or self._hearing.transcribe(samples), ms))

    async def _hear(self, item: dict[str, Any], words: "asyncio.Future[str]", ms: int) -> None:
        where = {"item_id": item["id"], "content_index": 0}
        kind = "conversation.item.input_audio_transcription"
        wanted = self._config["audio"]["input"]["transcription"] is not None
        text = await words
        self._dialogue.heard(text)
        if "deaf" in self._faults:
            error = {
                "type": "transcription_error",
                "code": "audio_unintelligible",
                "message": "Unintelligible.",
            }
            await self._out.emit(f"{kind}.failed", **where, error={**error, "param": None})
            return
        if wanted:
            item["content"][0]["transcript"] = text
            if text:
                await self._out.emit(f"{kind}.delta", **where, delta=text)
            usage = {"type": "duration", "seconds": round(ms / 1000, 2)}
            await self._out.emit(f"{kind}.completed", **where, transcript=text, usage=usage)

    def _drop_early(self) -> None:
        if self._early:
            self._early.cancel()
            self._early = None

    def _detection(self, name: str) -> Any:
        return (self._config["audio"]["input"]["turn_detection"] or {}).get(name)

    # --- responding

    def _create(
        self, cause: Cause, asked: dict[str, Any], *, after: "asyncio.Task[None] | None" = None
    ) -> None:
        response = Response(
            self._out, self._conversation, self._conversation_id, Settings.of(self._config, asked)
        )
        if not response.is_in_conversation:
            self._spawn(self._aside(response, asked))
            return
        if self._response is not None:
            message = (
                f"Conversation already has an active response in progress: {self._response.id}. "
                "Wait until the response is finished before creating a new one."
            )
            raise Refused("conversation_already_has_active_response", message)
        self._stop_idle()
        self._response = response
        self._spawn(self._respond(response, cause, asked, after))

    async def _respond(
        self, response: Response, cause: Cause, asked: dict[str, Any], after: "asyncio.Task[None] | None"
    ) -> None:
        self._faults.begin_response()
        await response.begin()
        reply: Reply | None = None
        if await self._ready(response, after):
            reply = self._reply(cause, asked)
            await self._perform(response, reply)
        if response.stopped and reply:
            self._dialogue.retract(reply)
        if response.stopped and response.spoken:
            spoken = response.output[0].item["id"]
            entry = self._conversation.entries.get(spoken)  # the client may have deleted it meanwhile
            self._cut(spoken, entry.audio_ms if entry else 0)
        self._response = None
        failed = "server_error" if "error" in self._faults and self._faults.is_faulty_response else ""
        usage = None if failed else self._usage(response)
        await response.finish(usage, error=failed)
        self._start_idle(response)

    async def _ready(self, response: Response, after: "asyncio.Task[None] | None") -> bool:
        """Wait for the patient's words and a moment more; False when stopped or when it is to fail."""
        if "mute" in self._faults and self._faults.responses > 1:
            await response.stopping.wait()
        if after is not None and not await response.wait_for(after):
            return False
        thinking = SLOW_S if "slow" in self._faults else THINKING_S if after else 0
        if not await response.pause(thinking):
            return False
        if self._faults.is_faulty_response and "drop" in self._faults:
            self._closing.set_result(None)
            await asyncio.Event().wait()  # until the session's end cancels this
        return not (self._faults.is_faulty_response and "error" in self._faults)

    def _reply(self, cause: Cause, asked: dict[str, Any]) -> Reply:
        if text := brief.verbatim(asked.get("instructions") or ""):
            return Reply(say=tuple(self._dialogue.opened(text)) or (text,))
        reply = self._dialogue.reply(cause)
        if asked.get("tool_choice") == "none" and reply.calls:
            self._dialogue.retract(Reply(calls=reply.calls))
            return Reply(say=reply.say, is_slow=reply.is_slow)
        return reply

    async def _perform(self, response: Response, reply: Reply) -> None:
        if reply.say:
            speed = float(response.settings.audio["speed"] or 1.0)
            speech = speaking.spoken(" ".join(reply.say), speed=speed, is_slow=reply.is_slow)
            await response.say(speech)
            self._last = (response.output[-1].item["id"], speech)
        for call in reply.calls:
            if response.stopped:
                break
            call_id = await response.call(call, self._faults.arguments(call.text))
            self._calls[call_id] = call.name

    async def _aside(self, response: Response, asked: dict[str, Any]) -> None:
        """An out-of-band response: what was found out so far, as text; it leaves no trace."""
        await response.begin()
        text = brief.verbatim(asked.get("instructions") or "") or json.dumps(self._dialogue.findings.values)
        response.settings.modality = "text"
        await response.say(Speech(b"", (Spoken(text, 0, 0),)))
        await response.finish(self._usage(response))

    def _usage(self, response: Response) -> dict[str, Any]:
        prompt = self._config["instructions"] + json.dumps(self._config["tools"])
        return self._meter.usage(prompt, self._conversation, response.output)

    # --- silence

    def _start_idle(self, response: Response) -> None:
        timeout_ms = self._detection("idle_timeout_ms")
        if timeout_ms and response.sent_ms and not response.stopped and not self._ear.speaking:
            self._stop_idle()
            delay_s = (response.sent_ms + timeout_ms) / 1000 * IDLE_SHARE
            fire = asyncio.get_running_loop().call_later
            self._idle = fire(delay_s, lambda: self._spawn(self._timed_out(timeout_ms)))

    def _stop_idle(self) -> None:
        if self._idle:
            self._idle.cancel()
            self._idle = None

    async def _timed_out(self, timeout_ms: int) -> None:
        if self._response is not None or self._ear.speaking:
            return
        end, item_id = self._ear.ms, new_id("item")
        await self._out.emit(
            "input_audio_buffer.timeout_triggered",
            audio_start_ms=max(0, end - timeout_ms), audio_end_ms=end, item_id=item_id,
        )  # fmt: skip
        item = {
            "id": item_id, "object": "realtime.item", "type": "message", "status": "completed", "role": "user",
            "content": [{"type": "input_audio", "transcript": None}],
        }  # fmt: skip
        before = self._conversation.add(item, audio_ms=timeout_ms)
        await self._out.emit("input_audio_buffer.committed", previous_item_id=before, item_id=item_id)
        await self._out.emit("conversation.item.added", previous_item_id=before, item=item)
        await self._out.emit("conversation.item.done", previous_item_id=before, item=item)
        with contextlib.suppress(Refused):
            self._create(Cause.TIMEOUT, {})

    # --- tasks

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            if not isinstance(error, PeerGone):
                logger.error("session %s: %s", self.id, type(error).__name__, exc_info=error)
            if not self._closing.done():
                self._closing.set_result(None)
