"""What a call came to, as the scheduler sees it: who or what answered, and whether anybody may ring again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ENDED = frozenset({"completed", "no_answer", "busy", "failed", "canceled", "interrupted"})
UNANSWERED = frozenset({"no_answer", "busy", "failed"})
NO_LINE = frozenset({"busy", "failed"})
LOST = "lost"  # a process died around the dial
MACHINES = frozenset({"voicemail", "fax", "ivr"})
# The network took no call, or we did not ask it to: the patient's telephone never rang.
NEVER_RANG = ("carrier_", "not_dialled")
# What somebody who is not known to be the patient has said: nobody is rung again that day.
NOT_TODAY = frozenset(
    {
        "wrong_person",
        "not_verified",
        "patient_request",
        "opt_out",
        "human_request",
        "emergency",
        "taken_over",
        "staff_ended",
    }
)
# The team has it in hand: an alert or a task of its own, or somebody of theirs was in the call.
WITH_THE_TEAM = frozenset({"opt_out", "emergency", "taken_over", "staff_ended"})
# Ends that the patient did not ask for.
CUT_SHORT = frozenset({"silence", "time_limit", "cost_limit"})


class Outcome(StrEnum):
    """What became of a call."""

    RUNNING = "running"  # planned, or on the line
    DONE = "done"  # every required question was answered
    REACHED = "reached"  # the patient, or who may answer for them, spoke with us, and it ended on purpose
    NOT_PATIENT = "not_patient"  # the same with somebody else, or nobody known
    DROPPED = "dropped"  # somebody was on the line, and it broke
    UNHEARD = "unheard"  # nobody heard us: no answer, busy, a machine, silence
    BAD_NUMBER = "bad_number"  # the number cannot be dialled
    NOT_PLACED = "not_placed"  # the network refused: no telephone rang
    CALLED_OFF = "called_off"  # a condition was not met at dial time


@dataclass(frozen=True, slots=True)
class CallEnd:
    """One call's row, as far as its outcome depends on it."""

    state: str
    end_reason: str = ""
    answer_type: str = "unknown"
    is_verified: bool = False
    is_completed: bool = False
    ended_at: datetime | None = None
    attempt: int = 1
    not_called_reason: str = ""
    is_flagged: bool = False  # a critical emergency was flagged in it


def outcome_of(call: CallEnd) -> Outcome:
    """The outcome per state and answer type. An unknown answer counts as a person; a SIP 200 is nobody yet."""
    if call.state not in ENDED:
        return Outcome.RUNNING
    if call.is_completed:
        return Outcome.DONE
    if call.state == "canceled":
        return Outcome.CALLED_OFF
    if call.end_reason == "bad_number":
        return Outcome.BAD_NUMBER
    if call.end_reason.startswith(NEVER_RANG):
        return Outcome.NOT_PLACED
    if call.state in UNANSWERED or call.answer_type in MACHINES:
        return Outcome.UNHEARD
    if call.state == "interrupted":
        return Outcome.DROPPED
    if not call.is_verified and (call.end_reason == "silence" or call.answer_type == "call_screening"):
        return Outcome.UNHEARD
    return Outcome.REACHED if call.is_verified else Outcome.NOT_PATIENT


def has_no_line(call: CallEnd) -> bool:
    """True when the number itself did not ring: busy, or failed by the network, not by us."""
    is_ours = call.end_reason == LOST
    return outcome_of(call) is Outcome.UNHEARD and call.state in NO_LINE and not is_ours


def task_after(
    call: CallEnd,
    *,
    is_over: bool,
    was_begun: bool,
    wrong_person_before: bool = False,
    no_line_before: bool = False,
) -> str:
    """The kind of task that this end leaves for a nurse, "" for none.

    `is_over`: nobody is rung again that day. `was_begun`: the patient was on the line that day, and no check-in came
    of it. One wrong person may have picked up the right telephone, and a line may be busy once; `wrong_person_before`
    and `no_line_before` say that it was so often enough before this to doubt the number.
    """
    outcome = outcome_of(call)
    if outcome is Outcome.NOT_PATIENT and (kind := _after_a_stranger(call, is_over, wrong_person_before)):
        return kind
    if outcome is Outcome.BAD_NUMBER or (no_line_before and has_no_line(call)):
        return "bad_number"
    is_cut_short = outcome is not Outcome.REACHED or call.end_reason in CUT_SHORT
    if was_begun and is_over and is_cut_short and not call.is_flagged:
        return "unfinished_check_in"
    return ""


def _after_a_stranger(call: CallEnd, is_over: bool, wrong_person_before: bool) -> str:
    """Whoever it was, somebody of the team learns of it: from a task here, or from one that is there already."""
    if call.end_reason == "wrong_person":
        return "wrong_number" if wrong_person_before else ""
    if call.end_reason == "human_request":
        return "human_request"
    return "not_verified" if is_over and call.end_reason not in WITH_THE_TEAM else ""
