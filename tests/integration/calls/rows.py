"""Reading rows from asynchronous tests, on threads of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from calls.consumers import MediaStreamConsumer
from calls.database import in_database
from calls.models import Call

T = TypeVar("T")


async def rows(model: Any, **filters: Any) -> list[Any]:
    """The rows of a model."""
    return await in_database(lambda: list(model.objects.filter(**filters)))


async def until(question: Callable[[], T], *, within_s: float = 10.0) -> T:
    """The first true answer of a question to the database."""
    async with asyncio.timeout(within_s):
        while True:
            if answer := await in_database(question):
                return answer


async def quiet() -> None:
    """Returns when this process carries no call any more."""
    await until(lambda: MediaStreamConsumer.live == 0, within_s=20)


async def ended(call_sid: str, *, within_s: float = 15.0) -> Call:
    """The call's row once it has ended."""
    found = Call.objects.select_related("patient").filter(call_sid=call_sid, state__in=Call.END_STATES)
    call = await until(found.first, within_s=within_s)
    assert call is not None
    return call


async def call_row(call_sid: str) -> Call:
    """The call's row as it stands."""
    (call,) = await rows(Call, call_sid=call_sid)
    assert isinstance(call, Call)
    return call
