"""The baseline: the relay that the packages' documentation leads to, nothing on it. Not the project's code.

A stock `AsyncWebsocketConsumer`, `json`, the `websockets` client; under uvicorn like ours.
    python -m tests.bench.bridge.stock_relay PORT      (OPENAI_REALTIME_URL in the environment; with SLOW_S a call
                                                         of that many seconds a second, as the ORM would make it)
"""

import asyncio
import json
import os
import sys
import time

import django
import uvicorn
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import re_path
from websockets.asyncio.client import connect

settings.configure(
    SECRET_KEY="bench", ALLOWED_HOSTS=["*"], INSTALLED_APPS=["channels"], ROOT_URLCONF=__name__, DATABASES={}
)
django.setup()
urlpatterns = []

SESSION = {
    "type": "session.update",
    "session": {
        "type": "realtime",
        "output_modalities": ["audio"],
        "audio": {"input": {"format": {"type": "audio/pcmu"}}, "output": {"format": {"type": "audio/pcmu"}}},
    },
}


SLOW_S = float(os.environ.get("SLOW_S", "0"))


async def slow_queries() -> None:
    """What a query of that length does to the thread that all `sync_to_async` calls share."""
    while True:
        await sync_to_async(time.sleep)(SLOW_S)
        await asyncio.sleep(1 - SLOW_S)


class Relay(AsyncWebsocketConsumer):
    slow: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.accept()
        if SLOW_S and Relay.slow is None:
            Relay.slow = asyncio.create_task(slow_queries())
        self.model = await connect(os.environ["OPENAI_REALTIME_URL"], compression=None)
        await self.model.send(json.dumps(SESSION))
        self.stream_sid = ""
        self.pump = asyncio.create_task(self.from_model())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = json.loads(text_data or "{}")
        if message["event"] == "media":
            append = {"type": "input_audio_buffer.append", "audio": message["media"]["payload"]}
            await self.model.send(json.dumps(append))
        elif message["event"] == "start":
            self.stream_sid = message["start"]["streamSid"]

    async def from_model(self) -> None:
        async for text in self.model:
            event = json.loads(text)
            if event["type"] == "response.output_audio.delta":
                media = {"event": "media", "streamSid": self.stream_sid, "media": {"payload": event["delta"]}}
                await self.send(text_data=json.dumps(media))

    async def disconnect(self, code: int) -> None:
        self.pump.cancel()
        await self.model.close()


application = ProtocolTypeRouter(
    {"http": get_asgi_application(), "websocket": URLRouter([re_path(r"^media$", Relay.as_asgi())])}
)

if __name__ == "__main__":
    config = {"loop": "uvloop", "log_level": "warning", "ws_per_message_deflate": False, "lifespan": "off"}
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[1]), **config)  # type: ignore[arg-type]
