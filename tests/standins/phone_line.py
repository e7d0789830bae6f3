"""One telephone line held by a test: calls in, follows the TwiML stream, speaks and notes what it hears and when.

    async with PhoneLine(base_url, account_sid, auth_token, from_="+12015550100") as line:
        document = await line.dial()
        await line.open(document)
        await line.say(tone(800))
        heard = await line.hears(ms=500)

No persona and no ears: bytes in, bytes out, times in seconds of the event loop's clock.
"""

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from heartvoice.demo.phone import media, twiml
from heartvoice.demo.phone.call import new_sid
from heartvoice.demo.phone.playout import Playout
from heartvoice.demo.phone.sound import FRAME_BYTES, FRAME_MS, LINE_NOISE_DB, noise_frames
from heartvoice.demo.phone.stream import opened, reset_on_close
from heartvoice.demo.phone.webhooks import Answer, Webhooks

FRAME_S = FRAME_MS / 1000
WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Played:
    """One frame that was really played to the caller."""

    at_s: float
    audio: bytes


@dataclass(frozen=True, slots=True)
class Cleared:
    """A `clear`: when it came, how much had been played, how much was thrown away."""

    at_s: float
    played_ms: int
    dropped_ms: int


class PhoneLine:
    """One call. `base_url` is where the server listens; `public_url` what it believes its origin to be."""

    def __init__(
        self,
        base_url: str,
        account_sid: str,
        auth_token: str,
        *,
        from_: str = "+12015550100",
        to: str = "+12015550198",
        public_url: str = "",
        direction: str = "inbound",
    ) -> None:
        self.call_sid = new_sid("CA")
        self.stream_sid = new_sid("MZ")
        self.account_sid = account_sid
        self.playout = Playout()
        self.played: list[Played] = []
        self.arrived: list[tuple[float, int]] = []  # (time, bytes) of every media message received
        self.marks: list[tuple[float, str]] = []  # as they were returned
        self.clears: list[Cleared] = []
        self.bad: list[str] = []
        self.closed = asyncio.Event()
        self.close_code: int | None = None
        self.returns_marks = True
        self._base = base_url.rstrip("/")
        self._public = (public_url or base_url).rstrip("/")
        self._token = auth_token
        self._numbers = {"From": from_, "To": to, "Caller": from_, "Called": to, "Direction": direction}
        self._webhooks = Webhooks(auth_token)
        self._stack = AsyncExitStack()
        self._socket: ClientConnection | None = None
        self._writer = media.Writer(
            account_sid=account_sid, call_sid=self.call_sid, stream_sid=self.stream_sid
        )
        self._mouth = bytearray()
        self._said = asyncio.Event()
        self._stalled_until = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._news = asyncio.Event()

    async def __aenter__(self) -> "PhoneLine":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.hang_up()
        await self._webhooks.close()

    # ---- webhooks ----------------------------------------------------------------------------------

    async def post(self, path: str, **parameters: str) -> Answer:
        """A signed webhook of this call. Raises WebhookFailed for 4xx, 5xx and no answer."""
        form = {
            "CallSid": self.call_sid,
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "CallStatus": "in-progress",
            **self._numbers,
            **parameters,
        }
        url = path if path.startswith("http") else self._public + path
        return await self._webhooks.ask(url, form, at=self._here(url))

    async def dial(self, path: str = "/voice", **parameters: str) -> twiml.Document:
        """What the application answers to the call."""
        answer = await self.post(path, **{"CallStatus": "ringing", **parameters})
        return twiml.parse(answer.text, answer.url)

    async def after_stream(self, document: twiml.Document) -> twiml.Document:
        """What the `action` of the document's `<Connect>` answers."""
        answer = await self.post(connect_of(document).action)
        return twiml.parse(answer.text, answer.url)

    # ---- the stream --------------------------------------------------------------------------------

    async def open(self, document: twiml.Document, **parameters: str) -> None:
        """Follow the `<Connect><Stream>`; `parameters` replace its own. Raises StreamFailed."""
        verb = connect_of(document)
        await self.connect(verb.url)
        await self.send(self._writer.connected())
        await self.send(self._writer.start({**verb.parameters, **parameters}))
        self.run()

    async def connect(self, url: str) -> None:
        """Only the socket, signed: nothing is sent yet."""
        at = self._here(url.replace("ws", "http", 1)).replace("http", "ws", 1)
        self._socket = await self._stack.enter_async_context(opened(url, self._token, at=at))
        self._tasks.append(asyncio.create_task(self._read(self._socket)))

    def run(self) -> None:
        """Start the 20 ms clock."""
        self._tasks.append(asyncio.create_task(self._clock()))

    async def send(self, text: str | bytes) -> None:
        """Send one frame as it is."""
        assert self._socket is not None
        await self._socket.send(text)

    async def say(self, audio: bytes) -> None:
        """Speak; returns when the last frame has left."""
        self._mouth += audio
        self._said.clear()
        await self._said.wait()

    async def press(self, digit: str) -> None:
        await self.send(self._writer.dtmf(digit))

    def stall(self, ms: int) -> None:
        """Let the line stand still: nothing is played and nothing leaves for `ms`."""
        self._stalled_until = asyncio.get_running_loop().time() + ms / 1000

    async def hears(self, *, ms: int, within_s: float = WITHIN_S) -> bytes:
        """The next `ms` of sound that are played from now on. Raises TimeoutError."""
        first = len(self.played)

        def got() -> bytes:
            return b"".join(frame.audio for frame in self.played[first:])

        await self.until(lambda: len(got()) >= ms * 8, within_s=within_s)
        return got()

    async def until(self, is_so: Callable[[], bool], *, within_s: float = WITHIN_S) -> None:
        """Wait until a condition on what was noted here holds. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not is_so():
                await self._news.wait()

    async def hang_up(self, *, stop: bool = True) -> None:
        """End the stream, with or without a stop message."""
        for task in self._tasks[1:]:
            task.cancel()
        if self._socket is not None:
            with suppress(ConnectionClosed):
                if stop:
                    await self._socket.send(self._writer.stop())
        await self._stack.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    def cut(self, *, reset: bool = False) -> None:
        """Lose the connection: no stop, no close frame; with `reset` as a TCP reset."""
        assert self._socket is not None
        if reset:
            reset_on_close(self._socket)
        self._socket.transport.abort()

    @property
    def heard(self) -> bytes:
        """Everything that was played to the caller."""
        return b"".join(frame.audio for frame in self.played)

    @property
    def played_ms(self) -> int:
        return self.playout.played // 8

    async def _clock(self) -> None:
        loop = asyncio.get_running_loop()
        noise = noise_frames(LINE_NOISE_DB)
        started, number = loop.time(), 0
        with suppress(ConnectionClosed):
            while True:
                if loop.time() >= self._stalled_until:
                    if started + number * FRAME_S >= self._stalled_until:
                        await self._play(loop.time())
                    frame = self._next_frame() or noise[number % len(noise)]
                    await self.send(self._writer.media(frame, chunk=number + 1, at_ms=number * FRAME_MS))
                    number += 1
                due = max(started + number * FRAME_S, self._stalled_until)
                await asyncio.sleep(max(0.0, due - loop.time()))

    async def _play(self, at_s: float) -> None:
        frame = self.playout.tick()
        if frame.audio:
            self.played.append(Played(at_s, frame.audio))
        for name in frame.marks:
            await self._return(name)
        self._tell()

    def _next_frame(self) -> bytes:
        frame = bytes(self._mouth[:FRAME_BYTES])
        del self._mouth[:FRAME_BYTES]
        if not self._mouth:
            self._said.set()
        return frame.ljust(FRAME_BYTES, b"\xff") if frame else b""

    async def _read(self, socket: ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        with suppress(ConnectionClosed):
            async for text in socket:
                await self._take(media.parse(text, self.stream_sid), loop.time())
        self.close_code = socket.close_code
        self.closed.set()
        self._said.set()
        self._tell()

    async def _take(self, message: media.Message, at_s: float) -> None:
        match message:
            case media.Media(payload):
                self.arrived.append((at_s, len(payload)))
                self.playout.push(payload)
            case media.Mark(name):
                if self.playout.mark(name):
                    await self._return(name)
            case media.Clear():
                dropped_ms = self.playout.queued // 8
                names = self.playout.clear()
                self.clears.append(Cleared(at_s, self.played_ms, dropped_ms))
                for name in names:
                    await self._return(name)
            case media.Bad(reason):
                self.bad.append(reason)
        self._tell()

    async def _return(self, name: str) -> None:
        if self.returns_marks:
            self.marks.append((asyncio.get_running_loop().time(), name))
            await self.send(self._writer.mark(name))

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _here(self, url: str) -> str:
        """The address on this machine of a URL of the public origin."""
        origin, parts = urlsplit(self._public), urlsplit(url)
        if parts.netloc != origin.netloc:
            return url
        base = urlsplit(self._base)
        return parts._replace(scheme=base.scheme, netloc=base.netloc).geturl()


def connect_of(document: twiml.Document) -> twiml.Connect:
    """The `<Connect><Stream>` of a document; AssertionError names what is there instead."""
    found = [verb for verb in document.verbs if isinstance(verb, twiml.Connect)]
    assert found, f"no <Connect><Stream> but {[type(verb).__name__ for verb in document.verbs]}"
    return found[0]


def payload_of(message: str) -> bytes:
    """The audio of one Realtime or Media Streams message."""
    body: dict[str, Any] = json.loads(message)
    return b64decode(body.get("delta") or body.get("audio") or body["media"]["payload"])
