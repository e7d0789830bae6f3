"""What a tool answers: a JSON object for the model, and what it means for the conversation. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calls.events import EndReason, ToolFinished

NOT_SAVED = "It could not be saved just now. Do not say that it was."
ALERT_NOT_SENT = (
    "The alert could NOT be sent. Never say that the care team knows. "
    "Tell the patient to call 911 if it is urgent, and otherwise the clinic."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A tool's answer. `answered` are paths of record fields; `alarm` are emergencies that the model has raised,
    `screen` a screen that the engine is to ask, `found` the rules that have fired in this call, as "S07:high".
    """

    result: Mapping[str, Any]
    answered: tuple[str, ...] = ()
    is_verified: bool | None = None
    tries_left: int | None = None
    end: EndReason | None = None
    alarm: tuple[str, ...] = ()
    screen: str = ""
    found: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        return bool(self.result.get("ok"))

    def finished(self, call_id: str, name: str) -> ToolFinished:
        """The same as an event of the conversation."""
        return ToolFinished(
            call_id=call_id,
            name=name,
            output=json.dumps(dict(self.result), ensure_ascii=False),
            is_ok=self.is_ok,
            answered=self.answered,
            is_verified=self.is_verified,
            tries_left=self.tries_left,
            end=self.end,
            alarm=self.alarm,
            screen=self.screen,
            found=self.found,
        )


def refused(error: str, message: str) -> Outcome:
    """A failure that the model is told of."""
    return Outcome({"ok": False, "error": error, "message": message})
