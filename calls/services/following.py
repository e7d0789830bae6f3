"""A patient who cannot follow the questions is called by a nurse instead."""

from __future__ import annotations

from alerts.selectors import ruleset_in_force
from alerts.services import task_open
from calls.models import Call, ToolCall
from calls.services.during import tool_call_record

UNREAD = "engine.unreadAnswer"
DETAIL = "Questions were not understood, though they were asked again. Call the patient yourself."


def nurse_calls_instead(call: Call) -> None:
    """The task of whoever calls the patient. Once a call."""
    task_open(patient=call.patient, kind="unfinished_check_in", call=call, detail=DETAIL)


def answer_unread(call: Call, question_id: str, *, at_ms: int) -> bool:
    """The answer to this question could not be read twice. True when there are as many such questions as the rule set
    allows failed checks: a nurse calls.
    """
    tool_call_record(
        call_id=call.pk,
        model_call_id=f"{UNREAD}:{question_id}",
        name=UNREAD,
        arguments={"question": question_id},
        result={"ok": True},
        at_ms=at_ms,
    )
    if ToolCall.objects.filter(call=call, name=UNREAD).count() < ruleset_in_force()["failed_checks"]:
        return False
    nurse_calls_instead(call)
    return True
