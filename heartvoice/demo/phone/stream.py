"""`<Connect><Stream>`: the media socket, the 20 ms clock, and the simulated patient on it.

Source: Twilio, Media Streams WebSocket messages; TwiML Stream.
"""

import asyncio
import logging
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from socket import SO_LINGER, SOL_SOCKET
from typing import Literal
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from heartvoice.demo.phone import media
from heartvoice.demo.phone.call import Call, new_sid
from heartvoice.demo.phone.ears import Ear
from heartvoice.demo.phone.events import EventLog
from heartvoice.demo.phone.faults import Fault, Faults
from heartvoice.demo.phone.patient import (
    Beeps,
    Finished,
    HangsUp,
    Happening,
    Keys,
    MayaSpeaks,
    Patient,
    Speaks,
    Turn,
)
from heartvoice.demo.phone.playout import Frame, Playout
from heartvoice.demo.phone.sound import FRAME_MS
from heartvoice.demo.phone.topics import recognise
from heartvoice.demo.phone.twiml import Connect
from heartvoice.demo.phone.webhooks import signature

log = logging.getLogger(__name__)

CONNECT_WITHIN_S = 5.0
FRAME_S = FRAME_MS / 1000

End = Literal["closed", "hung_up", "dropped"]


class StreamFailed(Exception):
    """The socket could not be opened; `code` is Twilio's error number."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a stream shares with the rest of the exchange."""

    auth_token: str
    faults: Faults
    events: EventLog
    keeps_audio: bool
    on_beep: Callable[[], None]


@asynccontextmanager
async def opened(url: str, auth_token: str, *, at: str = "") -> AsyncIterator[ClientConnection]:
    """The media socket of `url`, signed for it. Raises StreamFailed before it is open.

    `at` is the address to connect to instead, where `url` is one that only a proxy would know.
    """
    parts = urlsplit(at or url)
    if parts.scheme not in {"wss", "ws"} or not parts.hostname:
        raise StreamFailed(31922, "the scheme must be wss")
    if parts.scheme == "ws" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise StreamFailed(31922, "ws is for this machine only")
    if parts.query:
        raise StreamFailed(31920, "a query string is not allowed")
    connecting = connect(
        at or url,
        additional_headers={"X-Twilio-Signature": signature(auth_token, url, {})},
        user_agent_header="Twilio.TmeWs/1.0",
        compression=None,
        open_timeout=CONNECT_WITHIN_S,
        ping_interval=None,
        max_size=None,
        max_queue=None,
    )
    try:
        socket = await connecting.__aenter__()
    except TimeoutError as error:
        raise StreamFailed(31901, "no answer in time") from error
    except (InvalidHandshake, InvalidURI) as error:
        raise StreamFailed(31920, f"handshake refused: {type(error).__name__}") from error
    except OSError as error:
        raise StreamFailed(31902, f"no connection: {type(error).__name__}") from error
    try:
        yield socket
    finally:
        await connecting.__aexit__(None, None, None)


def reset_on_close(socket: ClientConnection) -> None:
    """Make the next close of the connection a TCP reset."""
    raw = socket.transport.get_extra_info("socket")
    raw.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))


class MediaStream:
    """One stream of one call. `run` returns how it ended; cancelling it is the take-over by a REST update."""

    def __init__(
        self, call: Call, verb: Connect, patient: Patient, ear: Ear, surroundings: Surroundings
    ) -> None:
        self.sid = new_sid("MZ")
        self.playout = Playout()
        self.patient = patient
        self._call = call
        self._verb = verb
        self._ear = ear
        self._around = surroundings
        self._writer = media.Writer(account_sid=call.account_sid, call_sid=call.sid, stream_sid=self.sid)
        self._stalled_until = 0.0
        self._to_lose = 0
        self._ended: End | None = None

    async def run(self, on_open: Callable[[str], None]) -> End:
        """Open, run until somebody ends it, close. Raises StreamFailed when it never opened."""
        async with opened(self._verb.url, self._around.auth_token) as socket:
            on_open(self.sid)
            reader = asyncio.create_task(self._read(socket), name=f"stream-{self.sid}")
            try:
                await socket.send(self._writer.connected())
                await socket.send(self._writer.start(self._verb.parameters))
                await self._clock(socket)
            except ConnectionClosed:
                self._ended = self._ended or "closed"
            finally:
                reader.cancel()
                with suppress(asyncio.CancelledError):
                    await reader
                await self._close(socket)
        return self._ended or "closed"

    def hang_up(self) -> None:
        """The patient's line drops."""
        self._ended = self._ended or "hung_up"

    async def _clock(self, socket: ClientConnection) -> None:
        """20 ms by 20 ms: play, let the patient hear and speak, send what he said."""
        loop = asyncio.get_running_loop()
        started, frame = loop.time(), 0
        turns = asyncio.Queue[Turn]()
        listener = asyncio.create_task(self._listen(turns), name=f"ear-{self.sid}")
        try:
            self.patient.pick_up()
            while self._ended is None:
                for fault in self._due(frame * FRAME_MS):
                    await self._make(fault, socket, loop.time())
                if loop.time() >= self._stalled_until:
                    # What was said during a stall follows in a burst; what was not played then plays late.
                    is_late = started + frame * FRAME_S < self._stalled_until
                    await self._tick(socket, frame, turns, plays=not is_late)
                    frame += 1
                delay = max(started + frame * FRAME_S, self._stalled_until) - loop.time()
                # Late frames still let the reader run in between.
                await asyncio.sleep(max(0.0, delay))
        finally:
            listener.cancel()
            with suppress(asyncio.CancelledError):
                await listener

    async def _tick(
        self, socket: ClientConnection, frame: int, turns: asyncio.Queue[Turn], *, plays: bool
    ) -> None:
        played = self.playout.tick() if plays else Frame(None, ())
        for name in played.marks:
            await self._return_mark(socket, name, is_unheard=False)
        said = self.patient.tick(played.audio, is_queued=self.playout.queued > 0 or not plays)
        for happening in self._drained():
            await self._happened(socket, happening)
        if (turn := self.patient.take_turn()) is not None:
            turns.put_nowait(turn)
        if self._around.keeps_audio and played.audio:
            self._call.heard += played.audio
        ledger = self._call.ledger
        ledger.played_ms = self.playout.played // 8
        if self._to_lose:
            self._to_lose -= 1
            return
        await socket.send(self._writer.media(said, chunk=frame + 1, at_ms=frame * FRAME_MS))
        ledger.frames_sent += 1

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                match media.parse(text, self.sid):
                    case media.Media(payload):
                        self.playout.push(payload)
                    case media.Mark(name):
                        if self.playout.mark(name):
                            await self._return_mark(socket, name, is_unheard=False)
                    case media.Clear():
                        await self._clear(socket)
                    case media.Bad(reason):
                        self._call.ledger.warnings.append(f"31951 {reason}")
                        self._event("stream.warning", code=31951, reason=reason)
        except ConnectionClosed:
            pass
        # Without a close frame it is a broken line, not a decision of the application's.
        self._ended = self._ended or ("dropped" if socket.close_code == 1006 else "closed")

    async def _clear(self, socket: ClientConnection) -> None:
        dropped_ms = self.playout.queued // 8
        names = self.playout.clear()
        self._call.ledger.clears.append(
            {
                "at_ms": self.patient.at_ms,
                "played_ms": self.playout.played // 8,
                "dropped_ms": dropped_ms,
                "dropped_marks": list(names),
            }
        )
        self._event("line.clear", dropped_ms=dropped_ms)
        for name in names:
            await self._return_mark(socket, name, is_unheard=True)

    async def _return_mark(self, socket: ClientConnection, name: str, *, is_unheard: bool) -> None:
        self._call.ledger.marks.append(
            {
                "name": name,
                "at_ms": self.patient.at_ms,
                "played_ms": self.playout.played // 8,
                "is_unheard": is_unheard,
            }
        )
        if not self._around.faults.has("no_marks", call_sid=self._call.sid, phone=self._phone):
            await socket.send(self._writer.mark(name))

    async def _listen(self, turns: asyncio.Queue[Turn]) -> None:
        while True:
            turn = await turns.get()
            try:
                text = await self._ear.understand(turn.audio)
            except Exception:  # boundary: a patient who did not understand goes on listening
                log.exception("a turn of %d bytes was not understood", len(turn.audio))
                text = ""  # he asks again, or waits to be asked again
            heard = recognise(text)
            self._call.ledger.understood(turn.number, text, heard)
            self._event("maya.said", turn=turn.number, text=text, topic=heard.topic)
            self.patient.understood(text)

    def _drained(self) -> list[Happening]:
        found, self.patient.happenings = self.patient.happenings, []
        return found

    async def _happened(self, socket: ClientConnection, happening: Happening) -> None:
        ledger = self._call.ledger
        match happening:
            case MayaSpeaks(number, at_ms):
                ledger.maya_speaks(number, at_ms)
                self._event("maya.speaks", turn=number, at_ms=at_ms)
            case Speaks(reply, at_ms, duration_ms):
                ledger.said(reply, at_ms)
                self._event(
                    "patient.says", topic=reply.topic, text=reply.text, at_ms=at_ms, duration_ms=duration_ms
                )
            case Finished(reply, at_ms):
                ledger.finished(at_ms)
                self._event("patient.finished", topic=reply.topic, at_ms=at_ms)
            case Keys(reply, digits, at_ms):
                ledger.said(reply, at_ms, ended_ms=at_ms, digits=digits)
                self._event("patient.keys", digits=digits, at_ms=at_ms)
                for digit in digits:
                    await socket.send(self._writer.dtmf(digit))
            case Beeps():
                self._around.on_beep()
            case HangsUp():
                self._event("patient.hangs_up")
                self.hang_up()

    def _due(self, at_ms: int) -> list[Fault]:
        kinds = (
            "stall",
            "lose_frames",
            "drop_socket",
            "reset_socket",
            "send_text",
            "repeat_start",
            "hang_up",
        )
        where = {"call_sid": self._call.sid, "phone": self._phone}
        return list(self._around.faults.take(*kinds, **where, at_ms=at_ms))  # type: ignore[arg-type]

    async def _make(self, fault: Fault, socket: ClientConnection, now: float) -> None:
        self._event("fault", what=fault.kind)
        match fault.kind:
            case "stall":
                self._stalled_until = now + fault.for_ms / 1000
            case "lose_frames":
                self._to_lose = fault.count
            case "drop_socket" | "reset_socket":
                self._ended = "dropped"
                if fault.kind == "reset_socket":
                    reset_on_close(socket)
                socket.transport.abort()
            case "send_text":
                await socket.send(fault.text)
            case "repeat_start":
                await socket.send(self._writer.start(self._verb.parameters))
            case "hang_up":
                self.hang_up()

    async def _close(self, socket: ClientConnection) -> None:
        lasting = self._around.faults.has("no_stop", call_sid=self._call.sid, phone=self._phone)
        with suppress(ConnectionClosed, TimeoutError):
            if not lasting:
                await socket.send(self._writer.stop())
            await socket.close()

    def _event(self, kind: str, **data: object) -> None:
        self._around.events.add(kind, self._call.sid, **data)

    @property
    def _phone(self) -> str:
        """The patient's number, whoever called whom."""
        return self._call.from_ if self._call.direction == "inbound" else self._call.to
