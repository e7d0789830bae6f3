"""What to do when a voice provider fails: wait and try again, take the next one, or go on without. Pure.

Waits inside a live call are 1, 2 and 4 s; Retry-After is honoured up to 8 s. A refusal (key, quota, model) and a
session that is not as asked are never tried again: nothing would be different. Sound that does not arrive is given
one new session; then no provider's voice is trusted on this line, and the telephone network's own asks the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from calls.providers.link import LinkFailed, Trouble

WAITS_S = (1.0, 2.0, 4.0)
LONGEST_WAIT_S = 8.0
STEADY_MS = 20_000  # a session that lasted this long was well: its loss starts a new count


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The same provider, after a wait."""

    after_s: float


@dataclass(frozen=True, slots=True)
class TakeNext:
    """The next provider, at once."""


@dataclass(frozen=True, slots=True)
class GoOnWithout:
    """No provider is left: scripted questions, then a person."""


# A session that failed to answer, by the provider's own code; anything else is a session that is lost.
STALLS = {
    "rate_limit_exceeded": Trouble.RATE_LIMIT,
    "insufficient_quota": Trouble.REFUSED,
    "billing_hard_limit_reached": Trouble.REFUSED,
}


Step: TypeAlias = TryAgain | TakeNext | GoOnWithout


def next_step(failure: LinkFailed, *, tries: int, has_next: bool) -> Step:
    """The step after the `tries`-th failure in a row (from 1) of one provider."""
    otherwise: Step = TakeNext() if has_next else GoOnWithout()
    match failure.trouble:
        case Trouble.REFUSED | Trouble.MISCONFIGURED:
            return otherwise
        case Trouble.AUDIO_ERROR:
            return TryAgain(0.0) if tries == 1 else GoOnWithout()
        case Trouble.CONNECTION_TIMEOUT:
            return otherwise if has_next or tries > 1 else TryAgain(0.0)
        case Trouble.LOST if tries == 1:
            return TryAgain(0.0)
        case Trouble.LOST | Trouble.RATE_LIMIT | Trouble.SERVER_ERROR:
            if tries > len(WAITS_S):
                return otherwise
            wait = failure.retry_after_s if failure.retry_after_s is not None else WAITS_S[tries - 1]
            return TryAgain(min(wait, LONGEST_WAIT_S))


def needs_page(step: Step) -> bool:
    """True when a provider is given up for this call: refused, or tried as often as it is worth. On-call is told."""
    return not isinstance(step, TryAgain)
