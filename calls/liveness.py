"""Does sound really pass? Both ways, judged by the raw audio and not by what a provider says of it. Pure.

A provider can look well and be deaf (the caller speaks, nothing is reported) or mute (it sends words and no sound).
Both would leave the patient alone on a line that every event says is alive.
"""

from __future__ import annotations

import base64
import binascii

from calls.loudness import AUDIBLE_LEVEL, loudest

DEAF_MS = 8_000.0
MAX_DEAF = 2  # what is loud and never heard by two sessions is a television


class Ear:
    """Watches whether the provider hears what is loud on the line. Times are ms since the stream began."""

    def __init__(self) -> None:
        self._loud_ms = 0.0
        self._at_ms = 0.0
        self._given_up = 0

    def heard(self) -> None:
        """The provider has reported speech: it hears."""
        self._loud_ms = 0.0

    def is_deaf(self, now_ms: float, *, is_loud: bool) -> bool:
        """True once when the line has been loud for long and nothing was reported; `is_loud` is of the time since."""
        since, self._at_ms = now_ms - self._at_ms, now_ms
        if not is_loud:  # a cough here and there adds up to nothing
            self._loud_ms = max(self._loud_ms - since, 0.0)
            return False
        self._loud_ms += since
        if self._loud_ms < DEAF_MS or self._given_up >= MAX_DEAF:
            return False
        self._loud_ms = 0.0
        self._given_up += 1
        return True


class Voice:
    """Watches whether a reply that has words has sound. Looks at its audio only until something is audible."""

    def __init__(self) -> None:
        self._has_words = False
        self._is_audible = False

    def reply_started(self) -> None:
        """A new reply."""
        self._has_words = self._is_audible = False

    def words(self, text: str) -> None:
        """The reply says something."""
        self._has_words = self._has_words or bool(text.strip())

    def audio(self, payload: str) -> None:
        """A piece of the reply's sound: base64 of mu-law."""
        if self._is_audible:
            return
        try:
            self._is_audible = loudest(base64.b64decode(payload, validate=True)) >= AUDIBLE_LEVEL
        except (binascii.Error, ValueError):
            return

    @property
    def is_mute(self) -> bool:
        """True for a reply with words and no audible sound."""
        return self._has_words and not self._is_audible
