"""What the bridge asks of a voice provider. A vendor is one implementation in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from calls.events import Action, FromModel


class Trouble(StrEnum):
    """The kinds of failure that have a strategy of their own."""

    CONNECTION_TIMEOUT = "connection_timeout"
    RATE_LIMIT = "rate_limit"
    REFUSED = "refused"  # key, quota, model name: trying again cannot help
    MISCONFIGURED = "misconfigured"  # the session is not what we asked for
    SERVER_ERROR = "server_error"
    LOST = "lost"  # a session that worked has gone
    AUDIO_ERROR = "audio_error"


RETRYABLE = frozenset({Trouble.CONNECTION_TIMEOUT, Trouble.RATE_LIMIT, Trouble.SERVER_ERROR, Trouble.LOST})


class LinkFailed(Exception):
    """No session. `code` is the vendor's or ours, safe to log."""

    def __init__(self, trouble: Trouble, code: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(f"{trouble}: {code}")
        self.trouble = trouble
        self.code = code
        self.retry_after_s = retry_after_s


class Link(Protocol):
    """An open, configured session with a voice provider."""

    provider: str
    model: str
    expires_at: int | None

    @property
    def dropped(self) -> int:
        """Frames of the caller's that the provider was too slow to take."""

    @property
    def billed_s(self) -> float:
        """Seconds so far with a provider that bills by the minute, else 0."""

    def send_audio(self, payload: str) -> None:
        """The caller's audio, base64 mu-law. Never waits; the oldest is dropped when the provider is slow."""

    def send(self, action: Action) -> None:
        """Tell the provider what the conversation decided. Actions that do not concern it are ignored."""

    def pause(self, is_paused: bool) -> None:
        """Stop reading from the provider while the phone is slow, or go on."""

    def close(self) -> None:
        """End the session. No event comes after this."""


OnEvent = Callable[[FromModel], None]
OnLost = Callable[[LinkFailed], None]
