"""Who or what answered decides what a call came to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls.scheduling.outcomes import CallEnd, Outcome, outcome_of, task_after


@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        (CallEnd("planned"), Outcome.RUNNING),
        (CallEnd("dialling"), Outcome.RUNNING),
        (CallEnd("ringing"), Outcome.RUNNING),
        (CallEnd("in_progress", is_completed=True), Outcome.RUNNING),
        (CallEnd("completed", is_completed=True), Outcome.DONE),
        (CallEnd("interrupted", is_completed=True), Outcome.DONE),
        (CallEnd("no_answer"), Outcome.UNHEARD),
        (CallEnd("busy"), Outcome.UNHEARD),
        (CallEnd("failed"), Outcome.UNHEARD),
        (CallEnd("failed", "bad_number"), Outcome.BAD_NUMBER),
        (CallEnd("failed", "carrier_refused"), Outcome.NOT_PLACED),
        (CallEnd("failed", "carrier_unreachable"), Outcome.NOT_PLACED),
        (CallEnd("failed", "not_dialled"), Outcome.NOT_PLACED),
        (CallEnd("failed", "lost"), Outcome.UNHEARD),
        (CallEnd("canceled", "not_eligible"), Outcome.CALLED_OFF),
        (CallEnd("completed", "voicemail", "voicemail"), Outcome.UNHEARD),
        (CallEnd("completed", "voicemail", "fax"), Outcome.UNHEARD),
        (CallEnd("interrupted", "hangup", "ivr"), Outcome.UNHEARD),
        (CallEnd("completed", "completed", "call_screening"), Outcome.UNHEARD),
        (CallEnd("completed", "human_request", "call_screening", is_verified=True), Outcome.REACHED),
        (CallEnd("interrupted", "hangup", "human"), Outcome.DROPPED),
        (CallEnd("interrupted", "hangup", "unknown"), Outcome.DROPPED),
        (CallEnd("interrupted", "lost", "human"), Outcome.DROPPED),
        (CallEnd("completed", "silence", "human"), Outcome.UNHEARD),
        (CallEnd("completed", "silence", "human", is_verified=True), Outcome.REACHED),
        (CallEnd("completed", "wrong_person", "human"), Outcome.NOT_PATIENT),
        (CallEnd("completed", "not_verified", "unknown"), Outcome.NOT_PATIENT),
        (CallEnd("completed", "patient_request", "human"), Outcome.NOT_PATIENT),
        (CallEnd("completed", "time_limit", "human"), Outcome.NOT_PATIENT),
        (CallEnd("completed", "opt_out", "human"), Outcome.NOT_PATIENT),
        (CallEnd("completed", "completed", "human"), Outcome.NOT_PATIENT),
        (CallEnd("completed", "patient_request", "human", is_verified=True), Outcome.REACHED),
        (CallEnd("completed", "time_limit", "human", is_verified=True), Outcome.REACHED),
    ],
    ids=lambda value: (
        str(value) if isinstance(value, Outcome) else f"{value.state} {value.end_reason} {value.answer_type}"
    ),
)
def test_each_end_and_answer_type_has_its_outcome(call: CallEnd, outcome: Outcome) -> None:
    assert outcome_of(call) is outcome


VERIFIED = CallEnd("completed", is_verified=True)


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (CallEnd("failed", "bad_number"), "bad_number"),
        (CallEnd("completed", "wrong_person"), ""),
        (CallEnd("completed", "not_verified"), "not_verified"),
        (CallEnd("completed", "patient_request"), "not_verified"),
        (CallEnd("completed", "time_limit"), "not_verified"),
        (CallEnd("completed", "completed"), "not_verified"),
        (CallEnd("completed", "human_request"), "human_request"),
        (CallEnd("completed", "opt_out"), ""),
        (CallEnd("completed", "emergency"), ""),
        (CallEnd("completed", "taken_over"), ""),
        (CallEnd("interrupted"), ""),
        (CallEnd("no_answer"), ""),
        (CallEnd("completed", is_completed=True), ""),
    ],
)
def test_an_end_that_leaves_nobody_knowing_leaves_a_task(call: CallEnd, kind: str) -> None:
    """Of a wrong person the missed check-in tells; of the rest an alert or a task that is there already."""
    assert task_after(call, is_over=True, was_begun=False) == kind


def test_a_second_wrong_person_is_a_doubtful_number() -> None:
    call = CallEnd("completed", "wrong_person")
    assert task_after(call, is_over=True, was_begun=False, wrong_person_before=True) == "wrong_number"


def test_who_was_not_verified_is_left_to_a_nurse_when_nobody_is_rung_again_that_day() -> None:
    assert task_after(CallEnd("completed", "time_limit"), is_over=False, was_begun=False) == ""


@pytest.mark.parametrize(
    "last",
    [
        CallEnd("interrupted", is_verified=True),
        CallEnd("interrupted"),
        CallEnd("no_answer"),
        CallEnd("failed", "carrier_busy"),
        CallEnd("canceled", "not_eligible"),
        CallEnd("completed", "wrong_person"),
        CallEnd("completed", "silence", is_verified=True),
        CallEnd("completed", "time_limit", is_verified=True),
    ],
    ids=lambda call: f"{call.state} {call.end_reason}",
)
def test_a_check_in_that_was_begun_and_not_finished_is_left_to_a_nurse(last: CallEnd) -> None:
    assert task_after(last, is_over=True, was_begun=True) == "unfinished_check_in"
    assert task_after(replace(last, is_flagged=True), is_over=True, was_begun=True) == ""
    assert task_after(last, is_over=False, was_begun=True) == ""


def test_a_patient_who_wished_to_stop_is_let_go() -> None:
    assert task_after(replace(VERIFIED, end_reason="patient_request"), is_over=True, was_begun=True) == ""


@pytest.mark.parametrize(
    ("call", "before", "kind"),
    [
        (CallEnd("busy", "busy"), True, "bad_number"),
        (CallEnd("failed", "failed"), True, "bad_number"),
        (CallEnd("busy", "busy"), False, ""),
        (CallEnd("no_answer", "no_answer"), True, ""),
        (CallEnd("failed", "lost"), True, ""),
        (CallEnd("failed", "carrier_busy"), True, ""),
        (CallEnd("completed", "voicemail", "voicemail"), True, ""),
    ],
)
def test_a_number_that_is_busy_or_fails_twice_running_is_doubted(
    call: CallEnd, before: bool, kind: str
) -> None:
    """ "Busy/failed numbers, wrong number x2 -> data task" (clinical rules, call operations)."""
    assert task_after(call, is_over=True, was_begun=False, no_line_before=before) == kind
