"""Opens an OpenAI Realtime session: connect, be created, be configured, be sure of it. Then events flow.

The embedded local agent is reached the same way; only the address and the key differ.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from urllib.parse import urlencode

from calls.events import (
    Action,
    Complaint,
    FromModel,
    ModelAudio,
    ModelSaid,
    ReplyEnded,
    ReplyStarted,
    ReplyStatus,
    SessionConfigured,
    SessionOpened,
    Skipped,
)
from calls.liveness import Voice
from calls.providers.link import LinkFailed, OnEvent, OnLost, Trouble
from calls.providers.openai import wire
from calls.providers.openai.session import EVENT_ID, SessionPlan, disagreements, session, session_update
from calls.providers.socket import ProviderSocket, connect

log = logging.getLogger(__name__)

CREATED_S = 5.0
UPDATED_S = 5.0
MAX_MALFORMED = 5
BROKEN_SESSION = frozenset({"session_expired", "beta_api_shape_disabled"})
OUT_OF_QUOTA = frozenset(
    {"insufficient_quota", "invalid_api_key", "model_not_found", "billing_hard_limit_reached"}
)


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom to connect. `safety_id` is a keyed hash of the patient, never a name or number."""

    url: str
    key: str
    model: str
    safety_id: str = ""
    provider: str = "openai"


class OpenAILink:
    """A session. Built by `open_openai`."""

    def __init__(self, account: Account, on_event: OnEvent, on_lost: OnLost) -> None:
        self.provider = account.provider
        self.model = account.model
        self.expires_at: int | None = None
        self.malformed = 0
        self._on_event = on_event
        self._on_lost = on_lost
        self._is_live = False
        self._voice = Voice()
        self._opening: asyncio.Queue[FromModel | LinkFailed] = asyncio.Queue()
        self.socket = ProviderSocket(self._text, self._gone)

    @property
    def dropped(self) -> int:
        return self.socket.dropped

    @property
    def billed_s(self) -> float:
        return 0.0  # by tokens, and each response says how many

    # --- what comes

    def _text(self, data: bytes) -> None:
        event = wire.parse(data)
        if type(event) is Skipped and event.is_malformed:
            self.malformed += 1
            if self.malformed >= MAX_MALFORMED:
                self._fail(LinkFailed(Trouble.SERVER_ERROR, "malformed_events"))
                return
        if not self._is_live:
            self._opening.put_nowait(event)
            return
        if (failure := self._broken_by(event)) is not None:
            self._fail(failure)
            return
        self._on_event(event)

    def _broken_by(self, event: FromModel) -> LinkFailed | None:
        """Why this session is of no more use after this event, if so."""
        match event:
            case ModelAudio(payload=payload):
                self._voice.audio(payload)
            case ReplyStarted():
                self._voice.reply_started()
            case ModelSaid(text=text):
                self._voice.words(text)
            case ReplyEnded(status=ReplyStatus.COMPLETED) if self._voice.is_mute:
                return LinkFailed(Trouble.AUDIO_ERROR, "mute")
            case Complaint(code=code):
                log.warning("the voice provider complained", extra={"code": code[:60]})
                if code in OUT_OF_QUOTA:
                    return LinkFailed(Trouble.REFUSED, code)
                if code in BROKEN_SESSION:
                    return LinkFailed(Trouble.LOST, code)
        return None

    def _gone(self, close_code: int) -> None:
        failure = LinkFailed(Trouble.LOST, f"closed_{close_code}")
        if self._is_live:
            self._on_lost(failure)
        else:
            self._opening.put_nowait(LinkFailed(Trouble.SERVER_ERROR, f"closed_{close_code}"))

    def _fail(self, failure: LinkFailed) -> None:
        self.socket.close()
        if self._is_live:
            self._on_lost(failure)
        else:
            self._opening.put_nowait(failure)

    # --- opening

    async def _next(self, kind: type[FromModel], within_s: float, what: str) -> FromModel:
        """The next event of that kind. Raises LinkFailed on a complaint, a close, or too long a wait."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    event = await self._opening.get()
                    if isinstance(event, LinkFailed):
                        raise event
                    if isinstance(event, Complaint):
                        raise _as_failure(event)
                    if isinstance(event, kind):
                        return event
        except TimeoutError:
            raise LinkFailed(Trouble.CONNECTION_TIMEOUT, what) from None

    async def configure(self, plan: SessionPlan) -> None:
        """The session is as planned, or LinkFailed."""
        opened = await self._next(SessionOpened, CREATED_S, "session_created")
        assert isinstance(opened, SessionOpened)  # noqa: S101  (for the type checker)
        self.expires_at = opened.expires_at
        self.socket.send(session_update(plan))
        granted = await self._next(SessionConfigured, UPDATED_S, "session_updated")
        assert isinstance(granted, SessionConfigured)  # noqa: S101
        if wrong := disagreements(session(plan), granted.settings):
            raise LinkFailed(Trouble.MISCONFIGURED, ",".join(wrong))
        self._is_live = True

    # --- what goes

    def send_audio(self, payload: str) -> None:
        self.socket.send_audio(wire.append_audio(payload))

    def send(self, action: Action) -> None:
        if (text := wire.encode(action)) is not None:
            self.socket.send(text)

    def pause(self, is_paused: bool) -> None:
        if is_paused:
            self.socket.pause_reading()
        else:
            self.socket.resume_reading()

    def close(self) -> None:
        self.socket.close()


def _as_failure(complaint: Complaint) -> LinkFailed:
    if complaint.event_id == EVENT_ID or complaint.code in ("unknown_parameter", "invalid_value"):
        return LinkFailed(Trouble.MISCONFIGURED, f"{complaint.code}:{complaint.param}")
    if complaint.code in OUT_OF_QUOTA:
        return LinkFailed(Trouble.REFUSED, complaint.code)
    if complaint.code == "rate_limit_exceeded":
        return LinkFailed(Trouble.RATE_LIMIT, complaint.code)
    return LinkFailed(Trouble.SERVER_ERROR, complaint.code)


async def open_openai(account: Account, plan: SessionPlan, on_event: OnEvent, on_lost: OnLost) -> OpenAILink:
    """A configured session; events flow from now on. Raises LinkFailed and leaves nothing open."""
    link = OpenAILink(account, on_event, on_lost)
    headers = {"Authorization": f"Bearer {account.key}"}
    if account.safety_id:
        headers["OpenAI-Safety-Identifier"] = account.safety_id
    separator = "&" if "?" in account.url else "?"
    try:
        await connect(f"{account.url}{separator}{urlencode({'model': account.model})}", headers, link.socket)
        await link.configure(plan)
    except BaseException:
        link.close()
        raise
    return link
