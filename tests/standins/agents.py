"""A stand-in for ElevenLabs Agents: the signed address over HTTP, one conversation over a socket."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Conversation:
    """One conversation, as the script sees it."""

    socket: web.WebSocketResponse
    received: list[dict[str, Any]] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, kind: str, **body: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind, **body}))

    async def voice(self, number: int, audio: bytes) -> None:
        await self.send("audio", audio_event={"event_id": number, "audio_base_64": b64encode(audio).decode()})

    async def expect(self, kind: str, *, within_s: float = 10.0) -> dict[str, Any]:
        """The first message of that type."""
        async with asyncio.timeout(within_s):
            while True:
                for message in self.received:
                    if message.get("type") == kind:
                        return message
                self.news.clear()
                await self.news.wait()

    async def expect_audio(self, ms: int) -> None:
        async with asyncio.timeout(10):
            while len(self.heard) < ms * 8:
                self.news.clear()
                await self.news.wait()


@dataclass
class AgentsStandin:
    """Listens on a free port of 127.0.0.1."""

    script: Callable[[Conversation], Awaitable[None]]
    audio_format: str = "ulaw_8000"
    status: int = 200
    url: str = ""
    keys: list[str] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> AgentsStandin:
        app = web.Application()
        app.router.add_get("/v1/convai/conversation/get-signed-url", self._sign)
        app.router.add_get("/conversation", self._converse)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self.failures and error[0] is None:
            raise self.failures[0]

    async def _sign(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("xi-api-key", ""))
        address = self.url.replace("http", "ws", 1) + "/conversation?conversation_signature=secret"
        return web.json_response({"signed_url": address}, status=self.status)

    async def _converse(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        conversation = Conversation(socket)
        self.conversations.append(conversation)
        running = asyncio.create_task(self._run(conversation))
        async for frame in socket:
            message = json.loads(frame.data)
            if "user_audio_chunk" in message:
                conversation.heard += b64decode(message["user_audio_chunk"])
            else:
                conversation.received.append(message)
            conversation.news.set()
        running.cancel()
        return socket

    async def _run(self, conversation: Conversation) -> None:
        try:
            await conversation.expect("conversation_initiation_client_data")
            formats = {
                "agent_output_audio_format": self.audio_format,
                "user_input_audio_format": self.audio_format,
            }
            body = {"conversation_id": "conv_1", **formats}
            await conversation.send(
                "conversation_initiation_metadata", conversation_initiation_metadata_event=body
            )
            await self.script(conversation)
        except ConnectionError:
            pass
        except Exception as error:
            self.failures.append(error)
