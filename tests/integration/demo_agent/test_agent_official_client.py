"""A whole check-in in real speech, driven by OpenAI's own client: only its base URL is changed."""

import base64
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from calls.checkin import load_protocol
from heartvoice.demo.voicepack import clip, g711
from tests.support.local_agent import TOOLS

EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
PERSONAS = Path("heartvoice/demo/personas")
SESSION = {
    "type": "realtime",
    "tools": TOOLS,
    "audio": {
        "input": {
            "format": {"type": "audio/pcmu"},
            "transcription": {"model": "gpt-transcribe", "language": "en"},
            "turn_detection": {"type": "server_vad", "threshold": 0.6, "silence_duration_ms": 700},
        },
        "output": {"format": {"type": "audio/pcmu"}, "voice": "marin"},
    },
}
QUESTIONS = {question.text["en"]: question.id for question in load_protocol().questions}
OTHERS = {
    "May I speak with": "greeting",
    "your full name": "identity",
    "Is that right?": "confirm",
    "did not catch that": "again",
    "ask that again": "again",
}


class Patient:
    """Answers what Maya asks with the clips of one persona."""

    def __init__(self, name: str) -> None:
        persona = tomllib.loads((PERSONAS / f"{name}.toml").read_text(encoding="utf-8"))
        self.first_name: str = persona["patient"]["first_name"]
        self._voice: str = persona["voice"]
        self._answers: dict[str, list[str]] = persona["answers"]
        self._asked: dict[str, int] = {}
        self._topic = ""

    def answer(self, said: str) -> bytes:
        """The answer to the last question in `said`, as 8 kHz mu-law, and a second of silence; b"" for none."""
        known = {**QUESTIONS, **OTHERS}
        found = [(said.rfind(words), topic) for words, topic in known.items() if words in said]
        if not found:
            return b""
        topic = max(found)[1]
        self._topic = self._topic if topic == "again" else topic
        nth = self._asked.get(self._topic, 0)
        self._asked[self._topic] = nth + 1
        texts = self._answers[self._topic]
        return clip(self._voice, texts[min(nth, len(texts) - 1)]) + g711.SILENCE * 8000


class Call:
    """The product's side: runs the session, answers the tools, keeps what was asked for."""

    def __init__(self, connection: AsyncRealtimeConnection, patient: Patient) -> None:
        self._connection = connection
        self._patient = patient
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.said: list[str] = []
        self.errors: list[dict[str, Any]] = []

    async def run(self) -> None:
        """Until endCall."""
        await self._next("session.created")
        name = f"PATIENT CONTEXT:\n- Name: {self._patient.first_name}\n"
        await self._connection.send({"type": "session.update", "session": {**SESSION, "instructions": name}})  # type: ignore[misc, list-item]
        await self._next("session.updated")
        await self._connection.response.create()
        while True:
            response = (await self._next("response.done"))["response"]
            for item in response["output"]:
                if item["type"] == "message":
                    self.said.append(item["content"][0]["transcript"])
            calls = [item for item in response["output"] if item["type"] == "function_call"]
            for item in calls:
                self.calls.append((item["name"], json.loads(item["arguments"])))
                await self._give(item["call_id"], {"ok": True, "verified": True, "tries_left": 1})
            if self.calls and self.calls[-1][0] == "endCall":
                return
            if calls:
                await self._connection.response.create()
            elif audio := self._patient.answer(self.said[-1]):
                for at in range(0, len(audio), 160):
                    payload = base64.b64encode(audio[at : at + 160]).decode()
                    await self._connection.input_audio_buffer.append(audio=payload)

    async def _give(self, call_id: str, result: dict[str, Any]) -> None:
        output = {"type": "function_call_output", "call_id": call_id, "output": json.dumps(result)}
        await self._connection.conversation.item.create(item=output)  # type: ignore[arg-type]

    async def _next(self, kind: str) -> dict[str, Any]:
        while True:
            event: dict[str, Any] = json.loads(await self._connection.recv_bytes())
            EVENT.validate_python(event)
            if event["type"] == "error":
                self.errors.append(event["error"])
            if event["type"] == kind:
                return event


async def checked_in(port: int, persona: str) -> Call:
    client = AsyncOpenAI(api_key="local", websocket_base_url=f"ws://127.0.0.1:{port}/v1")
    async with client.realtime.connect(model="local-maya") as connection:
        call = Call(connection, Patient(persona))
        await call.run()
    return call


def named(call: Call, name: str) -> list[dict[str, Any]]:
    return [arguments for called, arguments in call.calls if called == name]


@pytest.mark.audio
async def test_a_stable_patient_is_understood_in_every_answer(agent_port: int) -> None:
    call = await checked_in(agent_port, "stable")
    assert named(call, "updatePatientRecord")[-1] == {
        "symptoms": {
            "shortness_of_breath": 1, "swelling": 0, "fatigue": 1, "sleep_difficulty": 0, "weight_change": 0
        },
        "medication_adherence": {"missed_doses_week": 0},
        "mood_assessment": 0,
        "quality_of_life": 1,
    }  # fmt: skip
    assert named(call, "triggerAlert") == []
    assert named(call, "endCall") == [{"reason": "completed"}]
    assert call.errors == []


@pytest.mark.audio
async def test_a_gain_of_weight_is_heard_confirmed_and_raised(agent_port: int) -> None:
    call = await checked_in(agent_port, "weight_gain")
    assert named(call, "updatePatientRecord")[-1]["symptoms"]["weight_change"] == 6
    assert "I heard that you gained six pounds. Is that right?" in call.said
    assert [alert["type"] for alert in named(call, "triggerAlert")] == ["symptom_worsening"]
    assert named(call, "scheduleFollowUp")
    assert call.errors == []
