"""A Realtime stand-in that gives every frame back, as cheaply as it can: `python -m tests.bench.bridge.echo`.

Prints its port.
"""

from __future__ import annotations

import itertools
import os

import orjson
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

APPEND = b"input_audio_buffer.append"
DELTA_FRAMES = int(os.environ.get("DELTA_FRAMES", "1"))  # 20 ms frames in one delta


class Echo(WSListener):
    """One session."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.replies = itertools.count(1)
        self.frames: list[bytes] = []
        self.say({"type": "session.created", "session": {"type": "realtime", "id": "sess"}})
        self.new_reply()

    def say(self, event: dict[str, object]) -> None:
        self.transport.send(WSMsgType.TEXT, orjson.dumps(event))

    def new_reply(self) -> None:
        number = next(self.replies)
        self.reply, self.item = f"resp_{number}", f"item_{number}"
        self.head = (
            f'{{"type":"response.output_audio.delta","event_id":"e","response_id":"{self.reply}",'
            f'"item_id":"{self.item}","output_index":0,"content_index":0,"delta":"'
        ).encode()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.CLOSE:
            transport.disconnect()
            return
        data = frame.get_payload_as_bytes()
        if APPEND in data[:48]:
            end = data.rindex(b'"')
            self.frames.append(data[data.rindex(b'"', 0, end) + 1 : end])
            if len(self.frames) == DELTA_FRAMES:
                for payload in self.frames if DELTA_FRAMES == 1 else [b"".join(self.frames)]:
                    transport.send(WSMsgType.TEXT, self.head + payload + b'"}')
                self.frames.clear()
            return
        event = orjson.loads(data)
        if event["type"] == "session.update":
            self.say({"type": "session.updated", "session": event["session"]})
        elif event["type"] == "response.create":
            self.say({"type": "response.created", "response": {"id": self.reply}})


async def main() -> None:
    def accept(request: WSUpgradeRequest) -> Echo:
        return Echo()

    server = await ws_create_server(accept, "127.0.0.1", 0, use_aiofastnet=False)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
