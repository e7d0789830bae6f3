"""The stand-in as one HTTP server: the REST API and the control door."""

from contextlib import suppress

from aiohttp import web

from heartvoice.demo.phone.control import Control
from heartvoice.demo.phone.exchange import Exchange
from heartvoice.demo.phone.rest import Rest, error_body

LARGEST_BODY = 1 << 20


class Server:
    """Listens on `host`:`port` (0: any free one; see `port` after `start`)."""

    def __init__(self, exchange: Exchange, host: str = "127.0.0.1", port: int = 0) -> None:
        self.exchange = exchange
        self.port = port
        self._host = host
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_not_found])
        app.add_routes([*Rest(self.exchange).routes(), *Control(self.exchange).routes()])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port)
        await site.start()
        with suppress(IndexError):
            self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """End the calls first, then stop listening."""
        await self.exchange.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> "Server":
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()


@web.middleware
async def _not_found(request: web.Request, handler: object) -> web.StreamResponse:
    """Unknown paths answer as Twilio does, in JSON."""
    try:
        return await handler(request)  # type: ignore[operator,no-any-return]
    except web.HTTPNotFound:
        message = f"The requested resource {request.path} was not found"
        return web.json_response(error_body(404, 20404, message), status=404)
