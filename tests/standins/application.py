"""A tiny application at the other end of the telephone stand-in: answers TwiML, checks every signature.

application = Application(TOKEN)
application.answers["/voice"] = "<Response>...</Response>"     # or a function of the form
application.media = handler                                    # async def handler(socket) -> None
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from twilio.request_validator import RequestValidator

Answer = str | int | Callable[[dict[str, str]], str]
MediaHandler = Callable[[web.WebSocketResponse], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One webhook as it came in."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]
    is_signed: bool


@dataclass(slots=True)
class Application:
    """Listens on a free port of 127.0.0.1. An `int` answer is an HTTP status."""

    token: str
    answers: dict[str, Answer] = field(default_factory=dict)
    media: MediaHandler | None = None
    refuses_media: int | None = None
    asked: list[Asked] = field(default_factory=list)
    streams: list[Asked] = field(default_factory=list)
    url: str = ""
    _runner: web.AppRunner | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def media_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/media"

    def forms(self, path: str) -> list[dict[str, str]]:
        return [one.form for one in self.asked if one.path == path]

    async def wait_for(self, path: str, count: int = 1, *, within_s: float = 10.0) -> list[dict[str, str]]:
        """The forms posted to `path`, once there are `count`. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while len(self.forms(path)) < count:
                await self._news.wait()
        return self.forms(path)

    async def __aenter__(self) -> "Application":
        app = web.Application()
        app.router.add_get("/media", self._media)
        app.router.add_route("*", "/{path:.*}", self._webhook)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _webhook(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(self._note(request, form, self.url))
        self._news.set()
        self._news = asyncio.Event()
        answer = self.answers.get(request.path, "<Response/>")
        if isinstance(answer, int):
            return web.Response(status=answer)
        text = answer if isinstance(answer, str) else answer(form)
        return web.Response(text=text, content_type="text/xml")

    async def _media(self, request: web.Request) -> web.StreamResponse:
        self.streams.append(self._note(request, {}, self.url.replace("http", "ws", 1)))
        if self.refuses_media is not None:
            return web.Response(status=self.refuses_media)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        if self.media is not None:
            await self.media(socket)
        return socket

    def _note(self, request: web.Request, form: dict[str, str], origin: str) -> Asked:
        given = request.headers.get("X-Twilio-Signature", "")
        is_signed = RequestValidator(self.token).validate(origin + request.path_qs, form, given)
        return Asked(request.path, form, dict(request.headers), bool(is_signed))
