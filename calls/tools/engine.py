"""What the engine itself has written, through the same door as the model's tools: one row each, once each.

The model cannot name these: a tool call of its own that begins like one is refused before it is run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calls.models import Call
from calls.services.following import nurse_calls_instead
from calls.services.identity import identity_reset
from calls.services.screening import screen_save
from calls.services.status import answer_type_set
from calls.services.wishes import call_opt_out
from calls.tools.outcome import Outcome, refused

PREFIX = "engine."


def run_engine(call: Call, name: str, arguments: Any) -> Outcome:
    """The outcome of one of the engine's own commands."""
    command = COMMANDS.get(name.removeprefix(PREFIX))
    if command is None or not isinstance(arguments, dict):
        return refused("unknown_command", "There is no such command.")
    return command(call, arguments)


def _screen_result(call: Call, given: Mapping[str, Any]) -> Outcome:
    row = screen_save(
        call_id=call.pk,
        screen=given["screen"],
        replies=given["replies"],
        outcome=given["outcome"],
        tier=given["tier"],
    )
    return Outcome({"ok": True, "screen": row.screen, "outcome": row.outcome})


def _hand_over(call: Call, given: Mapping[str, Any]) -> Outcome:
    identity_reset(call_id=call.pk)
    return Outcome({"ok": True})


def _opt_out(call: Call, given: Mapping[str, Any]) -> Outcome:
    return Outcome({"ok": True, "changed": call_opt_out(call_id=call.pk)})


def _answered_by(call: Call, given: Mapping[str, Any]) -> Outcome:
    answer_type_set(call_id=call.pk, answer_type=given["kind"])
    return Outcome({"ok": True, "answer_type": given["kind"]})


def _not_understood(call: Call, given: Mapping[str, Any]) -> Outcome:
    nurse_calls_instead(call)
    return Outcome({"ok": True})


COMMANDS: Mapping[str, Callable[[Call, Mapping[str, Any]], Outcome]] = {
    "screenResult": _screen_result,
    "handOver": _hand_over,
    "optOut": _opt_out,
    "answeredBy": _answered_by,
    "notUnderstood": _not_understood,
}
