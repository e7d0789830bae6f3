"""The telephone network under load: N calls at once, a frame each way every 20 ms, every frame accounted for.

    python -m tests.bench.bridge.driver '{"url": ..., "calls": 25, ...}'

Each call is one signed POST /voice from its own number (or a bare socket for a relay without one), one Media
Streams socket, and frames that carry their number, so that the round trip of each is known and none is lost
unseen. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from twilio.request_validator import RequestValidator

FRAME_MS = 20
FRAMES_A_SECOND = 50
REST = b64encode(b"\xff" * 154).decode()  # quiet, after six bytes of number: 160 bytes in all
STREAM = re.compile(r'<Stream[^>]* url="([^"]+)"')
TOKEN = re.compile(r'<Parameter name="session_token" value="([^"]+)"')


@dataclass
class Load:
    """What to do. `phones` are the callers' numbers; without `voice_path` the sockets are opened at once."""

    url: str
    calls: int
    seconds: float
    warm_up_s: float = 3.0
    calls_a_second: float = 20.0
    voice_path: str = "/voice"
    media_path: str = "/media"
    public_url: str = ""
    account_sid: str = ""
    auth_token: str = ""
    phones: list[str] = field(default_factory=list)


@dataclass
class Result:
    """What came of it. Times in milliseconds."""

    calls: int = 0
    failed: int = 0
    sent: int = 0
    lost: int = 0
    p50: float = 0.0
    p99: float = 0.0
    worst: float = 0.0
    clears: int = 0
    set_up_p95: float = 0.0
    p99_each_second: list[float] = field(default_factory=list)


class Phone(WSListener):
    """One call's socket."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.stream_sid = f"MZ{number:032x}"
        self.transport: WSTransport | None = None
        self.sent_at: dict[int, float] = {}
        self.trips: list[tuple[float, float]] = []
        self.next = 0
        self.clears = 0
        self.is_measuring = False
        self.measured_until = 0
        self.is_closed = False
        self.head = (
            f'{{"event":"media","streamSid":"{self.stream_sid}",'
            '"media":{"track":"inbound","chunk":"1","timestamp":"1","payload":"'
        )

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.is_closed = True

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            return
        text = frame.get_payload_as_ascii_text()
        at = text.find('"payload":')
        if at >= 0:
            begin = text.index('"', at + 10) + 1
            self.came_back(text[begin : text.index('"', begin)])
        elif '"mark"' in text:
            transport.send(WSMsgType.TEXT, text.encode())
        elif '"clear"' in text:
            self.clears += 1

    def came_back(self, payload: str) -> None:
        now = time.perf_counter()
        for start in range(0, len(payload), len(REST) + 8):
            try:
                number = int(b64decode(payload[start : start + 8]))
            except ValueError:  # a sentence of the server's own
                continue
            sent = self.sent_at.pop(number, None)
            if sent is not None:
                self.trips.append((sent, (now - sent) * 1000))

    def say(self, message: dict[str, Any]) -> None:
        if self.transport is not None and not self.is_closed:
            self.transport.send(WSMsgType.TEXT, json.dumps(message).encode())

    def speak(self) -> None:
        if self.transport is None or self.is_closed:
            return
        number, self.next = self.next, self.next + 1
        payload = b64encode(b"%06d" % number).decode() + REST
        if self.is_measuring:
            self.sent_at[number] = time.perf_counter()
        self.transport.send(WSMsgType.TEXT, (self.head + payload + '"}}').encode())


class Exchange:
    """Sets calls up and keeps them talking."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.phones: list[Phone] = []
        self.set_up_ms: list[float] = []
        self.failed = 0
        self.signer = RequestValidator(load.auth_token)

    async def connect(self, session: aiohttp.ClientSession, number: int) -> None:
        began = time.perf_counter()
        try:
            phone = await self.dialled(session, number) if self.load.voice_path else await self.bare(number)
        except Exception as error:
            self.failed += 1
            print(f"call {number}: {type(error).__name__}: {error}", file=sys.stderr)
            return
        self.set_up_ms.append((time.perf_counter() - began) * 1000)
        self.phones.append(phone)

    async def dialled(self, session: aiohttp.ClientSession, number: int) -> Phone:
        load = self.load
        call_sid = f"CA{time.time_ns():020d}{number:012d}"
        form = {
            "CallSid": call_sid,
            "AccountSid": load.account_sid,
            "From": load.phones[number],
            "To": "+12015550198",
            "CallStatus": "ringing",
            "Direction": "inbound",
        }
        signature = self.signer.compute_signature(load.public_url + load.voice_path, form)
        headers = {"X-Twilio-Signature": signature}
        async with session.post(load.url + load.voice_path, data=form, headers=headers) as answer:
            text = await answer.text()
            answer.raise_for_status()
        stream, token = STREAM.search(text), TOKEN.search(text)
        if stream is None or token is None:
            raise ValueError("no stream in the answer")
        return await self.opened(number, stream.group(1), call_sid, token.group(1))

    async def bare(self, number: int) -> Phone:
        return await self.opened(number, "", f"CA{number:032x}", "")

    async def opened(self, number: int, signed_url: str, call_sid: str, token: str) -> Phone:
        load = self.load
        phone = Phone(number)
        headers = {"X-Twilio-Signature": self.signer.compute_signature(signed_url, {})} if signed_url else {}
        url = load.url.replace("http", "ws", 1) + load.media_path
        await ws_connect(lambda: phone, url, extra_headers=headers, use_aiofastnet=False)
        phone.say({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "accountSid": load.account_sid,
            "streamSid": phone.stream_sid,
            "callSid": call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"session_token": token},
        }
        phone.say({"event": "start", "sequenceNumber": "1", "streamSid": phone.stream_sid, "start": start})
        return phone

    async def clock(self) -> None:
        """A frame of every call each 20 ms, the calls spread over the 20 ms."""
        loop = asyncio.get_running_loop()
        tick, began = 0, loop.time()
        while True:
            slot = tick % FRAME_MS
            for phone in self.phones[slot::FRAME_MS]:
                phone.speak()
            tick += 1
            await asyncio.sleep(max(began + tick / 1000 - loop.time(), 0))

    async def run(self) -> Result:
        load = self.load
        async with aiohttp.ClientSession() as session:
            clock = asyncio.create_task(self.clock())
            callers = []
            for number in range(load.calls):
                callers.append(asyncio.create_task(self.connect(session, number)))
                await asyncio.sleep(1 / load.calls_a_second)
            await asyncio.gather(*callers)
            await asyncio.sleep(load.warm_up_s)
            result = Result(calls=len(self.phones), failed=self.failed)
            print("measuring", flush=True)
            await self.measured(load.seconds)
            print("measured", flush=True)
            await asyncio.sleep(1.0)  # what is under way may still arrive
            clock.cancel()
            self.fill(result)
            for phone in self.phones:
                if phone.transport is not None and not phone.is_closed:
                    phone.say({"event": "stop", "streamSid": phone.stream_sid, "stop": {}})
                    phone.transport.disconnect()
        return result

    async def measured(self, seconds: float) -> None:
        for phone in self.phones:
            phone.is_measuring = True
        await asyncio.sleep(seconds)
        for phone in self.phones:
            phone.is_measuring, phone.measured_until = False, phone.next

    def fill(self, result: Result) -> None:
        timed = sorted(trip for phone in self.phones for trip in phone.trips)
        trips = sorted(ms for _, ms in timed)
        for phone in self.phones:
            result.lost += sum(number < phone.measured_until for number in phone.sent_at)
            result.clears += phone.clears
            result.failed += phone.is_closed
        result.sent = len(trips) + result.lost
        if trips:
            result.p50, result.p99 = trips[len(trips) // 2], trips[int(len(trips) * 0.99)]
            result.worst = trips[-1]
        for second in range(int(self.load.seconds) if timed else 0):
            inside = sorted(ms for at, ms in timed if second <= at - timed[0][0] < second + 1)
            result.p99_each_second.append(round(inside[int(len(inside) * 0.99)], 1) if inside else 0.0)
        if self.set_up_ms:
            result.set_up_p95 = sorted(self.set_up_ms)[int(len(self.set_up_ms) * 0.95)]


if __name__ == "__main__":
    found = uvloop.run(Exchange(Load(**json.loads(sys.argv[1]))).run())
    print(json.dumps(asdict(found)))
