"""Whether the patient follows what is asked. After some failed checks (the rule set says how many) the call ends kindly
and a nurse calls. Pure.

A check has failed when a question was asked again and is still not understood, by the patient's own words ("what?",
twice running) or because the reply to a fixed question could not be read twice. Questions about a danger do not count:
who cannot answer those may be in it, and their screen decides (calls/screens/).
"""

from __future__ import annotations

import json
import re

from calls.ending import Ending
from calls.events import Action, EndReason, RunTool, ToolCall, ToolFinished
from calls.parts import Parts
from calls.screens.replies import wants_again

NOT_UNDERSTOOD = "engine.notUnderstood"
TIMES = 2  # not understood, and not understood again: one failed check
LOST = re.compile(
    r"\b(?:(?:do not|don't|can't|cannot|did not|didn't) (?:understand|follow|get (?:it|that|you))|what do you mean"
    r"|makes no sense|no (?:le |lo |la )?(?:entiendo|comprendo|entendí)|qué quiere decir)\b"
)


class Comprehension:
    """Counts the failed checks of one call."""

    def __init__(self, parts: Parts, ending: Ending) -> None:
        self.parts = parts
        self.ending = ending
        self._running = 0  # turns in a row that have not understood
        self._failed = 0
        self._unread = 0
        self._outcome = ""  # what is to be said, once the task is committed or could not be

    def heard(self, text: str, unread: int, now_ms: float) -> list[Action]:
        """The patient's final words. `unread`: replies to fixed questions that could not be read, so far in the call."""
        self._failed += unread - self._unread
        self._unread = unread
        words = text.casefold().replace("\u2019", "'")
        self._running = self._running + 1 if wants_again(text) or LOST.search(words) else 0
        if self._running == TIMES:
            self._running = 0
            self._failed += 1
        if self._failed < self.parts.setting.failed_checks or self.parts.is_emergency or self.ending.reason:
            return []
        self._failed = 0
        return [RunTool(ToolCall(f"{NOT_UNDERSTOOD}:{int(now_ms)}", NOT_UNDERSTOOD, json.dumps({})))]

    def finished(self, event: ToolFinished) -> None:
        """A nurse's task is committed, or could not be."""
        if event.name == NOT_UNDERSTOOD:
            self._outcome = "comprehension_done" if event.is_ok else "comprehension_failed"

    def close(self, now_ms: float, *, is_free: bool) -> list[Action]:
        """The kind end, when nothing about an emergency is being read out, asked or judged. In an emergency, none."""
        if not self._outcome or not is_free:
            return []
        key, self._outcome = self._outcome, ""
        if self.parts.is_emergency:
            return []
        return self.ending.close_with(key, EndReason.PATIENT_REQUEST, now_ms)
