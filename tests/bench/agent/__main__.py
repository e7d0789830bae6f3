"""How soon the local voice agent answers, and what it costs: paced calls in real speech against one process.

    python -m tests.bench.agent [--sessions 1 5] [--turns 10]

Prints one row per number of sessions: from the last spoken frame, and from `speech_stopped`, to the first
`response.output_audio.delta` (ms, p50 and p95), cores used, resident memory. The client paces frames at 20 ms
and sends faint noise when it does not speak, as a telephone line does.
"""

import argparse
import asyncio
import base64
import json
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from calls.checkin import load_protocol
from heartvoice.demo.voicepack import clip, g711
from tests.support.local_agent import TOOLS

PERSONAS = ("stable", "weight_gain", "missed_meds", "chest_pain", "breathless")
FRAME = 160
FRAME_S = 0.02
SILENCE_MS = 700
QUESTIONS = {question.text["en"]: question.id for question in load_protocol().questions}
OTHERS = {"May I speak with": "greeting", "your full name": "identity", "Is that right?": "confirm"}


@dataclass(slots=True)
class Times:
    """Seconds, one per answered turn."""

    after_speech: list[float] = field(default_factory=list)
    after_stop: list[float] = field(default_factory=list)


class Caller:
    """One paced call."""

    def __init__(self, socket: ClientConnection, persona: str, times: Times) -> None:
        file = Path(f"heartvoice/demo/personas/{persona}.toml")
        self._persona: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        self._socket = socket
        self._times = times
        self._line = bytearray()
        self._spoke_at = self._stopped_at = 0.0
        self.turns = 0

    async def send(self, **event: Any) -> None:
        await self._socket.send(json.dumps(event))

    async def talk(self, turns: int) -> None:
        """Set the session up and answer until `turns` answers were given or the call ends."""
        name = f"- Name: {self._persona['patient']['first_name']}"
        detection = {"type": "server_vad", "threshold": 0.6, "silence_duration_ms": SILENCE_MS}
        listening = {"format": {"type": "audio/pcmu"}, "transcription": {}, "turn_detection": detection}
        audio = {"input": listening, "output": {"format": {"type": "audio/pcmu"}}}
        session = {"type": "realtime", "instructions": name, "tools": TOOLS, "audio": audio}
        await self.send(type="session.update", session=session)
        await self.send(type="response.create")
        pump = asyncio.create_task(self._pump())
        try:
            async for message in self._socket:
                await self._handle(json.loads(message))
                if self.turns >= turns:
                    break
        finally:
            pump.cancel()

    async def _pump(self) -> None:
        random = np.random.default_rng(1)
        due = time.perf_counter()
        while True:
            speech = bytes(self._line[:FRAME])
            del self._line[:FRAME]
            noise = g711.encode((random.standard_normal(FRAME) * 0.0015).astype(np.float32))
            payload = base64.b64encode(speech + noise[len(speech) :]).decode()
            await self.send(type="input_audio_buffer.append", audio=payload)
            if speech:
                self._spoke_at = time.perf_counter()
            due += FRAME_S
            await asyncio.sleep(max(0, due - time.perf_counter()))

    async def _handle(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "input_audio_buffer.speech_stopped":
                self._stopped_at = time.perf_counter()
            case "response.output_audio.delta" if self._stopped_at:
                now = time.perf_counter()
                self._times.after_speech.append(now - self._spoke_at)
                self._times.after_stop.append(now - self._stopped_at)
                self._stopped_at = 0.0
                self.turns += 1
            case "response.done":
                await self._answer(event["response"]["output"])

    async def _answer(self, output: list[dict[str, Any]]) -> None:
        calls = [item for item in output if item["type"] == "function_call"]
        for item in calls:
            result = {
                "type": "function_call_output",
                "call_id": item["call_id"],
                "output": '{"ok":true,"verified":true}',
            }
            await self.send(type="conversation.item.create", item=result)
        if calls:
            await self.send(type="response.create")
            return
        said = " ".join(item["content"][0]["transcript"] for item in output if item["type"] == "message")
        found = [
            (said.rfind(words), topic) for words, topic in {**QUESTIONS, **OTHERS}.items() if words in said
        ]
        topic = max(found)[1] if found else "unknown"
        self._line += clip(self._persona["voice"], self._persona["answers"][topic][0])


def percentile(values: list[float], share: int) -> int:
    return round(float(np.percentile(values, share)) * 1000) if values else -1


def resources(pid: int) -> tuple[float, int]:
    """CPU seconds and resident MB of a process."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return (int(stat[11]) + int(stat[12])) / 100, int(resident.split()[1]) // 1024


async def measure(port: int, pid: int, sessions: int, turns: int) -> str:
    times = Times()

    async def one(number: int) -> None:
        await asyncio.sleep(number * 1.3)
        url = f"ws://127.0.0.1:{port}/v1/realtime?model=local-maya"
        headers = {"Authorization": "Bearer local"}
        async with connect(url, additional_headers=headers, max_size=None, compression=None) as socket:
            await Caller(socket, PERSONAS[number % len(PERSONAS)], times).talk(turns)

    cpu, _ = resources(pid)
    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(sessions)))
    took = time.perf_counter() - began
    after, resident = resources(pid)
    speech = f"{percentile(times.after_speech, 50):>6} {percentile(times.after_speech, 95):>6}"
    stop = f"{percentile(times.after_stop, 50):>6} {percentile(times.after_stop, 95):>6}"
    return (
        f"{sessions:>8} {len(times.after_stop):>6} {speech} {stop} {(after - cpu) / took:>6.2f} {resident:>6}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description="The local voice agent under paced calls.")
    options.add_argument("--sessions", type=int, nargs="+", default=[1, 5])
    options.add_argument("--turns", type=int, default=10)
    chosen = options.parse_args()
    command = [sys.executable, "-m", "heartvoice.demo.agent", "--port", "0"]
    print(f"end of turn after {SILENCE_MS} ms of silence; times in ms to the first audio delta")
    print("sessions  turns | speech end p50 p95 | speech_stopped p50 p95 | cores | MB")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline().split()[1])
        try:
            for sessions in chosen.sessions:
                print(asyncio.run(measure(port, process.pid, sessions, chosen.turns)), flush=True)
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
