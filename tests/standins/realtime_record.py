"""What a client sent to the scripted Realtime stand-in, kept for assertions."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

ANSWER_WITHIN_S = 10.0


class Record:
    """Every event in order in `received` (audio apart, in `appended`), and by kind in the properties."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.received_at: list[float] = []  # the event loop's time
        self.appended = bytearray()
        self.is_open = True
        self.closed = asyncio.Event()
        self._unread = 0
        self._news = asyncio.Event()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Every event of one type so far, `input_audio_buffer.append` excepted (see `appended`)."""
        return [event for event in self.received if event["type"] == kind]

    @property
    def updates(self) -> list[dict[str, Any]]:
        return [event["session"] for event in self.of("session.update")]

    @property
    def truncates(self) -> list[dict[str, Any]]:
        return self.of("conversation.item.truncate")

    @property
    def tool_outputs(self) -> dict[str, str]:
        """The last output by call_id."""
        created = (event["item"] for event in self.of("conversation.item.create"))
        return {one["call_id"]: one["output"] for one in created if one["type"] == "function_call_output"}

    @property
    def texts(self) -> list[tuple[str, str]]:
        """(role, text) of every message item that the client made."""
        created = (event["item"] for event in self.of("conversation.item.create"))
        return [(one["role"], " ".join(words(one))) for one in created if one["type"] == "message"]

    async def expect(
        self,
        kind: str,
        *,
        where: Callable[[dict[str, Any]], bool] = lambda _: True,
        within_s: float = ANSWER_WITHIN_S,
    ) -> dict[str, Any]:
        """The next event of this type after the last one that was expected. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while True:
                while self._unread < len(self.received):
                    event = self.received[self._unread]
                    self._unread += 1
                    if event["type"] == kind and where(event):
                        return event
                await self._more()

    async def expect_tool_output(self, call_id: str) -> dict[str, Any]:
        """The output of one tool call, parsed."""
        event = await self.expect(
            "conversation.item.create", where=lambda event: event["item"].get("call_id") == call_id
        )
        result: dict[str, Any] = json.loads(event["item"]["output"])
        return result

    async def expect_audio(self, ms: int, *, within_s: float = ANSWER_WITHIN_S) -> None:
        """Wait until `ms` more of audio have come in."""
        wanted = len(self.appended) + ms * 8
        async with asyncio.timeout(within_s):
            while len(self.appended) < wanted:
                await self._more()

    async def _more(self) -> None:
        if not self.is_open:
            raise ConnectionError("the client has gone")
        await self._news.wait()

    async def until(self, is_so: Callable[[], bool], *, within_s: float = ANSWER_WITHIN_S) -> None:
        """Wait until a condition on what came in holds. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not is_so():
                await self._more()

    def news(self) -> None:
        """Wake whoever waits for something to come in."""
        self._news.set()
        self._news = asyncio.Event()


def words(item: Mapping[str, Any]) -> list[str]:
    """The text that an item holds for the model."""
    found = [part.get("text") or part.get("transcript") or "" for part in item.get("content") or ()]
    return [text for text in (*found, item.get("output") or "", item.get("arguments") or "") if text]
