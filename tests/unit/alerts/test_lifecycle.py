"""Who may do what to an alert, in which state, and where it leads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.lifecycle import (
    IN_HAND,
    SYSTEM,
    Action,
    Actor,
    Refusal,
    Role,
    Situation,
    State,
    Step,
    allowed,
    resolve_refusal,
    snooze_refusal,
    step,
)
from alerts.severity import AlertType, Severity
from tests.unit.alerts.builders import NOW

ANN, BOB, LEA, ADA = Actor(1, Role.NURSE), Actor(2, Role.NURSE), Actor(3, Role.LEAD), Actor(4, Role.ADMIN)
SYMPTOM, EMERGENCY = AlertType.SYMPTOM_WORSENING, AlertType.EMERGENCY


def an(state: State, owner: Actor | None = None, severity: Severity = Severity.MEDIUM) -> Situation:
    return Situation(state, severity, SYMPTOM, owner.user_id if owner else None)


@pytest.mark.parametrize(
    ("now", "action", "actor", "expected"),
    [
        pytest.param(an(State.NEW), Action.ACKNOWLEDGE, ANN, Step(State.ACKNOWLEDGED, 1), id="claim"),
        pytest.param(
            an(State.ESCALATED), Action.ACKNOWLEDGE, LEA, Step(State.ACKNOWLEDGED, 3), id="claim escalated"
        ),
        pytest.param(
            an(State.REOPENED), Action.ACKNOWLEDGE, BOB, Step(State.ACKNOWLEDGED, 2), id="claim reopened"
        ),
        pytest.param(
            an(State.ACKNOWLEDGED, ANN), Action.ACKNOWLEDGE, BOB, "already_claimed", id="second claim"
        ),
        pytest.param(
            an(State.ACKNOWLEDGED, ANN), Action.ACKNOWLEDGE, ANN, "already_claimed", id="own claim again"
        ),
        pytest.param(an(State.NEW), Action.ACKNOWLEDGE, ADA, "not_allowed", id="an administrator claims"),
        pytest.param(an(State.ACKNOWLEDGED, ANN), Action.START, ANN, Step(State.IN_PROGRESS, 1), id="start"),
        pytest.param(an(State.NEW), Action.START, BOB, Step(State.IN_PROGRESS, 2), id="claim and start"),
        pytest.param(an(State.ACKNOWLEDGED, ANN), Action.START, BOB, "owned_by_other", id="start another's"),
        pytest.param(
            an(State.IN_PROGRESS, ANN), Action.CONTACT, ANN, Step(State.IN_PROGRESS, 1), id="reached"
        ),
        pytest.param(an(State.IN_PROGRESS, ANN), Action.RELEASE, ANN, Step(State.NEW, None), id="give back"),
        pytest.param(
            an(State.IN_PROGRESS, ANN),
            Action.TAKE_OVER,
            LEA,
            Step(State.ACKNOWLEDGED, 3),
            id="lead takes over",
        ),
        pytest.param(
            an(State.IN_PROGRESS, ANN), Action.TAKE_OVER, BOB, "not_allowed", id="a nurse takes over"
        ),
        pytest.param(an(State.NEW), Action.SNOOZE, ANN, Step(State.SNOOZED, 1), id="snooze"),
        pytest.param(
            an(State.SNOOZED, ANN), Action.WAKE, SYSTEM, Step(State.ACKNOWLEDGED, 1), id="wakes to its owner"
        ),
        pytest.param(an(State.SNOOZED), Action.WAKE, SYSTEM, Step(State.NEW, None), id="wakes to nobody"),
        pytest.param(an(State.SNOOZED, ANN), Action.WAKE, ANN, "not_allowed", id="only the system wakes"),
        pytest.param(
            an(State.IN_PROGRESS, ANN), Action.ESCALATE, ANN, Step(State.ESCALATED, None), id="escalate"
        ),
        pytest.param(
            an(State.IN_PROGRESS, ANN), Action.ESCALATE, BOB, "owned_by_other", id="escalate another's"
        ),
        pytest.param(an(State.IN_PROGRESS, ANN), Action.RESOLVE, ANN, Step(State.RESOLVED, 1), id="resolve"),
        pytest.param(
            an(State.IN_PROGRESS, ANN), Action.RESOLVE, LEA, Step(State.RESOLVED, 3), id="lead resolves"
        ),
        pytest.param(
            an(State.IN_PROGRESS, ANN), Action.RESOLVE, BOB, "owned_by_other", id="resolve another's"
        ),
        pytest.param(an(State.NEW), Action.RESOLVE, ANN, "wrong_state", id="resolve what nobody has claimed"),
        pytest.param(an(State.RESOLVED, ANN), Action.REOPEN, BOB, Step(State.REOPENED, None), id="reopen"),
        pytest.param(
            an(State.RESOLVED, ANN), Action.ACKNOWLEDGE, ANN, "wrong_state", id="claim what is closed"
        ),
        pytest.param(an(State.NEW), Action.REOPEN, ANN, "wrong_state", id="reopen what is open"),
        pytest.param(
            an(State.RESOLVED, ANN), Action.NOTE, ADA, Step(State.RESOLVED, 1), id="an administrator's note"
        ),
        pytest.param(
            an(State.IN_PROGRESS, ANN), Action.WORSEN, SYSTEM, Step(State.NEW, None), id="new evidence"
        ),
        pytest.param(
            an(State.IN_PROGRESS, ANN), Action.WORSEN, LEA, "not_allowed", id="only evidence worsens"
        ),
        pytest.param(an(State.RESOLVED, ANN), Action.WORSEN, SYSTEM, "wrong_state", id="closed stays closed"),
    ],
)
def test_an_action_leads_where_it_should_or_says_why_not(
    now: Situation, action: Action, actor: Actor, expected: Step | str
) -> None:
    result = step(now, action, actor)
    assert (result.code if isinstance(result, Refusal) else result) == expected


@pytest.mark.parametrize(
    ("severity", "kind", "possible"),
    [
        pytest.param(Severity.LOW, SYMPTOM, True, id="low"),
        pytest.param(Severity.MEDIUM, SYMPTOM, True, id="medium"),
        pytest.param(Severity.HIGH, SYMPTOM, False, id="high"),
        pytest.param(Severity.CRITICAL, SYMPTOM, False, id="critical"),
        pytest.param(Severity.MEDIUM, EMERGENCY, False, id="an emergency of whatever severity"),
    ],
)
@pytest.mark.parametrize("actor", [ANN, LEA], ids=["nurse", "lead"])
def test_only_low_and_medium_are_snoozed(
    severity: Severity, kind: AlertType, possible: bool, actor: Actor
) -> None:
    now = Situation(State.ACKNOWLEDGED, severity, kind, actor.user_id)
    assert (Action.SNOOZE in allowed(now, actor)) is possible


@pytest.mark.parametrize(
    ("hours", "reason", "code"),
    [
        pytest.param(24, "asleep until noon", None, id="exactly a day"),
        pytest.param(24.01, "asleep", "snooze_too_long", id="over a day"),
        pytest.param(0, "asleep", "snooze_too_long", id="no time at all"),
        pytest.param(2, "  ", "reason_missing", id="no reason"),
    ],
)
def test_a_snooze_has_a_reason_and_ends_within_a_day(hours: float, reason: str, code: str | None) -> None:
    refusal = snooze_refusal(NOW + timedelta(hours=hours), NOW, longest_h=24, reason=reason)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("disposition", "note", "why_false", "code"),
    [
        pytest.param("education", "explained salt", "", None, id="complete"),
        pytest.param(
            "false_alarm", "she said 'chest of drawers'", "misheard", None, id="false alarm with its reason"
        ),
        pytest.param("", "note", "", "disposition_missing", id="no disposition"),
        pytest.param("other", " ", "", "note_missing", id="no note"),
        pytest.param("false_alarm", "note", "", "false_alarm_reason", id="false alarm without a reason"),
        pytest.param("education", "note", "known", "false_alarm_reason", id="a reason without a false alarm"),
    ],
)
def test_a_resolution_needs_a_disposition_and_a_note(
    disposition: str, note: str, why_false: str, code: str | None
) -> None:
    refusal = resolve_refusal(disposition, note, why_false)
    assert (refusal.code if refusal else None) == code


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Action)), st.sampled_from([ANN, BOB, LEA, ADA, SYSTEM])), max_size=40
    ),
    st.sampled_from(list(Severity)),
    st.sampled_from([SYMPTOM, EMERGENCY]),
)
def test_whatever_happens_in_whatever_order_an_alert_in_hand_has_one_owner_and_only_people_close_it(
    happenings: list[tuple[Action, Actor]], severity: Severity, kind: AlertType
) -> None:
    now = Situation(State.NEW, severity, kind)
    for action, actor in happenings:
        after = step(now, action, actor)
        assert (action in allowed(now, actor)) is isinstance(after, Step)
        if isinstance(after, Refusal):
            continue
        assert (after.state not in IN_HAND) or after.owner_id is not None
        if now.state in IN_HAND and after.state in IN_HAND and after.owner_id != now.owner_id:
            assert actor.role is Role.LEAD
        if after.state is State.RESOLVED and now.state is not State.RESOLVED:
            assert actor.role in (Role.NURSE, Role.LEAD) and now.state in IN_HAND
        if after.state is State.SNOOZED and now.state is not State.SNOOZED:
            assert severity in (Severity.LOW, Severity.MEDIUM) and kind is not EMERGENCY
        now = Situation(after.state, severity, kind, after.owner_id)
