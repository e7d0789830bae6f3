"""A call as lines on a terminal, while it happens."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

from heartvoice.demo.outcome import Outcome

INDENT = 20
COLOURS = {
    "Maya": "36",
    "patient": "33",
    "ALERT": "1;31",
    "tool": "35",
    "phone": "90",
    "approved script": "1;36",
}
EVENTS = {
    "call.ringing": "ringing",
    "call.in-progress": "answered",
    "call.busy": "busy",
    "call.no-answer": "nobody answers",
    "call.failed": "failed",
    "call.completed": "line closed",
    "call.ended": "line closed",
    "stream.started": "audio connected",
    "maya.speaks": "Maya begins to speak",
    "stream.stopped": "audio ended",
    "patient.hangs_up": "the patient hangs up",
    "dial.ringing": "the nurse line rings",
    "dial.bridged": "the nurse and the patient talk",
    "webhook.failed": "a webhook was not answered",
    "stream.failed": "the audio connection failed",
}
"""Of the telephone's events those a reader wants to see; what is said comes from the call's own rows."""

ONCE = {"maya.speaks"}
"""Interesting the first time only."""


class Timeline:
    """Prints each thing once, with the seconds since the telephone was dialled."""

    def __init__(self, out: TextIO | None = None, *, width: int = 118) -> None:
        self.out = out or sys.stdout
        self.width = width
        self.started_at = time.time()
        self._shown: set[str] = set()
        self._uses_colour = self.out.isatty()

    def note(self, text: str) -> None:
        """Something about the demonstration itself."""
        print(text, file=self.out, flush=True)

    def event(self, event: Mapping[str, Any]) -> None:
        """An event of the telephone stand-in; those nobody wants to see are left out."""
        kind = event["kind"]
        if kind in EVENTS:
            key = kind if kind in ONCE else f"event {event['number']}"
            self.row(key, float(event["at_s"]), "phone", EVENTS[kind])

    def row(self, key: str, at: datetime | float, who: str, what: str) -> None:
        """A row of the call; one whose key was printed before is left out."""
        if key in self._shown:
            return
        self._shown.add(key)
        seconds = (at.timestamp() if isinstance(at, datetime) else at) - self.started_at
        head = f"{max(0.0, seconds):7.1f} s  {who:<{INDENT - 11}}"
        body = textwrap.wrap(what, self.width - INDENT - 2) or [""]
        lines = [f"{head} {body[0]}", *(f"{'':{len(head)}} {more}" for more in body[1:])]
        print(self._coloured(who, "\n".join(lines)), file=self.out, flush=True)

    def close(self, outcome: Outcome, missing: Sequence[str]) -> None:
        """The last lines: what was written, and what should have been."""
        latency = "  ".join(f"{name} {value:.0f}" for name, value in outcome.latency_ms.items())
        self.note(
            f"\n{outcome.state} after {outcome.duration_s:.0f} s; voice segments measured: {outcome.biomarkers}; "
            f"alerts: {len(outcome.alerts)}; cost: ${outcome.cost_usd:.2f}"
        )
        if latency:
            self.note(f"Latency in ms: {latency}")
        for text in missing:
            self.note(self._coloured("ALERT", f"NOT AS EXPECTED: {text}"))

    def _coloured(self, who: str, text: str) -> str:
        colour = COLOURS.get(who)
        return f"\033[{colour}m{text}\033[0m" if colour and self._uses_colour else text
