"""The media socket: let in who is signed and has the right, carry frames to the bridge, close both sides.

A Channels consumer with a receive loop of its own: Channels' dispatch hops to a shared database thread before
every message, which would put other people's queries between two frames of a call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from channels.consumer import AsyncConsumer
from django.conf import settings

from calls import pulse, spool
from calls.assembly import bridge_of
from calls.bridge import Bridge
from calls.database import beside_database, in_database
from calls.events import CallerAudio, EndReason, StreamStarted, Unreadable
from calls.metrics import LIVE, REFUSED
from calls.phone import PhoneLine
from calls.plan import CallPlan, call_plan
from calls.services import StreamRefused, call_finish, stream_open
from calls.twilio.media import parse
from calls.twilio.signature import is_signed, socket_url

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

START_S = 10.0
CLOSE_S = 2.0
MAX_BAD = 50
DONE, BAD_DATA, NO_SESSION, FORBIDDEN, TIMEOUT, DUPLICATE, TOO_BIG, FULL = (
    1000, 4400, 4401, 4403, 4408, 4409, 4413, 4429,
)  # fmt: skip
CODES = {"duplicate": DUPLICATE, "ended": NO_SESSION}
FATAL = {"too_big": TOO_BIG, "foreign_start": BAD_DATA}
SERVER_IS_LEAVING = 1012


class Closed(Exception):
    """This stream ends now, with that code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class MediaStreamConsumer(AsyncConsumer):
    """One Media Streams socket: one call."""

    live = 0  # calls of this process that have a stream

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        if not _is_twilio(scope):
            REFUSED.labels("unsigned").inc()
            await send({"type": "websocket.close", "code": FORBIDDEN})
            return
        await send({"type": "websocket.accept"})
        try:
            code = await self._stream(receive, send)
        except Closed as closed:
            code = closed.code
            if closed.reason:
                REFUSED.labels(closed.reason).inc()
        await _close(send, code)

    async def _stream(self, receive: Receive, send: Send) -> int:
        """From the start message to the end of the call: the close code. Raises Closed before there is a call."""
        started = await _started(receive)
        if MediaStreamConsumer.live >= settings.MAX_LIVE_CALLS:
            raise Closed(FULL, "full")
        MediaStreamConsumer.live += 1
        LIVE.inc()
        try:
            plan = await _plan(started)
            return await self._carry(plan, started, receive, send)
        finally:
            MediaStreamConsumer.live -= 1
            LIVE.dec()

    async def _carry(self, plan: CallPlan, started: StreamStarted, receive: Receive, send: Send) -> int:
        async def send_text(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        bridge = bridge_of(plan, PhoneLine(send_text, started.stream_sid))
        try:
            with pulse.PROCESS.carrying(plan.call_id):
                async with asyncio.TaskGroup() as group:
                    listening = group.create_task(_listen(receive, bridge, started))
                    group.create_task(_catch_up())
                    await bridge.run()
                    listening.cancel()
        except Exception:  # boundary (pump): the telephone network takes the call from here
            log.exception("a call broke", extra={"call_id": str(plan.call_id)})
            await _finish_broken(plan)
            return NO_SESSION
        return DONE if listening.cancelled() else listening.result()


def _is_twilio(scope: Message) -> bool:
    """Signed over the socket's address under the public URL; what the request says of its host is not asked."""
    headers = dict(scope.get("headers", ()))
    return not scope.get("query_string") and is_signed(
        url=socket_url(settings.PUBLIC_URL, "/media"),
        params={},
        signature=headers.get(b"x-twilio-signature", b"").decode("latin-1"),
        tokens=[settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_PREVIOUS],
        is_socket=True,
    )


async def _started(receive: Receive) -> StreamStarted:
    """The stream's introduction, within ten seconds. Raises Closed."""
    bad = 0
    try:
        async with asyncio.timeout(START_S):
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    raise Closed(DONE, "")
                text = message.get("text")
                event = parse(text) if text is not None else Unreadable("binary")
                if isinstance(event, StreamStarted):
                    return event
                if isinstance(event, Unreadable):
                    bad += 1
                    if bad >= MAX_BAD or event.reason in FATAL:
                        raise Closed(FATAL.get(event.reason, BAD_DATA), event.reason)
    except TimeoutError:
        raise Closed(TIMEOUT, "no_start") from None


async def _plan(started: StreamStarted) -> CallPlan:
    """The plan of the call that this stream has the right to. Raises Closed."""
    try:
        return await in_database(_open, started)
    except StreamRefused as refused:
        raise Closed(CODES.get(refused.code, FORBIDDEN), refused.code) from None
    except Exception:  # boundary: without the database the telephone network asks us what to do instead
        log.exception("a stream could not be opened", extra={"call_sid": started.call_sid[:40]})
        raise Closed(NO_SESSION, "no_session") from None


def _open(started: StreamStarted) -> CallPlan:
    call = stream_open(
        token=started.token,
        call_sid=started.call_sid,
        account_sid=started.account_sid,
        stream_sid=started.stream_sid,
    )
    return call_plan(call)


async def _listen(receive: Receive, bridge: Bridge, started: StreamStarted) -> int:
    """Frames to the bridge until the socket is gone, or must go: the close code."""
    bad = 0
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            is_ours = message.get("code") == SERVER_IS_LEAVING
            bridge.hung_up(EndReason.SHUTDOWN if is_ours else EndReason.HANGUP)
            return DONE
        text = message.get("text")
        event = parse(text, started.stream_sid) if text is not None else Unreadable("binary")
        if type(event) is CallerAudio:
            bridge.caller_audio(event)
            continue
        if type(event) is StreamStarted:
            event = Unreadable("second_start" if event.call_sid == started.call_sid else "foreign_start")
        if type(event) is Unreadable:
            bad += 1
            if bad >= MAX_BAD or event.reason in FATAL:
                bridge.hung_up(EndReason.BAD_STREAM)
                return FATAL.get(event.reason, BAD_DATA)
        bridge.phone_event(event)


async def _catch_up() -> None:
    """What earlier calls could not write is written now: this call has just reached the database."""
    try:
        await beside_database(spool.replay)
    except Exception:  # boundary: it stays spooled
        log.exception("spooled writes were not replayed")


async def _finish_broken(plan: CallPlan) -> None:
    """After a fault of ours the row must not stay open; the telephone network asks us what comes next."""
    try:
        await in_database(call_finish, call_id=plan.call_id, reason=EndReason.FAILED)
    except Exception:  # boundary: the sweep finds the row
        log.exception("a broken call was not finished", extra={"call_id": str(plan.call_id)})


async def _close(send: Send, code: int) -> None:
    try:
        async with asyncio.timeout(CLOSE_S):
            await send({"type": "websocket.close", "code": code})
    except (OSError, RuntimeError, TimeoutError):
        return  # it was closed from the other end
