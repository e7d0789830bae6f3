"""One session of the scripted Realtime stand-in: answers what the protocol fixes, does what the script says.

The script is an async function that is given the session:

    async def script(session):
        await session.expect("session.update")
        await session.expect("response.create")
        await session.respond(Speech("Hello.", ms=900))
        await session.hears("Yes, this is Robert.", ms=1200)
        await session.respond(Tool("verifyIdentity", {...}))
        await session.expect("conversation.item.create")

Everything received is kept in order in `received`, and by kind in the properties below.
"""

import asyncio
import itertools
import json
import math
import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from tests.standins.realtime_config import Rejected, updated
from tests.standins.realtime_conversation import Conversation, Item, Response, Speech, Text, Tool
from tests.standins.realtime_record import Record

OPENING = re.compile(r'"((?:Hello, this is|Hola, soy) Maya\b.*)"')
TOO_SHORT_BYTES = 800  # a commit of less than 100 ms is refused


class Session(Record):
    """The server's side of one connection. `write` sends text, `transport` is what can be cut."""

    def __init__(
        self, *, number: int, path: str, headers: Mapping[str, str], transport: Any, caches: bool = True
    ) -> None:
        super().__init__()
        self.number = number
        self.path = path
        self.headers = headers
        self.sent: list[dict[str, Any]] = []
        self.sent_at: list[float] = []  # the event loop's time
        self.echoed = 0  # frames
        self.conversation = Conversation(number, caches=caches)
        self.answers_updates = True
        self.opens_as_asked = True
        self._transport = transport
        self._ids = itertools.count(1)
        self._events = itertools.count(1)
        self._active: Response | None = None
        self._is_asked = False  # by a response.create that the script has not answered yet
        self._speech_item = ""
        self._speech_from = 0
        self._echo: str | None = None

    @property
    def config(self) -> dict[str, Any]:
        """The effective configuration."""
        return self.conversation.config

    @property
    def tools(self) -> list[str]:
        """The names of the tools configured."""
        return [tool["name"] for tool in self.config["tools"]]

    # ---- what the script does ----------------------------------------------------------------------

    def send(self, event: Mapping[str, Any]) -> None:
        """Send one event, numbered."""
        whole = {"event_id": f"event_{next(self._events)}", **event}
        self.sent.append(whole)
        self.sent_at.append(asyncio.get_running_loop().time())
        self.send_text(json.dumps(whole))

    def send_text(self, text: str | bytes) -> None:
        """Send a frame as it is: malformed JSON, foreign events."""
        if self.is_open:
            self._transport.send_text(text)

    async def respond(
        self,
        *parts: Speech | Text | Tool,
        status: str = "completed",
        reason: str | None = None,
        error: Mapping[str, Any] | None = None,
        delta_ms: int = 200,
        every_s: float = 0.0,
        until_ms: int | None = None,
        usage: bool = True,
        metadata: Mapping[str, str] | None = None,
    ) -> Response:
        """One response. Deltas of `delta_ms` every `every_s` seconds (0: at once); cut off at `until_ms`."""
        response = self.open_response(metadata)
        for index, part in enumerate(parts):
            if isinstance(part, Speech):
                part = self._opened(part)
                await self._speak(response, index, part, delta_ms, every_s, until_ms)
            elif isinstance(part, Text):
                self._write(response, index, part)
            else:
                self._call(response, index, part, is_whole=status == "completed")
            if self._active is not response:
                return response  # interrupted: `speech_started` has finished it
        self.finish(response, status, reason=reason, error=error, usage=usage)
        return response

    def _opened(self, speech: Speech) -> Speech:
        """An obedient model says the call's first sentence as it is asked to, whatever the script would have it say."""
        asked = self.of("response.create")[-1:]
        found = OPENING.search(str(asked[0].get("response", {}).get("instructions", ""))) if asked else None
        if found is None or not self.opens_as_asked:
            return speech
        return replace(speech, text=found[1])

    def open_response(self, metadata: Mapping[str, str] | None = None) -> Response:
        """`response.created`."""
        response = Response(f"resp_{next(self._ids)}", metadata=metadata)
        self._active, self._is_asked = response, False
        self.send({"type": "response.created", "response": self.conversation.described(response, None)})
        return response

    def finish(
        self,
        response: Response,
        status: str = "completed",
        *,
        reason: str | None = None,
        error: Mapping[str, Any] | None = None,
        usage: bool = True,
    ) -> None:
        """`response.done`, billed."""
        response.status = status
        self._active = None
        details = None
        if status != "completed":
            details = {"type": status, "reason": reason, "error": dict(error) if error else None}
            details = {name: value for name, value in details.items() if value is not None}
        body = self.conversation.described(response, details)
        body["usage"] = self.conversation.bill(response) if usage else None
        self.send({"type": "response.done", "response": body})

    def delta(self, response_id: str, item_id: str, audio: bytes) -> None:
        """One piece of audio, for whatever response: late ones of a cancelled response too."""
        self.send(
            {
                "type": "response.output_audio.delta",
                "response_id": response_id,
                "item_id": item_id,
                "output_index": 0,
                "content_index": 0,
                "delta": b64encode(audio).decode(),
            }
        )

    def echo_into(self, response_id: str, item_id: str) -> None:
        """From now on every appended frame comes back at once as audio of this item (not kept in `sent`)."""
        where = f'"response_id":"{response_id}","item_id":"{item_id}","output_index":0,"content_index":0'
        self._echo = (
            '{"type":"response.output_audio.delta","event_id":"event_echo",' + where + ',"delta":"%s"}'
        )

    async def hears(self, text: str | None, *, ms: int = 1000, every_s: float = 0.0) -> str:
        """A whole turn of the patient's of `ms`; `text` None: the transcription fails. Returns the item id."""
        item_id = self.speech_started()
        await asyncio.sleep(every_s)
        self.speech_stopped(ms=ms)
        await asyncio.sleep(every_s)
        self.transcribed(item_id, text)
        return item_id

    def speech_started(self, *, at_ms: int | None = None) -> str:
        """Voice detected. Cancels the active response when the session says `interrupt_response`."""
        self._speech_item = f"item_{next(self._ids)}"
        self._speech_from = len(self.appended) // 8 if at_ms is None else at_ms
        self.send(
            {
                "type": "input_audio_buffer.speech_started",
                "audio_start_ms": self._speech_from,
                "item_id": self._speech_item,
            }
        )
        detection = self.config["audio"]["input"]["turn_detection"] or {}
        if self._active is not None and detection.get("interrupt_response"):
            self.finish(self._active, "cancelled", reason="turn_detected")
        return self._speech_item

    def speech_stopped(self, *, ms: int = 1000) -> None:
        """The end of the turn that was started last, `ms` long: stopped, committed, item added."""
        item = Item(
            self._speech_item,
            {
                "id": self._speech_item,
                "object": "realtime.item",
                "type": "message",
                "status": "completed",
                "role": "user",
                "content": [{"type": "input_audio", "transcript": None}],
            },
            audio_bytes=ms * 8,
        )
        self.send(
            {
                "type": "input_audio_buffer.speech_stopped",
                "audio_end_ms": self._speech_from + ms,
                "item_id": item.id,
            }
        )
        self.send(
            {
                "type": "input_audio_buffer.committed",
                "previous_item_id": self.conversation.last_id(),
                "item_id": item.id,
            }
        )
        self._add(item)

    def transcribed(self, item_id: str, text: str | None) -> None:
        """The transcription of one user item, or its failure (None)."""
        base = {"item_id": item_id, "content_index": 0}
        kind = "conversation.item.input_audio_transcription"
        if text is None:
            error = {"type": "transcription_error", "code": "audio_unintelligible", "message": "unclear"}
            self.send({"type": f"{kind}.failed", **base, "error": error})
            return
        item = self.conversation.items.get(item_id)
        seconds = math.ceil((item.audio_bytes if item else 8000) / 8000)
        if text:
            self.send({"type": f"{kind}.delta", **base, "delta": text})
        usage = {"type": "duration", "seconds": seconds}
        self.send({"type": f"{kind}.completed", **base, "transcript": text, "usage": usage})

    def error(
        self, code: str, message: str = "", *, param: str | None = None, event_id: str | None = None
    ) -> None:
        """An `error` event; the socket stays open."""
        kind = "server_error" if code == "server_error" else "invalid_request_error"
        body = {"type": kind, "code": code, "message": message or code, "param": param, "event_id": event_id}
        self.send({"type": "error", "error": body})

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a close frame."""
        self._transport.close(code, reason)

    def drop(self) -> None:
        """End the connection without a close frame."""
        self._transport.abort(None)

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self._transport.abort((SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0)))

    # ---- what the protocol fixes -------------------------------------------------------------------

    def start(self) -> None:
        """`session.created`."""
        self.send({"type": "session.created", "session": self.config})

    def take(self, event: dict[str, Any], at_s: float) -> None:
        """One event of the client's."""
        if event.get("type") == "input_audio_buffer.append":
            if self._echo is not None:
                self.send_text(self._echo % event["audio"])
                self.echoed += 1
                return
            self.appended += b64decode(event["audio"])
        else:
            self.received.append(event)
            self.received_at.append(at_s)
            self._answer(event)
        self.news()

    def gone(self) -> None:
        """The connection is over."""
        self.is_open = False
        self.closed.set()
        self.news()

    def _answer(self, event: dict[str, Any]) -> None:
        event_id = event.get("event_id")
        match event.get("type"):
            case "session.update" if self.answers_updates:
                self._update(event)
            case "conversation.item.create":
                item = dict(event["item"])
                item.setdefault("id", f"item_{next(self._ids)}")
                self._add(Item(item["id"], {"object": "realtime.item", "status": "completed", **item}))
            case "conversation.item.truncate":
                self._truncate(event)
            case "conversation.item.delete":
                self.conversation.items.pop(event["item_id"], None)
                self.send({"type": "conversation.item.deleted", "item_id": event["item_id"]})
            case "response.create" if event.get("response", {}).get("conversation") != "none":
                self._asked_to_respond(event_id)
            case "response.cancel":
                if self._active is None:
                    message = "Cancellation failed: no active response found"
                    self.error("response_cancel_not_active", message, event_id=event_id)
                else:
                    self.finish(self._active, "cancelled", reason="client_cancelled")
            case "input_audio_buffer.clear":
                self.send({"type": "input_audio_buffer.cleared"})
            case "input_audio_buffer.commit" if len(self.appended) < TOO_SHORT_BYTES:
                self.error("input_audio_buffer_commit_empty", "buffer too small", event_id=event_id)
            case _:
                pass

    def _asked_to_respond(self, event_id: str | None) -> None:
        """From the request on a response counts as active, even if the script lets it wait."""
        if self._active is None and not self._is_asked:
            self._is_asked = True
            return
        running = self._active.id if self._active else "pending"
        message = f"Conversation already has an active response in progress: {running}."
        self.error("conversation_already_has_active_response", message, event_id=event_id)

    def _update(self, event: dict[str, Any]) -> None:
        result = updated(self.config, event.get("session"))
        if isinstance(result, Rejected):
            self._refuse(result, event)
            return
        self.conversation.config = result
        self.send({"type": "session.updated", "session": self.config})

    def _truncate(self, event: dict[str, Any]) -> None:
        item_id, end_ms = event["item_id"], event["audio_end_ms"]
        problem = self.conversation.truncate(item_id, end_ms)
        if problem is not None:
            self._refuse(problem, event)
            return
        done = {"item_id": item_id, "content_index": event["content_index"], "audio_end_ms": end_ms}
        self.send({"type": "conversation.item.truncated", **done})

    def _refuse(self, problem: Rejected, event: Mapping[str, Any]) -> None:
        self.error(problem.code, problem.message, param=problem.param, event_id=event.get("event_id"))

    def _add(self, item: Item) -> None:
        before = self.conversation.last_id()
        self.conversation.items[item.id] = item
        for kind in ("added", "done"):
            self.send(
                {"type": f"conversation.item.{kind}", "previous_item_id": before, "item": dict(item.body)}
            )

    async def _speak(
        self,
        response: Response,
        index: int,
        part: Speech,
        delta_ms: int,
        every_s: float,
        until_ms: int | None,
    ) -> None:
        sound = part.sound()
        if until_ms is not None:
            sound = sound[: until_ms * 8]
        item = Item(
            f"item_{next(self._ids)}",
            {"type": "message", "role": "assistant", "status": "in_progress", "content": []},
        )
        item.body["id"] = item.id
        response.items.append(item.id)
        where = {"response_id": response.id, "item_id": item.id, "output_index": index, "content_index": 0}
        self._open_item(response, index, item)
        self.send(
            {"type": "response.content_part.added", **where, "part": {"type": "audio", "transcript": ""}}
        )
        self.send({"type": "response.output_audio_transcript.delta", **where, "delta": part.text})
        for at in range(0, len(sound), delta_ms * 8):
            piece = sound[at : at + delta_ms * 8]
            self.send({"type": "response.output_audio.delta", **where, "delta": b64encode(piece).decode()})
            item.audio_bytes += len(piece)
            await asyncio.sleep(every_s)
            if self._active is not response:
                break
        is_whole = self._active is response
        content = [{"type": "output_audio", "transcript": part.text}]
        item.body |= {"status": "completed" if is_whole else "incomplete", "content": content}
        if not is_whole:
            return
        done = {"type": "audio", "transcript": part.text}
        self.send({"type": "response.output_audio.done", **where})
        self.send({"type": "response.output_audio_transcript.done", **where, "transcript": part.text})
        self.send({"type": "response.content_part.done", **where, "part": done})
        self._close_item(response, index, item)

    def _write(self, response: Response, index: int, part: Text) -> None:
        item = Item(
            f"item_{next(self._ids)}",
            {"type": "message", "role": "assistant", "status": "in_progress", "content": []},
        )
        item.body["id"] = item.id
        response.items.append(item.id)
        where = {"response_id": response.id, "item_id": item.id, "output_index": index, "content_index": 0}
        self._open_item(response, index, item)
        self.send({"type": "response.content_part.added", **where, "part": {"type": "text", "text": ""}})
        self.send({"type": "response.output_text.delta", **where, "delta": part.text})
        self.send({"type": "response.output_text.done", **where, "text": part.text})
        done = {"type": "text", "text": part.text}
        self.send({"type": "response.content_part.done", **where, "part": done})
        item.body |= {"status": "completed", "content": [{"type": "output_text", "text": part.text}]}
        self._close_item(response, index, item)

    def _call(self, response: Response, index: int, part: Tool, *, is_whole: bool) -> None:
        call_id = part.call_id or f"call_{next(self._ids)}"
        response.call_ids.append(call_id)
        text = part.text()
        body = {"type": "function_call", "status": "in_progress", "name": part.name, "call_id": call_id}
        item = Item(f"item_{next(self._ids)}", {**body, "arguments": ""})
        item.body["id"] = item.id
        response.items.append(item.id)
        where = {"response_id": response.id, "item_id": item.id, "output_index": index, "call_id": call_id}
        self._open_item(response, index, item)
        kind = "response.function_call_arguments"
        self.send({"type": f"{kind}.delta", **where, "delta": text})
        self.send({"type": f"{kind}.done", **where, "name": part.name, "arguments": text})
        item.body |= {"arguments": text, "status": "completed" if is_whole else "incomplete"}
        self._close_item(response, index, item)

    def _open_item(self, response: Response, index: int, item: Item) -> None:
        before = self.conversation.last_id()
        self.conversation.items[item.id] = item
        base = {"response_id": response.id, "output_index": index, "item": dict(item.body)}
        self.send({"type": "response.output_item.added", **base})
        self.send({"type": "conversation.item.added", "previous_item_id": before, "item": dict(item.body)})

    def _close_item(self, response: Response, index: int, item: Item) -> None:
        base = {"response_id": response.id, "output_index": index, "item": dict(item.body)}
        self.send({"type": "response.output_item.done", **base})
        previous = {"previous_item_id": None, "item": dict(item.body)}
        self.send({"type": "conversation.item.done", **previous})
