"""A small application under the project's own server, run as a process.

    python -m tests.support.served PORT DRAIN_SECONDS [--reuse-port]

`/media` echoes and writes `disconnected CODE` when it is told that its socket is gone; `/live` echoes too.
"""

from __future__ import annotations

import json
import logging
import sys

from heartvoice.server.drain import PROCESS, is_draining
from heartvoice.server.runner import listening_socket, serve

MOST_CALLS = 2


async def application(scope, receive, send):
    if scope["type"] == "http":
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status = 503 if scope["path"] == "/health/ready" and is_draining() else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        answer = json.dumps(headers) if scope["path"] == "/headers" else str(len(body))
        await send({"type": "http.response.body", "body": answer.encode()})
        return
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            print("disconnected", message["code"], flush=True)
            return
        await send({"type": "websocket.send", "text": message["text"]})


if __name__ == "__main__":
    shares = "--reuse-port" in sys.argv
    bound = listening_socket("127.0.0.1", int(sys.argv[1]), reuse_port=shares)
    print("listening", bound.getsockname()[1], flush=True)
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    logging.getLogger("heartvoice.server").setLevel(logging.INFO)
    serve(
        application,
        bound=bound,
        drain=PROCESS,
        drain_s=float(sys.argv[2]),
        most_calls=MOST_CALLS,
        shares_port=shares,
    )
