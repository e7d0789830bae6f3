"""The training softphone's socket: a browser in the place of the telephone network.

The browser may neither sign an upgrade nor hold a stream token, and must not. So it speaks to this socket, which
knows it by its session and Origin, starts the call, and runs the product's own media consumer with a handshake
that it signs itself. From the consumer's point of view the call comes from the network: same frames, same code.
Only where SOFTPHONE_ENABLED is on, which it is by default where no real telephone can ring.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

from django.conf import settings
from twilio.request_validator import RequestValidator

from calls.consumers import MediaStreamConsumer
from calls.database import in_database
from calls.services import Started, call_status_note
from calls.services.softphone import softphone_call_start
from calls.twilio.signature import socket_url
from patients.access import access_record
from patients.models import Patient, User

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

START_S = 10.0
LONGEST_MESSAGE = 4096  # a frame of 20 ms is 260 characters
FORBIDDEN = 4403
PASSED_ON = frozenset({"media", "mark", "dtmf"})


async def softphone_app(scope: Message, receive: Receive, send: Send) -> None:
    """One browser, one call."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    user = scope.get("user")
    started = await _started(user, receive) if settings.SOFTPHONE_ENABLED and user is not None else None
    if started is None:
        await send({"type": "websocket.close", "code": FORBIDDEN})
        return
    line = BrowserLine(started, receive, send)
    await line.tell_browser({"event": "call", "call": str(started.call.pk)})
    try:
        await MediaStreamConsumer.as_asgi()(line.scope(scope), line.receive, line.send)
    finally:
        await in_database(
            call_status_note,
            call_sid=str(started.call.call_sid),
            call_id=started.call.pk,
            status="completed",
            sequence=1,
            receipt_key=f"softphone|{started.call.call_sid}|completed",
        )


class BrowserLine:
    """Translates between the browser's socket and the messages that the telephone network would send."""

    def __init__(self, started: Started, receive: Receive, send: Send) -> None:
        self._from_browser = receive
        self._to_browser = send
        self._stream_sid = f"MZ{secrets.token_hex(16)}"
        self._opening = [{"type": "websocket.connect"}, *map(_text, self._introduction(started))]

    def scope(self, browser: Message) -> Message:
        """The handshake of the media socket, signed as the telephone network signs it."""
        url = socket_url(settings.PUBLIC_URL, "/media")
        signature = RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(url, {})
        headers = [(b"x-twilio-signature", str(signature).encode())]
        return {**browser, "path": "/media", "query_string": b"", "headers": headers}

    async def receive(self) -> Message:
        """The next message for the media consumer. What the browser may not say is left out."""
        if self._opening:
            return self._opening.pop(0)
        while True:
            message = await self._from_browser()
            if message["type"] == "websocket.disconnect":
                return message
            event = parsed(message.get("text"))
            if event is not None:
                return _text({**event, "streamSid": self._stream_sid})

    async def send(self, message: Message) -> None:
        """Passes on what the media consumer says; the browser was accepted before."""
        if message["type"] != "websocket.accept":
            await self._to_browser(message)

    async def tell_browser(self, event: dict[str, Any]) -> None:
        await self._to_browser({"type": "websocket.send", "text": json.dumps(event)})

    def _introduction(self, started: Started) -> list[dict[str, Any]]:
        start = {
            "streamSid": self._stream_sid,
            "accountSid": settings.TWILIO_ACCOUNT_SID,
            "callSid": started.call.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"session_token": started.token},
        }
        return [
            {"event": "connected", "protocol": "Call", "version": "1.0.0"},
            {"event": "start", "sequenceNumber": "1", "start": start, "streamSid": self._stream_sid},
        ]


def parsed(text: object) -> dict[str, Any] | None:
    """What a browser may say to the call: audio, marks that it has played, keys. None for anything else."""
    if not isinstance(text, str) or len(text) > LONGEST_MESSAGE:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    kind = message.get("event") if isinstance(message, dict) else None
    if not isinstance(kind, str) or kind not in PASSED_ON or not isinstance(message.get(kind), dict):
        return None
    return {"event": kind, kind: message[kind]}


async def _started(user: Any, receive: Receive) -> Started | None:
    """The call that the browser's first message asks for; None when it may not have it."""
    try:
        async with asyncio.timeout(START_S):
            message = await receive()
        asked = json.loads(message.get("text") or "null")
        patient_id = UUID(asked["patient"])
    except (TimeoutError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return await in_database(_start, user, patient_id)


def _start(user: User, patient_id: UUID) -> Started | None:
    patient = Patient.objects.visible_to(user).active().filter(pk=patient_id).first()
    if patient is None:
        return None
    access_record(
        user=user, action="call", resource="softphone", patient_ids=[patient.pk], purpose="training"
    )
    return softphone_call_start(patient=patient, by=user)


def _text(event: dict[str, Any]) -> Message:
    return {"type": "websocket.receive", "text": json.dumps(event)}
