"""What the Realtime API would bill: every response pays for the whole conversation, its cached prefix apart.

Source: OpenAI, Managing costs (user audio 1 token per 100 ms, assistant audio 1 per 50 ms; automatic prefix
caching; cached tokens are a subset of the input). Text tokens are counted as 4 characters each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

CHARACTERS_PER_TOKEN = 4
CACHE_BLOCK = 64  # tokens


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of the model's input, in its order: instructions, tools, then the items."""

    key: str  # changes whenever the content does
    text_tokens: int = 0
    audio_tokens: int = 0

    @property
    def tokens(self) -> int:
        return self.text_tokens + self.audio_tokens


@dataclass(frozen=True, slots=True)
class Billed:
    """One response's tokens."""

    text_in: int
    audio_in: int
    cached_text: int
    cached_audio: int
    text_out: int
    audio_out: int

    def usage(self) -> dict[str, Any]:
        """As `response.done` carries it."""
        cached = self.cached_text + self.cached_audio
        return {
            "total_tokens": self.text_in + self.audio_in + self.text_out + self.audio_out,
            "input_tokens": self.text_in + self.audio_in,
            "output_tokens": self.text_out + self.audio_out,
            "input_token_details": {
                "text_tokens": self.text_in,
                "audio_tokens": self.audio_in,
                "image_tokens": 0,
                "cached_tokens": cached,
                "cached_tokens_details": {
                    "text_tokens": self.cached_text,
                    "audio_tokens": self.cached_audio,
                    "image_tokens": 0,
                },
            },
            "output_token_details": {"text_tokens": self.text_out, "audio_tokens": self.audio_out},
        }


def text_tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def audio_tokens(mulaw_bytes: int, speaker: Literal["user", "assistant"]) -> int:
    """Tokens of 8 kHz mu-law audio."""
    return -(-mulaw_bytes // (800 if speaker == "user" else 400))


class Meter:
    """Bills one session's responses. `caches=False` shows what it would cost without the cache."""

    def __init__(self, *, caches: bool = True) -> None:
        self.billed: list[Billed] = []
        self._caches = caches
        self._last: list[Piece] = []

    def bill(self, pieces: Sequence[Piece], *, text_out: int, audio_out: int) -> Billed:
        """One response over `pieces`; what is the same as at the last one from the start on is cached."""
        cached_text = cached_audio = 0
        if self._caches:
            for old, new in zip(self._last, pieces, strict=False):
                if old != new:
                    break
                cached_text += new.text_tokens
                cached_audio += new.audio_tokens
        uneven = (cached_text + cached_audio) % CACHE_BLOCK
        taken = min(uneven, cached_audio)
        cached_audio, cached_text = cached_audio - taken, cached_text - (uneven - taken)
        self._last = list(pieces)
        one = Billed(
            text_in=sum(piece.text_tokens for piece in pieces),
            audio_in=sum(piece.audio_tokens for piece in pieces),
            cached_text=cached_text,
            cached_audio=cached_audio,
            text_out=text_out,
            audio_out=audio_out,
        )
        self.billed.append(one)
        return one


def truncated(items: Sequence[Piece], truncation: Any) -> int:
    """How many of the oldest items the session's `truncation` setting drops now (0: none)."""
    if not isinstance(truncation, dict):
        return 0
    limit = truncation.get("token_limits", {}).get("post_instructions")
    total = sum(piece.tokens for piece in items)
    if limit is None or total <= limit:
        return 0
    target = limit * truncation.get("retention_ratio", 1.0)
    dropped = 0
    while dropped < len(items) and total > target:
        total -= items[dropped].tokens
        dropped += 1
    return dropped
