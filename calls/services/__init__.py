"""Every change of a call and of what came of it, one function each."""

from calls.services.during import (
    failure_note,
    figures_save,
    progress_save,
    tool_call_record,
    turn_add,
    usage_add,
)
from calls.services.ending import call_finish, call_lost_waiting, calls_close_lost, calls_keep_alive
from calls.services.follow_ups import education_give, follow_up_schedule
from calls.services.identity import identity_check
from calls.services.memory import memory_read, memory_write
from calls.services.starting import (
    Started,
    StreamRefused,
    UnknownCaller,
    call_start,
    stream_open,
)
from calls.services.status import answer_type_note, call_status_note

__all__ = [
    "Started",
    "StreamRefused",
    "UnknownCaller",
    "answer_type_note",
    "call_finish",
    "call_lost_waiting",
    "call_start",
    "call_status_note",
    "calls_close_lost",
    "calls_keep_alive",
    "education_give",
    "failure_note",
    "figures_save",
    "follow_up_schedule",
    "identity_check",
    "memory_read",
    "memory_write",
    "progress_save",
    "stream_open",
    "tool_call_record",
    "turn_add",
    "usage_add",
]
