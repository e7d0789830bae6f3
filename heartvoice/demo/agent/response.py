"""One response on the wire: its events in the API's order, whatever happens to it."""

import asyncio
import base64
from dataclasses import dataclass, field
from typing import Any

from heartvoice.demo.agent import speaking
from heartvoice.demo.agent.conversation import ASSISTANT_MS_PER_TOKEN, Conversation, Entry, text_tokens
from heartvoice.demo.agent.dialogue.toolbox import Call
from heartvoice.demo.agent.wire.outbox import Outbox, new_id
from heartvoice.demo.voicepack.compose import Speech, Spoken

PIECE_PAUSE_S = 0.008  # between pieces of 200 ms: much faster than real time, as the API is


@dataclass(slots=True)
class Settings:
    """What a response runs with: the session's configuration under the overrides of `response.create`."""

    conversation: str
    modality: str
    audio: dict[str, Any]
    max_output_tokens: int | str
    metadata: dict[str, str] | None

    @classmethod
    def of(cls, config: dict[str, Any], asked: dict[str, Any]) -> "Settings":
        output = {**config["audio"]["output"], **((asked.get("audio") or {}).get("output") or {})}
        return cls(
            conversation=asked.get("conversation", "auto"),
            modality=(asked.get("output_modalities") or config["output_modalities"])[0],
            audio=output,
            max_output_tokens=asked.get("max_output_tokens") or config["max_output_tokens"],
            metadata=asked.get("metadata"),
        )


@dataclass(slots=True)
class Response:
    """A response in progress. `stop(reason)` may be called at any time."""

    outbox: Outbox
    conversation: Conversation
    conversation_id: str
    settings: Settings
    id: str = field(default_factory=lambda: new_id("resp"))
    output: list[Entry] = field(default_factory=list)
    spoken: Speech | None = None
    sent_ms: int = 0
    stopped: str = ""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_in_conversation(self) -> bool:
        return self.settings.conversation == "auto"

    def stop(self, reason: str) -> None:
        """End it early: `turn_detected`, `client_cancelled` or `max_output_tokens`."""
        self.stopped = self.stopped or reason
        self.stopping.set()

    async def wait_for(self, awaited: "asyncio.Future[Any]") -> bool:
        """Wait for it, or until stopped; whether it is done."""
        stopping = asyncio.ensure_future(self.stopping.wait())
        try:
            await asyncio.wait({awaited, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        return awaited.done() and not self.stopped

    async def pause(self, seconds: float) -> bool:
        """Wait; False when stopped meanwhile."""
        if not self.stopped:
            try:
                async with asyncio.timeout(seconds):
                    await self.stopping.wait()
            except TimeoutError:
                pass
        return not self.stopped

    # --- events

    async def begin(self) -> None:
        await self.outbox.emit("response.created", response=self._object("in_progress"))
        limit = {"name": "tokens", "limit": 40000, "remaining": 39000, "reset_seconds": 1.5}
        await self.outbox.emit("rate_limits.updated", rate_limits=[limit])

    async def say(self, speech: Speech) -> None:
        """Speak, or write when the modality is text."""
        item = {"id": new_id("item"), "object": "realtime.item", "type": "message", "role": "assistant"}
        await self._added({**item, "status": "in_progress", "content": []})
        if self.settings.modality == "text":
            part, ms = await self._write(item["id"], speech.text), 0
        else:
            part, ms = await self._speak(item["id"], speech), self.sent_ms
        status = "incomplete" if self.stopped else "completed"
        await self._done({**item, "status": status, "content": [part]}, ms)

    async def call(self, call: Call, arguments: str) -> str:
        """Make a function call; its call id."""
        call_id = new_id("call")
        item = {
            "id": new_id("item"), "object": "realtime.item", "type": "function_call", "status": "in_progress",
            "name": call.name, "call_id": call_id, "arguments": "",
        }  # fmt: skip
        where = {
            "response_id": self.id,
            "item_id": item["id"],
            "output_index": len(self.output),
            "call_id": call_id,
        }
        await self._added(item)
        for at in range(0, len(arguments), 48):
            await self.outbox.emit(
                "response.function_call_arguments.delta", **where, delta=arguments[at : at + 48]
            )
        await self.outbox.emit(
            "response.function_call_arguments.done", **where, name=call.name, arguments=arguments
        )
        await self._done({**item, "status": "completed", "arguments": arguments}, 0)
        return call_id

    async def finish(self, usage: dict[str, Any] | None, *, error: str = "") -> None:
        """The last event: completed, cancelled, incomplete or failed."""
        status, details = self._ending(error)
        response = self._object(status, details=details, usage=usage)
        await self.outbox.emit("response.done", response=response)

    # --- parts

    def _ending(self, error: str) -> tuple[str, dict[str, Any] | None]:
        if error:
            fault = {"type": "server_error", "code": error, "message": "The server had an error."}
            return "failed", {"type": "failed", "error": fault}
        if self.stopped:
            status = "incomplete" if self.stopped == "max_output_tokens" else "cancelled"
            return status, {"type": status, "reason": self.stopped}
        return "completed", None

    def _object(
        self, status: str, *, details: dict[str, Any] | None = None, usage: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        voice = {key: self.settings.audio[key] for key in ("format", "voice")}
        return {
            "id": self.id,
            "object": "realtime.response",
            "conversation_id": self.conversation_id if self.is_in_conversation else None,
            "status": status,
            "status_details": details,
            "output_modalities": [self.settings.modality],
            "max_output_tokens": self.settings.max_output_tokens,
            "metadata": self.settings.metadata,
            "audio": {"output": voice},
            "output": [entry.item for entry in self.output],
            "usage": usage,
        }

    async def _added(self, item: dict[str, Any]) -> None:
        where = {"response_id": self.id, "output_index": len(self.output)}
        await self.outbox.emit("response.output_item.added", **where, item=item)
        if self.is_in_conversation:
            before = self.conversation.add(dict(item))
            await self.outbox.emit("conversation.item.added", previous_item_id=before, item=item)

    async def _done(self, item: dict[str, Any], audio_ms: int) -> None:
        if self.is_in_conversation and item["id"] in self.conversation.entries:
            before = self.conversation.order[: self.conversation.order.index(item["id"])]
            self.conversation.settle(item, audio_ms)
            await self.outbox.emit(
                "conversation.item.done", previous_item_id=before[-1] if before else None, item=item
            )
        where = {"response_id": self.id, "output_index": len(self.output)}
        await self.outbox.emit("response.output_item.done", **where, item=item)
        self.output.append(Entry(item, audio_ms))

    async def _speak(self, item_id: str, speech: Speech) -> dict[str, Any]:
        where = {
            "response_id": self.id,
            "item_id": item_id,
            "output_index": len(self.output),
            "content_index": 0,
        }
        emit = self.outbox.emit
        await emit("response.content_part.added", **where, part={"type": "audio", "transcript": ""})
        self.spoken = speech
        said = await self._stream(where, speech)
        transcript = "".join(said)
        await emit("response.output_audio.done", **where)
        await emit("response.output_audio_transcript.done", **where, transcript=transcript)
        await emit("response.content_part.done", **where, part={"type": "audio", "transcript": transcript})
        return {"type": "output_audio", "transcript": transcript}

    async def _stream(self, where: dict[str, Any], speech: Speech) -> list[str]:
        """Send the audio and, a sentence ahead of it, the words; the words sent."""
        said: list[str] = []
        waiting: list[Spoken] = list(speech.sentences)
        limit_ms = self._limit_ms(speech)
        for piece in speaking.pieces(speech.audio, self.settings.audio["format"]["type"]):
            if self.stopped:
                break
            while waiting and waiting[0].start_ms <= self.sent_ms + speaking.PIECE_MS:
                said.append((" " if said else "") + waiting.pop(0).text)
                await self.outbox.emit("response.output_audio_transcript.delta", **where, delta=said[-1])
            delta = base64.b64encode(piece).decode()
            await self.outbox.emit("response.output_audio.delta", **where, delta=delta)
            self.sent_ms = min(self.sent_ms + speaking.PIECE_MS, speech.ms)
            self.conversation.grow(where["item_id"], self.sent_ms)
            if self.sent_ms > limit_ms:
                self.stop("max_output_tokens")
            await self.pause(PIECE_PAUSE_S)
        return said

    def _limit_ms(self, speech: Speech) -> float:
        limit = self.settings.max_output_tokens
        if not isinstance(limit, int):
            return float("inf")
        return (limit - text_tokens(speech.text)) * ASSISTANT_MS_PER_TOKEN

    async def _write(self, item_id: str, text: str) -> dict[str, Any]:
        where = {
            "response_id": self.id,
            "item_id": item_id,
            "output_index": len(self.output),
            "content_index": 0,
        }
        emit = self.outbox.emit
        await emit("response.content_part.added", **where, part={"type": "text", "text": ""})
        await emit("response.output_text.delta", **where, delta=text)
        await emit("response.output_text.done", **where, text=text)
        await emit("response.content_part.done", **where, part={"type": "text", "text": text})
        return {"type": "output_text", "text": text}
