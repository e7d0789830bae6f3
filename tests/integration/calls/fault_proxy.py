"""A TCP proxy that can be away: between the product and a server that itself stays well."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field


@dataclass
class FaultProxy:
    """Listens on a free port of 127.0.0.1 and passes everything on, until it is told to be away or silent."""

    host: str
    port: int
    here: int = 0
    is_away: bool = False
    is_silent: bool = False
    _server: asyncio.Server | None = None
    _links: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> FaultProxy:
        self._server = await asyncio.start_server(self._link, "127.0.0.1", 0)
        self.here = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()

    def cut(self) -> None:
        """Every connection is gone."""
        for writer in list(self._links):
            writer.transport.abort()

    def go_away(self) -> None:
        """Nothing is connected and nobody can connect."""
        self.is_away = True
        self.cut()

    def fall_silent(self) -> None:
        """Connections stay and open, and nothing is answered: a black hole."""
        self.is_silent = True

    def come_back(self) -> None:
        self.is_away = self.is_silent = False

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_away:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection(self.host, self.port)
        self._links |= {writer, there_writer}
        with contextlib.suppress(OSError):
            await asyncio.gather(self._pass(reader, there_writer), self._pass(there_reader, writer))
        for one in (writer, there_writer):
            self._links.discard(one)
            one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not self.is_silent:
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
