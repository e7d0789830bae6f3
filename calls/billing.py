"""What a live call has cost so far: each bill priced once and written down."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal

from calls.events import Usage
from calls.pricing import minutes_cost, response_cost, transcription_cost
from calls.providers.link import Link
from calls.store import CallStore
from calls.writes import Write

TRANSCRIPTION_MODEL = "gpt-transcribe"


class Bill:
    """The bill of one call."""

    def __init__(self, store: CallStore) -> None:
        self.cost = Decimal(0)
        self._store = store
        self._sessions = 0

    def session_over(self, link: Link) -> None:
        """A provider that bills by the minute is billed when its session ends."""
        if link.billed_s:
            self._sessions += 1
            self.add("minutes", Usage(seconds=link.billed_s), link, f"{link.provider}-{self._sessions}")

    def add(self, kind: str, usage: Usage, link: Link, reference: str) -> None:
        """A response, a transcription or a stretch of minutes."""
        match kind:
            case "response":
                model, cost = link.model, response_cost(usage, link.model)
            case "transcription":
                model, cost = TRANSCRIPTION_MODEL, transcription_cost(usage, TRANSCRIPTION_MODEL)
            case _:
                model, cost = link.model, minutes_cost(usage.seconds, link.provider)
        self.cost += cost
        fields = {
            "kind": kind, "provider": link.provider, "model": model, "reference": reference, "usage": asdict(usage),
        }  # fmt: skip
        self._store.put(Write("usage", fields))
