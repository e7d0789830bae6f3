"""One session of the local voice agent without sockets: what a client sends in, every event it gets back."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from heartvoice.demo.agent.hearing.pool import Hearing
from heartvoice.demo.agent.hearing.turns import Silero
from heartvoice.demo.agent.session import Session
from heartvoice.demo.agent.wire.outbox import PeerGone
from heartvoice.demo.voicepack import g711

EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
Event = dict[str, Any]

_AT = np.arange(g711.RATE_HZ) / g711.RATE_HZ
LOUD = g711.encode((0.3 * np.sin(2 * np.pi * 200 * _AT)).astype(np.float32))


class ByLoudness(Silero):
    """Speech is what is not silent."""

    def __init__(self) -> None:
        pass

    def probability(self, chunk: g711.Float) -> float:
        return 0.9 if float(np.abs(chunk).max()) > 0.01 else 0.0


class Told(Hearing):
    """Hears what it was told that the next turns say, whatever the audio."""

    def __init__(self, *words: str) -> None:
        self._words = list(words)

    def detector(self) -> Silero:
        return ByLoudness()

    def transcribe(self, samples: g711.Float) -> "asyncio.Future[str]":
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        future.set_result(self._words.pop(0) if self._words else "")
        return future


class Line:
    """A session that runs beside the test. Every event is checked against the official types."""

    def __init__(self, *words: str, model: str = "local-maya") -> None:
        self.events: list[Event] = []
        self.leaves_at = ""  # the type of the event that the client is no longer there for
        self._model = model
        self._hearing = Told(*words)
        self._sent: asyncio.Queue[str | None] = asyncio.Queue()
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._seen = 0

    async def __aenter__(self) -> "Line":
        session = Session(self._receive, model=self._model, hearing=self._hearing)
        self._task = asyncio.create_task(session.run(self._messages()))
        await self.until("session.created")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._sent.put_nowait(None)
        if self._task:
            await self._task

    async def _messages(self) -> AsyncIterator[str]:
        while (message := await self._sent.get()) is not None:
            yield message

    async def _receive(self, message: str) -> None:
        event = json.loads(message)
        if event["type"] == self.leaves_at:
            raise PeerGone
        EVENT.validate_python(event)
        async with self._news:
            self.events.append(event)
            self._news.notify_all()

    @property
    def is_over(self) -> bool:
        return bool(self._task and self._task.done())

    async def over(self) -> None:
        """The session has ended by itself."""
        if self._task:
            await asyncio.wait_for(asyncio.shield(self._task), 10)

    def send(self, kind: str, **fields: Any) -> None:
        self._sent.put_nowait(json.dumps({"type": kind, **fields}))

    def raw(self, message: str) -> None:
        self._sent.put_nowait(message)

    async def until(self, kind: str) -> Event:
        """The next event of that type after the last one waited for."""
        async with asyncio.timeout(10), self._news:
            while True:
                for at in range(self._seen, len(self.events)):
                    if self.events[at]["type"] == kind:
                        self._seen = at + 1
                        return self.events[at]
                await self._news.wait()

    async def configure(self, **session: Any) -> Event:
        """An ordinary telephone session with these fields changed."""
        detection = {"type": "server_vad", "silence_duration_ms": 320, **session.pop("detection", {})}
        audio = {
            "input": {
                "format": {"type": "audio/pcmu"},
                "transcription": {"model": "gpt-transcribe"},
                "turn_detection": session.pop("turn_detection", detection),
            },
            "output": {"format": {"type": "audio/pcmu"}},
        }
        self.send("session.update", session={"type": "realtime", "audio": audio, **session})
        return await self.until("session.updated")

    def speak(self, ms: int = 600, *, silence_ms: int = 640) -> None:
        """The caller makes a sound, then is quiet."""
        audio = (LOUD * 10)[: ms * 8] + g711.SILENCE * (silence_ms * 8)
        for at in range(0, len(audio), 160):
            self.send("input_audio_buffer.append", audio=base64.b64encode(audio[at : at + 160]).decode())

    def types(self, since: int = 0) -> list[str]:
        """The types of the events in order, runs of one type told once."""
        kinds = [event["type"] for event in self.events[since:]]
        return [kind for at, kind in enumerate(kinds) if at == 0 or kinds[at - 1] != kind]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["type"] == kind]
