"""When a long call is about to lose its beginning, the model is told what stands so far. Pure.

The server drops the older part of a conversation that has grown past the session's limit. What was answered then is
known to us only; said again as one short item near the end, it survives the cut.
Source: OpenAI API reference, "Realtime sessions": truncation.
"""

from __future__ import annotations

from calls.events import Usage

DUE_AT = 0.75  # of the limit: before the cut, so that the item is among what stays
AGAIN_BELOW = 0.6


class Recap:
    """Follows how much of the history's room is used, by what the server bills."""

    def __init__(self, limit_tokens: int) -> None:
        self._limit = limit_tokens
        self._prompt: int | None = None
        self._is_told = False

    def session_began(self) -> None:
        """A new session has a history of its own."""
        self._prompt, self._is_told = None, False

    def is_due(self, usage: Usage) -> bool:
        """True once each time that the history gets near its limit."""
        given = usage.text_in + usage.audio_in
        if self._prompt is None:
            self._prompt = given
        used = (given - self._prompt) / self._limit
        if used < AGAIN_BELOW:
            self._is_told = False
        if used < DUE_AT or self._is_told:
            return False
        self._is_told = True
        return True
