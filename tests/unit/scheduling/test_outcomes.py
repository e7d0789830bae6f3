"""Who or what answered decides what a call came to."""

from __future__ import annotations

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
        (CallEnd("completed", "wrong_person", "human"), Outcome.REACHED),
        (CallEnd("completed", "not_verified", "unknown"), Outcome.REACHED),
        (CallEnd("completed", "patient_request", "human"), Outcome.REACHED),
        (CallEnd("completed", "time_limit", "human", is_verified=True), Outcome.REACHED),
    ],
    ids=lambda value: (
        str(value) if isinstance(value, Outcome) else f"{value.state} {value.end_reason} {value.answer_type}"
    ),
)
def test_each_end_and_answer_type_has_its_outcome(call: CallEnd, outcome: Outcome) -> None:
    assert outcome_of(call) is outcome


@pytest.mark.parametrize(
    ("call", "drops_left", "before", "kind"),
    [
        (CallEnd("failed", "bad_number"), True, False, "bad_number"),
        (CallEnd("completed", "not_verified"), True, False, "not_verified"),
        (CallEnd("completed", "wrong_person"), True, False, ""),
        (CallEnd("completed", "wrong_person"), True, True, "wrong_number"),
        (CallEnd("interrupted", is_verified=True), True, False, ""),
        (CallEnd("interrupted", is_verified=True), False, False, "unfinished_check_in"),
        (CallEnd("interrupted"), False, False, ""),
        (CallEnd("no_answer"), True, False, ""),
        (CallEnd("completed", is_completed=True), True, False, ""),
    ],
)
def test_what_a_person_must_see_to_becomes_a_task(
    call: CallEnd, drops_left: bool, before: bool, kind: str
) -> None:
    assert task_after(call, drops_left=drops_left, wrong_person_before=before) == kind


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
    assert task_after(call, drops_left=True, wrong_person_before=False, no_line_before=before) == kind
