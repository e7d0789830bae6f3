"""A tiny stand-in for Twilio's REST API in a thread: keeps what it was asked, answers what a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class TwilioRest:
    """`asked` holds (resource, form) of every request; `answers` are used up first, then everything is accepted."""

    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def refuse(self, status: int, code: int, times: int = 1) -> None:
        self.answers += [(status, {"status": status, "code": code, "message": "no"})] * times

    def forms(self, resource: str) -> list[dict[str, str]]:
        return [form for name, form in self.asked if name == resource]


@contextmanager
def twilio_rest() -> Iterator[TwilioRest]:
    """Run the stand-in on a free loopback port."""
    peer = TwilioRest()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            resource = self.path.rsplit("/", 1)[-1].removesuffix(".json")
            peer.asked.append((resource, form))
            status, body = (
                peer.answers.pop(0) if peer.answers else (201, {"sid": f"SM{len(peer.asked):032d}"})
            )
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
