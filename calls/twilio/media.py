"""Media Streams messages <-> the seam's words. Pure and total: no input raises.

Source: Twilio docs, "Media Streams - WebSocket messages" (all numbers are strings, one JSON text per frame).
"""

from __future__ import annotations

import binascii
from typing import Any

import orjson

from calls.events import (
    CallerAudio,
    FromPhone,
    KeyPressed,
    LineOpened,
    MarkPlayed,
    StreamStarted,
    StreamStopped,
    Unreadable,
)

MAX_MESSAGE_CHARS = 32 * 1024
KEYS = frozenset("0123456789*#ABCD")
MULAW = "audio/x-mulaw"


def parse(text: str, stream_sid: str = "") -> FromPhone:
    """One frame's text as an event. With `stream_sid`, messages of another stream are unreadable."""
    if len(text) > MAX_MESSAGE_CHARS:
        return Unreadable("too_big")
    try:
        message = orjson.loads(text)
    except ValueError:
        return Unreadable("not_json")
    if type(message) is not dict:
        return Unreadable("not_an_object")
    if stream_sid and message.get("streamSid", stream_sid) != stream_sid:
        return Unreadable("foreign_stream")
    match message.get("event"):
        case "media":
            return _media(message.get("media"))
        case "mark":
            return _mark(message.get("mark"))
        case "dtmf":
            return _dtmf(message.get("dtmf"))
        case "start":
            return _start(message)
        case "stop":
            return StreamStopped()
        case "connected":
            return LineOpened()
    return Unreadable("unknown_event")


def _media(media: Any) -> FromPhone:
    if type(media) is not dict:
        return Unreadable("bad_media")
    if media.get("track", "inbound") not in ("inbound", "inbound_track"):
        return Unreadable("wrong_track")
    payload = media.get("payload")
    if type(payload) is not str or not payload:
        return Unreadable("bad_media")
    try:  # decoding is the only sure check, costs half a microsecond, and the segment buffer needs the bytes
        audio = binascii.a2b_base64(payload, strict_mode=True)
    except ValueError:
        return Unreadable("bad_base64")
    return CallerAudio(payload, audio)


def _mark(mark: Any) -> FromPhone:
    name = mark.get("name") if type(mark) is dict else None
    return MarkPlayed(name) if type(name) is str else Unreadable("bad_mark")


def _dtmf(dtmf: Any) -> FromPhone:
    digit = dtmf.get("digit") if type(dtmf) is dict else None
    return KeyPressed(digit) if type(digit) is str and digit in KEYS else Unreadable("bad_dtmf")


def _start(message: dict[str, Any]) -> FromPhone:
    start = message.get("start")
    if type(start) is not dict:
        return Unreadable("bad_start")
    sid = start.get("streamSid", message.get("streamSid"))
    parameters = start.get("customParameters")
    token = parameters.get("session_token", "") if type(parameters) is dict else ""
    call_sid, account_sid = start.get("callSid"), start.get("accountSid", "")
    if (
        not all(type(value) is str for value in (sid, call_sid, account_sid, token))
        or not sid
        or not call_sid
    ):
        return Unreadable("bad_start")
    if not _is_telephone_audio(start.get("mediaFormat")):
        return Unreadable("wrong_format")
    return StreamStarted(sid, call_sid, account_sid, token)


def _is_telephone_audio(media_format: Any) -> bool:
    """Mu-law, 8,000 Hz, mono; Twilio has promised no other, so nothing said means that."""
    if media_format is None:
        return True
    if type(media_format) is not dict:
        return False
    return (
        media_format.get("encoding", MULAW) == MULAW
        and str(media_format.get("sampleRate", 8000)) == "8000"
        and str(media_format.get("channels", 1)) == "1"
    )


class Writer:
    """Builds the messages of one stream. A payload is base64 and needs no escaping."""

    __slots__ = ("_clear", "_mark", "_media")

    def __init__(self, stream_sid: str) -> None:
        sid = orjson.dumps(stream_sid).decode()
        self._media = f'{{"event":"media","streamSid":{sid},"media":{{"payload":"'
        self._mark = f'{{"event":"mark","streamSid":{sid},"mark":{{"name":'
        self._clear = f'{{"event":"clear","streamSid":{sid}}}'

    def media(self, payload: str) -> str:
        return self._media + payload + '"}}'

    def mark(self, name: str) -> str:
        return self._mark + orjson.dumps(name).decode() + "}}"

    def clear(self) -> str:
        return self._clear
