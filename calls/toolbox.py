"""Runs the model's tools for one call: in order with its other writes, with a deadline, always with an answer."""

from __future__ import annotations

import logging

from calls.checkin import CheckInProgress, fields_in
from calls.events import EndReason, ToolCall
from calls.store import CallStore, StoreAway
from calls.tools.outcome import ALERT_NOT_SENT, NOT_SAVED, Outcome, refused
from calls.tools.schemas import (
    Arguments,
    BadArguments,
    EndCallArguments,
    RecordVitals,
    ScheduleFollowUp,
    Tool,
    TriggerAlert,
    UpdatePatientRecord,
    read_arguments,
)
from calls.writes import Write

log = logging.getLogger(__name__)

DEADLINE_S = 2.5
AWAY_DEADLINE_S = 0.3  # the database is known to be away: nobody should sit in silence for it
MAX_END_REFUSALS = 2


class Toolbox:
    """The tools of one call."""

    def __init__(self, store: CallStore, progress: CheckInProgress) -> None:
        self._store = store
        self._progress = progress
        self._end_refusals = 0

    async def run(self, call: ToolCall, *, at_ms: int, is_verified: bool) -> Outcome:
        """The tool's outcome, or what stands in for it while the database is away."""
        try:
            wanted: Arguments | None = read_arguments(call.name, call.arguments)
        except BadArguments:
            wanted = None  # the runner says so to the model, and keeps a row of it
        if early := self._not_yet(wanted):
            self._record(call, early, at_ms)
            return early
        fields = {
            "model_call_id": call.call_id,
            "name": call.name,
            "arguments": call.arguments,
            "at_ms": at_ms,
        }
        try:
            within_s = AWAY_DEADLINE_S if self._store.is_away else DEADLINE_S
            outcome: Outcome = await self._store.ask(Write("tool", fields), within_s=within_s)
        except StoreAway:
            return _while_away(wanted, is_verified=is_verified)
        except Exception:  # boundary (tool runner): the model always gets an answer
            log.exception(
                "a tool failed", extra={"call_id": str(self._store.call_id), "event": call.name[:40]}
            )
            is_alert = call.name == Tool.TRIGGER_ALERT
            return refused("failed", ALERT_NOT_SENT if is_alert else NOT_SAVED)
        return outcome

    def _not_yet(self, wanted: Arguments | None) -> Outcome | None:
        """A check-in is not complete while required questions are open: the model is told which, twice."""
        if not isinstance(wanted, EndCallArguments) or wanted.reason != "completed":
            return None
        left = self._progress.left
        if not left or self._end_refusals >= MAX_END_REFUSALS:
            return None
        self._end_refusals += 1
        questions = " / ".join(self._progress.wording(question) for question in left)
        return refused("questions_left", f"Before you say goodbye, ask and record: {questions}")

    def _record(self, call: ToolCall, outcome: Outcome, at_ms: int) -> None:
        self._store.put(
            Write(
                "tool_record",
                {
                    "model_call_id": call.call_id,
                    "name": call.name,
                    "arguments": {"text": call.arguments[:400]},
                    "result": dict(outcome.result),
                    "at_ms": at_ms,
                },
            )
        )


def _while_away(wanted: Arguments | None, *, is_verified: bool) -> Outcome:
    """The database is away and the write waits: what may be said to the model all the same."""
    match wanted:
        case EndCallArguments(reason=reason):
            return Outcome({"ok": True, "ending": True}, end=EndReason(reason))
        case TriggerAlert():
            return refused("not_sent", ALERT_NOT_SENT)
        case UpdatePatientRecord() if is_verified:
            answered = tuple(sorted(fields_in(wanted.model_dump(exclude_none=True))))
            return Outcome({"ok": True, "record_updated": True, "saved": "shortly"}, answered=answered)
        case RecordVitals() | ScheduleFollowUp() if is_verified:
            return Outcome({"ok": True, "saved": "shortly"})
    return refused("unavailable", "This is not available right now. Go on without it.")
