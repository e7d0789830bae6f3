"""A scripted stand-in for the Realtime API on a loopback socket: no model, exact events, faults on request.

    async with RealtimeStandin(script) as realtime:
        ...  OPENAI_REALTIME_URL=realtime.url ...
        session = await realtime.session(0)

`script` is an async function of one Session (see realtime_session.py), or one per connection. `echo()` gives
every frame back as audio, for load.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from picows import (
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from tests.standins.realtime_conversation import Item
from tests.standins.realtime_record import ANSWER_WITHIN_S
from tests.standins.realtime_session import Session

Script = Callable[[Session], Awaitable[None]]

LARGEST_FRAME = 64 << 20

_quiet = logging.getLogger("tests.standins.realtime")
_quiet.setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Greeting:
    """How a connection is received. `refuse`: an HTTP status instead of 101; `created`: session.created comes."""

    refuse: int | None = None
    retry_after_s: int | None = None
    code: str = "server_error"
    created: bool = True
    answers_updates: bool = True


class RealtimeStandin:
    """Listens on 127.0.0.1. The n-th connection gets the n-th script and greeting; the last one repeats."""

    def __init__(
        self,
        *scripts: Script,
        greetings: Sequence[Greeting] = (Greeting(),),
        caches: bool = True,
        port: int = 0,
    ) -> None:
        self.sessions: list[Session] = []
        self.connections = 0
        self.failures: list[BaseException] = []
        self.port = port
        self._scripts = scripts or (nothing,)
        self._greetings = greetings
        self._caches = caches
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/realtime"

    async def __aenter__(self) -> "RealtimeStandin":
        self._server = await ws_create_server(
            self._accept,
            "127.0.0.1",
            self.port,
            max_frame_size=LARGEST_FRAME,
            reuse_address=True,
            logger_name=_quiet,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        for session in self.sessions:
            if session.is_open:
                session.drop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.stop_listening()

    async def stop_listening(self) -> None:
        """New connections are refused from now on; the sessions stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def session(self, number: int, *, within_s: float = ANSWER_WITHIN_S) -> Session:
        """The `number`-th session (from 0), once it is there. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while len(self.sessions) <= number:
                await self._news.wait()
        return self.sessions[number]

    def check(self) -> None:
        """Raise what went wrong in a script."""
        if self.failures:
            raise self.failures[0]

    def _accept(self, request: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener:
        greeting = _nth(self._greetings, self.connections)
        self.connections += 1
        if greeting.refuse is None:
            return _Connection(self, request, greeting)
        body = orjson.dumps(
            {"error": {"type": "server_error", "code": greeting.code, "message": "refused", "param": None}}
        )
        headers = {"Content-Type": "application/json"}
        if greeting.retry_after_s is not None:
            headers["Retry-After"] = str(greeting.retry_after_s)
        refusal = WSUpgradeResponse.create_error_response(HTTPStatus(greeting.refuse), body, headers)
        return WSUpgradeResponseWithListener(refusal, None)

    def begin(self, request: WSUpgradeRequest, transport: "_Wire", greeting: Greeting) -> Session:
        """A connection is open: start its script."""
        session = Session(
            number=len(self.sessions),
            path=request.path.decode(),
            headers=dict(request.headers),
            transport=transport,
            caches=self._caches,
        )
        session.answers_updates = greeting.answers_updates
        self.sessions.append(session)
        self._news.set()
        self._news = asyncio.Event()
        if greeting.created:
            session.start()
        script = _nth(self._scripts, session.number)
        task = asyncio.create_task(self._run(script, session), name=f"script-{session.number}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return session

    async def _run(self, script: Script, session: Session) -> None:
        try:
            await script(session)
        except ConnectionError:
            pass  # the client went first; tests that mind look at what was received
        except Exception as error:
            self.failures.append(error)


class _Wire:
    """What a Session may do with its socket."""

    def __init__(self, transport: WSTransport) -> None:
        self._transport = transport

    def send_text(self, text: str | bytes) -> None:
        self._transport.send(WSMsgType.TEXT, text)

    def close(self, code: int, reason: str) -> None:
        known = {one.value for one in WSCloseCode}
        wire = WSCloseCode(code) if code in known else code  # 4000 and up have no name
        self._transport.send_close(wire, reason.encode())  # type: ignore[arg-type]
        self._transport.disconnect()

    def abort(self, option: tuple[int, int, bytes] | None) -> None:
        raw = self._transport.underlying_transport
        if option is not None:
            raw.get_extra_info("socket").setsockopt(*option)
        raw.abort()


class _Connection(WSListener):
    def __init__(self, server: RealtimeStandin, request: WSUpgradeRequest, greeting: Greeting) -> None:
        self._server = server
        self._request = request
        self._greeting = greeting
        self._session: Session | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._session = self._server.begin(self._request, _Wire(transport), self._greeting)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        assert self._session is not None
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
            return
        try:
            event = orjson.loads(frame.get_payload_as_memoryview())
        except orjson.JSONDecodeError:
            self._session.error("invalid_event", "not JSON")
            return
        self._session.take(event, asyncio.get_running_loop().time())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self._session is not None:
            self._session.gone()


async def nothing(session: Session) -> None:
    """The script of a model that never says anything."""


def echo() -> "RealtimeStandin":
    """A stand-in that gives every appended frame back as audio of one endless response, at once."""

    async def script(session: Session) -> None:
        await session.expect("session.update")
        await session.expect("response.create")
        response = session.open_response()
        body: dict[str, Any] = {"id": "item_echo", "type": "message", "role": "assistant", "content": []}
        session.conversation.items["item_echo"] = Item("item_echo", body)
        response.items.append("item_echo")
        base = {"response_id": response.id, "output_index": 0}
        session.send({"type": "response.output_item.added", **base, "item": body | {"status": "in_progress"}})
        session.echo_into(response.id, "item_echo")

    return RealtimeStandin(script)


def _nth(sequence: Sequence[Any], number: int) -> Any:
    return sequence[min(number, len(sequence) - 1)]
