"""Opens an ElevenLabs Agents conversation and tells it in the seam's words. The second provider.

Their agent times turns by itself and says little about them; what the seam needs (a reply's begin and end, the
caller's speech) is inferred here. The signed address is a secret: it is never logged.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from calls.events import (
    Action,
    FromModel,
    ModelAudio,
    ModelAudioDone,
    ModelSaid,
    PatientSaid,
    ReplyEnded,
    ReplyStarted,
    ReplyStatus,
    SpeechStarted,
    SpeechStopped,
    ToolCall,
)
from calls.providers.elevenlabs import wire
from calls.providers.link import LinkFailed, OnEvent, OnLost, Trouble
from calls.providers.socket import ProviderSocket, connect

log = logging.getLogger(__name__)

SIGNED_URL_S = 4.0
READY_S = 5.0
REPLY_QUIET_S = 0.7  # no audio for this long: the reply is over
MAX_MALFORMED = 5
SPEECH_BACK_MS = 500


@dataclass(frozen=True, slots=True)
class Agent:
    """Which agent to talk to. `variables` hold nothing private."""

    base_url: str
    key: str = field(repr=False)
    agent_id: str = ""
    call_ref: str = ""
    language: str = "en"
    variables: Mapping[str, str] = field(default_factory=dict)


class ElevenLabsLink:
    """A conversation. Built by `open_elevenlabs`."""

    provider = "elevenlabs"
    model = "elevenlabs-agent"
    expires_at: int | None = None

    def __init__(self, on_event: OnEvent, on_lost: OnLost) -> None:
        self._on_event = on_event
        self._on_lost = on_lost
        self._ready: asyncio.Future[wire.Ready] = asyncio.get_running_loop().create_future()
        self._sent_ms = 0
        self._stale_to = -1
        self._turn = 0
        self._reply = ""
        self._text = ""
        self._malformed = 0
        self._ends: asyncio.TimerHandle | None = None
        self._began_s = time.monotonic()
        self.socket = ProviderSocket(self._message, self._gone)

    @property
    def dropped(self) -> int:
        return self.socket.dropped

    # --- opening

    async def introduce(self, agent: Agent) -> None:
        """The conversation is open and in telephone audio, or LinkFailed."""
        self.socket.send(
            wire.opening(call_ref=agent.call_ref, language=agent.language, variables=agent.variables)
        )
        try:
            async with asyncio.timeout(READY_S):
                ready = await self._ready
        except TimeoutError:
            raise LinkFailed(Trouble.CONNECTION_TIMEOUT, "metadata") from None
        if not ready.is_telephone_audio:
            raise LinkFailed(Trouble.MISCONFIGURED, "audio_format")

    # --- what comes

    def _message(self, data: bytes) -> None:
        match wire.parse(data):
            case wire.Voice(number=number, payload=payload) if number > self._stale_to:
                self._voice(payload)
            case wire.AgentText(text=text):
                self._text = text
                self._tell(ModelSaid(self._begin_reply(), self._item, text))
            case wire.UserText(text=text):
                self._user(text)
            case wire.Interrupted(number=number):
                self._interrupted(number)
            case wire.Ping(number=number):
                self.socket.send(wire.pong(number))
            case wire.ToolAsked(call_id=call_id, name=name, arguments=arguments):
                self._end_reply(ToolCall(call_id, name, arguments))
            case wire.Ready() as ready:
                if not self._ready.done():
                    self._ready.set_result(ready)
            case wire.Failed(code=code):
                self._fail(LinkFailed(Trouble.LOST, code))
            case wire.Other(is_malformed=True):
                self._malformed += 1
                if self._malformed >= MAX_MALFORMED:
                    self._fail(LinkFailed(Trouble.SERVER_ERROR, "malformed_events"))

    def _tell(self, event: FromModel) -> None:
        if self._ready.done():
            self._on_event(event)

    @property
    def _item(self) -> str:
        return f"agent_{self._turn}"

    def _begin_reply(self) -> str:
        if not self._reply:
            self._turn += 1
            self._reply = f"turn_{self._turn}"
            self._tell(ReplyStarted(self._reply))
        return self._reply

    def _voice(self, payload: str) -> None:
        reply = self._begin_reply()
        size = len(payload) * 3 // 4 - payload.endswith("=") - payload.endswith("==")
        self._tell(ModelAudio(reply, self._item, payload, size))
        if self._ends is not None:
            self._ends.cancel()
        self._ends = asyncio.get_running_loop().call_later(REPLY_QUIET_S, self._end_reply)

    def _end_reply(self, *calls: ToolCall, status: ReplyStatus = ReplyStatus.COMPLETED) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None
        if not self._reply and not calls:
            return
        reply = self._begin_reply()
        self._tell(ModelAudioDone(reply, self._item))
        self._reply = ""
        self._tell(ReplyEnded(reply, status, calls))

    def _interrupted(self, number: int) -> None:
        self._stale_to = number
        self._tell(SpeechStarted(f"user_{self._turn}", max(self._sent_ms - SPEECH_BACK_MS, 0)))
        self._end_reply(status=ReplyStatus.CANCELLED)

    def _user(self, text: str) -> None:
        self._end_reply()
        item = f"user_{self._turn}"
        self._tell(SpeechStopped(item, self._sent_ms))
        self._tell(PatientSaid(item, text))
        self._turn += 1

    def _gone(self, close_code: int) -> None:
        self._fail(LinkFailed(Trouble.LOST, f"closed_{close_code}"))

    def _fail(self, failure: LinkFailed) -> None:
        self.close()
        if not self._ready.done():
            self._ready.set_exception(LinkFailed(Trouble.SERVER_ERROR, failure.code))
        else:
            self._on_lost(failure)

    # --- what goes

    def send_audio(self, payload: str) -> None:
        self._sent_ms += len(payload) * 3 // 4 // 8
        self.socket.send_audio(wire.audio(payload))

    def send(self, action: Action) -> None:
        if (text := wire.encode(action)) is not None:
            self.socket.send(text)

    def pause(self, is_paused: bool) -> None:
        if is_paused:
            self.socket.pause_reading()
        else:
            self.socket.resume_reading()

    def close(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
        self.socket.close()

    @property
    def billed_s(self) -> float:
        return time.monotonic() - self._began_s


async def open_elevenlabs(agent: Agent, on_event: OnEvent, on_lost: OnLost) -> ElevenLabsLink:
    """An open conversation. Raises LinkFailed and leaves nothing open."""
    url = await _signed_url(agent)
    link = ElevenLabsLink(on_event, on_lost)
    try:
        await connect(url, {}, link.socket)
        await link.introduce(agent)
    except BaseException:
        link.close()
        raise
    return link


async def _signed_url(agent: Agent) -> str:
    """The address of a private agent, good for minutes and for one conversation."""
    query = urlencode({"agent_id": agent.agent_id})
    address = f"{agent.base_url}/v1/convai/conversation/get-signed-url?{query}"
    try:
        async with (
            asyncio.timeout(SIGNED_URL_S),
            aiohttp.ClientSession() as session,
            session.get(address, headers={"xi-api-key": agent.key}, allow_redirects=False) as answer,
        ):
            if answer.status in (401, 403, 404):
                raise LinkFailed(Trouble.REFUSED, str(answer.status))
            if answer.status == 429:
                raise LinkFailed(Trouble.RATE_LIMIT, "429")
            if answer.status != 200:
                raise LinkFailed(Trouble.SERVER_ERROR, str(answer.status))
            body = await answer.json()
            return str(body["signed_url"])
    except TimeoutError:
        raise LinkFailed(Trouble.CONNECTION_TIMEOUT, "signed_url") from None
    except (aiohttp.ClientError, ValueError, KeyError, TypeError):
        raise LinkFailed(Trouble.CONNECTION_TIMEOUT, "signed_url") from None
