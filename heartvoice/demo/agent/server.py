"""The WebSocket server: who may connect, and what is refused before a session begins."""

import http
import json
import logging
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from heartvoice.demo.agent import LABEL
from heartvoice.demo.agent.hearing.pool import Hearing
from heartvoice.demo.agent.session import Session
from heartvoice.demo.agent.wire.client import MAX_AUDIO_BYTES
from heartvoice.demo.agent.wire.outbox import Outbox, PeerGone
from heartvoice.demo.agent.wire.refused import Refused

logger = logging.getLogger(__name__)

PATH = "/v1/realtime"
MAX_MESSAGE_BYTES = MAX_AUDIO_BYTES * 4 // 3 + 4096
BETA_CLOSE, FAULT_CLOSE = 4000, 1011


async def start(host: str, port: int, hearing: Hearing) -> Server:
    """The listening server; port 0 takes a free one."""

    async def handle(socket: ServerConnection) -> None:
        await _converse(socket, hearing)

    return await serve(
        handle, host, port, process_request=_admitted, max_size=MAX_MESSAGE_BYTES, compression=None
    )


def _admitted(socket: ServerConnection, request: Request) -> Response | None:
    """None for a request that may go on, else the HTTP answer that ends it."""
    url = urlsplit(request.path)
    if url.path != PATH:
        return _denied(socket, http.HTTPStatus.NOT_FOUND, "not_found", f"Unknown path; use {PATH}.")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        message = "Missing bearer authentication in header."
        return _denied(socket, http.HTTPStatus.UNAUTHORIZED, "invalid_api_key", message)
    if not parse_qs(url.query).get("model"):
        message = "You must provide a model parameter."
        return _denied(socket, http.HTTPStatus.BAD_REQUEST, "missing_model", message)
    return None


def _denied(socket: ServerConnection, status: http.HTTPStatus, code: str, message: str) -> Response:
    error = {"type": "invalid_request_error", "code": code, "message": message, "param": None}
    response = socket.respond(status, json.dumps({"error": error}))
    response.headers["X-Heartvoice-Voice"] = LABEL
    return response


async def _converse(socket: ServerConnection, hearing: Hearing) -> None:
    request = socket.request
    assert request is not None  # noqa: S101  (set before a handler runs)
    if "OpenAI-Beta" in request.headers:
        message = "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."
        await Outbox(socket.send).refuse(Refused("beta_api_shape_disabled", message), None)
        await socket.close(BETA_CLOSE, "beta_api_shape_disabled")
        return
    model = parse_qs(urlsplit(request.path).query)["model"][0].replace(" ", "+")

    async def send(message: str) -> None:
        try:
            await socket.send(message)
        except ConnectionClosed:
            raise PeerGone from None

    session = Session(send, model=model, hearing=hearing)
    logger.info("session %s opened (%s)", session.id, LABEL)
    try:
        await session.run(aiter(socket))
    except (ConnectionClosed, PeerGone):
        pass
    finally:
        logger.info("session %s closed", session.id)
        await socket.close(FAULT_CLOSE)
